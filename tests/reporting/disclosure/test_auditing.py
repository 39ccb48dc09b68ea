"""The audit by itself: what it demands, what it notices, when it refuses. What is withheld is decided here by hand."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reporting.dictionary.periods import PeriodKind
from reporting.disclosure import auditing, proving
from reporting.disclosure.auditing import audit, protected_quantities
from reporting.disclosure.cells import Key, Observation, Place, ProtectedCell
from reporting.disclosure.models import Audience, Status
from reporting.disclosure.plan import NL, PLAN, Balance, Level, Plan, Table
from reporting.disclosure.relations import Kind, Relation, World, relations

YEAR = date(2025, 1, 1)


def table(measure: str, level: Level, *, attribute: str = "") -> Table:
    exact = level is Level.COUNTRY and not attribute
    audience = Audience.ALL if level is Level.COUNTRY else Audience.FOUNDATION
    return Table(measure, level, PeriodKind.YEAR, audience, attribute, threshold=0 if exact else 5)


def both(*measures: str) -> tuple[Table, ...]:
    return tuple(table(measure, level) for measure in measures for level in Level)


WAITING = Plan("test", both("waiting"), ())
FLOW = Plan(
    "test",
    (*both("couplings_started", "couplings_running"), table("couplings_ended", Level.COUNTRY)),
    (Balance("couplings_running", came="couplings_started", went="couplings_ended"),),
)


def key(measure: str, place: str, year: int = 2025) -> Key:
    return Key(measure, place, PeriodKind.YEAR, date(year, 1, 1))


def country(plan: Plan, figures: dict[str, list[int]], hidden: Iterable[tuple[str, int]]) -> dict[str, Any]:
    """Make facts, world and cells of a year: per measure a figure for each place, and which ones are withheld."""
    count = len(next(iter(figures.values())))
    places = [Place(f"place-{index}", YEAR, None, frozenset({2025})) for index in range(count)]
    facts = {
        key(measure, places[index].id): Observation(value, value, value)
        for measure, values in figures.items()
        for index, value in enumerate(values)
        if value
    }
    withheld = {key(measure, places[index].id) for measure, index in hidden}
    cells = []
    for published in plan.tables:
        values = figures[published.measure]
        numbers = (
            {NL: sum(values)}
            if published.level is Level.COUNTRY
            else {place.id: value for place, value in zip(places, values, strict=True)}
        )
        for place, value in numbers.items():
            address = key(published.measure, place)
            shown = None if address in withheld else value
            status = Status.CONFIDENTIAL if shown is None else Status.FREE
            cells.append(ProtectedCell(address, published.audience, shown, status))
    return {"cells": cells, "facts": facts, "world": World(plan, places, YEAR, YEAR)}


def waiting(values: list[int], *hidden: int) -> auditing.Audit:
    return audit(**country(WAITING, {"waiting": values}, [("waiting", index) for index in hidden]))


# ------------------------------------------------------------------------------------------------------ what it demands


def test_families_count_and_not_events_and_the_smaller_side() -> None:
    made = country(
        FLOW, {"couplings_started": [9, 9, 9], "couplings_running": [9, 9, 9], "couplings_ended": [0] * 3}, []
    )
    made["facts"][key("couplings_started", "place-0")] = Observation(9, 9, 4)
    made["facts"][key("couplings_running", "place-1")] = Observation(9, 4, 9)
    found = protected_quantities(made["facts"], made["world"])
    assert {(k.measure, k.geography) for k in found} == {
        ("couplings_started", "place-0"),
        ("couplings_running", "place-1"),
    }


def test_what_follows_from_what_is_shown_is_demanded_too() -> None:
    """Endings per municipality are not published; with running and started shown, they are as good as."""
    figures = {"couplings_started": [9, 9, 9], "couplings_running": [7, 9, 9], "couplings_ended": [2, 0, 0]}
    made = country(FLOW, figures, [])
    assert protected_quantities(made["facts"], made["world"]) == [key("couplings_ended", "place-0")]
    assert audit(**made).faults == {"a figure can be told": 1}


def test_it_sees_the_endings_through_the_balance_and_not_without() -> None:
    figures = {"couplings_started": [9, 9, 9], "couplings_running": [5, 6, 7], "couplings_ended": [4, 3, 2]}
    hidden = [("couplings_running", index) for index in range(3)]
    assert audit(**country(FLOW, figures, hidden)).passed
    shown_once = [("couplings_running", index) for index in range(2)]
    assert audit(**country(FLOW, figures, shown_once)).faults


def test_without_the_balance_it_would_let_the_endings_go(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"couplings_started": [9, 9, 9], "couplings_running": [5, 6, 7], "couplings_ended": [4, 3, 2]}
    monkeypatch.setattr(auditing, "relations", _without(Kind.BALANCE))
    monkeypatch.setattr("reporting.disclosure.certificates.relations", _without(Kind.BALANCE))
    assert audit(**country(FLOW, figures, [])).passed


def _without(kind: Kind) -> Callable[[World], list[Relation]]:
    return lambda world: [line for line in relations(world) if line.kind is not kind]


# ------------------------------------------------------------------------------------------------------- what it proves


def test_two_figures_that_can_trade_are_proved() -> None:
    found = waiting([4, 9, 30, 40, 50], 0, 1, 2)
    assert found.passed
    assert (found.quantities, found.proved, found.exempt) == (1, 1, ())
    assert min(found.widths) >= 3


@pytest.mark.parametrize(
    ("values", "hidden", "fault"),
    [
        ([4, 9, 30], [0], "a figure can be told"),
        ([1, 1, 1, 30], [0, 1, 2], "a figure can be told"),  # all of them are one
        ([1, 2, 20], [0, 1], "a figure can be told"),  # 1 to 2
        ([4, 9, 30], [0, 1], "an insider can tell a figure"),  # the one with nine
        ([4, 9, 30], [], "a figure about few families is shown"),
    ],
)
def test_what_can_be_told_is_a_fault(values: list[int], hidden: list[int], fault: str) -> None:
    found = waiting(values, *hidden)
    assert fault in found.faults
    assert not found.passed


def test_a_third_hidden_figure_serves_the_insider() -> None:
    assert waiting([4, 9, 30], 0, 1, 2).passed


def test_a_zero_that_is_withheld_as_companion_may_have_been_more() -> None:
    assert waiting([4, 0, 0, 30], 0, 1, 2).passed
    assert not waiting([4, 0, 0, 30], 0, 1).passed, "the municipality with the zero knows better"


# ----------------------------------------------------------------------------------------------------------- exceptions


def test_one_municipality_is_the_national_total() -> None:
    found = waiting([3], 0)
    assert found.passed
    assert [(e.line, e.insiders_only) for e in found.exempt] == [("waiting 2025", False)]
    assert found.summary()["exceptions"][0]["readers"] == "all"


def test_of_two_each_knows_the_other() -> None:
    found = waiting([4, 9], 0, 1)
    assert found.passed
    assert [(e.line, e.insiders_only) for e in found.exempt] == [("waiting 2025", True)]


def test_a_line_of_which_a_part_is_shown_is_no_exception() -> None:
    assert waiting([1, 1, 0], 0, 1, 2).passed
    assert waiting([1, 1, 0], 0, 1).faults == {"a figure can be told": 2}


def test_what_could_still_be_withheld_is_no_exception() -> None:
    """The whole line of endings is unpublished; that does not help while stock and inflow are shown."""
    figures = {"couplings_started": [9, 9, 9], "couplings_running": [5, 6, 7], "couplings_ended": [4, 3, 2]}
    assert audit(**country(FLOW, figures, [])).exempt == ()


# ------------------------------------------------------------------------------------------------------- contradictions


def test_a_figure_that_was_not_counted_is_a_fault() -> None:
    made = country(WAITING, {"waiting": [8, 9, 10]}, [])
    made["cells"][0] = made["cells"][0]._replace(value=28)
    assert audit(**made).faults == {"a figure is shown that was not counted": 1}


def test_a_figure_outside_the_plan_is_a_fault() -> None:
    made = country(WAITING, {"waiting": [8, 9, 10]}, [])
    made["cells"].append(made["cells"][1]._replace(key=key("trials_started", "place-0")))
    assert audit(**made).faults == {"a figure is shown that is not in the plan": 1}


def test_a_sum_that_does_not_hold_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    made = country(WAITING, {"waiting": [4, 9, 30]}, [("waiting", 0), ("waiting", 1), ("waiting", 2)])
    line = relations(made["world"])[0]
    wrong = replace(line, terms=line.terms[:-1])
    monkeypatch.setattr(auditing, "relations", lambda _world: [wrong])
    assert audit(**made).faults == {"a sum does not hold": 1}


def test_what_one_sees_of_its_own_figures_is_no_publication() -> None:
    made = country(WAITING, {"waiting": [4, 9, 30]}, [("waiting", 0), ("waiting", 1), ("waiting", 2)])
    own = ProtectedCell(key("waiting", "place-0"), Audience.OWN, 4, Status.FREE)
    assert audit(**{**made, "cells": [*made["cells"], own]}).passed


def test_a_year_that_was_not_delivered_is_unknown_and_no_contradiction() -> None:
    figures = {"couplings_started": [9, 9, 9], "couplings_running": [5, 6, 7], "couplings_ended": [4, 3, 2]}
    made = country(FLOW, figures, [("couplings_running", index) for index in range(3)])
    first, *rest = made["world"].places
    early = replace(first, first_month=date(2024, 1, 1))  # of 2024 nothing came in
    made["world"] = replace(made["world"], places=[early, *rest], first=date(2024, 1, 1))
    made["facts"][key("couplings_running", "place-0")] = Observation(8, 8, 8)
    made["cells"] = [
        cell._replace(value=cell.value + 3)
        if cell.key == key("couplings_running", NL) and cell.value
        else cell
        for cell in made["cells"]
    ] + [ProtectedCell(key(name, NL, 2024), Audience.ALL, 0, Status.FREE) for name in figures]
    found = audit(**made)
    assert found.passed, found.faults


# --------------------------------------------------------------------------------------------------------------- solver


def _answer(**changes: Any) -> Callable[..., Any]:
    return lambda cost, **_rest: SimpleNamespace(**({"status": 0, "x": np.zeros(len(cost))} | changes))


@pytest.mark.parametrize(
    "answer",
    [
        _answer(status=1, x=None),  # out of time
        _answer(status=1),  # out of time, with what it had by then
        _answer(status=2, x=None),  # no table fits
        _answer(status=4),  # numbers out of hand
        lambda cost, **_rest: SimpleNamespace(status=0, x=np.full(len(cost), np.nan)),
    ],
    ids=["no answer", "half an answer", "infeasible", "numerical", "no number"],
)
def test_a_solver_that_does_not_answer_is_a_refusal(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    assert waiting([4, 9, 30], 0, 1, 2).passed
    monkeypatch.setattr(proving, "linprog", answer)
    found = waiting([4, 9, 30], 0, 1, 2)
    assert found.faults == {"the solver did not answer": 1}
    assert not found.passed


def test_out_of_time_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "SECONDS_IN_ALL", -1.0)
    assert not waiting([4, 9, 30], 0, 1, 2).passed


def test_a_solver_that_is_wrong_is_found_out_by_the_checker(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that every figure can go up by three: no sum holds in such a table."""
    monkeypatch.setattr(
        proving, "linprog", lambda cost, **_: SimpleNamespace(status=0, x=-3.0 * np.sign(cost))
    )
    found = waiting([4, 9, 30], 0, 1, 2)
    assert not found.checked
    assert not found.passed


def test_the_plan_of_the_product_is_audited_over_its_own_registry() -> None:
    places = [Place("a", YEAR, None, frozenset({2025}))]
    assert audit([], facts={}, world=World(PLAN, places, YEAR, YEAR)).quantities == 0
