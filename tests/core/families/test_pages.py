import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from common.forms import SpamGuardMixin
from core.families.models import ContactNote, RequestingFamily, SupportedChild, SupportFamily
from core.ledger.models import Event, LedgerEntry
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tests.factories import chain

Make = Callable[..., Client]


@pytest.fixture(autouse=True)
def _typing_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpamGuardMixin, "MIN_SECONDS", 0)


def stamp(client: Client, path: str) -> dict[str, str]:
    """Return the hidden fields of a form as a browser would send them."""
    page = client.get(path)
    assert page.status_code == 200
    form = page.context["form"]
    return {name: str(form[name].value()) for name in ("shown_at", "submission_key") if name in form.fields}


def asking(**changed: Any) -> dict[str, Any]:
    """Return what a mother types on the public form."""
    this_year = timezone.localdate().year
    return {
        "parents-TOTAL_FORMS": "1",
        "parents-INITIAL_FORMS": "0",
        "parents-0-first_name": "Mira",
        "parents-0-last_name": "Yılmaz",
        "parents-0-phone": "06 12345678",
        "parents-0-email": "mira@voorbeeld.example",
        "children-TOTAL_FORMS": "2",
        "children-INITIAL_FORMS": "0",
        "children-0-first_name": "Sem",
        "children-0-born_in_maand": "3",
        "children-0-born_in_jaar": str(this_year - 4),
        "children-1-due_on": (timezone.localdate() + timedelta(days=60)).isoformat(),
        "street": "Koestraat 1",
        "postcode": "1441ab",
        "place": "Purmerend",
        "household": "single_parent",
        "safe_contact": "na acht uur",
        "remarks": "Een vaste middag rust zou fijn zijn.",
        **changed,
    }


def offering(**changed: Any) -> dict[str, Any]:
    """Return what a couple types on the public form."""
    return {
        "adults-TOTAL_FORMS": "2",
        "adults-INITIAL_FORMS": "0",
        "adults-0-first_name": "Jan",
        "adults-0-last_name": "Bakker",
        "adults-0-phone": "0612345679",
        "adults-1-first_name": "Els",
        "adults-1-name_prefix": "de",
        "adults-1-last_name": "Wit",
        "street": "Plein 2",
        "postcode": "1442 CD",
        "place": "Purmerend",
        "motivation": "Ons huis is te stil.",
        "channel": "press",
        **changed,
    }


ASK, OFFER = "/aanmelden/vraaggezin", "/aanmelden/steungezin"


# ------------------------------------------------------------------------------------------------- public registration


def test_a_mother_registers_with_a_child_and_a_baby_on_its_way(
    purmerend: Municipality, client_for: Make, run_outbox: Callable[[], int]
) -> None:
    client = client_for(purmerend)
    answer = client.post(ASK, asking(**stamp(client, ASK)))
    assert (answer.status_code, answer["Location"]) == (302, "/aanmelden/bedankt?voor=vraaggezin")
    with context.municipality(purmerend):
        family = RequestingFamily.objects.get()
        assert (family.name, family.postcode, family.status) == ("Yılmaz", "1441 AB", "registered")
        assert (family.municipality_code, family.registered_by) == ("GM0439", "self")
        assert [child.birth_year is None for child in family.children.order_by("first_name")] == [True, False]
        assert family.parents.get().phone == "+31612345678"
        entry = LedgerEntry.objects.get()
        assert (entry.event, entry.age_bands) == (Event.FAMILY_REGISTERED, ["4-7", "0-3"])
        assert (
            AuditEntry.objects.filter(action="family_registered", actor_name="openbaar formulier").count()
            == 1
        )
    assert client.get(answer["Location"]).status_code == 200
    run_outbox()
    [letter] = mail.outbox
    assert letter.to == ["mira@voorbeeld.example"]
    for private in ("Mira", "Yılmaz", "Sem", "Koestraat", "1441", "rust"):
        assert private not in letter.subject + str(letter.body)


def test_a_couple_registers_as_support_family(purmerend: Municipality, client_for: Make) -> None:
    client = client_for(purmerend)
    answer = client.post(OFFER, offering(**stamp(client, OFFER)))
    assert answer["Location"] == "/aanmelden/bedankt?voor=steungezin"
    with context.municipality(purmerend):
        family = SupportFamily.objects.get()
        assert [adult.full_name for adult in family.adults.all()] == ["Jan Bakker", "Els de Wit"]
        assert LedgerEntry.objects.get().channel == "press"


def test_a_referrer_needs_the_permission_of_the_parents(purmerend: Municipality, client_for: Make) -> None:
    client, path = client_for(purmerend), f"{ASK}?door=verwijzer"
    typed = asking(referrer_name="Kim Juf", referrer_phone="0299123456", referral_source="school")
    refused = client.post(path, typed | stamp(client, path))
    assert refused.status_code == 400
    assert "Vraag eerst toestemming aan de ouders" in refused.content.decode()
    taken = client.post(path, typed | stamp(client, path) | {"permission": "on"})
    assert taken.status_code == 302
    with context.municipality(purmerend):
        family = RequestingFamily.objects.get()
        assert (family.registered_by, family.referral_source) == ("referrer", "school")
        assert family.permission_told_on == timezone.localdate()


def test_who_registers_somebody_else_sends_them_no_mail(
    purmerend: Municipality, client_for: Make, run_outbox: Callable[[], int]
) -> None:
    client, path = client_for(purmerend), f"{ASK}?door=verwijzer"
    typed = asking(referrer_name="Kim", referrer_phone="0299123456", referral_source="gp", permission="on")
    assert client.post(path, typed | stamp(client, path)).status_code == 302
    run_outbox()
    assert mail.outbox == []


def test_sending_twice_registers_once(purmerend: Municipality, client_for: Make) -> None:
    client = client_for(purmerend)
    typed = asking(**stamp(client, ASK))
    assert [client.post(ASK, typed).status_code for _again in range(2)] == [302, 302]
    with context.municipality(purmerend):
        assert RequestingFamily.objects.count() == 1
        assert SupportedChild.objects.count() == 2
        assert LedgerEntry.objects.count() == 1


def test_children_can_be_added_and_taken_away_without_javascript(
    purmerend: Municipality, client_for: Make
) -> None:
    client = client_for(purmerend)
    typed = asking(**stamp(client, ASK))
    more = client.post(ASK, typed | {"children-add": "1"})
    assert more.status_code == 200
    assert more.context["children"].total_form_count() == 3
    assert "Koestraat 1" in more.content.decode()
    assert "Yılmaz" in more.content.decode()
    less = client.post(ASK, typed | {"children-remove": "0"})
    assert less.context["children"].total_form_count() == 1
    assert "Sem" not in less.content.decode()
    with context.municipality(purmerend):
        assert not RequestingFamily.objects.exists()


def test_a_family_may_have_many_children(purmerend: Municipality, client_for: Make) -> None:
    client, year = client_for(purmerend), timezone.localdate().year
    many = {f"children-{n}-born_in_maand": "1" for n in range(14)} | {
        f"children-{n}-born_in_jaar": str(year - n - 1) for n in range(14)
    }
    typed = asking(**stamp(client, ASK)) | {"children-1-due_on": ""} | many | {"children-TOTAL_FORMS": "14"}
    assert client.post(ASK, typed).status_code == 302
    with context.municipality(purmerend):
        assert SupportedChild.objects.count() == 14


def test_programs_are_stopped_softly(
    purmerend: Municipality, client_for: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(purmerend)
    hidden = stamp(client, ASK)
    baited = client.post(ASK, asking(**hidden) | {"website": "https://koop.example"})
    assert (baited.status_code, "Yılmaz" in baited.content.decode()) == (400, True)
    assert client.post(ASK, asking(**hidden) | {"shown_at": "verzonnen"}).status_code == 400
    monkeypatch.setattr(SpamGuardMixin, "MIN_SECONDS", 3)
    quick = client.post(ASK, asking(**hidden))
    assert "Dat ging wel heel snel" in quick.content.decode()
    with context.municipality(purmerend):
        assert not RequestingFamily.objects.exists()


def test_a_flood_of_registrations_is_held_back_and_keeps_what_was_typed(
    purmerend: Municipality, client_for: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.families.selectors.FLOOD_LIMIT", 1)
    client = client_for(purmerend)
    assert client.post(ASK, asking(**stamp(client, ASK))).status_code == 302
    held = client.post(ASK, asking(**stamp(client, ASK)))
    assert (held.status_code, "Koestraat 1" in held.content.decode()) == (400, True)
    with context.municipality(purmerend):
        assert RequestingFamily.objects.count() == 1


TODAY = timezone.localdate


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"children-0-born_in_jaar": "x"}, "vier cijfers"),
        ({"children-0-born_in_jaar": str(TODAY().year + 1)}, "in de toekomst"),
        ({"children-0-born_in_jaar": str(TODAY().year - 30)}, "18 jaar of ouder"),
        ({"children-0-born_in_maand": "13"}, "maand"),
        ({"children-0-born_in_maand": ""}, "Vul de maand en het jaar in."),
        ({"children-1-due_on": (TODAY() - timedelta(days=730)).isoformat()}, "al lang geleden"),
        ({"children-1-due_on": (TODAY() + timedelta(days=500)).isoformat()}, "te ver in de toekomst"),
        ({"children-1-due_on": "31-02-2026"}, "datum in die bestaat"),
        ({"children-1-due_on": "99999999"}, "datum in die bestaat"),
        (
            {"children-1-born_in_maand": "1", "children-1-born_in_jaar": str(TODAY().year - 1)},
            "niet allebei",
        ),
        ({"parents-0-first_name": ""}, "Voornaam: vul dit in."),
        ({"parents-0-first_name": "a" * 500}, "te lang"),
        ({"parents-0-last_name": "nul\x00byte"}, "teken dat wij niet kunnen bewaren"),
        ({"parents-0-phone": "bel maar"}, "telefoonnummer"),
        ({"parents-0-phone": "", "parents-0-email": ""}, "telefoonnummer of e-mailadres"),
        ({"parents-0-email": "geen adres"}, "e-mailadres"),
        ({"postcode": "0000 SS"}, "postcode"),
        ({"postcode": ""}, "Postcode: vul dit in."),
        ({"place": "x" * 81}, "te lang"),
        ({"household": "kasteel"}, "keuze"),
        ({"remarks": "x" * 5000}, "te lang"),
        ({"remarks": "Mijn nummer is 111222333"}, "burgerservicenummer"),
        ({"submission_key": "geen sleutel"}, ""),
        ({"children-TOTAL_FORMS": "veel"}, ""),
        ({"children-TOTAL_FORMS": "-5"}, ""),
        ({"children-TOTAL_FORMS": "999999999"}, ""),
        ({"parents-TOTAL_FORMS": ""}, ""),
    ],
)
def test_what_cannot_be_is_said_in_dutch_and_nothing_typed_is_lost(
    purmerend: Municipality, client_for: Make, typed: dict[str, str], said: str
) -> None:
    client = client_for(purmerend)
    answer = client.post(ASK, asking(**stamp(client, ASK)) | typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert "Controleer wat er is ingevuld" in page
    assert "Koestraat 1" in page
    with context.municipality(purmerend):
        assert not RequestingFamily.objects.exists()
        assert not LedgerEntry.objects.exists()


def test_empty_forms_are_answered_with_errors(purmerend: Municipality, client_for: Make) -> None:
    client = client_for(purmerend)
    for path in (ASK, f"{ASK}?door=verwijzer", OFFER):
        assert client.post(path, {}).status_code == 400
        assert client.post(path, {"website": ""}).status_code == 400


# ---------------------------------------------------------------------------------------------------------- coordinator


@pytest.fixture
def desk(purmerend: Municipality, coordinator: User, client_for: Make) -> Client:
    """The browser of a coordinator who has signed in."""
    return client_for(purmerend, coordinator)


def test_a_coordinator_writes_down_who_called(purmerend: Municipality, desk: Client) -> None:
    path = "/vraaggezinnen/nieuw"
    day = (TODAY() - timedelta(days=3)).isoformat()
    by_phone = {"registered_on": day, "registered_by": "coordinator", "referral_source": "self"}
    answer = desk.post(path, asking(**stamp(desk, path), **by_phone))
    assert answer.status_code == 302, answer.content.decode()
    with context.municipality(purmerend):
        family = RequestingFamily.objects.get()
        assert (family.registered_by, family.registered_on.isoformat()) == ("coordinator", day)
    page = desk.get(answer["Location"]).content.decode()
    assert "Het gezin is aangemeld." in page
    assert "Gebeld" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"registered_on": (TODAY() + timedelta(days=1)).isoformat()}, "in de toekomst"),
        ({"registered_on": "1999-01-01"}, "bestond dit programma nog niet"),
        ({"registered_by": "referrer"}, "toestemming van de ouders"),
        ({"registered_by": "buurman"}, "keuze"),
    ],
)
def test_a_coordinator_hears_what_is_wrong_too(
    purmerend: Municipality, desk: Client, typed: dict[str, str], said: str
) -> None:
    path = "/vraaggezinnen/nieuw"
    by_phone = {
        "registered_on": TODAY().isoformat(),
        "registered_by": "coordinator",
        "referral_source": "self",
    }
    answer = desk.post(path, asking(**stamp(desk, path), **(by_phone | typed)))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    with context.municipality(purmerend):
        assert not RequestingFamily.objects.exists()


def test_registrations_show_who_must_be_called(
    purmerend: Municipality, desk: Client, client_for: Make
) -> None:
    visitor = client_for(purmerend)
    visitor.post(ASK, asking(**stamp(visitor, ASK)))
    visitor.post(OFFER, offering(**stamp(visitor, OFFER)))
    page = desk.get("/aanmeldingen").content.decode()
    assert "Gezin Yılmaz vraagt steun" in page
    assert "Gezin Bakker wil steungezin zijn" in page
    assert "na acht uur" in page
    assert "tel:+31612345678" in page
    found = desk.get("/aanmeldingen", {"zoek": "bakker"}).content.decode()
    assert "Yılmaz" not in found
    assert "Bakker" in found
    assert "Niets gevonden" in desk.get("/aanmeldingen", {"zoek": "bestaat niet"}).content.decode()


def test_a_call_is_written_down_once(purmerend: Municipality, desk: Client, client_for: Make) -> None:
    visitor = client_for(purmerend)
    visitor.post(ASK, asking(**stamp(visitor, ASK)))
    with context.municipality(purmerend):
        pk = RequestingFamily.objects.get().pk
    path = f"/vraaggezinnen/{pk}/gebeld"
    typed = {"day": TODAY().isoformat(), "text": "Zij is thuis na vier uur."}
    assert desk.post(path, typed)["Location"] == f"/vraaggezinnen/{pk}"
    again = desk.post(path, typed)
    assert again.status_code == 409
    assert "Zij is thuis na vier uur." in again.content.decode()
    with context.municipality(purmerend):
        assert RequestingFamily.objects.get().status == "contacted"
        assert ContactNote.objects.count() == 1
        assert LedgerEntry.objects.filter(event=Event.FAMILY_CONTACTED).count() == 1


@pytest.mark.parametrize("day", ["", "morgen", "2024-02-30", "0001-01-01", "9999-12-31", "12\x0003"])
def test_a_call_on_an_impossible_day_is_refused(
    purmerend: Municipality, desk: Client, client_for: Make, day: str
) -> None:
    visitor = client_for(purmerend)
    visitor.post(ASK, asking(**stamp(visitor, ASK)))
    with context.municipality(purmerend):
        pk = RequestingFamily.objects.get().pk
    for when in (day, (TODAY() + timedelta(days=1)).isoformat(), (TODAY() - timedelta(days=9)).isoformat()):
        answer = desk.post(f"/vraaggezinnen/{pk}/gebeld", {"day": when, "text": "Gesproken"})
        assert answer.status_code == 400
        assert "Gesproken" in answer.content.decode()
    with context.municipality(purmerend):
        assert RequestingFamily.objects.get().status == "registered"


def test_a_strange_filter_or_page_number_just_shows_the_list(purmerend: Municipality, desk: Client) -> None:
    for path in ("/aanmeldingen", "/vraaggezinnen", "/steungezinnen"):
        for query in (
            "?status=kasteel",
            "?pagina=-3",
            "?pagina=x",
            "?pagina=99999999999",
            "?zoek=" + "x" * 300,
        ):
            assert desk.get(path + query).status_code == 200
        assert desk.get(path + "?zoek=%00").status_code == 400


def test_absent_and_forbidden_look_alike(
    purmerend: Municipality, zaanstad: Municipality, desk: Client, client_for: Make, other_coordinator: User
) -> None:
    visitor = client_for(purmerend)
    visitor.post(ASK, asking(**stamp(visitor, ASK)))
    with context.municipality(purmerend):
        pk = RequestingFamily.objects.get().pk
    absent = desk.get(f"/vraaggezinnen/{uuid4()}")
    elsewhere = client_for(zaanstad, other_coordinator).get(f"/vraaggezinnen/{pk}")
    assert absent.status_code == elsewhere.status_code == 404
    assert absent.content == elsewhere.content


def test_a_long_list_comes_in_pages_and_keeps_what_was_searched_for(
    purmerend: Municipality, desk: Client
) -> None:
    with context.municipality(purmerend):
        for number in range(27):
            chain.waiting_family(f"Jansen{number:02}", waits=100 - number)
        chain.waiting_family("Pieters")
    first = desk.get("/vraaggezinnen?zoek=jansen").content.decode()
    assert "<strong>27</strong> regels" in first
    onward = re.search(r'href="[^"?]*(\?[^"]+)"[^>]*>\s*(?:<[^>]+>)*Volgende', first)
    assert onward is not None
    assert "zoek=jansen" in onward[1]
    assert first.index("Jansen00") < first.index("Jansen24")
    second = desk.get(f"/vraaggezinnen{unescape(onward[1])}").content.decode()
    assert "Jansen25" in second
    assert "Jansen00" not in second
    assert "Pieters" not in second


def test_a_reminder_stands_in_the_file_until_it_is_done(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        pk = chain.waiting_family().pk
    file = f"/vraaggezinnen/{pk}"
    for wrong in ({"title": "", "day": TODAY().isoformat()}, {"title": "x" * 201, "day": "x"}):
        assert desk.post(f"{file}/herinnering", wrong).status_code == 400
    assert desk.post(f"{file}/herinnering", {"title": "Kaart sturen", "day": "2030-05-01"}).status_code == 302
    assert "Kaart sturen" in desk.get(file).content.decode()


@pytest.mark.parametrize(
    ("path", "group"),
    [("/aanmelden/vraaggezin", "parents"), ("/aanmelden/steungezin", "adults")],
)
def test_the_form_says_that_one_way_to_reach_somebody_is_needed(
    client_for: Make, purmerend: Municipality, path: str, group: str
) -> None:
    page = client_for(purmerend).get(path).content.decode()
    for name in ("phone", "email"):
        label, _end, rest = page.partition(f'for="id_{group}-0-{name}"')[2].partition("</label>")
        assert "niet verplicht" not in label
        assert rest.lstrip().partition(">")[2].startswith("Vul een telefoonnummer of een e-mailadres in.")
    form = asking() if group == "parents" else {}
    if form:
        client = client_for(purmerend)
        without = form | {"parents-0-phone": "", "parents-0-email": ""} | stamp(client, path)
        refused = client.post(path, without)
        assert refused.status_code == 400
        assert "Vul een telefoonnummer of e-mailadres in." in refused.content.decode()
