"""Somebody without a mouse: Tab until it is there, then Enter, space or an arrow; the focus is seen at every stop."""

import re
from typing import Final

import pytest
from playwright.sync_api import Locator

from tests.journeys.visitor import Name, Visitor

STOPS: Final = 250  # more than any page has
# What has the focus: whether it is what we look for, a radio button beside it, and what keeps a person from seeing it.
_HERE: Final = """async wanted => {
    const here = document.activeElement;
    if (!here || here === document.body || here.matches('main, [role=alert]')) return {place: 'nowhere'};
    const name = `${here.tagName} ${here.name || here.textContent.trim().slice(0, 40)}`;
    const outside = () => {
        const box = here.getBoundingClientRect();
        return box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth;
    };
    // The page scrolls there a moment after the focus came.
    for (let wait = 0; outside() && wait < 60; wait += 1) await new Promise(requestAnimationFrame);
    const looks = [here, here.closest('label')].filter(Boolean).map(e => getComputedStyle(e));
    const marked = looks.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2);
    const beside = here.type === 'radio' && wanted.type === 'radio' && here.name === wanted.name
        && here.form === wanted.form;
    return {
        place: here === wanted ? 'there' : beside ? 'beside' : 'elsewhere',
        behind: Boolean(here.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING),
        wrong: marked ? (outside() ? `${name} is out of sight` : '') : `nothing shows that ${name} has the focus`,
    };
}"""


class Keyboard(Visitor):
    """A visitor whose every step goes by the keyboard."""

    def reach(self, wanted: Locator) -> None:
        """Press Tab, or go back with Shift, until something has the focus; every stop on the way must be seen."""
        target = wanted.element_handle()
        for _stop in range(STOPS):
            if not target.evaluate("e => e.isConnected"):  # the list was renewed while somebody was under way
                target = wanted.element_handle()
            here = target.evaluate(_HERE)
            assert not here.get("wrong"), f"{self.page.url}: {here['wrong']}"
            if here["place"] == "there":
                return
            if here["place"] == "beside":
                self.page.keyboard.press("ArrowDown")
            else:
                self.page.keyboard.press("Shift+Tab" if here.get("behind") else "Tab")
        pytest.fail(f"{self.page.url}: Tab does not come to {wanted}")

    def follow(self, name: Name, within: Locator | None = None) -> None:
        """Come to a link and press Enter."""
        self._enter((within or self.page).get_by_role("link", name=name, exact=True).first)

    def press(self, name: str, within: Locator | None = None) -> None:
        """Come to a button and press Enter."""
        self._enter((within or self.page).get_by_role("button", name=name, exact=True).first)

    def _enter(self, what: Locator) -> None:
        self.reach(what)
        with self.page.expect_event("domcontentloaded"):
            self.page.keyboard.press("Enter")
        self.look()

    def unfold(self, summary: Locator) -> None:
        """Open what is folded, with Enter."""
        self.reach(summary)
        self.page.keyboard.press("Enter")

    def fill(self, label: str, value: str, within: Locator | None = None) -> None:
        """Come to a field and type, over what stands there."""
        field = (within or self.page).get_by_label(label).first
        self.reach(field)
        if field.get_attribute("type") != "date":
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(value)
        elif field.input_value() != value:
            # The order of day, month and year is the browser's; on a machine that runs tests usually the American.
            year, month, day = value.split("-")
            self.page.keyboard.type(f"{month}{day}{year}")
        assert field.input_value() == value

    def search(self, words: str) -> None:
        """Type in the search field and press Enter there."""
        self.reach(self.page.get_by_role("searchbox"))
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile("zoek="))
        self.page.wait_for_load_state("networkidle")

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Come to a list and go down it with the arrow."""
        field = (within or self.page).get_by_label(label).first
        self.reach(field)
        self.page.keyboard.press("Home")
        for _option in range(field.locator("option").count()):
            if field.evaluate("e => e.selectedOptions[0].label") == option:
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"{self.page.url}: the arrow does not come to {option!r}")

    def tick(self, *labels: str, within: Locator | None = None) -> None:
        """Come to boxes and radio buttons; a box wants the space bar, a radio button an arrow or the space bar."""
        for label in labels:
            box = (within or self.page).get_by_label(label, exact=True)
            self.reach(box)
            if not box.is_checked():
                self.page.keyboard.press("Space")
            assert box.is_checked()


def sign_in_by_keyboard(somebody: Keyboard, email: str, password: str) -> None:
    """Skip the menu first, as somebody does who comes here every day."""
    somebody.go("/")
    page = somebody.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#inhoud"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhoud"
    somebody.fill("E-mailadres", email)
    somebody.reach(page.get_by_label(re.compile("^Wachtwoord")))
    page.keyboard.type(password)
    somebody.press("Inloggen")
