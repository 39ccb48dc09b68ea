"""One Chromium for every test that looks at pages, and what every page is held to."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

PHONE: Final = 360
DESK: Final = 1366
WIDTHS: Final = (PHONE, DESK)
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
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
        viewport={"width": width, "height": 768},
        base_url=home,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
        java_script_enabled=javascript,
    )
    opened.add_init_script(_WATCH)
    return opened


def look_at(page: Page, *, with_axe: bool = True) -> None:
    """Fail on anything that people or browsers would stumble over."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.evaluate("window.refused") == [], page.url
    assert not scrolls_sideways(page), f"{page.url} scrolls sideways at {page.viewport_size}"
    assert (small := too_small(page)) == [], f"{page.url}: {small}"
    assert page.locator("h1").count() == 1, page.url
    assert page.title().endswith("· Naober")
    assert not with_axe or hurdles(page) == [], f"{page.url} at {page.viewport_size}"


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
