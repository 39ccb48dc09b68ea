"""The published cases: the attacker finds what was published, and the auditor finds what the attacker finds."""

from datetime import date

import pytest

from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.auditing import protected_quantities
from reporting.disclosure.cells import Key, Observation, Place
from reporting.disclosure.certificates import OUTSIDER
from reporting.disclosure.models import Audience
from reporting.disclosure.plan import Level, Plan, Table
from reporting.disclosure.proving import Hidden, Prover
from reporting.disclosure.relations import World
from tests.attack.attacker import WIDTH, Interval, Puzzle, Row
from tests.attack.cases import CASES, GEURTS, LINKED, PATTERNS, SINGLETONS, Case, Pattern

YEAR = date(2025, 1, 1)


def named(case: Case | Pattern) -> str:
    return case.name


def prover_of(case: Case) -> Prover[str]:
    return Prover(
        Hidden(
            {name: case.values[name] for name in case.hidden},
            {name: case.least.get(name, 0) for name in case.hidden},
            {},
            [list(row.items()) for row in case.rows()],
        ),
        width=WIDTH,
    )


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_attacker_finds_what_was_published(case: Case) -> None:
    assert case.puzzle().contradictions() == []
    for name, (low, high) in case.ranges.items():
        assert case.puzzle().interval(name) == Interval(low, high), name


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_auditor_sees_the_same(case: Case) -> None:
    proofs = prover_of(case).prove(sorted(case.ranges))
    for name, (low, high) in case.ranges.items():
        if high - low < WIDTH:
            assert proofs[name].narrow == {OUTSIDER: (low, high)}
        else:
            assert proofs[name].narrow == {}
            witness = proofs[name].witnesses[0]
            values = [case.values[name] + table.get(name, 0) for table in (witness.low, witness.high)]
            assert low <= values[0] <= values[1] - WIDTH
            assert values[1] <= high


def test_who_knows_one_of_them_knows_the_other() -> None:
    """P1: a respondent knows its own figure (1,2), and with it (1,1)."""
    puzzle = GEURTS.puzzle("b")
    assert puzzle.interval("a").told
    prover = Prover(
        Hidden(
            {name: GEURTS.values[name] for name in GEURTS.hidden},
            dict.fromkeys(GEURTS.hidden, 0),
            {"b": "respondent"},
            [list(row.items()) for row in GEURTS.rows()],
        ),
        width=WIDTH,
    )
    assert prover.prove(["a"])["a"].narrow == {"respondent": (4, 4)}


def test_each_of_the_linked_tables_alone_is_safe() -> None:
    """P3: only together they tell."""
    for kept, names in (((0, 1, 4), "AK"), ((2, 3), "AKL")):
        alone = Case("", LINKED.values, [LINKED.lines[index] for index in kept], LINKED.hidden, {})
        assert not [name for name in names if alone.puzzle().interval(name).told]
    assert LINKED.puzzle().interval("K").told


def test_without_the_least_value_the_singletons_are_not_told() -> None:
    """P4: it is the zeros that are shown which give them away."""
    free = Case("", SINGLETONS.values, SINGLETONS.lines, SINGLETONS.hidden, {})
    assert free.puzzle().interval("a") == Interval(0, 3)


@pytest.mark.parametrize("pattern", PATTERNS, ids=named)
def test_a_published_pattern_tells_nothing_and_none_of_it_can_be_missed(pattern: Pattern) -> None:
    case = pattern.case()
    assert not [name for name in pattern.primary if case.puzzle().interval(name).told]
    for companion in pattern.companions:
        told = [name for name in pattern.primary if case.puzzle(companion).interval(name).told]
        assert told, f"{companion} could have been shown"


ROUNDED = {"a": (1, 5), "b": (0, 0), "c": (3, 0), "d": (3, 5), "e": (12, 10), "f": (20, 20)}
ROUNDED_SUMS = {("a", "b"): 5, ("c", "d"): 5, ("e", "f"): 30, ("a", "c", "e"): 15, ("b", "d", "f"): 25}


def _rounded(base: int, shown: dict[str, int], sums: dict[tuple[str, ...], int]) -> Puzzle[str]:
    """A figure rounded to a neighbouring multiple lies less than the base away; so does a sum of them."""
    upper: list[Row[str]] = [{name: 1, "one": -(value + base - 1)} for name, value in shown.items()]
    upper += [dict.fromkeys(names, 1) | {"one": -(value + base - 1)} for names, value in sums.items()]
    upper += [dict.fromkeys(names, -1) | {"one": max(value - base + 1, 0)} for names, value in sums.items()]
    least = {name: max(value - base + 1, 0) for name, value in shown.items()}
    return Puzzle({"one": 1}, [], upper, least)


def test_controlled_rounding_to_five_leaves_room_and_to_three_does_not() -> None:
    """P11: 0 is 0 to 4, a is a - 4 to a + 4; conventional rounding of the table would not add up."""
    fives = _rounded(5, {name: shown for name, (_true, shown) in ROUNDED.items()}, ROUNDED_SUMS)
    for name, (true, _shown) in ROUNDED.items():
        interval = fives.interval(name)
        assert true in interval
        assert not interval.narrow
    assert _rounded(5, {"zero": 0, "ten": 10}, {}).interval("zero") == Interval(0, 4)
    assert _rounded(5, {"zero": 0, "ten": 10}, {}).interval("ten") == Interval(6, 14)
    assert _rounded(3, {"zero": 0}, {}).interval("zero").narrow
    conventional = {name: 5 * round(true / 5) for name, (true, _shown) in ROUNDED.items()}
    assert conventional["c"] + conventional["d"] != 5 * round((3 + 3) / 5)


@pytest.mark.parametrize(("threshold", "hidden"), [(8, range(1, 8)), (6, range(1, 6)), (5, range(1, 5))])
def test_the_thresholds_of_others_hide_what_they_hide(threshold: int, hidden: range) -> None:
    """P18: HES 1 to 7, DfE 1 to 5, ours 1 to 4; 0 is shown by all of them."""
    table = Table("waiting", Level.MUNICIPALITY, PeriodKind.YEAR, Audience.FOUNDATION, threshold=threshold)
    places = [Place(str(value), YEAR, None, frozenset({2025})) for value in range(14)]
    facts = {Key("waiting", str(v), PeriodKind.YEAR, YEAR): Observation(v, v, 0) for v in range(14) if v}
    found = protected_quantities(facts, World(Plan("test", (table,), ()), places, YEAR, YEAR))
    assert {int(key.geography) for key in found} == set(hidden)
