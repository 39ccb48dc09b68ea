"""Pages in a real browser: accessible, nothing that the policy refuses, no sideways scrolling, big enough to tap."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory
from playwright.sync_api import Browser, Page

from common import charts, headers
from common.navigation import NavLink
from common.pagination import paginate
from tenants.accounts.models import User
from tests.browser import PHONE, WIDTHS, launched, look_at, serving, visit
from tests.common.test_forms import Children, FamilyForm

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def port(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture(scope="module")
def browser(port: int) -> Iterator[Browser]:
    del port  # it must outlive the browser
    with launched() as started:
        yield started


@pytest.fixture(params=WIDTHS)
def page(browser: Browser, port: int, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = visit(browser, width=request.param, home=f"http://purmerend.naober.test:{port}")
    opened = context.new_page()
    yield opened
    context.close()


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
    context = visit(browser, width=PHONE, home=home, javascript=False)
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
