"""The explanations and the tour in a real browser: with the keyboard only, and without JavaScript."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from core.learning.tour import LAST, STEPS
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.browser import DESK, PHONE, launched, look_at, serving, visit

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


@pytest.fixture
def page_of(
    browser: Browser, port: int, practice: Municipality, trainee: User, client_for: Callable[..., Client]
) -> Iterator[Callable[..., Page]]:
    """Return a maker of windows in which somebody who practises is signed in."""
    host, opened = f"{practice.slug}.naober.test", []
    key = client_for(practice, trainee).cookies[settings.SESSION_COOKIE_NAME].value

    def make(width: int, *, javascript: bool = True) -> Page:
        window = visit(browser, width=width, home=f"http://{host}:{port}", javascript=javascript)
        opened.append(window)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": host, "path": "/"}
        window.add_cookies([cookie])  # type: ignore[list-item]
        return window.new_page()

    yield make
    for window in opened:
        window.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_help_and_practising_are_fit_to_use(page_of: Callable[..., Page], width: int) -> None:
    page = page_of(width)
    for address in ("/hulp", "/hulp/begrippen", "/oefenen", "/oefenen/opnieuw", "/oefenen/post"):
        page.goto(address)
        look_at(page)
    page.goto("/koppelingen")
    page.locator(".naober-term summary").first.click()
    look_at(page)


def test_an_explanation_opens_and_closes_with_the_keyboard_and_without_javascript(
    page_of: Callable[..., Page],
) -> None:
    page = page_of(PHONE, javascript=False)
    page.goto("/steungezinnen")
    question, answer = page.locator(".naober-term summary").first, page.locator(".naober-term > p").first
    question.focus()
    assert not answer.is_visible()
    page.keyboard.press("Space")
    assert answer.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Alle begrippen"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert not answer.is_visible()


def test_the_tour_is_walked_with_the_keyboard_only_and_without_javascript(
    page_of: Callable[..., Page],
) -> None:
    page = page_of(PHONE, javascript=False)
    page.goto("/hulp")
    page.get_by_role("button", name="Begin de rondleiding").focus()
    page.keyboard.press("Enter")
    for number, step in enumerate(STEPS, start=1):
        page.get_by_role("heading", name=f"Stap {number} van {LAST}: {step.title}").wait_for()
        button = page.get_by_role("button", name="Klaar" if number == LAST else "Volgende stap")
        # In reach of Tab from the top of the page, and nothing holds the focus: one Tab further is somewhere else.
        button.focus()
        page.keyboard.press("Tab")
        assert not button.evaluate("e => e === document.activeElement")
        button.press("Enter")
    page.get_by_text("Dat was de rondleiding").wait_for()
    assert page.locator(".naober-tour").count() == 0
