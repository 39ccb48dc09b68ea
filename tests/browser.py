"""One Chromium for every test that looks at pages, and what every page is held to.

Two checkers look for hurdles: axe, and the engine of IBM's accessibility checker, which comes with `make setup`.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Thread
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

PHONE: Final = 360
DESK: Final = 1366
WIDTHS: Final = (PHONE, DESK)
HEIGHTS: Final = {PHONE: 740, DESK: 768}
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What the second checker holds pages to: WCAG 2.2 at A and AA, and what IBM recommends for it.
SECOND_RULES: Final = ("WCAG_2_2",)
_ENGINE: Final = "accessibility-checker-engine/ace-window.js"
_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",
    # Names under localhost it finds by itself.
    "--host-resolver-rules=MAP *.naober.test 127.0.0.1",
)
_WATCH: Final = """window.refused = [];
document.addEventListener('securitypolicyviolation', e => {
    window.refused.push(`${e.violatedDirective} ${e.blockedURI}`);
});"""
_TAPPED: Final = (
    ".utrecht-button, .utrecht-button-link, .naober-nav a, .naober-menu > summary, .naober-tabs a,"
    " .naober-phone"
)


class _Quiet(WSGIRequestHandler):
    """Writes no log lines."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (name is the base class's)
        """Stay silent."""


class _Server(ThreadedWSGIServer):
    """Waits for its threads, so that their connections are closed before the database goes."""

    daemon_threads = False


@contextmanager
def serving() -> Iterator[int]:
    """Serve the product from this process, with the database of the tests; yields the port."""
    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def launched() -> Iterator[Browser]:
    """Start a Chromium: the system's, else the one Playwright brings along."""
    # Playwright keeps an event loop in this thread; Django would take the tests' own queries for asynchronous ones.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        found = next(filter(None, map(shutil.which, _PROGRAMS)), None)
        try:
            started = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        except Error as error:
            pytest.fail(f"There is no working Chromium for the browser tests; run `make browser`.\n{error}")
        yield started
        started.close()
        if settings.configured:  # not so where only pictures are taken
            connections.close_all()  # those made while the loop ran are out of sight once it has stopped


def visit(browser: Browser, *, width: int = DESK, home: str, javascript: bool = True) -> BrowserContext:
    """Return a window of this width that notes what the policy of a page refuses."""
    opened = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        base_url=home,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
        java_script_enabled=javascript,
    )
    opened.add_init_script(_WATCH)
    return opened


def look_at(page: Page, *, with_axe: bool = True, with_second: bool = True) -> None:
    """Fail on anything that people or browsers would stumble over."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.evaluate("window.refused") == [], page.url
    assert not scrolls_sideways(page), f"{page.url} scrolls sideways at {page.viewport_size}"
    assert (small := too_small(page)) == [], f"{page.url}: {small}"
    assert page.locator("h1").count() == 1, f"{page.url}: {page.locator('body').inner_text()[:300]}"
    assert page.title().endswith("· Naober")
    where = f"{page.url} at {page.viewport_size}"
    with _unfolded(page):
        assert not with_axe or not (found := hurdles(page)), f"axe on {where}: {found}"
        assert not with_second or not (more := second_opinion(page)), f"the second checker on {where}: {more}"


@contextmanager
def _unfolded(page: Page) -> Iterator[None]:
    """Look into what is folded away as well; the menu stays as it is."""
    folded = "main details:not([open])"
    page.evaluate(
        f"for (const one of document.querySelectorAll('{folded}')) one.dataset.folded = one.open = true"
    )
    yield
    page.evaluate(
        "for (const one of document.querySelectorAll('[data-folded]')) {one.open = false; delete one.dataset.folded}"
    )


def shape_of(page: Page) -> str:
    """Return which kinds of elements a page is built of: what axe judges, without the words."""
    kinds = "[...new Set([...document.querySelectorAll('body *')].map(e => `${e.tagName}.${e.className}`))]"
    return str(page.evaluate(f"{kinds}.sort().join(' ')"))


def scrolls_sideways(page: Page) -> bool:
    """Tell whether something sticks out."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def too_small(page: Page) -> list[str]:
    """Return what people have to tap and is less than 44 pixels high."""
    small: list[str] = page.eval_on_selector_all(
        _TAPPED,
        "all => all.filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.outerHTML.slice(0, 120))",
    )
    return small


def hurdles(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds."""
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": list(RULES)},
        "resultTypes": ["violations"],
    }
    found = Axe().run(page, options=options).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def second_opinion(page: Page) -> list[list[str]]:
    """Return what the second checker finds: the rule, what it says, and where."""
    if not page.evaluate("Boolean(window.ace_ibma)"):
        page.evaluate(_engine())
    found: list[list[str]] = page.evaluate(_ASK, list(SECOND_RULES))
    behind = [one for one in found if any(one[0] == rule and mark in one[2] for rule, mark in _BEHIND)]
    return [one for one in found if one not in behind]


@cache
def _engine() -> str:
    path = settings.NODE_MODULES / _ENGINE
    if not path.is_file():
        pytest.fail("The second checker is not there; run `make setup`.")
    return str(path.read_text(encoding="utf-8"))


# What fails for sure, as a violation or as a recommendation; the rest asks a person to judge, on every page anew.
_ASK: Final = """async rules => {
    const report = await new window.ace_ibma.Checker().check(document, rules);
    return report.results
        .filter(one => one.value[1] === 'FAIL')
        .map(one => [one.ruleId, one.message, one.snippet.slice(0, 200)]);
}"""
# Where the second checker is behind the standards, by rule and by what stands in the element.
_BEHIND: Final = (
    # The link that skips the menu may stand before all landmarks; axe asks the same of everything else.
    ("aria_content_in_landmark", "naober-skip"),
    # A form without a name is no landmark (HTML-AAM), so two of them cannot be mistaken for each other.
    ("aria_form_label_unique", "<form"),
    ("aria_landmark_name_unique", "<form"),
    # Every box of the week grid has a name of its own; its label only makes what is tapped bigger.
    ("label_content_exists", "naober-grid__cell"),
    # "username" may stand on a field for an e-mail address: both are of the same control group (HTML, 4.10.18.7.1).
    ("input_autocomplete_valid", 'autocomplete="username"'),
)
