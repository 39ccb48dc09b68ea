"""The database refuses a trial or coupling without VOG, also to whoever writes past the services."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connections

from core.couplings.models import Coupling
from core.couplings.workflow import CouplingStatus
from core.families.models import SupportAdult
from core.vog.models import ConductCertificateCheck
from core.vog.workflow import VogStatus
from tenants import context
from tenants.municipalities.models import Municipality
from tests.factories import chain


def write(coupling: Coupling, **columns: Any) -> None:
    """Write as a careless program would: straight into the table."""
    Coupling.objects.filter(pk=coupling.pk).update(**columns)


def start_trial(coupling: Coupling, on: date) -> None:
    write(coupling, status=CouplingStatus.TRIAL, trial_started_on=on)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(IntegrityError, match="vog_guard") as caught, context.atomic():
        yield
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.errors.CheckViolation)
    assert cause.diag.constraint_name == "coupling_has_valid_vog"


def test_a_trial_with_every_vog_in_order_is_written(in_purmerend: Municipality) -> None:
    coupling = chain.introduced()
    start_trial(coupling, chain.day())
    assert Coupling.objects.get(pk=coupling.pk).status == CouplingStatus.TRIAL


@pytest.mark.parametrize("status", [VogStatus.REQUESTED, VogStatus.RECEIVED, VogStatus.NOT_PRESENTED])
def test_a_vog_that_was_not_seen_does_not_count(in_purmerend: Municipality, status: str) -> None:
    coupling = chain.introduced()
    ConductCertificateCheck.objects.update(status=status)
    with refused():
        start_trial(coupling, chain.day())


def test_an_adult_without_any_check_is_refused(in_purmerend: Municipality) -> None:
    coupling = chain.introduced()
    SupportAdult.objects.create(family=coupling.support_family, first_name="Els", last_name="Bakker")
    with refused():
        start_trial(coupling, chain.day())


def test_an_adult_who_needs_no_vog_does_not_stop_a_trial(in_purmerend: Municipality) -> None:
    coupling = chain.introduced()
    SupportAdult.objects.create(
        family=coupling.support_family, first_name="Opa", last_name="Bakker", needs_vog=False
    )
    start_trial(coupling, chain.day())


def test_a_household_without_a_screened_adult_is_refused(in_purmerend: Municipality) -> None:
    coupling = chain.introduced()
    SupportAdult.objects.update(needs_vog=False)
    with refused():
        start_trial(coupling, chain.day())


@pytest.mark.parametrize(("offset", "passes"), [(-1, True), (0, True), (1, False)])
def test_a_vog_counts_from_the_day_it_was_seen(in_purmerend: Municipality, offset: int, passes: bool) -> None:
    coupling = chain.introduced()
    ConductCertificateCheck.objects.update(seen_on=chain.day(offset), issued_on=chain.day(offset - 2))
    if passes:
        start_trial(coupling, chain.day())
        return
    with refused():
        start_trial(coupling, chain.day())


@pytest.mark.parametrize(("offset", "passes"), [(1, True), (0, False), (-1, False)])
def test_a_vog_stops_counting_on_its_day_of_review(
    in_purmerend: Municipality, offset: int, passes: bool
) -> None:
    coupling = chain.introduced()
    ConductCertificateCheck.objects.update(review_due=chain.day(offset), status=VogStatus.EXPIRED)
    if passes:
        start_trial(coupling, chain.day())
        return
    with refused():
        start_trial(coupling, chain.day())


@pytest.mark.parametrize(("offset", "passes"), [(-1, True), (0, True), (1, False)])
def test_an_adult_counts_until_the_day_of_leaving(
    in_purmerend: Municipality, offset: int, passes: bool
) -> None:
    coupling = chain.introduced()
    SupportAdult.objects.create(
        family=coupling.support_family,
        first_name="Els",
        last_name="Bakker",
        left_household_on=chain.day(offset),
    )
    if passes:
        start_trial(coupling, chain.day())
        return
    with refused():
        start_trial(coupling, chain.day())


def test_a_coupling_is_judged_on_the_day_of_coupling(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial()
    ConductCertificateCheck.objects.update(review_due=chain.day(-1))
    with refused():
        write(coupling, status=CouplingStatus.COUPLED, coupled_on=chain.day())


def test_a_change_of_support_family_is_judged_too(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial()
    other = chain.available_support("Smit", vog=False)
    with refused():
        write(coupling, support_family=other)


def test_a_row_that_is_made_as_a_trial_is_judged_too(in_purmerend: Municipality) -> None:
    proposal = chain.accepted()
    ConductCertificateCheck.objects.all().delete()
    with refused():
        Coupling.objects.create(
            family=proposal.family,
            support_family=proposal.support_family,
            proposal=proposal,
            introduced_on=chain.day(),
            status=CouplingStatus.TRIAL,
            trial_started_on=chain.day(),
        )


def test_a_running_coupling_can_be_changed_after_somebody_moved_in(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    SupportAdult.objects.create(family=coupling.support_family, first_name="Els", last_name="Bakker")
    coupling.refresh_from_db()
    coupling.ending_note = "niets aan de hand"
    coupling.save()
    write(coupling, status=CouplingStatus.ENDED, ended_on=chain.day(), ending_reason="other")


def test_without_the_trigger_the_same_row_would_be_written(purmerend: Municipality) -> None:
    """The twin: the owner takes the trigger away inside a transaction that is rolled back."""
    owner = connections["owner"]
    schema = owner.ops.quote_name(purmerend.schema_name)
    with context.municipality(purmerend):
        coupling_id = chain.introduced().pk
        ConductCertificateCheck.objects.all().delete()
    statement = (
        "UPDATE couplings_coupling SET status = 'trial', trial_started_on = current_date WHERE id = %s"
    )
    owner.set_autocommit(False)
    try:
        with owner.cursor() as cursor:
            cursor.execute(f"SET LOCAL search_path = {schema}")
            with pytest.raises(IntegrityError, match="vog_guard"):
                cursor.execute(statement, [coupling_id])
            owner.rollback()
            cursor.execute(f"SET LOCAL search_path = {schema}")
            cursor.execute(f"DROP TRIGGER coupling_has_valid_vog ON {schema}.couplings_coupling")
            cursor.execute(statement, [coupling_id])
            assert cursor.rowcount == 1
    finally:
        owner.rollback()
        owner.set_autocommit(True)
