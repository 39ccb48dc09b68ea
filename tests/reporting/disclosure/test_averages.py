"""Averages: of enough families, of the right values, and never so that one place is left with those of a few others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.dictionary.measures import GOAL, MEASURES, Average, Statistic
from reporting.dictionary.periods import PeriodKind
from reporting.disclosure import averages as module
from reporting.disclosure.averages import averages, statistic_of
from reporting.disclosure.cells import Key, Observation, Place, ProtectedCell
from reporting.disclosure.models import Status
from reporting.disclosure.plan import NL, PLAN
from reporting.disclosure.relations import World

YEAR = date(2025, 1, 1)
MARK = Average("marks", Statistic.MEAN, decimals=1)


def marks(place: str, families: int, *, mark: int = 8, support: int | None = None) -> dict[Key, Observation]:
    seen = Observation(families, families, families if support is None else support)
    total = Key("marks", place, PeriodKind.YEAR, YEAR)
    return {total: seen, total._replace(attribute="value", category=str(mark)): seen}


def mean_of(facts: dict[Key, Observation], *places: Place) -> dict[str, ProtectedCell]:
    world = World(
        PLAN, places or [place(key.geography) for key in facts if not key.attribute], YEAR, date(2025, 12, 1)
    )
    return {
        cell.key.geography: cell
        for cell in averages(facts, world=world)
        if cell.key.measure == "satisfaction_mean" and cell.key.kind is PeriodKind.YEAR
    }


def place(name: str, *, years: frozenset[int] = frozenset({2025})) -> Place:
    return Place(name, YEAR, None, years)


@pytest.mark.parametrize(("families", "value"), [(9, None), (10, 80)])
def test_an_average_needs_ten_families(families: int, value: int | None) -> None:
    cells = mean_of(marks("a", families))
    assert {name: cell.value for name, cell in cells.items()} == {"a": value, NL: value}
    assert {cell.status for cell in cells.values()} == {Status.FREE if value else Status.CONFIDENTIAL}


def test_ten_marks_of_fewer_families_are_not_enough() -> None:
    assert mean_of(marks("a", 10, support=9))[NL].value is None


def test_a_place_is_not_left_with_the_average_of_a_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    few = marks("a", 50) | marks("b", 9, mark=3)
    enough = marks("a", 50) | marks("b", 10, mark=3)
    assert mean_of(few)[NL].status is Status.CONFIDENTIAL
    assert mean_of(enough)[NL].value == 72
    monkeypatch.setattr(module, "is_open", lambda families, _values, least: sum(families.values()) >= least)
    # Without that rule: 59 families with 7.2, less fifty with 8, are nine with 3.
    shown = mean_of(few)[NL].value
    assert shown is not None
    assert round((shown / 10 * 59 - 8 * 50) / 9) == 3


def test_a_place_that_delivered_nothing_is_missing_and_does_not_count() -> None:
    facts = marks("a", 10) | marks("b", 10, mark=2)
    cells = mean_of(facts, place("a"), place("b", years=frozenset()))
    assert cells["b"].status is Status.MISSING
    assert cells[NL].value == 80


def test_without_values_there_is_nothing_to_average() -> None:
    assert mean_of({}, place("a"))[NL].status is Status.NOT_APPLICABLE
    with pytest.raises(ValueError, match="nothing"):
        statistic_of({}, MARK)


def test_a_score_is_averaged_per_goal_and_over_all_four() -> None:
    total = Key("scores_after", "a", PeriodKind.YEAR, YEAR)
    facts = {total: Observation(10, 10, 10)}
    for goal, score in zip(GOAL.choices.values, (5, 4, 3, 1), strict=True):
        facts[total._replace(attribute=goal, category=str(score))] = Observation(10, 10, 10)
    world = World(PLAN, [place("a")], YEAR, date(2025, 12, 1))
    found = {
        cell.key.category: cell.value
        for cell in averages(facts, world=world)
        if (cell.key.measure, cell.key.geography, cell.key.kind) == ("goals_after", NL, PeriodKind.YEAR)
    }
    assert found == {"": 33, "relief": 50, "strength": 40, "climate": 30, "network": 10}


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_the_statistics_are_those_of_the_sorted_list(values: list[int]) -> None:
    values.sort()
    histogram = {value: values.count(value) for value in values}
    places = {Statistic.MEDIAN: -(-len(values) // 2), Statistic.P80: -(-len(values) * 4 // 5)}
    for statistic, nth in places.items():
        assert statistic_of(histogram, Average("x", statistic)) == values[nth - 1]
    mean = statistic_of(histogram, MARK) / 10
    assert abs(mean - sum(values) / len(values)) <= 0.05 + 1e-9


def test_values_stay_in_the_vault() -> None:
    kept = {measure.average.values for measure in MEASURES.values() if measure.average}
    published = {table.measure for table in (*PLAN.tables, *PLAN.averages)}
    assert kept
    assert not kept & published
