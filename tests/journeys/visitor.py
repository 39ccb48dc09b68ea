"""Somebody in front of a browser: clicks links and buttons, fills in what is asked, and notices what is wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeVar

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

from tests.browser import DESK, HEIGHTS, look_at, scrolls_sideways, shape_of, visit

V = TypeVar("V", bound="Visitor")
Name = str | re.Pattern[str]

PATIENCE: Final = 30_000  # milliseconds; machines that run tests are busy
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\?.*")
# The browser writes a line for every answer that is an error; the page itself explains those to people.
_ANSWER: Final = re.compile(r"the server responded with a status of (400|409)")


@dataclass
class Visitor:
    """A person with a window of their own. `looks` is off where the browser runs no scripts, so axe neither."""

    page: Page
    looks: bool = True
    complaints: list[str] = field(default_factory=list)
    # What axe has judged, for anybody: it is slow, and a page of the same kinds of elements is alike. The second
    # checker is slower still; it judges every page in `tests/architecture/test_pages_in_browser.py`.
    seen: ClassVar[set[str]] = set()

    # ------------------------------------------------------------------------------------------------------ going

    def go(self, address: str) -> None:
        """Type an address."""
        self.page.goto(address)
        self.look()

    def follow(self, name: Name, within: Locator | None = None) -> None:
        """Click a link."""
        with self.page.expect_event("domcontentloaded"):
            (within or self.page).get_by_role("link", name=name, exact=True).first.click()
        self.look()

    def menu(self, name: str) -> None:
        """Go somewhere by the main menu, which is folded on a telephone."""
        fold = self.page.locator(".naober-menu > summary")
        if fold.is_visible():
            self.unfold(fold)
        self.follow(name, self.page.get_by_role("navigation", name="Hoofdmenu"))

    def unfold(self, summary: Locator) -> None:
        """Open what is folded."""
        summary.click()

    def press(self, name: str, within: Locator | None = None) -> None:
        """Click a button."""
        with self.page.expect_event("domcontentloaded"):
            (within or self.page).get_by_role("button", name=name, exact=True).first.click()
        self.look()

    # ------------------------------------------------------------------------------------------------------ filling

    def group(self, name: str) -> Locator:
        """Return a part of the form."""
        return self.page.get_by_role("group", name=re.compile(rf"^{re.escape(name)}"))

    def fill(self, label: str, value: str, within: Locator | None = None) -> None:
        """Type something."""
        (within or self.page).get_by_label(label).fill(value)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Take something from a list."""
        (within or self.page).get_by_label(label).select_option(label=option)

    def tick(self, *labels: str, within: Locator | None = None) -> None:
        """Tick boxes and radio buttons."""
        for label in labels:
            (within or self.page).get_by_label(label, exact=True).check()

    def search(self, words: str) -> None:
        """Look for something in a list, which then stands in the address."""
        self.page.get_by_role("searchbox").fill(words)
        self.page.get_by_role("button", name="Zoeken", exact=True).click()
        self.page.wait_for_url(re.compile("zoek="))
        self.page.wait_for_load_state("networkidle")

    # ------------------------------------------------------------------------------------------------------ looking

    def sees(self, *texts: str) -> None:
        """Expect words on the page."""
        seen = self.page.locator("main").inner_text()
        for text in texts:
            assert text in seen, f"{text!r} is not on {self.page.url}:\n{seen}"

    def line(self, text: str) -> Locator:
        """Return the line of a list that is about somebody."""
        return self.page.locator("main").get_by_role("listitem").filter(has_text=text).first

    def look(self) -> None:
        """Hold the page to what every page must be; axe looks at each shape once."""
        self.page.wait_for_load_state()
        if not self.looks:
            assert not scrolls_sideways(self.page), self.page.url
            return
        here = self.page.viewport_size or {"width": DESK, "height": HEIGHTS[DESK]}
        shape = f"{here['width']} {_ID.sub('', self.page.url)} {shape_of(self.page)}"
        look_at(self.page, with_axe=shape not in self.seen, with_second=False)
        self.seen.add(shape)
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"

    def heard(self, message: ConsoleMessage) -> None:
        """Keep what the console complains about."""
        if message.type == "error" and not _ANSWER.search(message.text):
            self.complaints.append(message.text)


@contextmanager
def visitor(browser: Browser, home: str, *, width: int = DESK, javascript: bool = True) -> Iterator[Visitor]:
    """Open a window for somebody."""
    with window_of(Visitor, browser, home, width=width, javascript=javascript) as somebody:
        yield somebody


@contextmanager
def window_of(
    kind: type[V], browser: Browser, home: str, *, width: int, javascript: bool = True
) -> Iterator[V]:
    """Open a window for somebody of some kind."""
    window = visit(browser, width=width, home=home, javascript=javascript)
    window.set_default_timeout(PATIENCE)
    page = window.new_page()
    somebody = kind(page, looks=javascript)
    page.on("console", somebody.heard)
    page.on("pageerror", lambda error: somebody.complaints.append(str(error)))
    try:
        yield somebody
    finally:
        window.close()


def sign_in(somebody: Visitor, email: str, password: str) -> None:
    """Sign in on the page that the product sends strangers to."""
    somebody.go("/")
    somebody.fill("E-mailadres", email)
    somebody.page.get_by_label("Wachtwoord").fill(password)
    somebody.press("Inloggen")
