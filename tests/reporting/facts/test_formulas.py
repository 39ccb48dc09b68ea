from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.ledger.models import Event
from reporting.dictionary.measures import (
    AREA,
    CONCERNS,
    COUNTED,
    HOUSEHOLD,
    INTEREST,
    INTERPRETER,
    MEASURES,
    OUTCOME,
)
from reporting.dictionary.periods import Period, PeriodKind, month_after, periods_between
from reporting.facts import history
from reporting.facts.formulas import FORMULAS, FactRow, facts_of
from tests.reporting.worlds import UNTIL, Line, Shape, random_lines

MAY, JUNE, JULY = date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)
YEAR = Period(date(2025, 1, 1), PeriodKind.YEAR)
seeds = st.integers(0, 10_000)


def lines_of(seed: int) -> list[Line]:
    shape = Shape()
    rng = Random(seed)  # noqa: S311  (an invented world)
    return random_lines(rng, shape, per_year=12, first=shape.first)


def value(
    rows: Iterable[FactRow], measure: str, period: Period, attribute: str = "", category: str = ""
) -> int:
    found = [
        r.value
        for r in rows
        if (r.measure, r.period, r.attribute, r.category) == (measure, period, attribute, category)
    ]
    assert len(found) <= 1
    return found[0] if found else 0


def coupling(start: date, end: date | None = None, **values: object) -> list[Line]:
    both: dict[str, object] = {"family": uuid4(), "support_family": uuid4(), "coupling": uuid4()}
    both |= values
    children = both.pop("children", (uuid4(),))
    lines = [
        Line("coupling_started", start, children=children, age_bands=("4-7",) * len(children), **both)  # type: ignore[arg-type]
    ]
    if end:
        lines.append(Line("coupling_ended", end, ending_reason="goal_reached", **both))  # type: ignore[arg-type]
    return lines


def test_every_measure_that_is_counted_has_a_formula() -> None:
    values = {measure.average.values for measure in MEASURES.values() if measure.average}
    assert set(FORMULAS) == {measure.name for measure in COUNTED} | values | {INTEREST, CONCERNS}


def test_the_events_are_those_of_the_ledger() -> None:
    names = {name: getattr(history, name) for name in dir(history) if name in Event.names}
    assert names
    assert names == {name: Event[name].value for name in names}


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seeds)
def test_counting_again_in_another_order_gives_the_same_rows(seed: int) -> None:
    lines = lines_of(seed)
    shuffled = lines[:]
    Random(seed + 1).shuffle(shuffled)  # noqa: S311  (only an order)
    assert facts_of(lines, until=UNTIL) == facts_of(shuffled, until=UNTIL)


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seeds, st.integers(0, 20))
def test_a_new_line_changes_nothing_before_its_own_year(seed: int, which: int) -> None:
    lines = lines_of(seed)
    if not lines:
        return
    line = lines.pop(which % len(lines))
    without, with_line = facts_of(lines, until=UNTIL), facts_of([*lines, line], until=UNTIL)
    earlier = [row for row in without if row.period.start.year < line.month.year]
    assert earlier == [row for row in with_line if row.period.start.year < line.month.year]


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seeds)
def test_months_add_up_to_quarters_and_years_for_flows(seed: int) -> None:
    rows = facts_of(lines_of(seed), until=UNTIL)
    flows = [m.name for m in MEASURES.values() if m.nature == "flow"]
    for name in flows:
        for year in periods_between(Shape().first, UNTIL, PeriodKind.YEAR):
            months = sum(value(rows, name, Period(month, PeriodKind.MONTH)) for month in year.months)
            quarters = sum(
                value(rows, name, q) for q in periods_between(year.start, year.last_month, PeriodKind.QUARTER)
            )
            assert months == quarters == value(rows, name, year)


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seeds)
def test_running_is_running_before_plus_started_minus_ended(seed: int) -> None:
    rows = facts_of(lines_of(seed), until=UNTIL)
    for kind in PeriodKind:
        for period in periods_between(Shape().first, UNTIL, kind):
            before = value(rows, "couplings_running", period.previous)
            started = value(rows, "couplings_started", period)
            ended = value(rows, "couplings_ended", period)
            assert value(rows, "couplings_running", period) == before + started - ended


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seeds)
def test_categories_add_up_to_the_total(seed: int) -> None:
    rows = facts_of(lines_of(seed), until=UNTIL)
    for measure in COUNTED:
        for attribute in measure.attributes:
            for year in periods_between(Shape().first, UNTIL, PeriodKind.YEAR):
                parts = sum(
                    value(rows, measure.name, year, attribute.name, c) for c in attribute.categories()
                )
                assert parts == value(rows, measure.name, year)


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seeds)
def test_since_the_start_never_falls_and_grows_by_what_starts(seed: int) -> None:
    rows = facts_of(lines_of(seed), until=UNTIL)
    for period in periods_between(Shape().first, UNTIL, PeriodKind.MONTH):
        grown = value(rows, "couplings_total", period) - value(rows, "couplings_total", period.previous)
        assert grown == value(rows, "couplings_started", period)


def test_a_coupling_runs_from_the_end_of_its_first_month_until_the_month_before_its_last() -> None:
    rows = facts_of(coupling(MAY, JULY), until=UNTIL)
    running = [value(rows, "couplings_running", Period(m, PeriodKind.MONTH)) for m in (MAY, JUNE, JULY)]
    reached = [value(rows, "families_reached", Period(m, PeriodKind.MONTH)) for m in (MAY, JUNE, JULY, UNTIL)]
    assert running == [1, 1, 0]
    assert reached == [1, 1, 1, 0]


def test_a_family_with_two_couplings_is_reached_once() -> None:
    family, child = uuid4(), uuid4()
    lines = coupling(MAY, family=family, children=(child,)) + coupling(JUNE, family=family, children=(child,))
    rows = facts_of(lines, until=UNTIL)
    assert value(rows, "couplings_started", YEAR) == 2
    assert value(rows, "families_reached", YEAR) == 1
    assert value(rows, "children_reached", YEAR) == 1
    row = next(r for r in rows if r.measure == "couplings_started" and r.period == YEAR and not r.attribute)
    assert (row.asking_families, row.support_families) == (1, 2)


def test_a_family_waits_until_it_stops_waiting_and_may_wait_again() -> None:
    family = uuid4()
    lines = [
        Line("waiting_started", MAY, family),
        Line("waiting_ended", JUNE, family),
        Line("waiting_started", JULY, family),
    ]
    rows = facts_of(lines, until=UNTIL)
    waiting = [value(rows, "waiting", Period(m, PeriodKind.MONTH)) for m in (MAY, JUNE, JULY, UNTIL)]
    assert waiting == [1, 0, 1, 1]


def test_a_family_that_is_coupled_and_waits_again_in_one_month_waits() -> None:
    family = uuid4()
    lines = [
        Line("waiting_started", MAY, family),
        Line("waiting_ended", JUNE, family),
        Line("waiting_started", JUNE, family),
    ]
    assert value(facts_of(lines, until=UNTIL), "waiting", Period(JUNE, PeriodKind.MONTH)) == 1


def test_a_line_twice_starts_no_second_coupling() -> None:
    lines = coupling(MAY)
    assert facts_of(lines + lines, until=UNTIL) == facts_of(lines, until=UNTIL)


def test_an_end_without_a_start_is_not_counted() -> None:
    assert facts_of([Line("coupling_ended", MAY, coupling=UUID(int=1))], until=UNTIL) == []


def test_lines_after_the_last_month_are_left_for_later() -> None:
    assert facts_of(coupling(month_after(UNTIL)), until=UNTIL) == []


def test_a_line_that_does_not_tell_its_category_counts_as_unknown() -> None:
    rows = facts_of([Line("family_registered", MAY, uuid4())], until=UNTIL)
    assert value(rows, "registrations_asking", YEAR, "referral_source", "unknown") == 1


@pytest.mark.parametrize("kind", PeriodKind)
def test_periods_follow_each_other_without_gaps(kind: PeriodKind) -> None:
    periods = list(periods_between(date(2023, 11, 5), date(2026, 2, 1), kind))
    assert all(a.after == b.start and b.previous == a for a, b in pairwise(periods))
    assert periods[0].start <= date(2023, 11, 5) <= periods[0].last_month.replace(day=28)


def test_five_searches_end_and_are_told_apart_by_outcome_household_interpreter_and_area() -> None:
    # The worked example: five families leave the waiting list in one year. A, B and C start a trial in that month (B
    # after more than three months, C after exactly three), D and E stop; E did not tell how the family is made up.
    a, b, c, d, e = (uuid4() for _family in range(5))

    def ended(month: date, family: UUID, days: int, household: str, interpreter: str = "not_needed") -> Line:
        return Line("waiting_ended", month, family, days=days, household=household, interpreter=interpreter)

    lines = [
        ended(MAY, a, 20, "single_parent", "needed"),
        ended(MAY, b, 92, "single_parent"),
        ended(JUNE, c, 91, "two_parents"),
        ended(JUNE, d, 40, "two_parents"),
        ended(JULY, e, 10, ""),
        *(Line("trial_started", month, family) for month, family in ((MAY, a), (MAY, b), (JUNE, c))),
        # A trial in another month is not why a search ended.
        Line("trial_started", MAY, d),
    ]
    lines = [replace(line, area="rural") for line in lines]
    rows = facts_of(lines, until=UNTIL)
    assert value(rows, "searches_ended", YEAR) == 5
    outcomes = {
        name: value(rows, "searches_ended", YEAR, "outcome", name) for name in ("soon", "later", "stopped")
    }
    assert outcomes == {"soon": 2, "later": 1, "stopped": 2}
    of_household = {
        row.category: row.value for row in rows if row.period == YEAR and row.attribute == "household_outcome"
    }
    assert of_household == {
        "single_parent:soon": 1,
        "single_parent:later": 1,
        "two_parents:soon": 1,
        "two_parents:stopped": 1,
        "unknown:stopped": 1,
    }
    of_interpreter = {
        row.category: row.value
        for row in rows
        if row.period == YEAR and row.attribute == "interpreter_outcome"
    }
    assert of_interpreter == {
        "needed:soon": 1, "not_needed:later": 1, "not_needed:soon": 1, "not_needed:stopped": 2
    }  # fmt: skip
    of_area = {
        row.category: row.value for row in rows if row.period == YEAR and row.attribute == "area_outcome"
    }
    assert of_area == {"rural:soon": 2, "rural:later": 1, "rural:stopped": 2}


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seeds)
def test_a_split_of_a_split_adds_up_to_the_coarser_one(seed: int) -> None:
    rows = facts_of(lines_of(seed), until=UNTIL)
    for year in periods_between(Shape().first, UNTIL, PeriodKind.YEAR):
        for attribute in (HOUSEHOLD, INTERPRETER, AREA):
            for outcome in OUTCOME.categories():
                parts = sum(
                    value(rows, "searches_ended", year, attribute.name, fine)
                    for fine in attribute.of(outcome)
                )
                assert parts == value(rows, "searches_ended", year, "outcome", outcome)
