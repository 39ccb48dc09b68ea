"""Published cases: which figures are hidden besides those that must be (disclosure.md, section 10)."""

from collections.abc import Iterable, Mapping
from datetime import date
from math import log

import pytest

from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.cells import Key
from reporting.disclosure.protecting import Outcome, hide
from reporting.disclosure.system import System


def key(name: str) -> Key:
    return Key(name, "", PeriodKind.YEAR, date(2025, 1, 1))


def table(
    values: Mapping[str, int],
    sums: Mapping[str, str],
    *,
    fixed: str = "",
    cost: Mapping[str, float] | None = None,
) -> System:
    """Make a table of named figures; a sum says which figures make up a total, and totals that are fixed are shown."""
    names = [name for name in values if name not in fixed.split()]
    return System.of(
        [key(name) for name in names],
        truth=[values[name] for name in names],
        cost=[(cost or {}).get(name, 1.0) * (1 + 0.15 * log(1 + values[name])) for name in names],
        sums=[
            {
                names.index(name): 1 if name == total else -1
                for name in (total, *parts.split())
                if name in names
            }
            for total, parts in sums.items()
        ],
    )


def companions(system: System, targets: str, **rules: int) -> set[str]:
    return shown_names(system, hide(system, columns(system, targets), **rules)) - set(targets.split())


def columns(system: System, names: str) -> list[int]:
    return [number for number, found in enumerate(system.keys) if found.measure in names.split()]


def shown_names(system: System, outcome: Outcome) -> set[str]:
    assert not outcome.alone
    assert not outcome.failed
    return {system.keys[column].measure for column in outcome.hidden}


def values_of(system: System, hidden: Iterable[int], most: int) -> dict[int, set[int]]:
    """Return, by trying everything up to `most` each, the values that a reader must hold possible."""
    columns = sorted(hidden)
    rows = system.sums.toarray().astype(int)
    rows = [row for row in rows if row[columns].any()]
    found: dict[int, set[int]] = {column: set() for column in columns}
    now = system.truth.copy()

    def fill(index: int) -> None:
        if index == len(columns):
            if all(int(row @ (now - system.truth)) == 0 for row in rows):
                for column in columns:
                    found[column].add(int(now[column]))
            return
        column = columns[index]
        later = set(columns[index + 1 :])
        for value in range(int(system.least[column]), most + 1):
            now[column] = value
            done = (row for row in rows if row[column] and not any(row[other] for other in later))
            if all(int(row @ (now - system.truth)) == 0 for row in done):
                fill(index + 1)
        now[column] = system.truth[column]

    fill(0)
    return found


YOUNG_OLD = {"yI": 2, "yP": 0, "yS": 5, "oI": 3, "oP": 4, "oS": 6, "TI": 5, "TP": 4, "TS": 11}
YOUNG_OLD |= {"yT": 7, "oT": 13, "TT": 20}
CROSS = {"yT": "yI yP yS", "oT": "oI oP oS", "TI": "yI oI", "TP": "yP oP", "TS": "yS oS", "TT": "TI TP TS"}
MARGINS = dict.fromkeys(("yT", "oT", "TI", "TP", "TS"), 100.0)
UNION = {"yEU": 5, "oEU": 10, "TEU": 15, "yN": 2, "oN": 3, "TN": 5}
UNIONS = {"yEU": "yP yS", "oEU": "oP oS", "TEU": "TP TS", "yN": "yI", "oN": "oI", "TN": "TI"}
UNION_COST = MARGINS | dict.fromkeys(("TEU", "TN"), 100.0) | dict.fromkeys(("yEU", "oEU", "yN", "oN"), 1.0)


def test_p5_t1_a_hidden_zero_takes_the_other_corners_of_a_square() -> None:
    system = table(YOUNG_OLD, CROSS, fixed="TT", cost=MARGINS)
    assert companions(system, "yP", width=1, insiders=0) == {"yI", "oI", "oP"}


def test_p5_t2_a_hierarchy_takes_its_own_totals_along() -> None:
    system = table(YOUNG_OLD | UNION, CROSS | UNIONS, fixed="TT", cost=UNION_COST)
    assert companions(system, "yI yP yN", width=1, insiders=0) == {"oI", "oP", "yEU", "oEU", "oN"}


def test_p5_t4_a_hidden_total_takes_another_total() -> None:
    system = table(YOUNG_OLD | UNION, CROSS | UNIONS, fixed="TT", cost=UNION_COST)
    hidden = companions(system, "yI yN oI oP oN TP", width=1, insiders=0)
    assert hidden == {"yS", "yEU", "oEU", "TS"}


REGIONS = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
REGIONS |= {"county-1": 20, "county-2": 16, "big": 6, "small": 30, "all": 36}
COUNTIES = {"county-1": "A B I J", "county-2": "K L M N", "all": "county-1 county-2"}
SIZES = {"big": "L M", "small": "A B I J K N"}
REGION_TOTALS = "county-1 county-2 big small all"


def test_p3_linked_tables_hide_what_neither_would_hide_alone() -> None:
    system = table(REGIONS, COUNTIES | SIZES, fixed=REGION_TOTALS)
    outcome = hide(system, columns(system, "A B K L M"), width=3, insiders=0)
    assert "N" in shown_names(system, outcome)
    possible = values_of(system, outcome.hidden, 40)
    assert max(possible[columns(system, "K")[0]]) - min(possible[columns(system, "K")[0]]) >= 3


def test_p3_without_companions_the_two_tables_together_give_k_away() -> None:
    system = table(REGIONS, COUNTIES | SIZES, fixed=REGION_TOTALS)
    assert values_of(system, columns(system, "A B K L M"), 12)[columns(system, "K")[0]] == {3}


SINGLETONS = {"a1": 1, "a2": 1, "a3": 7, "a4": 1, "a5": 0, "b1": 1, "b2": 0, "b3": 0, "b4": 2, "b5": 8}
SINGLETONS |= {"aT": 10, "bT": 11} | {f"T{n}": SINGLETONS[f"a{n}"] + SINGLETONS[f"b{n}"] for n in range(1, 6)}
LINES = {"aT": "a1 a2 a3 a4 a5", "bT": "b1 b2 b3 b4 b5"} | {f"T{n}": f"a{n} b{n}" for n in range(1, 6)}
ONES = "a1 a2 a4 b1"


def test_p4_three_hidden_ones_do_not_stay_three_ones() -> None:
    system = table(SINGLETONS, LINES, fixed="aT bT", cost={f"T{n}": 6.0 for n in range(1, 6)})
    outcome = hide(system, columns(system, ONES), width=3, insiders=0)
    assert not outcome.alone
    possible = values_of(system, outcome.hidden, 11)
    for column in columns(system, ONES):
        assert max(possible[column]) - min(possible[column]) >= 3


def test_p4_without_companions_every_one_is_known() -> None:
    system = table(SINGLETONS, LINES, fixed="aT bT")
    possible = values_of(system, columns(system, ONES), 11)
    assert [possible[column] for column in columns(system, ONES)] == [{1}] * 4


def test_every_companion_of_the_published_cases_is_needed() -> None:
    for targets in ("yP", "yI"):
        system = table(YOUNG_OLD, CROSS, fixed="TT", cost=MARGINS)
        hidden = hide(system, columns(system, targets), width=1, insiders=0).hidden
        target = columns(system, targets)[0]
        for companion in hidden - {target}:
            assert len(values_of(system, hidden - {companion}, 8)[target]) == 1


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_values_lie_as_far_apart_as_is_asked(width: int) -> None:
    system = table({"a": 2, "b": 4, "c": 5, "d": 9, "T": 20}, {"T": "a b c d"}, fixed="T")
    outcome = hide(system, columns(system, "a"), width=width, insiders=0)
    values = values_of(system, outcome.hidden, 20)[columns(system, "a")[0]]
    assert max(values) - min(values) >= width
