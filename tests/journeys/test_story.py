"""From a mother's registration to a national total, by the pages alone: links, buttons and forms, as people do it."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from tests.browser import PHONE
from tests.journeys.stack import Stack, wait_for
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
from tests.journeys.visitor import Visitor, sign_in, visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

FAMILY, HELPERS = "Zonneveld", "Appelboom"
COORDINATOR, FOUNDATION = "coördinator", "medewerker van de stichting"
TOO_FAST = "Dat ging wel heel snel"
NEW_COUPLINGS = "nieuweKoppelingen"


def test_a_mother_registers_and_in_the_end_the_national_total_is_one_higher(
    stack: Stack, browser: Browser
) -> None:
    today = timezone.localdate()
    wait_for(stack.at_rest, what="what other stories left to be counted", timeout=120)
    with visitor(browser, stack.country) as employee:
        sign_in(employee, stack.people["landelijk.localhost", FOUNDATION], stack.password)
        before = national_total(employee)
        assert before == released_total(stack, today.year)

        a_mother_registers_on_her_phone(browser, stack)
        her_mail_arrives_without_personal_data(stack)
        the_demo_shows_it_to_this_municipality_alone(browser, stack)
        with visitor(browser, stack.town) as coordinator:
            sign_in(coordinator, stack.people["purmerend.localhost", COORDINATOR], stack.password)
            the_mother_is_called_and_visited(coordinator, today)
            a_support_family_registers(browser, stack)
            the_support_family_is_called_and_visited(coordinator, today)
            nothing_can_be_proposed_yet(coordinator)
            vog_and_references_are_in_order(coordinator, today)
            both_families_say_yes(coordinator)
            they_meet(coordinator)
            a_trial_waits_for_every_vog(coordinator, today)
            the_trial_starts(coordinator, today)
            the_coupling_is_definitive(coordinator)
            both_look_back(coordinator)
            raise_concern(coordinator)
            end_with_care(coordinator, today)
            begin_again(coordinator)
            hand_over(coordinator, today)
            coordinator.sees(FAMILY)

        after = wait_for(
            lambda: now if (now := reloaded_total(employee)) != before else 0,
            what="the worker to count and publish the new coupling",
        )
        assert after == before + 1
        employee.look()
    assert released_total(stack, today.year) == before + 1
    assert reported_total(stack, today.year) == before + 1
    assert stack.errors() == []


# ---------------------------------------------------------------------------------------------------- the asking family


def a_mother_registers_on_her_phone(browser: Browser, stack: Stack) -> None:
    with visitor(browser, stack.town, width=PHONE) as mother:  # the same pages, looked at
        mother.go("/aanmelden")
        mother.follow("Steun vragen voor ons gezin")
        mother.press("Aanmelding versturen")
        mother.sees("Postcode: vul dit in.")
    with visitor(browser, stack.town, width=PHONE, javascript=False) as mother:
        mother.go("/aanmelden")
        mother.follow("Steun vragen voor ons gezin")
        me = mother.group("Ouder of verzorger 1")
        mother.fill("Voornaam", "Marieke", me)
        mother.fill("Achternaam", FAMILY, me)
        mother.fill("Telefoonnummer", "06 12 34 56 78", me)
        mother.fill("E-mailadres", "marieke@example.org", me)
        mother.fill("Wanneer kunnen wij u het beste bellen?", "Na acht uur ’s avonds")
        toddler = mother.group("Kind 1")
        mother.fill("Voornaam", "Sem", toddler)
        mother.choose("Maand", "mei", toddler)
        mother.fill("Jaar", str(timezone.localdate().year - 2), toddler)
        mother.press("Nog een kind toevoegen")
        unborn = mother.group("Kind 2")
        mother.fill("Of: uitgerekende datum", str(timezone.localdate() + timedelta(days=90)), unborn)
        mother.fill("Straat en huisnummer", "Kaasmarkt 1")
        mother.fill("Postcode", "1441 BG")
        mother.fill("Woonplaats", "Purmerend")
        mother.choose("Hoe ziet uw gezin eruit?", "een ouder")
        mother.fill("Waar kunt u steun bij gebruiken?", "Een middag in de week even op adem komen.")
        send(mother)
        mother.sees("Bedankt", "binnen twee werkdagen")


def send(somebody: Visitor) -> None:
    """Send a public form; it refuses whoever is quicker than people are, and then asks to press again."""
    somebody.press("Aanmelding versturen")
    wait_for(lambda: not _was_too_fast(somebody), what="the form to believe that a person fills it in")


def _was_too_fast(somebody: Visitor) -> bool:
    if TOO_FAST not in somebody.page.locator("main").inner_text():
        return False
    somebody.press("Aanmelding versturen")
    return True


def her_mail_arrives_without_personal_data(stack: Stack) -> None:
    (mail,) = wait_for(stack.mails, what="the confirmation by e-mail")
    assert "To: marieke@example.org" in mail
    said = mail.replace("marieke@example.org", "")
    assert not re.search(rf"Marieke|{FAMILY}|Sem|1441|Kaasmarkt|12 ?34 ?56|adem", said, re.IGNORECASE)


def the_demo_shows_it_to_this_municipality_alone(browser: Browser, stack: Stack) -> None:
    for home, expected in ((stack.town, True), (stack.addresses["zaanstad.localhost"], False)):
        with visitor(browser, home) as reader:
            reader.go("/aanmelden")
            reader.follow("Verstuurde e-mails")
            assert ("marieke@example.org" in reader.page.locator("main").inner_text()) is expected


def the_mother_is_called_and_visited(coordinator: Visitor, today: date) -> None:
    coordinator.sees(f"Gezin {FAMILY}", "Na acht uur")
    coordinator.follow("Gebeld", coordinator.line(f"Gezin {FAMILY}"))
    coordinator.press("Vastleggen dat er is gebeld")
    coordinator.sees(f"Marieke {FAMILY}", "Sem", "verwacht op")
    coordinator.follow("Huisbezoek plannen")
    coordinator.fill("Datum van het huisbezoek", str(today))
    coordinator.press("Huisbezoek plannen")
    coordinator.follow("Intake invullen")
    coordinator.group("Voor wie is de steun?").get_by_role("checkbox").nth(1).uncheck()
    coordinator.fill("Welke steun heeft u nodig?", "Een vaste middag dat iemand Sem opvangt.")
    coordinator.fill("Wat vindt u belangrijk in de opvoeding?", "Rust en buiten spelen.")
    coordinator.fill("Wat verwacht u van een steungezin?", "Dat Sem er zich thuis voelt.")
    coordinator.fill("Wat kunt u zelf doen voor het steungezin of de buurt?", "Kleding naaien.")
    coordinator.tick("een vast dagdeel per week", "elke week", "woensdagmiddag", "donderdagochtend")
    coordinator.tick("veel naar buiten", "niet roken in huis")
    coordinator.tick("Toestemming voor: geloof of eetgewoonten")
    coordinator.fill("Wat moeten wij weten? (geloof of eetgewoonten)", "Eet geen varkensvlees")
    coordinator.tick(f"Marieke {FAMILY}", within=coordinator.group("Wie gaan akkoord met steun?"))
    coordinator.press("Bewaren en afronden")
    coordinator.sees(
        "De intake is afgerond.", "Kleding naaien", "Eet geen varkensvlees", "Zoek een steungezin"
    )


# --------------------------------------------------------------------------------------------------- the support family


def a_support_family_registers(browser: Browser, stack: Stack) -> None:
    with visitor(browser, stack.town, width=PHONE) as helper:
        helper.go("/aanmelden")
        helper.follow("Ons aanmelden als steungezin")
        helper.press("Nog een volwassene toevoegen")
        for number, name in ((1, "Ingrid"), (2, "Karel")):
            person = helper.group(f"Volwassene {number}")
            helper.fill("Voornaam", name, person)
            helper.fill("Achternaam", HELPERS, person)
            helper.fill("Telefoonnummer", f"06 12 34 56 0{number}", person)
        helper.fill("Straat en huisnummer", "Gedempte Where 3")
        helper.fill("Postcode", "1441 CC")
        helper.fill("Woonplaats", "Purmerend")
        helper.fill("Waarom wilt u steungezin zijn?", "Ons huis is te stil.")
        send(helper)
        helper.sees("Bedankt", "binnen een week")


def the_support_family_is_called_and_visited(coordinator: Visitor, today: date) -> None:
    coordinator.follow("Aanmeldingen")
    coordinator.follow("Gebeld", coordinator.line(f"Gezin {HELPERS}"))
    coordinator.press("Vastleggen dat er is gebeld")
    coordinator.follow("Huisbezoek plannen")
    coordinator.fill("Datum van het huisbezoek", str(today))
    coordinator.press("Huisbezoek plannen")
    coordinator.follow("Intake invullen")
    coordinator.fill("Wie wonen er in huis?", "Ingrid en Karel, de kinderen zijn het huis uit.")
    coordinator.tick("een vast dagdeel per week", "elke week", "woensdagmiddag")
    coordinator.tick("0 tot en met 3 jaar", within=coordinator.group("Welke leeftijden passen?"))
    coordinator.tick("veel naar buiten")
    coordinator.fill("Huisregels besproken op", str(today))
    coordinator.press("Bewaren en afronden")
    coordinator.sees("De intake is afgerond.", "nog geen geldige VOG", "ontbreken nog 2 goede referenties")
    assert not coordinator.page.get_by_role("link", name="Goedkeuren").count()


def nothing_can_be_proposed_yet(coordinator: Visitor) -> None:
    look_for_a_support_family(coordinator)
    assert not coordinator.page.get_by_role("article").filter(has_text=HELPERS).get_by_role("button").count()


def vog_and_references_are_in_order(coordinator: Visitor, today: date) -> None:
    open_support_family(coordinator)
    for name in ("Ingrid", "Karel"):
        show_vog(coordinator, f"{name} {HELPERS}", today)
    hear_references(coordinator, today)
    coordinator.follow("Goedkeuren")
    coordinator.press("Steungezin goedkeuren")
    coordinator.sees("Dit steungezin is goedgekeurd en beschikbaar.")


# ------------------------------------------------------------------------------------------------------ both families


def look_for_a_support_family(coordinator: Visitor) -> None:
    find(coordinator, "Vraaggezinnen", FAMILY)
    coordinator.follow("Zoek een steungezin")


def open_support_family(coordinator: Visitor) -> None:
    find(coordinator, "Steungezinnen", HELPERS)


def both_families_say_yes(coordinator: Visitor) -> None:
    look_for_a_support_family(coordinator)
    card = coordinator.page.get_by_role("article").filter(has_text=f"Gezin {HELPERS}")
    assert "woensdagmiddag" in card.inner_text()
    coordinator.press("Stel dit gezin voor", card)
    profile = coordinator.page.locator(".naober-quote").inner_text()
    assert not re.search(rf"Marieke|{FAMILY}|Sem|Kaasmarkt|1441", profile)
    coordinator.press("Steungezin gevraagd")
    coordinator.press("Steungezin zegt ja, ouders gevraagd")
    coordinator.press("Ouders zeggen ja")
    coordinator.sees("Allebei zeggen ja")


def they_meet(coordinator: Visitor) -> None:
    coordinator.follow("Kennismaking plannen")
    coordinator.press("Kennismaking vastleggen")
    coordinator.sees(f"{FAMILY} en {HELPERS}", "Kennismaking")


def a_trial_waits_for_every_vog(coordinator: Visitor, today: date) -> None:
    """A grown-up son comes to live with the support family again: no child goes there before his VOG was seen."""
    open_support_family(coordinator)
    coordinator.follow("Volwassene toevoegen")
    coordinator.fill("Voornaam", "Joost")
    coordinator.fill("Achternaam", HELPERS)
    coordinator.press("Volwassene toevoegen")
    open_coupling(coordinator)
    coordinator.follow("Proefperiode starten")
    agree(coordinator, today)
    coordinator.sees("geldige VOG", "Joost")
    open_support_family(coordinator)
    show_vog(coordinator, f"Joost {HELPERS}", today)


def open_coupling(coordinator: Visitor) -> None:
    coordinator.follow("Koppelingen")
    coordinator.follow(f"{FAMILY} en {HELPERS}")


def the_trial_starts(coordinator: Visitor, today: date) -> None:
    open_coupling(coordinator)
    coordinator.follow("Proefperiode starten")
    agree(coordinator, today)
    coordinator.sees("De proefperiode is gestart.", "Versie 1", "een vast dagdeel per week")


def the_coupling_is_definitive(coordinator: Visitor) -> None:
    coordinator.follow("Definitief koppelen")
    assert coordinator.page.get_by_label("Wat voor steun").evaluate("e => e.selectedOptions[0].text") == (
        "een vast dagdeel per week"
    )
    coordinator.press("Koppelen")
    coordinator.sees("Schrijf de huisregels op")
    coordinator.fill("Huisregels bij het steungezin", "Schoenen uit in de gang, en om vijf uur eten.")
    coordinator.press("Koppelen")
    coordinator.sees("De koppeling is een feit.", "Versie 2", "Evaluatie na een half jaar", "Sem (2 jaar)")
    coordinator.follow("Versie 2, definitief")
    coordinator.sees("Schoenen uit", "elke week")
    coordinator.page.go_back()


# -------------------------------------------------------------------------------------------------------- the totals


def national_total(employee: Visitor) -> int:
    figure = employee.page.locator(".naober-figure").filter(
        has=employee.page.get_by_text("Nieuwe koppelingen", exact=True)
    )
    return int(figure.locator(".naober-figure__value").inner_text().replace(".", ""))


def reloaded_total(employee: Visitor) -> int:
    employee.page.reload()
    return national_total(employee)


def released_total(stack: Stack, year: int) -> int:
    answer = stack.api("kerncijfers", jaar=year, soort="jaar", maat=NEW_COUPLINGS, gebied="nederland")
    (line,) = (line for line in answer["kerncijfers"] if line["kenmerk"] is None)
    assert line["status"] == "F"
    return int(line["waarde"])


def reported_total(stack: Stack, year: int) -> int:
    (found,) = stack.api("rapporten", jaar=year, soort="jaar")["rapporten"]
    report = stack.api(f"rapporten/{found['id']}")
    (figure,) = (line for line in report["kerncijfers"] if line["maat"] == NEW_COUPLINGS)
    return int(figure["nederland"]["waarde"])
