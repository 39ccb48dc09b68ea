"""Evaluations, marks and goals at their edges, and the stock of support families."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from reporting.dictionary.periods import Period, PeriodKind, month_after
from reporting.facts import history
from reporting.facts.formulas import facts_of
from tests.reporting.worlds import Line

START = date(2024, 1, 1)
YEAR = Period(date(2025, 1, 1), PeriodKind.YEAR)


def counted(measure: str, lines: list[Line], period: Period, category: str = "") -> int:
    rows = facts_of(lines, until=date(2025, 12, 1))
    return sum(
        r.value for r in rows if (r.measure, r.period, r.category) == (measure, period, category) and r.value
    )


def month(number: int) -> Period:
    return Period(month_after(START, number), PeriodKind.MONTH)


def talk(number: int, review: str, coupling: UUID, **values: Any) -> Line:
    told: dict[str, Any] = {"review_side": "family", "goal_scores": (3, 3, 3, 3), "days": 0} | values
    happened = month_after(START, number)
    return Line("evaluation_done", happened, uuid4(), uuid4(), coupling, review=review, **told)


def test_a_coupling_is_without_recent_evaluation_from_the_seventh_month_after_until_it_is_evaluated() -> None:
    coupling = uuid4()
    lines = [Line("coupling_started", START, uuid4(), uuid4(), coupling), talk(9, "month_6", coupling)]
    overdue = [number for number in range(20) if counted("reviews_overdue", lines, month(number))]
    assert overdue == [7, 8, 16, 17, 18, 19]


def test_with_a_wider_margin_fewer_couplings_would_be_overdue(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [Line("coupling_started", START, uuid4(), uuid4(), uuid4())]
    monkeypatch.setattr(history, "REVIEW_MONTHS", 9)
    assert [number for number in range(12) if counted("reviews_overdue", lines, month(number))] == [9, 10, 11]


def test_a_support_family_stands_from_approval_until_it_leaves_and_again_when_it_comes_back() -> None:
    family = uuid4()
    events = (("left", 0), ("approved", 1), ("left", 3), ("approved", 5), ("approved", 8), ("left", 8))
    lines = [
        Line(f"support_{event}", month_after(START, number), support_family=family)
        for event, number in events
    ]
    stock = [counted("support_families", lines, month(number)) for number in range(10)]
    # To leave before any approval does not count, nor to leave and come back within a month.
    assert stock == [0, 1, 1, 0, 0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("lines", "measured"),
    [
        ([("trial_evaluation", 0, {}), ("month_12", 14, {})], 1),
        ([("trial_evaluation", 0, {}), ("month_6", 14, {})], 0),
        ([("month_12", 14, {})], 0),
        # A start that is told of later, or by the support family, or without scores, is no start.
        ([("trial_evaluation", 15, {}), ("month_12", 14, {})], 0),
        ([("trial_evaluation", 0, {"review_side": "support"}), ("month_12", 14, {})], 0),
        ([("trial_evaluation", 0, {"goal_scores": ()}), ("month_12", 14, {})], 0),
        ([("trial_evaluation", 0, {}), ("month_12", 14, {"review_side": "support"})], 0),
    ],
)
def test_an_outcome_needs_the_scores_of_the_same_asking_family_at_the_start(
    lines: list[tuple[str, int, dict[str, Any]]], measured: int
) -> None:
    coupling = uuid4()
    told = [talk(number, review, coupling, **values) for review, number, values in lines]
    assert counted("outcomes_measured", told, YEAR) == measured


@pytest.mark.parametrize(
    ("mark", "band"), [(1, "low"), (5, "low"), (6, "middle"), (7, "middle"), (8, "high")]
)
def test_marks_fall_in_three_bands(mark: int, band: str) -> None:
    lines = [talk(14, "month_12", uuid4(), satisfaction=mark)]
    assert counted("marks_given", lines, YEAR, band) == counted("marks_given", lines, YEAR) == 1


@pytest.mark.parametrize(
    ("days", "category"), [(0, "on_time"), (14, "on_time"), (15, "late"), (None, "unknown")]
)
def test_an_evaluation_is_in_time_until_fourteen_days_after_its_day(days: int | None, category: str) -> None:
    assert counted("review_talks", [talk(14, "month_12", uuid4(), days=days)], YEAR, category) == 1
