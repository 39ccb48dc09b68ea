"""The intake at a kitchen table, on a telephone: the connection goes, the session ends, and nothing is lost."""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route

from tests.browser import DESK, PHONE
from tests.journeys.stack import Stack, wait_for
from tests.journeys.visitor import Visitor, sign_in, visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

FAMILY, COORDINATOR, DEPUTY = "Keukentafel", "coördinator", "vervanger"
SAID, MORE = "Een vaste middag dat iemand Sem opvangt.", "Rust, buiten spelen en op tijd naar bed."
DROPPED = re.compile(r"ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET|Failed to fetch|net::")


@pytest.fixture(scope="module")
def intake(stack: Stack, browser: Browser) -> str:
    """A family that was registered by the coordinator, with its visit today; where its intake begins."""
    with visitor(browser, stack.town) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        coordinator.go("/vraaggezinnen/nieuw")
        parent = coordinator.group("Ouder of verzorger 1")
        coordinator.fill("Voornaam", "Marieke", parent)
        coordinator.fill("Achternaam", FAMILY, parent)
        coordinator.fill("Telefoonnummer", "06 12 34 56 78", parent)
        child = coordinator.group("Kind 1")
        coordinator.fill("Voornaam", "Sem", child)
        coordinator.choose("Maand", "mei", child)
        coordinator.fill("Jaar", str(timezone.localdate().year - 2), child)
        coordinator.fill("Straat en huisnummer", "Kaasmarkt 1")
        coordinator.fill("Postcode", "1441 BG")
        coordinator.fill("Woonplaats", "Purmerend")
        coordinator.choose("Gezinsvorm", "een ouder")
        coordinator.press("Gezin aanmelden")
        coordinator.follow("Gebeld")
        coordinator.press("Vastleggen dat er is gebeld")
        coordinator.follow("Huisbezoek plannen")
        coordinator.fill("Datum van het huisbezoek", str(timezone.localdate()))
        coordinator.press("Huisbezoek plannen")
        href = coordinator.page.get_by_role("link", name="Intake invullen").get_attribute("href")
        assert href
        return href


def email(stack: Stack, role: str = COORDINATOR) -> str:
    return stack.people["purmerend.localhost", role]


def at_subject(somebody: Visitor, intake: str, name: str) -> None:
    """Go to the screen of a subject and wait until what is typed there is safe."""
    somebody.go(f"{intake}/onderwerpen")
    somebody.page.locator(".naober-screens a").filter(has_text=name).click()
    ready(somebody.page)


def ready(page: Page) -> None:
    page.locator("form[data-draft-ready]").wait_for()


def drafts(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "Object.keys(localStorage).filter(n => n.startsWith('naober-concept:')).map(n => localStorage.getItem(n))"
    )
    return found


def type_slowly(somebody: Visitor, label: str, text: str) -> None:
    before = drafts(somebody.page)
    somebody.page.get_by_label(label).fill("")
    somebody.page.get_by_label(label).press_sequentially(text)
    wait_for(lambda: drafts(somebody.page) != before, what="the draft to be kept")
    wait_for(lambda: still(somebody.page), what="the last key to be kept")


def still(page: Page) -> bool:
    before = drafts(page)
    page.wait_for_timeout(400)
    return drafts(page) == before


def forgive_the_connection(somebody: Visitor) -> None:
    """The browser complains of what we broke on purpose; of nothing else."""
    somebody.complaints[:] = [one for one in somebody.complaints if not DROPPED.search(one)]


def test_what_is_typed_without_a_connection_is_kept_and_saved_later(
    stack: Stack, browser: Browser, intake: str
) -> None:
    with visitor(browser, stack.town, width=PHONE) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        at_subject(coordinator, intake, "De vraag")
        page = coordinator.page
        page.context.set_offline(True)
        type_slowly(coordinator, "Welke steun heeft u nodig?", SAID)
        page.get_by_role("button", name="Bewaren en verder").click()
        page.get_by_text("dus dit is nog niet bewaard").wait_for()
        assert page.get_by_label("Welke steun heeft u nodig?").input_value() == SAID
        (kept,) = drafts(page)
        assert not re.search(r"Sem|middag|opvangt", kept), "what is kept on the telephone can be read"
        page.context.set_offline(False)
        page.get_by_text("Er is weer verbinding.").wait_for()
        forgive_the_connection(coordinator)
        coordinator.press("Bewaren en verder")
        coordinator.sees("Opvoeding", "onderwerp 3")
        assert drafts(page) == []
        at_subject(coordinator, intake, "De vraag")
        assert page.get_by_label("Welke steun heeft u nodig?").input_value() == SAID


def test_what_is_typed_survives_the_end_of_the_session_and_nobody_else_reads_it(
    stack: Stack, browser: Browser, intake: str
) -> None:
    with visitor(browser, stack.town, width=PHONE) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        at_subject(coordinator, intake, "Opvoeding")
        page = coordinator.page
        type_slowly(coordinator, "Wat vindt u belangrijk in de opvoeding?", MORE)
        page.context.clear_cookies(name="session")
        page.get_by_role("button", name="Bewaren en verder").click()
        page.get_by_text("Je bent intussen uitgelogd.").wait_for()
        here = page.url
        coordinator.follow("Log opnieuw in")
        again(coordinator, email(stack, DEPUTY), stack.password)
        assert page.url == here
        ready(page)
        assert page.get_by_label("Wat vindt u belangrijk in de opvoeding?").input_value() == ""
        page.context.clear_cookies(name="session")
        coordinator.go(here)
        again(coordinator, email(stack), stack.password)
        ready(page)
        page.get_by_text("was nog niet bewaard").wait_for()
        assert page.get_by_label("Wat vindt u belangrijk in de opvoeding?").input_value() == MORE
        coordinator.look()
        coordinator.press("Bewaren en verder")
        coordinator.sees("Verwachting")
        assert drafts(page) == []


def again(somebody: Visitor, address: str, password: str) -> None:
    somebody.fill("E-mailadres", address)
    somebody.page.get_by_label("Wachtwoord").fill(password)
    somebody.press("Inloggen")


def test_a_connection_that_breaks_in_the_middle_of_saving_loses_nothing_and_doubles_nothing(
    stack: Stack, browser: Browser, intake: str
) -> None:
    expected = "Dat Sem er zich thuis voelt."
    with visitor(browser, stack.town, width=PHONE) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        at_subject(coordinator, intake, "Verwachting")
        page, here = coordinator.page, coordinator.page.url
        type_slowly(coordinator, "Wat verwacht u van een steungezin?", expected)

        def break_off(route: Route) -> None:
            if route.request.method == "POST":
                # The server gets it and answers; the answer never arrives.
                there = urlsplit(route.request.url)
                headers = {**route.request.all_headers(), "host": there.netloc}
                here_too = there._replace(netloc=f"127.0.0.1:{there.port}").geturl()
                assert route.fetch(url=here_too, headers=headers, max_redirects=0).status == 302
                route.abort("connectionreset")
            else:
                route.continue_()

        page.route("**/intake/*", break_off)
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="Bewaren en verder").click()
        page.unroute("**/intake/*")
        page.goto(here)
        ready(page)
        assert drafts(page) == [], "the server has it: nothing needs to be put back"
        forgive_the_connection(coordinator)
        assert page.get_by_label("Wat verwacht u van een steungezin?").input_value() == expected


def test_signing_out_leaves_nothing_on_the_telephone(stack: Stack, browser: Browser, intake: str) -> None:
    with visitor(browser, stack.town, width=PHONE) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        at_subject(coordinator, intake, "Iets terugdoen")
        page = coordinator.page
        type_slowly(coordinator, "Wat kunt u zelf doen voor het steungezin of de buurt?", "Kleding naaien.")
        assert len(drafts(page)) == 1
        page.locator("summary").filter(has_text="Menu").click()
        coordinator.press("Uitloggen", page.locator(".naober-menu"))
        assert drafts(page) == []


def test_the_intake_that_began_on_a_telephone_is_finished_at_a_desk_without_javascript(
    stack: Stack, browser: Browser, intake: str
) -> None:
    with visitor(browser, stack.town, width=PHONE, javascript=False) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        coordinator.go(f"{intake}/vorm")
        coordinator.tick("een vast dagdeel per week", "elke week")
        coordinator.press("Bewaren en verder")
        coordinator.tick("woensdagmiddag")
        coordinator.press("Bewaren en naar de onderwerpen")
        coordinator.sees("Intake")
    with visitor(browser, stack.town, width=DESK) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        coordinator.go(intake)
        assert coordinator.page.get_by_label("woensdagmiddag").is_checked()
        assert coordinator.page.get_by_label("Welke steun heeft u nodig?").input_value() == SAID
        coordinator.follow("Een onderwerp per scherm")
        coordinator.press("Intake afronden")
        coordinator.sees("De intake is afgerond.", "Zoek een steungezin")
