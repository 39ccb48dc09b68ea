"""Pages in a real browser: accessible, nothing that the policy refuses, no sideways scrolling, big enough to tap."""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory
from playwright.sync_api import Browser, Page, sync_playwright

from common import charts, headers
from common.navigation import NavLink
from common.pagination import paginate
from tenants.accounts.models import User
from tests.common.test_forms import Children, FamilyForm

pytestmark = pytest.mark.slow
WIDTHS = (360, 1366)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WATCH = """window.refused = [];
document.addEventListener('securitypolicyviolation', e => {
    window.refused.push(`${e.violatedDirective} ${e.blockedURI}`);
});"""
TAPPED = ".utrecht-button, .utrecht-button-link, .naober-nav a, .naober-menu > summary, .naober-tabs a, .naober-phone"


class Quiet(WSGIRequestHandler):
    """Writes no log lines."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (name is the base class's)
        """Stay silent."""


class Server(ThreadedWSGIServer):
    """Waits for its threads, so that their connections are closed before the database goes."""

    daemon_threads = False


@pytest.fixture(scope="module")
def port(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    with django_db_blocker.unblock():
        server = Server(("127.0.0.1", 0), Quiet)
        server.set_app(get_wsgi_application())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def browser(port: int) -> Iterator[Browser]:
    del port  # it must outlive the browser
    # Playwright keeps an event loop in this thread; Django would take the tests' own queries for asynchronous ones.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        quiet = [
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-features=LocalNetworkAccessChecks",
        ]
        started = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--host-resolver-rules=MAP *.naober.test 127.0.0.1", *quiet],
        )
        yield started
        started.close()
        connections.close_all()  # those made while the loop ran are out of sight once it has stopped


@pytest.fixture(params=WIDTHS)
def page(browser: Browser, port: int, request: pytest.FixtureRequest) -> Iterator[Page]:
    home = f"http://purmerend.naober.test:{port}"
    context = browser.new_context(
        viewport={"width": request.param, "height": 768}, base_url=home, locale="nl-NL"
    )
    context.add_init_script(WATCH)
    opened = context.new_page()
    yield opened
    context.close()


def look_at(page: Page) -> None:
    """Fail on anything that people or browsers would stumble over."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.refused") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = page.eval_on_selector_all(
        TAPPED,
        "all => all.filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.outerHTML.slice(0, 120))",
    )
    assert small == []
    assert page.locator("h1").count() == 1
    assert page.title().endswith("· Naober")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("address", ["/inloggen", "/toegankelijkheid", "/privacy", "/bestaat-niet"])
def test_pages_for_everybody_are_fit_to_use(page: Page, address: str) -> None:
    page.goto(address)
    look_at(page)


def test_a_wrong_password_is_explained_and_the_focus_is_on_the_explanation(page: Page) -> None:
    page.goto("/inloggen")
    page.fill("[name=email]", "niemand@purmerend.example")
    page.fill("[name=password]", "verkeerd")
    page.click("main button[type=submit]")
    assert "klopt niet" in page.inner_text("[role=alert]")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert page.input_value("[name=email]") == "niemand@purmerend.example"
    assert page.input_value("[name=password]") == ""
    look_at(page)


def test_a_page_behind_the_sign_in_is_fit_to_use(
    page: Page, client_for: Callable[..., Client], coordinator: User
) -> None:
    key = client_for("purmerend", coordinator).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": key,
        "domain": "purmerend.naober.test",
        "path": "/",
    }
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto("/wachtwoord")
    look_at(page)


def test_the_keyboard_can_skip_the_menu(page: Page) -> None:
    page.goto("/inloggen")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#inhoud"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhoud"


def gallery(form: FamilyForm, children: Any) -> str:
    request = RequestFactory().get("/proefpagina")
    values = [charts.Value(str(year), year - 2000) for year in range(2015, 2027)]
    values[5] = charts.Value("2020", None, "afgeschermd")
    described: dict[str, Any] = {
        "finding": "Het groeit",
        "description": "Per jaar",
        "columns": ("Jaar", "Nieuw"),
    }

    class Search(forms.Form):
        q = forms.CharField(label="Naam", required=False)

    places = (("Vandaag", "home", True), ("Aanmeldingen", "inbox", False), ("Koppelingen", "link", False))
    context = {
        "request": request,
        "place": "Purmerend en Beemster",
        "demo": True,
        "navigation": [NavLink(label=label, url="#", icon=icon, current=now) for label, icon, now in places],
        "user": SimpleNamespace(full_name="Ingrid van der Heijden"),
        "messages": [Message(25, "Opgeslagen.")],
        "csrf_token": "x",
        "form": form,
        "children": children,
        "search": Search(),
        "kinds": ["neutral", "info", "good", "attention", "danger", "brand"],
        "day": date(2026, 11, 3),
        "moment": datetime(2026, 11, 12, 13, 5, tzinfo=UTC),
        "parts": ["maandagochtend", "woensdagmiddag"],
        "page": paginate(request, list(range(90)), 10),
        "bars": charts.bar_chart(chart_id="staven", values=values, **described),
        "lines": charts.line_chart(chart_id="lijn", values=values, **described),
    }
    source = (Path(__file__).parent / "gallery.html").read_text(encoding="utf-8")
    return Template(source).render(Context(context))


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.urls("config.urls_municipality")
def test_every_component_is_fit_to_use(page: Page, sent: bool) -> None:
    data = (
        QueryDict("kinderen-TOTAL_FORMS=2&kinderen-INITIAL_FORMS=0&kinderen-1-first_name=Sara")
        if sent
        else None
    )
    form, children = FamilyForm(data), Children(data, prefix="kinderen")
    if sent:
        form.is_valid()
        children.is_valid()
    directives = headers.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
    answer = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    body = gallery(form, children)
    page.route("**/proefpagina", lambda route: route.fulfill(body=body, headers=answer))
    page.goto("/proefpagina")
    look_at(page)


@pytest.mark.urls("config.urls_municipality")
def test_the_menu_opens_without_javascript(browser: Browser, port: int) -> None:
    home = f"http://purmerend.naober.test:{port}"
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 768}, base_url=home
    )
    page = context.new_page()
    body = gallery(FamilyForm(), Children(prefix="kinderen"))
    page.route(
        "**/proefpagina", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8")
    )
    page.goto("/proefpagina")
    assert not page.is_visible(".naober-menu nav a >> nth=0")
    page.click(".naober-menu > summary")
    assert page.is_visible(".naober-menu nav a >> nth=0")
    context.close()
