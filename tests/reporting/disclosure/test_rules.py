from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from reporting.dictionary.measures import MEASURES, Nature
from reporting.dictionary.periods import PeriodKind
from reporting.disclosure import rules
from reporting.disclosure.cells import Key, Observation, Place, Protected, ProtectedCell
from reporting.disclosure.models import Audience, Status
from reporting.disclosure.plan import NL, PLAN, T_SENSITIVE, T_TOTAL, Level
from reporting.disclosure.relations import Kind, Relation, World, relations, shared_tables
from reporting.disclosure.rules import protect
from reporting.disclosure.solving import determined
from tests.reporting.disclosure.attack import recovered
from tests.reporting.worlds import UNTIL, Shape, random_world

YEAR = date(2025, 1, 1)
seeds = st.integers(0, 10_000)
shapes = st.sampled_from(
    [
        Shape(places=2, per_year=3),
        Shape(places=4, per_year=5),
        Shape(places=6, per_year=8),
        Shape(places=9, per_year=14, first=date(2024, 1, 1)),
    ]
)


def worlds(examples: int) -> settings:
    """Random worlds are not worth shrinking: a smaller seed is no simpler world."""
    return settings(
        max_examples=examples, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
    )


def protected(seed: int, shape: Shape) -> tuple[dict[Key, Observation], World, Protected]:
    facts, world = random_world(seed, shape)
    return with_country(facts), world, protect(facts, plan=PLAN, world=world)


def with_country(facts: dict[Key, Observation]) -> dict[Key, Observation]:
    country: dict[Key, Observation] = {}
    for key, seen in facts.items():
        total = key._replace(geography=NL)
        sums = zip(country.get(total, (0, 0, 0)), seen, strict=True)
        country[total] = Observation(*(before + more for before, more in sums))
    return facts | country


def truth_of(facts: dict[Key, Observation], key: Key) -> Observation:
    return facts.get(key, Observation(0, 0, 0))


def small(facts: dict[Key, Observation], key: Key) -> bool:
    seen = truth_of(facts, key)
    limit = T_SENSITIVE if key.attribute == "ending_reason" else T_TOTAL
    sides = MEASURES[key.measure].sides
    behind = min(n for side, n in (("asking", seen.asking), ("support", seen.support)) if side in sides)
    return seen.value > 0 and behind < limit


def must_stay_secret(facts: dict[Key, Observation], world: World, found: dict[Key, int]) -> dict[Key, int]:
    """Of what was recovered, the figures about few families; where one place is the whole country, nothing can help."""
    alone = {
        key for key in found if key.geography != NL and len(world.contributing(key.kind, key.start)) == 1
    }
    return {key: value for key, value in found.items() if key not in alone and small(facts, key)}


# ------------------------------------------------------------------------------------------------------ what is shown


@worlds(25)
@given(seeds, shapes)
def test_only_free_cells_have_a_value_and_it_is_the_true_one(seed: int, shape: Shape) -> None:
    facts, _world, result = protected(seed, shape)
    for cell in result.cells:
        assert (cell.value is not None) == (cell.status is Status.FREE)
        if cell.status is Status.FREE and MEASURES[cell.key.measure].nature is not Nature.DERIVED:
            assert cell.value == truth_of(facts, cell.key).value


@worlds(25)
@given(seeds, shapes)
def test_no_small_figure_is_shown_to_others(seed: int, shape: Shape) -> None:
    facts, _world, result = protected(seed, shape)
    shown = [
        cell.key
        for cell in result.cells
        if cell.audience is not Audience.OWN
        and cell.status is Status.FREE
        and (cell.key.geography != NL or cell.key.attribute)
    ]
    assert [key for key in shown if small(facts, key)] == []


@worlds(25)
@given(seeds, shapes)
def test_national_totals_are_never_hidden(seed: int, shape: Shape) -> None:
    _facts, _world, result = protected(seed, shape)
    totals = [
        c
        for c in result.cells
        if c.key.geography == NL
        and not c.key.attribute
        and MEASURES[c.key.measure].nature is not Nature.DERIVED
    ]
    assert totals
    assert {cell.status for cell in totals} == {Status.FREE}


@worlds(25)
@given(seeds, shapes)
def test_own_totals_are_exact_and_have_no_splits(seed: int, shape: Shape) -> None:
    _facts, _world, result = protected(seed, shape)
    own = [cell for cell in result.cells if cell.audience is Audience.OWN]
    counts = [cell for cell in own if MEASURES[cell.key.measure].nature is not Nature.DERIVED]
    assert counts
    assert {cell.status for cell in counts} == {Status.FREE}
    assert {cell.key.attribute for cell in own} == {""}


@worlds(15)
@given(seeds, shapes)
def test_the_same_facts_give_the_same_cells(seed: int, shape: Shape) -> None:
    facts, world = random_world(seed, shape)
    result = protect(facts, plan=PLAN, world=world)
    assert protect(dict(reversed(list(facts.items()))), plan=PLAN, world=world) == result


# ------------------------------------------------------------------------------------------------------- the attacker


@worlds(60)
@given(seeds, shapes)
def test_adding_and_subtracting_recovers_nothing_that_must_stay_secret(seed: int, shape: Shape) -> None:
    facts, world, result = protected(seed, shape)
    assert must_stay_secret(facts, world, recovered(result.cells)) == {}


def test_hiding_the_small_figures_only_gives_many_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules._Hiding, "_fill_lines", lambda _self, _lines: None)
    monkeypatch.setattr(rules._Hiding, "_exposed", lambda _self: set())
    lost = 0
    for seed in range(10):
        facts, world, result = protected(seed, Shape(places=6, per_year=8))
        found = recovered(result.cells)
        assert all(truth_of(facts, key).value == value for key, value in found.items())
        lost += len(must_stay_secret(facts, world, found))
    assert lost > 10


def test_one_more_hidden_figure_per_line_still_gives_some_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules._Hiding, "_exposed", lambda _self: set())
    lost = 0
    for seed in range(20):
        facts, world, result = protected(seed, Shape(places=6, per_year=10))
        lost += len(must_stay_secret(facts, world, recovered(result.cells)))
    assert lost > 0, (
        "without the check over all relations stock and flow give figures away; or the attacker is broken"
    )


@worlds(30)
@given(seeds, shapes)
def test_the_product_finds_what_the_attacker_finds(seed: int, shape: Shape) -> None:
    facts, world = random_world(seed, shape)
    result = protect(facts, plan=PLAN, world=world)
    hidden = {
        c.key for c in result.cells if c.status is Status.CONFIDENTIAL and c.audience is not Audience.OWN
    }
    implied = {
        key._replace(measure="couplings_ended")
        for key in {k for line in relations(world) for k, _ in line.terms}
        if key.measure == "couplings_running" and key.geography != NL
    }
    fixed = determined((line.terms for line in relations(world)), hidden | implied)
    found = {key for key in recovered(result.cells) if key in hidden | implied}
    assert {k for k in fixed if _active(world, k)} == {k for k in found if _active(world, k)}


def _active(world: World, key: Key) -> bool:
    return key.geography == NL or any(
        place.id == key.geography and place.active_in(key.kind, key.start) for place in world.places
    )


@worlds(25)
@example(8, Shape(places=4, per_year=5))  # a total of three, hidden with its three parts
@given(seeds, shapes)
def test_hidden_figures_in_a_line_leave_room(seed: int, shape: Shape) -> None:
    facts, world, result = protected(seed, shape)
    hidden = {
        c.key for c in result.cells if c.status is Status.CONFIDENTIAL and c.audience is not Audience.OWN
    }
    for line in relations(world):
        values = [truth_of(facts, key).value for key, _ in line.terms if key in hidden]
        if line.kind is not Kind.BALANCE and values and len(line.terms) > 2:
            assert len(values) >= 2
            # Where all parts are hidden, and perhaps their total too, there is nothing left to hide.
            assert (
                0 in values or sum(values) - len(values) >= PLAN.slack or len(values) >= len(line.terms) - 1
            )


# ------------------------------------------------------------------------------------------------- relations


@worlds(25)
@given(seeds, shapes)
def test_every_relation_holds_in_the_true_figures(seed: int, shape: Shape) -> None:
    facts, world = random_world(seed, shape)
    facts = with_country(facts)
    for line in relations(world):
        assert sum(coefficient * truth_of(facts, key).value for key, coefficient in line.terms) == 0, line


def test_every_two_tables_that_share_a_margin_are_tied_by_a_relation() -> None:
    _facts, world = random_world(1, Shape(places=3))
    tied = {
        frozenset(
            {
                (a.measure, a.geography == NL, a.kind, a.attribute),
                (b.measure, b.geography == NL, b.kind, b.attribute),
            }
        )
        for line in relations(world)
        for a, _ in line.terms
        for b, _ in line.terms
    }
    for one in shared_tables(PLAN):
        for other in shared_tables(PLAN):
            if one.measure != other.measure or MEASURES[one.measure].nature is Nature.DERIVED:
                continue
            ends = [(t.measure, t.level is Level.COUNTRY, t.period, t.attribute) for t in (one, other)]
            differs = sum(a != b for a, b in zip(*ends, strict=True))
            over_time = ends[0][2] != ends[1][2]
            if differs == 1 and not (over_time and MEASURES[one.measure].nature is Nature.DISTINCT):
                # Two splits of one total, or of one split, share its figures: each is tied to that one.
                middles = ("", *(a.name for a in MEASURES[one.measure].attributes))
                between = [(*ends[0][:3], name) for name in middles]
                over = any(all(frozenset({end, middle}) in tied for end in ends) for middle in between)
                assert frozenset(ends) in tied or over, (one, other)


def test_a_split_of_a_split_adds_up_to_every_figure_of_the_coarser_one() -> None:
    facts, world = random_world(5, Shape(places=4))
    lines = [
        line
        for line in relations(world)
        if line.terms[0][0].attribute == "outcome" and len(line.terms) > 1 and line.terms[0][0].category
    ]
    assert {term[0].attribute for line in lines for term in line.terms[1:]} == {
        "household_outcome",
        "interpreter_outcome",
        "area_outcome",
    }
    assert {len(line.terms) for line in lines} == {6, 4}, (
        "every household, interpreter or area, and the unknown"
    )
    del facts


def test_without_the_balance_of_stock_and_flow_figures_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_balance(world: World) -> list[Relation]:
        return [line for line in relations(world) if line.kind is not Kind.BALANCE]

    monkeypatch.setattr(rules, "relations", without_balance)
    lost = 0
    for seed in range(10):
        facts, world, result = protected(seed, Shape(places=6, per_year=10))
        lost += len(must_stay_secret(facts, world, recovered(result.cells)))
    assert lost > 0


SEARCHES = {
    "single_parent": {"soon": 40, "later": 4, "stopped": 30},
    "two_parents": {"soon": 40, "later": 30, "stopped": 12},
}


def _searches() -> tuple[dict[Key, Observation], World]:
    """Two places in which searches ended: four of them would tell of single families."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for household, outcomes in SEARCHES.items():
        for outcome, count in outcomes.items():
            counts["household_outcome", f"{household}:{outcome}"] += count
            counts["interpreter_outcome", f"not_needed:{outcome}"] += count
            counts["area_outcome", f"unknown:{outcome}"] += count
            counts["outcome", outcome] += count
            counts["", ""] += count
    places = [Place(name, YEAR, None, frozenset({2025})) for name in ("place-0", "place-1")]
    facts: dict[Key, Observation] = {}
    for (attribute, category), count in counts.items():
        for kind in (PeriodKind.YEAR,) if attribute else PeriodKind:
            for place, part in zip(places, (count // 2, count - count // 2), strict=True):
                key = Key("searches_ended", place.id, kind, YEAR, attribute, category)
                facts[key] = Observation(part, part, 0)
    return facts, World(PLAN, places, YEAR, YEAR)


def test_without_the_sums_of_splits_of_a_split_a_small_figure_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    facts, world = _searches()
    small = Key("searches_ended", NL, PeriodKind.YEAR, YEAR, "household_outcome", "single_parent:later")
    assert small not in recovered(protect(facts, plan=PLAN, world=world).cells)
    monkeypatch.setattr("reporting.disclosure.relations._refinements", lambda _world, _tables: iter(()))
    assert recovered(protect(facts, plan=PLAN, world=world).cells)[small] == 4


# ----------------------------------------------------------------------------------------------------- cases


def _world(
    *values: int, delivered: Callable[[int], bool] = lambda _index: True
) -> tuple[dict[Key, Observation], World]:
    facts: dict[Key, Observation] = {}
    places = []
    for index, value in enumerate(values):
        place = f"place-{index}"
        if value:
            for kind in PeriodKind:
                facts[Key("waiting", place, kind, YEAR)] = Observation(value, value, 0)
        years = frozenset({2025}) if delivered(index) else frozenset()
        places.append(Place(place, YEAR, None, years))
    return facts, World(PLAN, places, YEAR, YEAR)


def _municipal(result: Protected) -> list[ProtectedCell]:
    cells = (c for c in result.cells if c.key.measure == "waiting" and c.audience is Audience.FOUNDATION)
    return sorted(cells, key=lambda cell: cell.key.geography)


def _country(result: Protected, kind: PeriodKind = PeriodKind.YEAR) -> ProtectedCell:
    return next(c for c in result.cells if c.key == Key("waiting", NL, kind, YEAR))


def test_one_small_figure_takes_the_smallest_other_with_it() -> None:
    facts, world = _world(3, 20, 7, 9)
    result = protect(facts, plan=PLAN, world=world)
    assert [cell.value for cell in _municipal(result)] == [None, 20, None, 9]
    assert _country(result).value == 39


def test_primary_and_companion_look_the_same() -> None:
    facts, world = _world(3, 20, 7, 9)
    hidden = [cell for cell in _municipal(protect(facts, plan=PLAN, world=world)) if cell.value is None]
    assert {cell.status for cell in hidden} == {Status.CONFIDENTIAL}


def test_zero_is_shown_as_zero_and_five_as_five() -> None:
    facts, world = _world(0, 5, 20)
    assert [cell.value for cell in _municipal(protect(facts, plan=PLAN, world=world))] == [0, 5, 20]


def test_two_ones_take_a_third_figure_because_one_and_one_is_two() -> None:
    facts, world = _world(1, 1, 8, 0)
    assert [cell.value for cell in _municipal(protect(facts, plan=PLAN, world=world))] == [
        None,
        None,
        None,
        0,
    ]


def test_when_only_zeros_are_left_one_of_them_hides_too() -> None:
    facts, world = _world(1, 0, 0)
    values = [cell.value for cell in _municipal(protect(facts, plan=PLAN, world=world))]
    assert values[0] is None
    assert values.count(None) == 2


def test_a_place_that_is_the_whole_country_is_hidden_as_normal_and_the_total_stays() -> None:
    facts, world = _world(3)
    result = protect(facts, plan=PLAN, world=world)
    assert [cell.status for cell in _municipal(result)] == [Status.CONFIDENTIAL]
    assert _country(result).value == 3
    assert result.alone == ("waiting 2025",)
    assert result.alarms == ()


def test_a_figure_that_should_have_had_company_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    facts, world = _world(3, 9, 9)
    monkeypatch.setattr(rules._Hiding, "_cheapest", lambda _self, _line: None)
    result = protect(facts, plan=PLAN, world=world)
    assert (result.alarms, result.alone) == ((), ()), "the whole line is withheld, so nothing is exposed"
    monkeypatch.setattr(rules._Hiding, "_is_kept", lambda _self, _key, _line: True)
    result = protect(facts, plan=PLAN, world=world)
    assert result.alarms == ("waiting 2025",)
    assert result.alone == ()


def test_what_was_not_delivered_is_missing_and_not_in_the_total() -> None:
    facts, world = _world(8, 9, 10, delivered=lambda index: index != 1)
    result = protect(facts, plan=PLAN, world=world)
    assert [cell.status for cell in _municipal(result)] == [Status.FREE, Status.MISSING, Status.FREE]
    assert _country(result).value == 18


def test_before_the_start_of_a_place_its_figures_do_not_apply() -> None:
    facts, world = _world(8, 9, 10)
    later = replace(world.places[1], first_month=date(2026, 1, 1))
    facts = {key: seen for key, seen in facts.items() if key.geography != later.id}
    world = replace(world, places=[world.places[0], later, world.places[2]])
    cells = _municipal(protect(facts, plan=PLAN, world=world))
    assert [(cell.value, cell.status) for cell in cells][1] == (None, Status.NOT_APPLICABLE)


def test_families_count_and_not_children() -> None:
    facts, world = _world(20, 20, 20, 20)
    for index in range(4):
        facts[Key("children_reached", f"place-{index}", PeriodKind.YEAR, YEAR)] = Observation(
            12, 4 if index == 0 else 9, 9
        )
    cells = {
        c.key.geography: c.value
        for c in protect(facts, plan=PLAN, world=world).cells
        if c.key.measure == "children_reached" and c.audience is Audience.FOUNDATION
    }
    assert cells["place-0"] is None
    assert list(cells.values()).count(None) == 2


@pytest.mark.parametrize(("count", "value"), [(9, None), (10, 50)])
def test_a_lead_time_needs_ten_couplings(count: int, value: int | None) -> None:
    facts, world = _world(20, 20)
    facts[Key("lead_time", "place-0", PeriodKind.YEAR, YEAR, "days", "50")] = Observation(count, count, count)
    result = protect(facts, plan=PLAN, world=world)
    cells = [
        c for c in result.cells if c.key.measure.startswith("lead_time_") and c.key.kind is PeriodKind.YEAR
    ]
    own = [c for c in cells if c.key.geography == "place-0"]
    assert [cell.value for cell in own] == [value, value]
    assert {cell.status for cell in own} == ({Status.FREE} if value else {Status.CONFIDENTIAL})
    assert not [c for c in result.cells if c.key.measure == "lead_time"], (
        "the days themselves never leave the vault"
    )


@pytest.mark.parametrize(
    ("days", "mean", "median"), [({10: 10}, 10, 10), ({10: 5, 20: 5}, 15, 10), ({1: 9, 100: 2}, 19, 1)]
)
def test_mean_and_median_are_whole_days(days: dict[int, int], mean: int, median: int) -> None:
    assert (rules._mean(days), rules._median(days)) == (mean, median)


def test_the_plan_has_no_municipal_table_finer_than_a_year_for_others() -> None:
    assert {t.period for t in shared_tables(PLAN) if t.level is Level.MUNICIPALITY} == {PeriodKind.YEAR}


def test_a_change_of_the_plan_changes_its_fingerprint() -> None:
    assert replace(PLAN, slack=4).config_hash != PLAN.config_hash


def test_fifty_places_and_ten_years_take_seconds() -> None:
    facts, world = random_world(7, Shape(places=50, per_year=9, first=date(2016, 1, 1)))
    result = protect(facts, plan=PLAN, world=world)
    assert result.alarms == ()
    assert len(result.cells) > 20_000
    assert max(cell.key.start for cell in result.cells) <= UNTIL


# --------------------------------------------------------------------------------------------------- algebra


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.integers(0, 7), st.sampled_from([-1, 1, 2]), min_size=1, max_size=5), max_size=8
    )
)
def test_a_figure_is_determined_when_no_solution_of_the_relations_moves_it(
    equations: list[dict[int, int]],
) -> None:
    fixed = determined([list(equation.items()) for equation in equations], range(8))
    rank = _rank([[Fraction(e.get(column, 0)) for column in range(8)] for e in equations])
    for column in range(8):
        unit = [Fraction(int(other == column)) for other in range(8)]
        with_unit = [[Fraction(e.get(c, 0)) for c in range(8)] for e in equations] + [unit]
        assert (column in fixed) == (_rank(with_unit) == rank)


def _rank(rows: list[list[Fraction]]) -> int:
    rows = [row[:] for row in rows]
    rank = 0
    for column in range(8):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][column] / rows[rank][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank
