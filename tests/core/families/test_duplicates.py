"""Families that seem to be known: told while typing and at saving, merged with a preview, and undone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Conflict
from core.families.duplicates import (
    Known,
    duplicate_keys_write,
    duplicates_of,
    keys_fill,
    keys_of,
    possible_duplicates,
)
from core.families.models import DuplicateKey, FamilyMerge, RequestingFamily, RequestingParent, SupportFamily
from core.families.record_services import note_add
from core.families.selectors import notes_of
from core.families.sound import sound
from core.families.workflow import RequestingStatus
from core.home.merge_services import families_merge, families_tell_apart, merge_plan, merge_undo
from core.tasks.models import Task
from core.tasks.services import task_add
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.factories import chain

Make = Callable[..., Client]
PAGE = "config.urls_municipality"


@pytest.mark.parametrize(("one", "other"), [
    ("Jansen", "Janssen"), ("Meijer", "Meyer"), ("Meijer", "Meier"), ("Yılmaz", "Yilmaz"), ("de Vries", "Vries"),
    ("Schmidt", "Schmitt"), ("Smit", "Smidt"), ("Claassen", "Klaasen"), ("Philips", "Filips"), ("Dijk", "Dyck"),
    ("Visser", "Fisser"), ("Hendriks", "Hendrix"), ("El Amrani", "Amrani"), ("Özdemir", "Ozdemir"),
    ("van den Berg", "v.d. Berg"), ("Driëssen", "Driessen"), ("Zwart", "Swart"), ("Thijssen", "Tijsen"),
])  # fmt: skip
def test_names_that_sound_the_same_are_the_same(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Visser", "Vos"), ("Bakker", "Dekker"), ("Groot", "Groen"), ("Jansen", "Hansen")]
)
def test_names_that_differ_stay_apart(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def family(name: str = "Jansen", **columns: Any) -> RequestingFamily:
    made = chain.waiting_family(name, status=RequestingStatus.REGISTERED, **columns)
    duplicate_keys_write(made)
    return made


def found(known: Known) -> list[tuple[str, int]]:
    return [(one.family.name, one.worth) for one in possible_duplicates(keys_of(known), RequestingFamily)]


@pytest.mark.usefixtures("in_purmerend")
def test_one_weak_likeness_is_no_warning_and_two_are() -> None:
    known = family("Jansen", postcode="1441 AB", street="Dorpsstraat 12")
    assert found(Known(names=[("Kim", "Janssen")])) == []
    assert found(Known(postcode="1441ab")) == []
    assert found(Known(names=[("Kim", "Janssen")], postcode="1441ab")) == [("Jansen", 40)]
    assert found(Known(postcode="1441 AB", street="dorpsstr. 12")) == [("Jansen", 40)]
    phone = known.parents.get().phone
    assert found(Known(phones=[phone.replace("+31", "0")]))[0][1] == 60


@pytest.mark.usefixtures("in_purmerend")
def test_families_of_before_the_keys_are_found_after_the_night() -> None:
    made = family()
    DuplicateKey.objects.all().delete()
    assert keys_fill(100) == 1
    assert keys_fill(100) == 0
    assert DuplicateKey.objects.filter(requesting_family=made).exists()


def test_another_municipality_knows_nothing_of_it(purmerend: Municipality, zaanstad: Municipality) -> None:
    known = Known(names=[("Kim", "Jansen")], postcode="1441 AB")
    with context.municipality(purmerend):
        family()
        assert found(known)
    with context.municipality(zaanstad):
        assert found(known) == []


# ------------------------------------------------------------------------------------------------------------ the form


def typed(**more: str) -> dict[str, str]:
    today = chain.day().isoformat()
    return {
        "parents-TOTAL_FORMS": "1", "parents-INITIAL_FORMS": "0", "parents-0-first_name": "Kim",
        "parents-0-last_name": "Janssen", "parents-0-phone": "06 00000001", "children-TOTAL_FORMS": "1",
        "children-INITIAL_FORMS": "0", "children-0-first_name": "Sem", "children-0-born_in_maand": "5",
        "children-0-born_in_jaar": str(chain.day().year - 5), "registered_on": today, "registered_by": "self",
        "referral_source": "self", "postcode": "1441 AB", "place": "Purmerend", **more,
    }  # fmt: skip


def test_a_coordinator_is_told_while_typing_and_asked_at_saving(
    purmerend: Municipality, coordinator: User, safeguarding_officer: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        family("Jansen")
    desk = client_for(purmerend, coordinator)
    alike, new = (
        reverse(f"families:{name}", urlconf=PAGE) for name in ("requesting_alike", "requesting_new")
    )
    assert "Gezin Jansen" in desk.post(alike, typed()).content.decode()
    assert desk.post(alike, {"parents-0-last_name": "Pietersen"}).content.decode().strip() == ""
    assert client_for(purmerend, safeguarding_officer).post(alike, typed()).status_code == 404
    answer = desk.post(new, typed())
    assert answer.status_code == 400
    assert "Dit gezin lijkt al bekend" in answer.content.decode()
    assert 'name="another_family"' in answer.content.decode()
    assert desk.post(new, typed(another_family="on")).status_code == 302
    with context.municipality(purmerend):
        assert RequestingFamily.objects.count() == 2


def test_a_family_that_registers_itself_is_told_nothing_and_its_file_says_it(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        first, second = family("Jansen"), family("Janssen")
        one, other = first.pk, second.pk
        assert [possible.family.pk for possible in duplicates_of(second)] == [one]
    desk = client_for(purmerend, coordinator)
    page = reverse("families:requesting_detail", args=[other], urlconf=PAGE)
    assert "Is dit hetzelfde gezin?" in desk.get(page).content.decode()
    apart = reverse("families:requesting_apart", args=[other, one], urlconf=PAGE)
    assert desk.post(apart).status_code == 302
    assert "Is dit hetzelfde gezin?" not in desk.get(page).content.decode()


# ----------------------------------------------------------------------------------------------------------- the merge


@pytest.mark.usefixtures("in_purmerend")
def test_a_merge_takes_over_what_is_missing_and_undoing_puts_everything_back(coordinator: User) -> None:
    kept, gone = family("Jansen"), family("Janssen", street="Dorpsstraat 12", safe_contact="na vijven")
    RequestingParent.objects.create(family=gone, first_name="Bo", last_name="Pietersen", phone="+31611111111")
    duplicate_keys_write(gone)
    note_add(family=gone, kind="call", happened_on=chain.day(), text="oud gesprek", actor=coordinator)
    task = task_add(title="Bellen", due_on=chain.day(), subject=gone, actor=coordinator)
    before = _picture(kept, gone)

    plan = merge_plan(kept, gone)
    assert plan.blockers == []
    assert [str(person) for person in plan.people] == ["Bo Pietersen"]
    assert {one.name for one in plan.differences} >= {"name", "street", "safe_contact"}
    merge = families_merge(kept=kept, gone=gone, take={"street", "safe_contact"}, actor=coordinator)

    kept, gone = _fresh(kept), _fresh(gone)
    assert (kept.street, kept.safe_contact, kept.name) == ("Dorpsstraat 12", "na vijven", "Jansen")
    assert (gone.status, gone.merged_into_id) == (RequestingStatus.MERGED, kept.pk)
    assert {person.first_name for person in kept.parents.all()} >= {"Bo"}
    assert [note.text for note in notes_of(kept, coordinator)] == ["oud gesprek"]
    assert Task.objects.get(pk=task.pk).subject_id == kept.pk
    assert duplicates_of(kept) == []

    merge_undo(merge=merge, kept=kept, gone=gone, actor=coordinator)
    assert _picture(_fresh(kept), _fresh(gone)) == before
    with pytest.raises(Conflict):
        merge_undo(merge=merge, kept=_fresh(kept), gone=_fresh(gone), actor=coordinator)


@pytest.mark.usefixtures("in_purmerend")
def test_what_was_changed_after_a_merge_stays_changed_when_it_is_undone(coordinator: User) -> None:
    kept, gone = family("Jansen"), family("Janssen", street="Dorpsstraat 12")
    merge = families_merge(kept=kept, gone=gone, take={"street"}, actor=coordinator)
    RequestingFamily.objects.filter(pk=kept.pk).update(street="Kerkweg 3")
    merge_undo(merge=merge, kept=_fresh(kept), gone=_fresh(gone), actor=coordinator)
    assert _fresh(kept).street == "Kerkweg 3"


@pytest.mark.usefixtures("in_purmerend")
@pytest.mark.parametrize("why", ["further", "same", "coupling", "merged", "intake"])
def test_a_merge_that_would_lose_something_is_refused(coordinator: User, why: str) -> None:
    kept, gone = family("Jansen"), family("Janssen")
    if why == "same":
        gone = kept
    elif why == "further":
        RequestingFamily.objects.filter(pk=gone.pk).update(status=RequestingStatus.WAITING)
    elif why == "coupling":
        gone = chain.coupled(days_ago=90).family
    elif why == "merged":
        families_merge(kept=family("Derde"), gone=gone, take=set(), actor=coordinator)
    else:
        kept.need.delete()
    kept, gone = _fresh(kept), _fresh(gone)
    assert merge_plan(kept, gone).blockers
    with pytest.raises(Conflict):
        families_merge(kept=kept, gone=gone, take=set(), actor=coordinator)


@pytest.mark.usefixtures("in_purmerend")
def test_two_families_told_apart_are_told_apart_once(coordinator: User) -> None:
    one, other = family("Jansen"), family("Janssen")
    for pair in ((one, other), (other, one)):
        families_tell_apart(one=pair[0], other=pair[1], actor=coordinator)
    assert duplicates_of(one) == duplicates_of(other) == []


def test_the_pages_show_a_preview_merge_and_undo(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    other_coordinator: User,
    client_for: Make,
) -> None:
    with context.municipality(purmerend):
        kept, gone = family("Jansen").pk, family("Janssen", street="Dorpsstraat 12").pk
    desk = client_for(purmerend, coordinator)
    url = reverse("families:requesting_merge", args=[kept, gone], urlconf=PAGE)
    preview = desk.get(url).content.decode()
    assert "Dit dossier blijft" in preview
    assert "Dorpsstraat 12" in preview
    assert client_for(zaanstad, other_coordinator).get(url).status_code == 404
    sent = {"name": "blijft", "street": "ander"}
    assert desk.post(url, sent).status_code == 302
    assert desk.post(url, sent).status_code in {400, 409}
    page = desk.get(reverse("families:requesting_detail", args=[gone], urlconf=PAGE)).content.decode()
    assert "Dit dossier is samengevoegd" in page
    with context.municipality(purmerend):
        merge: UUID = FamilyMerge.objects.get().pk
    assert desk.post(reverse("families:merge_back", args=[merge], urlconf=PAGE)).status_code == 302
    with context.municipality(purmerend):
        assert RequestingFamily.objects.get(pk=gone).status == RequestingStatus.REGISTERED


@pytest.mark.usefixtures("in_purmerend")
def test_support_families_merge_too(coordinator: User) -> None:
    kept = chain.available_support("Bakker")
    gone = chain.available_support("Bakker")
    SupportFamily.objects.filter(pk=gone.pk).update(status="registered")
    gone.offer.delete()
    gone.refresh_from_db()
    merge = families_merge(kept=kept, gone=gone, take=set(), actor=coordinator)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert gone.status == "merged"
    merge_undo(merge=merge, kept=kept, gone=gone, actor=coordinator)
    assert SupportFamily.objects.get(pk=gone.pk).status == "registered"


def _fresh(row: RequestingFamily) -> RequestingFamily:
    return RequestingFamily.objects.get(pk=row.pk)


def _picture(*families: RequestingFamily) -> list[Any]:
    return [
        (
            one.name, one.street, one.safe_contact, one.status, one.merged_into_id,
            sorted((person.first_name, person.is_contact) for person in one.parents.all()),
            sorted(str(child) for child in one.children.all()),
            Task.objects.filter(subject_id=one.pk).count(),
            sorted(DuplicateKey.objects.filter(requesting_family=one).values_list("key", flat=True)),
        )
        for one in families
    ]  # fmt: skip
