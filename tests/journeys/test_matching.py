"""Who could fit: from Wachtend to a proposal in five clicks, past the list with a reason, behind a gate not at all."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator

from core.matching.rules import FIRST_SHOWN
from tests.browser import DESK, PHONE
from tests.journeys.stack import Stack
from tests.journeys.visitor import Visitor, sign_in, visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# Each place brings its own families; together there are more support families than the list shows first.
PLACES = ("Pad", "Laan", "Hof", "Plein")


@pytest.fixture(scope="module")
def town(stack: Stack) -> Stack:
    stack.cast(*PLACES)
    return stack


@pytest.fixture(params=[PHONE, DESK], ids=["telephone", "laptop"])
def coordinator(request: pytest.FixtureRequest, town: Stack, browser: Browser) -> Iterator[Visitor]:
    with visitor(browser, town.town, width=request.param) as somebody:
        sign_in(somebody, town.people["purmerend.localhost", "coördinator"], town.password)
        yield somebody


def family_of(coordinator: Visitor) -> str:
    """Return a family that nobody proposed anything for yet, one for each width."""
    size = coordinator.page.viewport_size
    return f"Wacht {PLACES[0] if size and size['width'] == PHONE else PLACES[1]}"


def search(coordinator: Visitor) -> None:
    coordinator.go("/wachtend")
    line = coordinator.page.get_by_role("row").filter(has_text=family_of(coordinator))
    coordinator.follow(re.compile("^Zoek een steungezin"), line)


def cards(coordinator: Visitor) -> Locator:
    return coordinator.page.locator("article.naober-match")


def test_past_the_list_a_reason_is_asked_for_and_kept(coordinator: Visitor) -> None:
    search(coordinator)
    assert cards(coordinator).filter(has_text="Stel dit gezin voor").count() == FIRST_SHOWN
    coordinator.follow("Toon alle steungezinnen die passen")
    coordinator.follow("Voorstellen met een reden")
    coordinator.sees("Anderen passen beter", "Profiel zonder namen")
    coordinator.press("Voorstel maken")
    coordinator.sees("Schrijf op waarom je het kiest")
    coordinator.fill("Waarom kies je dit steungezin?", "Zij wonen naast de school")
    coordinator.press("Voorstel maken")
    coordinator.sees("Buiten de lijst gekozen", "Zij wonen naast de school")
    coordinator.go("/voorstellen/logboek?lijst=verder")
    coordinator.sees("Zij wonen naast de school")


def test_from_wachtend_to_a_proposal_in_five_clicks(coordinator: Visitor) -> None:
    coordinator.go("/wachtend")
    clicks = 0
    line = coordinator.page.get_by_role("row").filter(has_text=family_of(coordinator))
    coordinator.follow(re.compile("^Zoek een steungezin"), line)
    clicks += 1
    best = cards(coordinator).first
    coordinator.sees("van 100", "Past goed", "Vragen om te stellen", "punten erbij")
    boxes = coordinator.page.locator("article.naober-match input[name=met]")
    for place in range(2):
        boxes.nth(place).check()
        clicks += 1
    coordinator.press("Vergelijk wie is aangekruist")
    clicks += 1
    assert cards(coordinator).count() == 2
    coordinator.sees("Past minder")
    coordinator.page.go_back()
    coordinator.press("Stel dit gezin voor", best)
    clicks += 1
    coordinator.sees("Nu: bel het steungezin", "Een gezin zoekt steun voor één kind")
    assert clicks == 5


def test_a_family_behind_a_gate_cannot_be_proposed_by_its_address(coordinator: Visitor) -> None:
    search(coordinator)
    here = coordinator.page.url.partition("?")[0]
    shut = cards(coordinator).filter(has_text="in de weg").first
    assert shut.get_by_role("button").count() == 0
    address = shut.get_by_role("link").first.get_attribute("href") or ""
    coordinator.go(f"{here}/{address.rstrip('/').rpartition('/')[2]}")
    coordinator.sees("Dit kan nu niet", "Past ")
    assert coordinator.page.get_by_role("button", name="Voorstel maken").count() == 0
