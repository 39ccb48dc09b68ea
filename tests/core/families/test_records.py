from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from common.errors import Conflict, InvalidInput
from core.families.models import Consent, ContactNote, RequestingFamily, SupportAdult, SupportFamily
from core.families.record_services import (
    consent_give,
    consent_withdraw,
    note_add,
    sensitive_note_write,
    sensitive_notes_record,
)
from core.families.rules import call_by
from tenants import context
from tenants.accounts.models import User
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.factories import chain

Make = Callable[..., Client]


def day(offset: int = 0) -> str:
    """Return a day as a date control sends it."""
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


@pytest.fixture
def desk(purmerend: Municipality, coordinator: User, client_for: Make) -> Client:
    """The browser of a coordinator who has signed in."""
    return client_for(purmerend, coordinator)


# ---------------------------------------------------------------------------------------------------------- consents


@pytest.mark.usefixtures("in_purmerend")
def test_a_sensitive_note_without_a_live_consent_is_refused(coordinator: User) -> None:
    family = chain.waiting_family()
    with pytest.raises(Conflict):
        sensitive_note_write(family=family, group="health", note="allergie", actor=coordinator)
    with pytest.raises(InvalidInput) as refusal:
        sensitive_notes_record(
            family=family, given=set(), notes={"belief": "halal"}, on=chain.day(), actor=coordinator
        )
    assert set(refusal.value.fields) == {"note_belief"}
    assert not Consent.objects.exists()


@pytest.mark.usefixtures("in_purmerend")
def test_withdrawing_a_consent_clears_its_note_and_keeps_the_dates(coordinator: User) -> None:
    family = chain.available_support()
    consent = consent_give(
        family=family, group="health", given_on=chain.day(-9), note="hooikoorts", actor=coordinator
    )
    consent_withdraw(consent=consent, withdrawn_on=chain.day(), actor=coordinator)
    row = Consent.objects.get()
    assert (row.note, row.given_on, row.withdrawn_on) == ("", chain.day(-9), chain.day())
    with pytest.raises(Conflict):
        sensitive_note_write(family=family, group="health", note="toch", actor=coordinator)
    with pytest.raises(Conflict):
        consent_withdraw(consent=consent, withdrawn_on=chain.day(), actor=coordinator)
    consent_give(family=family, group="health", given_on=chain.day(), actor=coordinator)


@pytest.mark.usefixtures("in_purmerend")
def test_the_database_too_refuses_a_note_on_a_withdrawn_consent() -> None:
    family = chain.waiting_family()
    with pytest.raises(IntegrityError, match="consent_withdrawn_has_no_note"), atomic():
        Consent.objects.create(
            requesting_family=family,
            group="health",
            given_on=chain.day(-2),
            withdrawn_on=chain.day(),
            note="x",
        )


@pytest.mark.usefixtures("in_purmerend")
def test_one_consent_per_group_is_live(coordinator: User) -> None:
    family = chain.waiting_family()
    consent_give(family=family, group="belief", given_on=chain.day(), actor=coordinator)
    with pytest.raises(Conflict):
        consent_give(family=family, group="belief", given_on=chain.day(), actor=coordinator)


def test_consent_is_given_changed_and_withdrawn_by_the_pages(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        pk = chain.waiting_family().pk
    file = f"/vraaggezinnen/{pk}"
    given = {"group": "culture", "day": day(-1), "note": "spreekt Tigrinya"}
    assert desk.post(f"{file}/toestemming", given).status_code == 302
    assert desk.post(f"{file}/toestemming", given).status_code == 409
    assert "spreekt Tigrinya" in desk.get(file).content.decode()
    with context.municipality(purmerend):
        consent = Consent.objects.get().pk
    assert desk.post(f"/toestemmingen/{consent}/aantekening", {"note": "en Engels"}).status_code == 302
    assert desk.post(f"/toestemmingen/{consent}/intrekken", {"day": day(-5)}).status_code == 400
    assert desk.post(f"/toestemmingen/{consent}/intrekken", {"day": day()}).status_code == 302
    page = desk.get(file).content.decode()
    assert "en Engels" not in page
    assert "Ingetrokken" in page
    assert desk.post(f"/toestemmingen/{consent}/aantekening", {"note": "x"}).status_code == 409


# ------------------------------------------------------------------------------------------------------------- notes


def test_a_note_stays_as_it_was_written(purmerend: Municipality, desk: Client, coordinator: User) -> None:
    with context.municipality(purmerend):
        pk = chain.waiting_family().pk
    typed = {"day": day(), "kind": "call", "text": "Zij klonk opgelucht."}
    assert desk.post(f"/vraaggezinnen/{pk}/notitie", typed).status_code == 302
    with context.municipality(purmerend):
        note = ContactNote.objects.get()
        assert note.author_name == coordinator.full_name
    with pytest.raises(Exception, match="permission denied"), context.municipality(purmerend):
        ContactNote.objects.update(text="anders")


@pytest.mark.parametrize(
    "typed",
    [
        {"text": ""},
        {"text": "x" * 4001},
        {"text": "nul\x00"},
        {"text": "Zijn nummer is 111222333"},
        {"kind": "telepathie"},
        {"day": "gisteren"},
        {"day": (timezone.localdate() + timedelta(days=2)).isoformat()},
    ],
)
def test_a_note_that_cannot_be_is_refused_with_what_was_typed(
    purmerend: Municipality, desk: Client, typed: dict[str, str]
) -> None:
    with context.municipality(purmerend):
        pk = chain.available_support().pk
    sent = {"day": day(), "kind": "visit", "text": "Fijn bezoek."} | typed
    answer = desk.post(f"/steungezinnen/{pk}/notitie", sent)
    assert answer.status_code == 400
    assert "Controleer wat er is ingevuld" in answer.content.decode()
    with context.municipality(purmerend):
        assert not ContactNote.objects.exists()


@pytest.mark.usefixtures("in_purmerend")
def test_an_empty_note_is_refused_by_the_service_as_well(coordinator: User) -> None:
    with pytest.raises(InvalidInput):
        note_add(
            family=chain.waiting_family(), kind="note", happened_on=chain.day(), text="  ", actor=coordinator
        )


# --------------------------------------------------------------------------------------------------- people and places


def test_people_and_address_can_be_corrected(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family()
        pk, parent, child = family.pk, family.parents.get().pk, family.children.get().pk
        support = chain.available_support().pk
    file = f"/vraaggezinnen/{pk}"
    person = {"first_name": "Bo", "last_name": "Jansen", "phone": "0612345678", "has_custody": "on"}
    assert desk.post(f"{file}/ouder", person | {"agreed_on": day()}).status_code == 302
    assert desk.post(f"/ouders/{parent}", person | {"first_name": "Mirjam"}).status_code == 302
    assert desk.post(f"{file}/kind", {"first_name": "Noor", "due_on": day(30)}).status_code == 302
    born = {"first_name": "Noor", "born_in_maand": "2", "born_in_jaar": str(timezone.localdate().year - 2)}
    assert desk.post(f"/kinderen/{child}", born).status_code == 302
    moved = {"name": "Jansen-Kok", "postcode": "1442CD", "place": "Purmerend", "referral_source": "school"}
    assert desk.post(f"{file}/gegevens", moved).status_code == 302
    offered = {"name": "Bakker", "postcode": "1442CD", "place": "Purmerend", "secret_address": "on"}
    assert desk.post(f"/steungezinnen/{support}/gegevens", offered).status_code == 302
    page = desk.get(file).content.decode()
    for shown in ("Jansen-Kok", "Mirjam", "Noor", "1442 CD"):
        assert shown in page
    assert "geheim adres" in desk.get(f"/steungezinnen/{support}").content.decode()
    with context.municipality(purmerend):
        family = RequestingFamily.objects.get()
        assert (family.parents.count(), family.children.count(), family.municipality_code) == (2, 2, "GM0439")


def test_an_adult_can_come_and_go_but_the_contact_stays(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        family = chain.available_support(adults=2)
        pk = family.pk
        contact, other = (adult.pk for adult in family.adults.order_by("-is_contact"))
    person = {"first_name": "Jan", "last_name": "Bakker", "phone": "0612345678", "needs_vog": "on"}
    assert desk.post(f"/steungezinnen/{pk}/volwassene", person).status_code == 302
    gone = person | {"left_household_on": day(-1)}
    assert desk.post(f"/volwassenen/{contact}", gone).status_code == 400
    assert desk.post(f"/volwassenen/{contact}", {**person, "needs_vog": ""}).status_code == 400
    assert desk.post(f"/volwassenen/{other}", gone).status_code == 302
    with context.municipality(purmerend):
        assert SupportAdult.objects.filter(left_household_on=None).count() == 2


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/kinderen/{child}", {"born_in_maand": "1", "born_in_jaar": "1980"}),
        ("/kinderen/{child}", {}),
        ("/kinderen/{child}", {"due_on": day(-900)}),
        ("/ouders/{parent}", {"first_name": "", "last_name": "x"}),
        ("/ouders/{parent}", {"first_name": "a", "last_name": "b", "agreed_on": day(3)}),
        ("/vraaggezinnen/{family}/gegevens", {"name": "", "postcode": "1441 AB", "place": "x"}),
        ("/vraaggezinnen/{family}/gegevens", {"name": "x\x00y", "postcode": "12", "place": "x"}),
        ("/vraaggezinnen/{family}/kind", {"born_in_maand": "x", "born_in_jaar": "y"}),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(
    purmerend: Municipality, desk: Client, path: str, typed: dict[str, Any]
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family()
        ids = {"family": family.pk, "child": family.children.get().pk, "parent": family.parents.get().pk}
    assert desk.post(path.format(**ids), typed).status_code == 400
    with context.municipality(purmerend):
        family = RequestingFamily.objects.get()
        assert (family.name, family.children.count()) == ("Jansen", 1)
        assert family.parents.get().first_name == "Mira"


# -------------------------------------------------------------------------------------------------------------- rules


def test_a_call_is_due_after_working_days_only() -> None:
    friday = date(2026, 11, 20)
    assert call_by(friday, 2) == date(2026, 11, 24)
    assert call_by(friday, 5) == date(2026, 11, 27)


@pytest.mark.usefixtures("in_purmerend")
def test_the_database_refuses_a_closed_family_without_a_reason_and_a_referral_without_permission() -> None:
    family = chain.waiting_family()
    with pytest.raises(IntegrityError, match="requesting_closed_has_reason"), atomic():
        RequestingFamily.objects.filter(pk=family.pk).update(status="closed")
    with pytest.raises(IntegrityError, match="requesting_referrer_needs_permission"), atomic():
        RequestingFamily.objects.filter(pk=family.pk).update(registered_by="referrer")
    with pytest.raises(IntegrityError, match="support_available_is_approved"), atomic():
        SupportFamily.objects.filter(pk=chain.available_support().pk).update(approved_on=None)
