"""The stories of a coordinator, C1 to C11 of the domain, on her telephone and on her laptop.

The steps of a story are written once. C2 and C8, which she does most, go by the keyboard alone: on a narrow screen too,
because that is what somebody has who looks at a laptop at four times the size.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from tests.browser import DESK, PHONE
from tests.journeys.keyboard import Keyboard, sign_in_by_keyboard
from tests.journeys.stack import Stack
from tests.journeys.steps import (
    agree,
    begin_again,
    both_look_back,
    end_with_care,
    find,
    hand_over,
    hear_references,
    raise_concern,
    show_vog,
)
from tests.journeys.visitor import Visitor, sign_in, visitor, window_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# Where the families of a story live: on a telephone and at a desk they are others.
PLACES = {PHONE: "Dijk", DESK: "Kade"}
TODAY = timezone.localdate()


@pytest.fixture(scope="module")
def town(stack: Stack) -> Stack:
    stack.cast(*PLACES.values())
    return stack


@pytest.fixture(params=PLACES, ids=["telephone", "laptop"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def named(width: int) -> Callable[[str], str]:
    """Return the name of a family of this story at this width."""
    return lambda story: f"{story} {PLACES[width]}"


@pytest.fixture
def coordinator(town: Stack, browser: Browser, width: int) -> Iterator[Visitor]:
    with visitor(browser, town.town, width=width) as somebody:
        sign_in(somebody, town.people["purmerend.localhost", "coördinator"], town.password)
        yield somebody


@pytest.fixture
def typist(town: Stack, browser: Browser, width: int) -> Iterator[Keyboard]:
    with window_of(Keyboard, browser, town.town, width=width) as somebody:
        sign_in_by_keyboard(somebody, town.people["purmerend.localhost", "coördinator"], town.password)
        yield somebody


Named = Callable[[str], str]


def unfolded(coordinator: Visitor, text: str) -> None:
    """Open the part of the list in which a line is."""
    for fold in coordinator.page.locator("main details:not([open])").filter(has_text=text).all():
        coordinator.unfold(fold.locator("> summary"))


def test_c1_at_nine_she_sees_what_needs_her_today(coordinator: Visitor, named: Named) -> None:
    family = f"Gezin {named('Ochtend')}"
    coordinator.sees("te laat", "Later")
    unfolded(coordinator, family)
    line = coordinator.line(family)
    assert "4 dagen" in line.inner_text()
    call = line.locator("a[href^='tel:']")
    assert call.get_attribute("href") == "tel:+31600000001"
    coordinator.follow(re.compile("^Later"), line)
    coordinator.fill("Waarom kan dit wachten?", "Moeder is op vakantie tot maandag.")
    coordinator.fill("Tot wanneer?", str(TODAY + timedelta(days=30)))
    coordinator.press("Uitstellen")
    coordinator.sees("Dit kan hooguit 5 dagen wachten.")
    assert coordinator.page.get_by_label("Waarom kan dit wachten?").input_value().startswith("Moeder")
    coordinator.fill("Tot wanneer?", str(TODAY + timedelta(days=2)))
    coordinator.press("Uitstellen")
    coordinator.sees("Uitgesteld. De regel komt vanzelf terug.")
    unfolded(coordinator, family)
    coordinator.press("Terugzetten", coordinator.line(family))
    coordinator.menu("Mijn agenda")
    coordinator.sees("Mijn agenda")


def test_c2_a_mother_wrote_at_night_and_is_called_by_keyboard_alone(typist: Keyboard, named: Named) -> None:
    family, other = f"Gezin {named('Bel')}", f"Gezin {named('Verwijs')}"
    typist.menu("Aanmeldingen")
    typist.search(named("Bel"))
    typist.sees("Na acht uur")
    typist.follow("Gebeld", typist.line(family))
    typist.press("Vastleggen dat er is gebeld")
    typist.follow("Huisbezoek plannen")
    typist.fill("Datum van het huisbezoek", str(TODAY + timedelta(days=3)))
    typist.press("Huisbezoek plannen")
    typist.sees("Het huisbezoek is gepland.")
    typist.menu("Aanmeldingen")
    typist.search(named("Verwijs"))
    typist.follow("Past niet", typist.line(other))
    typist.tick("andere hulp past beter")
    typist.fill("Waarheen heb je verwezen?", "Het wijkteam")
    typist.press("Doorverwezen")
    typist.sees("Vastgelegd dat dit gezin is doorverwezen.")


def test_c3_at_the_kitchen_table_one_subject_per_screen(coordinator: Visitor, named: Named) -> None:
    find(coordinator, "Vraaggezinnen", named("Keuken"))
    coordinator.follow("Intake invullen")
    if coordinator.page.get_by_role("link", name="Een onderwerp per scherm").count():
        coordinator.follow("Een onderwerp per scherm")
    coordinator.follow("Beginnen")
    for _screen in range(20):
        answer_the_screen(coordinator)
        coordinator.press("Bewaren en verder")
        if coordinator.page.get_by_role("button", name="Intake afronden").count():
            break
    coordinator.press("Intake afronden")
    coordinator.sees("De intake is afgerond.", "Zoek een steungezin")


ANSWERS = {
    "Welke steun heeft u nodig?": "Een vaste middag dat iemand Sem opvangt.",
    "Wat vindt u belangrijk in de opvoeding?": "Rust en buiten spelen.",
    "Wat verwacht u van een steungezin?": "Dat Sem er zich thuis voelt.",
    "Wat kunt u zelf doen voor het steungezin of de buurt?": "Kleding naaien.",
}
TICKED = ("een vast dagdeel per week", "elke week", "woensdagmiddag", "veel naar buiten")


def answer_the_screen(coordinator: Visitor) -> None:
    """Answer what a screen asks; what the family does not bring up stays empty."""
    page = coordinator.page
    for label, answer in ANSWERS.items():
        if page.get_by_label(label).count():
            coordinator.fill(label, answer)
    for label in TICKED:
        if page.get_by_label(label, exact=True).count():
            coordinator.tick(label)
    agreed = coordinator.group("Wie gaan akkoord met steun?")
    if agreed.count():
        agreed.get_by_role("checkbox").first.check()


def test_c4_a_couple_answers_the_newspaper_and_is_approved(coordinator: Visitor, named: Named) -> None:
    find(coordinator, "Steungezinnen", named("Krant"))
    coordinator.follow("Huisbezoek plannen")
    coordinator.fill("Datum van het huisbezoek", str(TODAY))
    coordinator.press("Huisbezoek plannen")
    coordinator.follow("Intake invullen")
    if coordinator.page.get_by_role("link", name="Alles op een pagina").count():
        coordinator.follow("Alles op een pagina")
    coordinator.fill("Wie wonen er in huis?", "Ingrid en Karel, de kinderen zijn het huis uit.")
    coordinator.tick("een vast dagdeel per week", "elke week", "woensdagmiddag")
    coordinator.tick("0 tot en met 3 jaar", within=coordinator.group("Welke leeftijden passen?"))
    coordinator.fill("Huisregels besproken op", str(TODAY))
    coordinator.press("Bewaren en afronden")
    coordinator.sees("De intake is afgerond.", "Nog nodig voor de goedkeuring")
    for name in ("Ingrid", "Karel"):
        show_vog(coordinator, f"{name} {named('Krant')}", TODAY)
    hear_references(coordinator, TODAY)
    coordinator.follow("Goedkeuren")
    coordinator.press("Steungezin goedkeuren")
    coordinator.sees("Dit steungezin is goedgekeurd en beschikbaar.")


def test_c5_who_waits_longest_and_who_could_fit(coordinator: Visitor, named: Named) -> None:
    coordinator.menu("Wachtend")
    family = coordinator.page.get_by_role("row").filter(has_text=named("Wacht"))
    assert "10 weken" in family.inner_text()
    coordinator.follow(re.compile("^Zoek een steungezin"), family)
    card = coordinator.page.get_by_role("article").filter(has_text=named("Vrij")).first
    assert re.search(r"\d+\s+van 100", card.inner_text()), card.inner_text()
    assert "woensdagochtend" in card.inner_text()


def test_c6_she_rings_without_a_name_and_plans_that_they_meet(coordinator: Visitor, named: Named) -> None:
    propose(coordinator, named, "Nee")
    profile = coordinator.page.locator(".naober-quote").inner_text()
    assert not re.search(r"Mira|Vraag|1441|Kind1", profile)
    coordinator.press("Steungezin gevraagd")
    coordinator.follow("Steungezin zegt nee")
    coordinator.fill("Reden", "Zij krijgen zelf een kleinkind.")
    coordinator.press("Nee vastleggen")
    coordinator.sees("De plek is weer vrij")
    propose(coordinator, named, "Ja")
    coordinator.press("Steungezin gevraagd")
    coordinator.press("Steungezin zegt ja, ouders gevraagd")
    coordinator.press("Ouders zeggen ja")
    coordinator.sees("Allebei zeggen ja")
    coordinator.follow("Kennismaking plannen")
    coordinator.press("Kennismaking vastleggen")
    coordinator.sees(f"{named('Vraag')} en {named('Ja')}", "Kennismaking")


def propose(coordinator: Visitor, named: Named, support: str) -> None:
    find(coordinator, "Vraaggezinnen", named("Vraag"))
    coordinator.follow("Zoek een steungezin")
    card = coordinator.page.get_by_role("article").filter(has_text=f"Gezin {named(support)}")
    coordinator.press("Stel dit gezin voor", card)


def open_coupling(coordinator: Visitor, named: Named, story: str) -> None:
    coordinator.menu("Koppelingen")
    coordinator.search(named(story))
    coordinator.follow(f"{named(story)} en Bij {named(story)}")


def test_c7_a_trial_and_an_agreement_that_both_accept(coordinator: Visitor, named: Named) -> None:
    open_coupling(coordinator, named, "Proef")
    coordinator.follow("Proefperiode starten")
    agree(coordinator, TODAY)
    coordinator.sees("De proefperiode is gestart.", "Versie 1")
    coordinator.follow("Definitief koppelen")
    coordinator.fill("Huisregels bij het steungezin", "Schoenen uit in de gang, en om vijf uur eten.")
    coordinator.press("Koppelen")
    coordinator.sees("De koppeling is een feit.", "Versie 2")
    coordinator.follow("Versie 2, definitief")
    coordinator.sees("Schoenen uit", "elke week", "woensdagmiddag", "06 12 34 56 78", "Kind1")
    for party in ("vraaggezin", "steungezin"):
        coordinator.follow("Akkoord vastleggen")
        coordinator.tick(party)
        coordinator.page.get_by_role("group", name="Hoe weet je dat?").get_by_role("radio").first.check()
        coordinator.press("Akkoord vastleggen")
        coordinator.sees("Het akkoord is vastgelegd.")
    assert not coordinator.page.get_by_role("link", name="Akkoord vastleggen").count()


def test_c8_six_weeks_later_both_look_back_by_keyboard_alone(typist: Keyboard, named: Named) -> None:
    open_coupling(typist, named, "Terug")
    both_look_back(typist)
    typist.sees("Evaluatie van de proefperiode", "Gesprek na drie maanden")


def test_c9_a_feeling_that_something_is_not_right_stays_apart(coordinator: Visitor, named: Named) -> None:
    open_coupling(coordinator, named, "Zorg")
    raise_concern(coordinator)


def test_c10_she_closes_neatly_and_thanks_the_volunteers(coordinator: Visitor, named: Named) -> None:
    open_coupling(coordinator, named, "Einde")
    end_with_care(coordinator, TODAY)
    begin_again(coordinator)


def test_c11_she_is_ill_and_a_colleague_takes_over(
    coordinator: Visitor, town: Stack, browser: Browser, width: int
) -> None:
    hand_over(coordinator, TODAY)
    with visitor(browser, town.town, width=width) as deputy:
        sign_in(deputy, town.people["purmerend.localhost", "vervanger"], town.password)
        deputy.menu("Overdracht")
        deputy.follow(deputy.page.get_by_role("link", name=re.compile("neemt waar voor")).first.inner_text())
        deputy.sees("Daarna eindigen de rechten vanzelf.", "Wat komt er")
    coordinator.press("Nu beëindigen")
    coordinator.sees("eerder beëindigd")
