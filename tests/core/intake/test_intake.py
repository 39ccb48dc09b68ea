from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.errors import Conflict, ForbiddenTransition, InvalidInput
from core.families.models import Consent, RequestingFamily, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.intake.models import Reference, SupportNeed, SupportOffer
from core.intake.services import (
    Consents,
    NeedData,
    OfferData,
    ReferenceData,
    intake_plan,
    missing_for_approval,
    need_complete,
    need_save,
    need_write,
    offer_save,
    reference_add,
    requesting_family_reopen,
    support_family_approve,
)
from core.ledger.models import LedgerEntry
from tenants import context
from tenants.accounts.models import User
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


def at_intake() -> RequestingFamily:
    """Return a family of which the home visit is planned and nothing is noted yet."""
    family = chain.waiting_family(status=RequestingStatus.INTAKE, agreed=False)
    need = SupportNeed.objects.get(family=family)
    need.needchild_set.all().delete()
    need.delete()
    return RequestingFamily.objects.get(pk=family.pk)


def in_screening(**offer: Any) -> SupportFamily:
    """Return a support family with a finished intake and a VOG, but without references."""
    return chain.available_support(status=SupportStatus.SCREENING, approved_on=None, offer=offer)


def full(family: RequestingFamily, **changed: Any) -> NeedData:
    """Return everything an intake needs."""
    values: dict[str, Any] = {
        "held_on": chain.day(-1),
        "children": list(family.children.all()),
        "question_support": "Rust",
        "forms": ["weekly_half_day"],
        "frequency": "weekly",
        "day_parts": ["wo-middag"],
    }
    return NeedData(**(values | changed))


# ----------------------------------------------------------------------------------------------------- asking families


@pytest.mark.usefixtures("in_purmerend")
def test_a_half_filled_intake_is_kept_and_cannot_be_finished(coordinator: User) -> None:
    family = at_intake()
    need = need_save(family=family, data=NeedData(held_on=chain.day()), actor=coordinator)
    with pytest.raises(InvalidInput) as refusal:
        need_complete(need=need, completed_on=chain.day(), actor=coordinator)
    assert set(refusal.value.fields) == {"children", "question_support", "forms", "frequency", "day_parts"}
    assert RequestingFamily.objects.get().status == RequestingStatus.INTAKE
    assert not LedgerEntry.objects.exists()


@pytest.mark.usefixtures("in_purmerend")
def test_a_finished_intake_puts_the_family_on_the_waiting_list(coordinator: User) -> None:
    family = at_intake()
    need = need_save(family=family, data=full(family), actor=coordinator)
    need_complete(need=need, completed_on=chain.day(), actor=coordinator)
    entry = LedgerEntry.objects.get(event="intake_done")
    assert entry.support_form == "weekly_half_day"
    assert entry.days == (chain.day() - family.registered_on).days
    assert len(entry.children) == 1
    assert LedgerEntry.objects.filter(event="waiting_started").count() == 1
    with pytest.raises(ForbiddenTransition):
        need_complete(need=need, completed_on=chain.day(), actor=coordinator)


@pytest.mark.usefixtures("in_purmerend")
def test_a_finished_intake_can_be_bettered_but_not_emptied(coordinator: User) -> None:
    family = chain.waiting_family()
    need_save(family=family, data=full(family, day_parts=["zo-avond"]), actor=coordinator)
    with pytest.raises(InvalidInput):
        need_save(family=family, data=full(family, day_parts=[]), actor=coordinator)
    assert SupportNeed.objects.get().day_parts == ["zo-avond"]


@pytest.mark.usefixtures("in_purmerend")
def test_children_of_another_family_are_refused(coordinator: User) -> None:
    family, other = at_intake(), chain.waiting_family("Ander")
    with pytest.raises(InvalidInput) as refusal:
        need_save(family=family, data=full(other), actor=coordinator)
    assert set(refusal.value.fields) == {"children"}


@pytest.mark.usefixtures("in_purmerend")
def test_one_wrong_part_of_an_intake_keeps_all_of_it_out(coordinator: User) -> None:
    family = at_intake()
    with pytest.raises(InvalidInput):
        need_write(
            family=family,
            data=full(family),
            consents=Consents(given={"health"}, notes={"health": "allergie", "belief": "halal"}),
            agreed=list(family.parents.all()),
            complete=True,
            actor=coordinator,
        )
    assert not SupportNeed.objects.exists()
    assert not Consent.objects.exists()
    assert family.parents.get().agreed_on is None


@pytest.mark.usefixtures("in_purmerend")
def test_an_intake_belongs_to_its_states(coordinator: User) -> None:
    family = chain.waiting_family(status=RequestingStatus.CONTACTED)
    with pytest.raises(Conflict):
        need_save(family=family, data=full(family), actor=coordinator)
    with pytest.raises(Conflict):
        offer_save(
            family=chain.available_support(status=SupportStatus.CONTACTED),
            data=OfferData(held_on=chain.day()),
            actor=coordinator,
        )


@pytest.mark.usefixtures("in_purmerend")
def test_a_visit_is_planned_after_the_registration_and_can_be_moved(coordinator: User) -> None:
    family = chain.waiting_family(status=RequestingStatus.CONTACTED)
    for wrong in (family.registered_on - timedelta(days=1), chain.day(800)):
        with pytest.raises(InvalidInput):
            intake_plan(family=family, visit_on=wrong, actor=coordinator)
    intake_plan(family=family, visit_on=chain.day(3), actor=coordinator)
    intake_plan(family=family, visit_on=chain.day(9), actor=coordinator)
    assert (family.status, family.visit_on) == (RequestingStatus.INTAKE, chain.day(9))


@pytest.mark.usefixtures("in_purmerend")
def test_a_family_without_an_intake_cannot_come_back(coordinator: User) -> None:
    family = at_intake()
    RequestingFamily.objects.filter(pk=family.pk).update(
        status="closed", close_reason="other", closed_on=chain.day(-1)
    )
    with pytest.raises(Conflict):
        requesting_family_reopen(family=family, since=chain.day(), actor=coordinator)


# ---------------------------------------------------------------------------------------------------- support families


@pytest.mark.usefixtures("in_purmerend")
def test_approval_names_everything_that_is_missing(coordinator: User) -> None:
    family = chain.available_support(status=SupportStatus.SCREENING, approved_on=None, vog=False)
    SupportOffer.objects.update(completed_on=None, house_rules_accepted_on=None)
    assert len(missing_for_approval(family, chain.day())) == 4
    with pytest.raises(Conflict) as refusal:
        support_family_approve(family=family, approved_on=chain.day(), actor=coordinator)
    for word in ("intake", "huisregels", "referenties", "VOG"):
        assert word in str(refusal.value.message)
    assert SupportFamily.objects.get().status == SupportStatus.SCREENING


@pytest.mark.usefixtures("in_purmerend")
@pytest.mark.parametrize("way", ["two references", "a reason"])
def test_two_good_references_or_a_reason_are_enough(coordinator: User, way: str) -> None:
    family = in_screening(references_reason="Net verhuisd uit Canada." if way == "a reason" else "")
    if way == "two references":
        for name in ("Ria", "Piet"):
            data = ReferenceData(name=name, asked_on=chain.day(-1), positive=True)
            reference_add(family=family, data=data, actor=coordinator)
    support_family_approve(family=family, approved_on=chain.day(), actor=coordinator)
    assert SupportFamily.objects.get().status == SupportStatus.AVAILABLE
    assert LedgerEntry.objects.get().event == "support_approved"


@pytest.mark.usefixtures("in_purmerend")
def test_a_reference_that_was_not_asked_says_nothing(coordinator: User) -> None:
    family = in_screening()
    with pytest.raises(InvalidInput):
        reference_add(family=family, data=ReferenceData(name="Ria", positive=True), actor=coordinator)
    told = ReferenceData(name="Piet", asked_on=chain.day(), positive=False)
    reference_add(family=family, data=told, actor=coordinator)
    assert missing_for_approval(family, chain.day()) == ["Er ontbreken nog 2 goede referenties."]


# --------------------------------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"held_on": ""}, "Datum van het huisbezoek"),
        ({"held_on": day(1)}, "in de toekomst"),
        ({"held_on": day(-900)}, "voor de aanmelding"),
        ({"held_on": "1e kerstdag"}, "datum in die bestaat"),
        ({"children": ["00000000-0000-0000-0000-000000000000"]}, "keuze"),
        ({"children": ["x\x00"]}, ""),
        ({"forms": ["parachutespringen"]}, "keuze"),
        ({"day_parts": ["ma-lunch"]}, "keuze"),
        ({"frequency": "x"}, "keuze"),
        ({"question_support": "x" * 4001}, "te lang"),
        ({"question_upbringing": "nul\x00"}, "teken"),
        ({"max_distance_km": "ver"}, "getal"),
        ({"max_distance_km": "999999999999"}, ""),
        ({"needs_transport": "misschien"}, "keuze"),
        ({"note_health": "allergie"}, "Zonder toestemming"),
        ({"day_parts": [], "doen": "afronden"}, "Kies ten minste een dagdeel."),
        ({"overnight": "on", "doen": "afronden"}, "steunvorm logeren"),
        ({"parents_agreed": ["x"]}, "keuze"),
    ],
)
def test_an_intake_that_cannot_be_is_refused_with_what_was_typed(
    purmerend: Municipality, desk: Client, typed: dict[str, Any], said: str
) -> None:
    with context.municipality(purmerend):
        family = at_intake()
        pk, child = family.pk, family.children.get().pk
    sent = {
        "held_on": day(),
        "children": [str(child)],
        "question_support": "Een vaste middag rust.",
        "forms": ["weekly_half_day"],
        "frequency": "weekly",
        "day_parts": ["wo-middag"],
        "question_reciprocity": "Ik bak graag.",
    } | typed
    answer = desk.post(f"/vraaggezinnen/{pk}/intake", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert "Ik bak graag." in page
    with context.municipality(purmerend):
        assert not SupportNeed.objects.exists()
        assert RequestingFamily.objects.get().status == RequestingStatus.INTAKE


@pytest.mark.parametrize(
    "typed",
    [
        {"capacity": "0"},
        {"capacity": "12"},
        {"capacity": "veel"},
        {"capacity": ""},
        {"house_rules_accepted_on": day(4)},
        {"household": "x" * 2001},
        {"household": "nul\x00"},
        {"age_bands": ["99"]},
        {"forms": ["overnight"], "doen": "afronden"},
        {"held_on": "9999-99-99"},
    ],
)
def test_an_offer_that_cannot_be_is_refused(
    purmerend: Municipality, desk: Client, typed: dict[str, Any]
) -> None:
    with context.municipality(purmerend):
        family = in_screening()
        pk, before = family.pk, SupportOffer.objects.values().get()
    sent = {
        "held_on": day(),
        "household": "Twee volwassenen",
        "forms": ["weekly_half_day"],
        "frequency": "weekly",
        "day_parts": ["wo-middag"],
        "age_bands": ["0-3"],
        "capacity": "2",
    } | typed
    assert desk.post(f"/steungezinnen/{pk}/intake", sent).status_code == 400
    with context.municipality(purmerend):
        assert SupportOffer.objects.values().get() == before


def test_an_intake_in_the_wrong_state_says_so_and_keeps_what_was_typed(
    purmerend: Municipality, desk: Client
) -> None:
    with context.municipality(purmerend):
        pk = chain.waiting_family(status=RequestingStatus.REGISTERED).pk
    answer = desk.post(f"/vraaggezinnen/{pk}/intake", {"held_on": day(), "question_support": "Alles"})
    assert answer.status_code == 409
    assert "Alles" in answer.content.decode()


def test_finishing_twice_finishes_once(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        family = at_intake()
        pk, child = family.pk, family.children.get().pk
    sent = {
        "held_on": day(),
        "children": [str(child)],
        "question_support": "Rust",
        "forms": ["homework"],
        "frequency": "weekly",
        "day_parts": ["wo-middag"],
        "doen": "afronden",
    }
    assert [desk.post(f"/vraaggezinnen/{pk}/intake", sent).status_code for _again in range(2)] == [302, 302]
    with context.municipality(purmerend):
        assert LedgerEntry.objects.filter(event="intake_done").count() == 1


def test_references_are_added_and_told_by_the_pages(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        pk = in_screening().pk
    assert desk.post(f"/steungezinnen/{pk}/referentie", {"name": ""}).status_code == 400
    assert (
        desk.post(f"/steungezinnen/{pk}/referentie", {"name": "Ria", "phone": "0612345678"}).status_code
        == 302
    )
    with context.municipality(purmerend):
        reference = Reference.objects.get().pk
    assert desk.post(f"/referenties/{reference}", {"name": "Ria", "positive": "ja"}).status_code == 400
    told = {"name": "Ria", "positive": "ja", "asked_on": day()}
    assert desk.post(f"/referenties/{reference}", told).status_code == 302
    with context.municipality(purmerend):
        assert Reference.objects.get().positive is True
