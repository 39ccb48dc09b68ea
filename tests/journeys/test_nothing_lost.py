"""Two people in one file, a button pressed twice, a connection that breaks, a session that ends while somebody types.

What stands in other pages than the intake: a note, the data of a family, a registration with several children, a talk.
The intake at the kitchen table has a journey of its own.
"""

import os
import re
from contextlib import closing
from functools import partial
from urllib.parse import urlsplit

import psycopg
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, Route
from psycopg import sql

from config.settings_test import TEST_SERVER_URL
from tests.browser import DESK, PHONE
from tests.journeys.stack import Stack, wait_for
from tests.journeys.test_kitchen_table import (
    DEPUTY,
    again,
    drafts,
    email,
    forgive_the_connection,
    ready,
    still,
    type_slowly,
)
from tests.journeys.visitor import Visitor, sign_in, visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]
SAVE_NOTE = "Notitie bewaren"


@pytest.fixture(scope="module")
def file(stack: Stack, browser: Browser) -> str:
    """An asking family of the demo: the address of its file."""
    with visitor(browser, stack.town) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        coordinator.page.goto("/vraaggezinnen")
        href = (
            coordinator.page.locator('main a[href^="/vraaggezinnen/"]').filter(has_not_text="aanmelden").first
        )
        found = href.get_attribute("href")
        assert found
        return found


def end_every_session() -> None:
    """Do what happens to a session after its last day: its row goes, the cookie stays."""
    name = f"naober_journey_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with closing(psycopg.connect(urlsplit(TEST_SERVER_URL)._replace(path=f"/{name}").geturl())) as database:
        rows = database.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'django_session'"
        ).fetchall()
        for (schema,) in rows:
            database.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(schema, "django_session")))
        database.commit()


def words(somebody: Visitor) -> Locator:
    """Return where the note is typed."""
    return somebody.page.get_by_role("textbox", name="Notitie")


def write(somebody: Visitor, text: str) -> None:
    """Type a note, and wait until it is safe."""
    words(somebody).press_sequentially(text)
    wait_for(lambda: drafts(somebody.page) != [], what="the note to be kept")
    wait_for(lambda: still(somebody.page), what="the last key to be kept")


def notes_with(somebody: Visitor, file: str, text: str) -> int:
    somebody.go(f"{file}/verloop")
    return somebody.page.locator("main").inner_text().count(text)


def _is_at(page: Page, address: str) -> bool:
    page.wait_for_timeout(200)  # only while it waits the window tells where it is
    return page.url.endswith(address)


def lose_the_answer(page: Page, address: str) -> None:
    """Let the server do what is asked once, and lose its answer on the way."""

    def break_off(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        there = urlsplit(route.request.url)
        headers = {**route.request.all_headers(), "host": there.netloc}
        here_too = there._replace(netloc=f"127.0.0.1:{there.port}").geturl()
        before = page.context.cookies()
        assert route.fetch(url=here_too, headers=headers, max_redirects=0).status == 302
        # The cookie that says "saved" was lost with the answer.
        page.context.clear_cookies(name="naober-bewaard")
        assert {one["name"] for one in before} <= {one["name"] for one in page.context.cookies()}
        route.abort("connectionreset")

    page.route(address, break_off)


def test_two_people_change_one_file_and_both_changes_are_kept(
    stack: Stack, browser: Browser, file: str
) -> None:
    with visitor(browser, stack.town) as first, visitor(browser, stack.town, width=PHONE) as second:
        sign_in(first, email(stack), stack.password)
        sign_in(second, email(stack, DEPUTY), stack.password)
        for somebody in (first, second):
            somebody.go(f"{file}/gegevens")
            ready(somebody.page)
        first.fill("Straat en huisnummer", "Kade 12")
        first.press("Gegevens bewaren")
        second.fill("Wanneer en hoe veilig bellen?", "Liever een bericht, na vijven")
        second.press("Gegevens bewaren")
        second.sees("veranderde intussen ook")
        second.go(f"{file}/gegevens")
        assert second.page.get_by_label("Straat en huisnummer").input_value() == "Kade 12"
        # The same field at the same time: both values are shown, and what was typed stands there still.
        for somebody in (first, second):
            somebody.go(f"{file}/gegevens")
            ready(somebody.page)
        first.fill("Straat en huisnummer", "Kade 14")
        first.press("Gegevens bewaren")
        second.fill("Straat en huisnummer", "Kade 16")
        second.press("Gegevens bewaren")
        second.sees("veranderde dit intussen in: Kade 14")
        assert second.page.get_by_label("Straat en huisnummer").input_value() == "Kade 16"


def test_a_button_that_is_pressed_twice_saves_once(stack: Stack, browser: Browser, file: str) -> None:
    for number, javascript in enumerate((True, False)):
        text = f"Tweemaal gedrukt {number}"
        with visitor(browser, stack.town, javascript=javascript) as coordinator:
            sign_in(coordinator, email(stack), stack.password)
            coordinator.go(f"{file}/notitie")
            if javascript:
                ready(coordinator.page)
            words(coordinator).fill(text)
            coordinator.page.get_by_role("button", name=SAVE_NOTE).dblclick(no_wait_after=True)
            page = coordinator.page
            wait_for(partial(_is_at, page, file), what="the note to be saved")
            page.wait_for_load_state()
            assert notes_with(coordinator, file, text) == 1


def test_a_note_that_is_typed_when_the_session_ends_is_there_after_signing_in(
    stack: Stack, browser: Browser, file: str
) -> None:
    text = "Moeder slaapt beter sinds de oppas er is."
    with visitor(browser, stack.town, width=PHONE) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        coordinator.go(f"{file}/notitie")
        ready(coordinator.page)
        write(coordinator, text)
        end_every_session()
        coordinator.page.get_by_role("button", name=SAVE_NOTE).click()
        coordinator.page.get_by_text("Je bent intussen uitgelogd.").wait_for()
        coordinator.follow("Log opnieuw in")
        again(coordinator, email(stack), stack.password)
        ready(coordinator.page)
        coordinator.page.get_by_text("was nog niet bewaard").wait_for()
        assert words(coordinator).input_value() == text
        coordinator.press(SAVE_NOTE)
        assert drafts(coordinator.page) == []
        assert notes_with(coordinator, file, text) == 1


def test_a_note_of_which_the_answer_was_lost_is_kept_once(stack: Stack, browser: Browser, file: str) -> None:
    text = "Vader belde over de zwemles."
    with visitor(browser, stack.town, width=PHONE) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        coordinator.go(f"{file}/notitie")
        ready(coordinator.page)
        write(coordinator, text)
        lose_the_answer(coordinator.page, "**/notitie")
        with coordinator.page.expect_event("requestfailed"):
            coordinator.page.get_by_role("button", name=SAVE_NOTE).click()
        coordinator.page.unroute("**/notitie")
        forgive_the_connection(coordinator)
        coordinator.page.goto(f"{file}/notitie")
        ready(coordinator.page)
        coordinator.page.get_by_text("was nog niet bewaard").wait_for()
        coordinator.press(SAVE_NOTE)
        assert notes_with(coordinator, file, text) == 1
        # Who types something more has something new, and that is kept too.
        coordinator.go(f"{file}/notitie")
        ready(coordinator.page)
        write(coordinator, "Oma komt")
        lose_the_answer(coordinator.page, "**/notitie")
        with coordinator.page.expect_event("requestfailed"):
            coordinator.page.get_by_role("button", name=SAVE_NOTE).click()
        coordinator.page.unroute("**/notitie")
        forgive_the_connection(coordinator)
        coordinator.page.goto(f"{file}/notitie")
        ready(coordinator.page)
        words(coordinator).press_sequentially(" logeren in mei")
        coordinator.press(SAVE_NOTE)
        assert notes_with(coordinator, file, "Oma komt logeren in mei") == 1


def test_a_registration_with_two_children_comes_back_whole(stack: Stack, browser: Browser) -> None:
    with visitor(browser, stack.town, width=DESK) as coordinator:
        sign_in(coordinator, email(stack), stack.password)
        coordinator.go("/vraaggezinnen/nieuw")
        ready(coordinator.page)
        parent = coordinator.group("Ouder of verzorger 1")
        coordinator.fill("Voornaam", "Wendy", parent)
        coordinator.fill("Achternaam", "Tweevoudig", parent)
        coordinator.fill("Telefoonnummer", "06 12 34 56 70", parent)
        coordinator.fill("Voornaam", "Daan", coordinator.group("Kind 1"))
        coordinator.press("Nog een kind toevoegen")
        ready(coordinator.page)
        second = coordinator.group("Kind 2")
        for name, month, group in (("Daan", "mei", coordinator.group("Kind 1")), ("Fien", "juni", second)):
            coordinator.fill("Voornaam", name, group)
            coordinator.choose("Maand", month, group)
            coordinator.fill("Jaar", str(timezone.localdate().year - 3), group)
        coordinator.fill("Straat en huisnummer", "Kaasmarkt 7")
        coordinator.fill("Postcode", "1441 BG")
        type_slowly(coordinator, "Woonplaats", "Purmerend")
        end_every_session()
        coordinator.page.get_by_role("button", name="Gezin aanmelden").click()
        coordinator.page.get_by_text("Je bent intussen uitgelogd.").wait_for()
        forgive_signed_out(coordinator)
        coordinator.follow("Log opnieuw in")
        coordinator.fill("E-mailadres", email(stack))
        coordinator.page.get_by_label("Wachtwoord").fill(stack.password)
        # The page comes, finds that it shows one child too few, and comes again.
        coordinator.page.get_by_role("button", name="Inloggen", exact=True).click()
        wait_for(lambda: coordinator.group("Kind 2").count() > 0, what="the second child to come back")
        ready(coordinator.page)
        assert coordinator.group("Kind 2").get_by_label("Voornaam").input_value() == "Fien"
        assert coordinator.page.get_by_label("Woonplaats").input_value() == "Purmerend"
        coordinator.choose("Gezinsvorm", "een ouder")
        coordinator.press("Gezin aanmelden")
        coordinator.sees("Tweevoudig", "Daan", "Fien")
        assert drafts(coordinator.page) == []


def forgive_signed_out(somebody: Visitor) -> None:
    """Looking for families that are alike while typing was refused, as it should."""
    somebody.complaints[:] = [
        one for one in somebody.complaints if not re.search(r"status of (401|403|404)", one)
    ]
