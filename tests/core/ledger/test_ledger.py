from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections
from django.db.utils import ProgrammingError

from common.vocabulary import EndingReason
from core.families.models import SupportedChild
from core.ledger.models import Event, LedgerEntry
from core.ledger.outgoing import COLUMNS, LedgerLine, ledger_lines
from core.ledger.selectors import code_in_month
from core.ledger.services import Scores, age_band_on, age_on, record
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.context import atomic
from tenants.municipalities.models import Municipality, MunicipalityCode, OutboxEntry
from tests.factories import chain

TESTS = SystemActor("tests")


@pytest.mark.parametrize(
    ("child", "on", "years", "band"),
    [
        (SupportedChild(birth_year=2022, birth_month=3), date(2026, 2, 28), 3, "0-3"),
        (SupportedChild(birth_year=2022, birth_month=3), date(2026, 3, 1), 4, "4-7"),
        (SupportedChild(due_on=date(2026, 5, 1)), date(2026, 1, 1), 0, "0-3"),
        (SupportedChild(due_on=date(2021, 5, 2)), date(2026, 5, 1), 4, "4-7"),
        (SupportedChild(birth_year=2008, birth_month=1), date(2026, 6, 1), 18, "16-17"),
    ],
)
def test_an_age_is_in_whole_years_and_an_unborn_child_is_in_the_lowest_band(
    child: SupportedChild, on: date, years: int, band: str
) -> None:
    assert age_on(child, on) == years
    assert age_band_on(child, on) == band


@pytest.mark.usefixtures("in_purmerend")
def test_an_entry_holds_months_bands_and_pseudonyms_and_no_identity() -> None:
    family = chain.waiting_family(children=2)
    children = list(family.children.all())
    entry = record(
        event=Event.INTAKE_DONE,
        happened_on=date(2026, 5, 17),
        municipality_code="GM0439",
        family=family,
        children=children,
        support_form="overnight",
        days=12,
        actor=TESTS,
    )
    assert (entry.month, entry.recorded_month.day) == (date(2026, 5, 1), 1)
    assert (entry.family, entry.children) == (family.pseudonym, [child.pseudonym for child in children])
    kept = " ".join(str(value) for value in LedgerEntry.objects.values().get().values())
    for identity in (
        str(family.pk),
        family.name,
        "Purmerend",
        "1441",
        "Mira",
        *(str(c.pk) for c in children),
    ):
        assert identity not in kept


@pytest.mark.usefixtures("in_purmerend")
def test_an_entry_asks_for_its_year_to_be_counted_again() -> None:
    record(
        event=Event.WAITING_STARTED, happened_on=date(2025, 12, 31), municipality_code="GM0439", actor=TESTS
    )
    entry = OutboxEntry.objects.get()
    assert (entry.job, entry.arguments) == ("reporting.extract.jobs.recompute", {"year": "2025"})


@pytest.mark.usefixtures("in_purmerend")
def test_entries_are_never_changed_or_removed() -> None:
    record(event=Event.WAITING_STARTED, happened_on=date(2026, 1, 5), municipality_code="GM0439", actor=TESTS)
    with pytest.raises(ProgrammingError, match="permission denied"), atomic():
        LedgerEntry.objects.update(days=3)
    with pytest.raises(ProgrammingError, match="permission denied"), atomic():
        LedgerEntry.objects.all().delete()


@pytest.mark.usefixtures("in_purmerend")
def test_an_entry_is_in_a_month_and_of_a_known_event() -> None:
    blank: Any = {"municipality_code": "GM0439", "recorded_month": date(2026, 1, 1)}
    with pytest.raises(IntegrityError, match="ledger_month_is_first_day"), atomic():
        LedgerEntry.objects.create(event=Event.INTRODUCTION, month=date(2026, 1, 2), **blank)
    with pytest.raises(IntegrityError, match="ledger_event_known"), atomic():
        LedgerEntry.objects.create(event="party", month=date(2026, 1, 1), **blank)


@pytest.mark.usefixtures("in_purmerend")
def test_every_code_of_the_closed_lists_fits() -> None:
    for reason in EndingReason:
        record(
            event=Event.COUPLING_ENDED,
            happened_on=date(2026, 1, 1),
            municipality_code="GM0439",
            ending_reason=reason,
            actor=TESTS,
        )
    assert LedgerEntry.objects.count() == len(EndingReason)


def test_a_merged_municipality_counts_under_the_code_of_the_month(purmerend: Municipality) -> None:
    with context.owning_registry():
        MunicipalityCode.objects.create(
            municipality=purmerend, code="GM0370", valid_from=date(2018, 1, 1), valid_to=date(2022, 1, 1)
        )
    with context.municipality(purmerend):
        assert code_in_month("GM0370", date(2021, 12, 1)) == "GM0370"
        assert code_in_month("GM0370", date(2022, 1, 1)) == "GM0439"
        assert code_in_month("GM0439", date(2019, 1, 1)) == "GM0439"
        # Before anybody's first day the nearest code is still better than none.
        assert code_in_month("GM9999", date(2010, 1, 1)) == "GM0439"


def test_the_way_out_has_no_keys_and_gives_every_line_in_one_order(purmerend: Municipality) -> None:
    pseudonym = uuid4()
    with context.municipality(purmerend):
        for event, on in ((Event.EVALUATION_DONE, date(2026, 3, 9)), (Event.INTRODUCTION, date(2025, 3, 9))):
            LedgerEntry.objects.create(
                event=event,
                month=on.replace(day=1),
                municipality_code="GM0439",
                coupling=pseudonym,
                children=[pseudonym],
                age_bands=["4-7"],
                goal_scores=[1, 2, 3, 4],
                satisfaction=8,
                recorded_month=date(2026, 4, 1),
            )
    with context.aggregation(purmerend):
        lines = ledger_lines()
        assert [line.event for line in lines] == ["introduction", "evaluation_done"]
        assert lines[0] == LedgerLine(
            event="introduction",
            month=date(2025, 3, 1),
            municipality_code="GM0439",
            family=None,
            support_family=None,
            coupling=pseudonym,
            children=(pseudonym,),
            age_bands=("4-7",),
            support_form="",
            referral_source="",
            channel="",
            ending_reason="",
            close_reason="",
            days=None,
            satisfaction=8,
            goal_scores=(1, 2, 3, 4),
            household="",
            interpreter="",
            area="",
            review="",
            review_side="",
        )
        assert len(ledger_lines(until=date(2025, 3, 31))) == 1
        with connections["aggregator"].cursor() as cursor:
            cursor.execute("SELECT * FROM report_totals LIMIT 0")
            assert [column.name for column in cursor.description or []] == list(COLUMNS)


def test_the_login_of_the_extraction_sees_the_view_and_not_the_ledger(purmerend: Municipality) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        context.aggregation(purmerend),
        connections["aggregator"].cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM ledger_ledgerentry")


@pytest.mark.usefixtures("in_purmerend")
def test_scores_of_an_evaluation_are_kept_in_the_order_of_the_goals() -> None:
    entry = record(
        event=Event.EVALUATION_DONE,
        happened_on=date(2026, 1, 1),
        municipality_code="GM0439",
        scores=Scores(satisfaction=9, goals=(4, 3, 2, 1)),
        days=-4,
        actor=TESTS,
    )
    assert (entry.satisfaction, entry.goal_scores, entry.days) == (9, [4, 3, 2, 1], 0)
