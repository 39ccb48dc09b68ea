"""Merging and what hangs on it: the ledger counts one family once, and a concern goes along without a word."""

from datetime import date
from typing import Any

import pytest

from core.families.models import AnyFamily, FamilyMerge, RequestingFamily, SupportFamily
from core.families.registration import ChildData, FamilyData, PersonData, RequestingRegistration
from core.families.services import family_contacted, requesting_family_close, requesting_family_register
from core.home.merge_services import families_merge, merge_plan, merge_undo
from core.ledger.outgoing import ledger_lines
from core.safeguarding.models import Concern, NoticedBy
from core.safeguarding.selectors import concerns_about, visible_concerns
from core.safeguarding.services import ConcernData, concern_raise
from reporting.extract.services import municipality_recompute
from reporting.facts.models import Fact
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import FieldChange
from tenants.municipalities.models import Municipality
from tests.factories import chain
from tests.factories.chain import TESTS, day


def register(name: str, *, on: date | None = None) -> RequestingFamily:
    return requesting_family_register(
        data=RequestingRegistration(
            family=FamilyData(postcode="1441 AB", place="Purmerend", municipality_code="GM0439"),
            parents=[PersonData(first_name="Mira", last_name=name, phone=chain.PHONE)],
            children=[ChildData(first_name="Bo", birth_year=day().year - 4, birth_month=3)],
            registered_on=on or day(-5),
        ),
        actor=TESTS,
    )


def counted(municipality: Municipality) -> tuple[int, int]:
    """Return the registrations of all years, in the lines that leave the municipality and in the vault."""
    with context.aggregation(municipality):
        municipality_recompute(from_year=2000)
        lines = [line for line in ledger_lines() if line.event == "family_registered"]
        assert not [line for line in ledger_lines() if line.event.startswith("entry_")]
    with context.releasing():
        facts = Fact.objects.filter(
            municipality=municipality.pk, measure="registrations_asking", period_kind="year", attribute=""
        )
        total = sum(facts.values_list("value", flat=True))
    return len(lines), total


def fresh(family: AnyFamily) -> Any:
    return type(family)._default_manager.get(pk=family.pk)


def test_a_double_registration_counts_once_and_twice_again_when_it_was_none(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        kept, gone = register("Jansen"), register("Janssen")
        family_contacted(family=gone, contacted_on=day(-4), actor=TESTS)
    assert counted(purmerend) == (2, 2)
    for _again in range(2):
        with context.municipality(purmerend):
            assert merge_plan(fresh(kept), fresh(gone)).counted_twice
            merge = families_merge(kept=fresh(kept), gone=fresh(gone), take=set(), actor=TESTS)
        assert counted(purmerend) == (1, 1)
        with context.municipality(purmerend):
            merge_undo(merge=merge, kept=fresh(kept), gone=fresh(gone), actor=TESTS)
        assert counted(purmerend) == (2, 2)


def test_an_earlier_registration_that_was_closed_stays_counted(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        before = register("Jansen", on=day(-400))
        family_contacted(family=before, contacted_on=day(-399), actor=TESTS)
        requesting_family_close(family=before, reason="withdrawn", closed_on=day(-300), actor=TESTS)
        again = register("Jansen")
        assert not merge_plan(fresh(again), fresh(before)).counted_twice
        merge = families_merge(kept=fresh(again), gone=fresh(before), take=set(), actor=TESTS)
    assert counted(purmerend) == (2, 2)
    with context.municipality(purmerend):
        merge_undo(merge=merge, kept=fresh(again), gone=fresh(before), actor=TESTS)
    assert counted(purmerend) == (2, 2)


def test_a_concern_goes_along_with_a_merge_and_comes_back(
    in_purmerend: Municipality, coordinator: User, deputy: User
) -> None:
    first, second, third = (
        chain.waiting_family(name, status="registered") for name in ("Een", "Twee", "Drie")
    )
    told = ConcernData(noticed_by=NoticedBy.SUPPORT, noticed_on=day(), text="Een blauwe plek.")
    concern = concern_raise(subject=first, data=told, actor=coordinator)
    Concern.objects.update(deputy=None)
    assert not visible_concerns(deputy).exists(), "who merges knows nothing of it"
    one = families_merge(kept=second, gone=first, take=set(), actor=deputy)
    two = families_merge(kept=third, gone=fresh(second), take=set(), actor=deputy)
    assert concerns_about(coordinator, third) == [concern]
    assert not concerns_about(coordinator, first)
    told_of_it = (
        f"{[*FamilyMerge.objects.values()]} {[*FieldChange.objects.values()]} {merge_plan(first, third)}"
    )
    assert str(concern.pk) not in told_of_it
    assert "safeguarding" not in told_of_it
    merge_undo(merge=two, kept=third, gone=fresh(second), actor=deputy)
    assert concerns_about(coordinator, fresh(second)) == [concern]
    merge_undo(merge=one, kept=fresh(second), gone=fresh(first), actor=deputy)
    assert concerns_about(coordinator, fresh(first)) == [concern]
    assert Concern.objects.get().moved_from is None


@pytest.mark.usefixtures("in_purmerend")
def test_a_concern_of_the_file_that_stays_is_left_where_it_is(coordinator: User) -> None:
    kept, gone = chain.available_support("Bos"), chain.available_support("Bosch", status="screening")
    gone.offer.delete()
    told = ConcernData(noticed_by=NoticedBy.FAMILY, noticed_on=day(), text="Iets.")
    about_kept = concern_raise(subject=kept, data=told, actor=coordinator)
    about_gone = concern_raise(subject=gone, data=told, actor=coordinator)
    gone = SupportFamily.objects.get(pk=gone.pk)
    merge = families_merge(kept=kept, gone=gone, take=set(), actor=coordinator)
    assert {one.pk for one in concerns_about(coordinator, kept)} == {about_kept.pk, about_gone.pk}
    merge_undo(merge=merge, kept=kept, gone=gone, actor=coordinator)
    assert concerns_about(coordinator, kept) == [about_kept]
    assert concerns_about(coordinator, gone) == [about_gone]
