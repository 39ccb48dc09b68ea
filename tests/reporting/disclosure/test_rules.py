from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from reporting.dictionary.measures import MEASURES, Nature
from reporting.dictionary.periods import PeriodKind
from reporting.disclosure import primary, programmes, rules, system
from reporting.disclosure.cells import Key, Observation, Place, Protected, ProtectedCell
from reporting.disclosure.derived import mean_of, median_of
from reporting.disclosure.models import Audience, Status
from reporting.disclosure.plan import NL, PLAN, T_COUNTRY_ATTRIBUTE, T_SENSITIVE, T_TOTAL, BadPlan, Level
from reporting.disclosure.protecting import Outcome
from reporting.disclosure.relations import Kind, Relation, World, relations, shared_tables
from reporting.disclosure.rules import protect
from reporting.disclosure.system import Reals, System
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
    """Tell whether too few families stand behind a figure."""
    seen = truth_of(facts, key)
    limit = T_TOTAL
    if key.attribute:
        sensitive = {a.name: a.sensitive for a in MEASURES[key.measure].attributes}[key.attribute]
        limit = T_SENSITIVE if sensitive else T_COUNTRY_ATTRIBUTE
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


@worlds(10)
@given(seeds, shapes)
def test_only_free_cells_have_a_value_and_it_is_the_true_one(seed: int, shape: Shape) -> None:
    facts, _world, result = protected(seed, shape)
    for cell in result.cells:
        assert (cell.value is not None) == (cell.status is Status.FREE)
        if cell.status is Status.FREE and MEASURES[cell.key.measure].nature is not Nature.DERIVED:
            assert cell.value == truth_of(facts, cell.key).value


@worlds(10)
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


@worlds(10)
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


@worlds(10)
@given(seeds, shapes)
def test_own_totals_are_exact_and_have_no_splits(seed: int, shape: Shape) -> None:
    _facts, _world, result = protected(seed, shape)
    own = [cell for cell in result.cells if cell.audience is Audience.OWN]
    counts = [cell for cell in own if MEASURES[cell.key.measure].nature is not Nature.DERIVED]
    assert counts
    assert {cell.status for cell in counts} == {Status.FREE}
    assert {cell.key.attribute for cell in own} == {""}


@worlds(8)
@given(seeds, shapes)
def test_the_same_facts_give_the_same_cells(seed: int, shape: Shape) -> None:
    facts, world = random_world(seed, shape)
    result = protect(facts, plan=PLAN, world=world)
    assert protect(dict(reversed(list(facts.items()))), plan=PLAN, world=world) == result


# ------------------------------------------------------------------------------------------------------- the attacker


@worlds(25)
@given(seeds, shapes)
def test_adding_and_subtracting_recovers_nothing_that_must_stay_secret(seed: int, shape: Shape) -> None:
    facts, world, result = protected(seed, shape)
    assert must_stay_secret(facts, world, recovered(result.cells)) == {}


def only_primary(_system: System, targets: Iterable[int], **_rules: int) -> Outcome:
    return Outcome(frozenset(targets), frozenset(), frozenset())


def test_hiding_the_small_figures_only_gives_many_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "hide", only_primary)
    lost = 0
    for seed in range(10):
        facts, world, result = protected(seed, Shape(places=6, per_year=8))
        found = recovered(result.cells)
        assert all(truth_of(facts, key).value == value for key, value in found.items())
        lost += len(must_stay_secret(facts, world, found))
    assert lost > 10


# --------------------------------------------------------------------------------------- how far values lie apart


def narrow(facts: dict[Key, Observation], world: World, result: Protected, insider: str = "") -> set[Key]:
    """Return the small figures that a reader can place within less than W, with the figures of one place if asked.

    A linear programme for the least and one for the greatest value, of all figures that are not shown at once.
    """
    shown = {
        c.key for c in result.cells if c.status is not Status.CONFIDENTIAL and c.audience != Audience.OWN
    }
    hidden = {c.key for c in result.cells if c.audience is not Audience.OWN} - shown
    lines = relations(world)
    unseen = {
        key
        for line in lines
        for key, _ in line.terms
        if key not in shown | hidden and world.presence(key) is Status.FREE
    }
    keys = sorted(key for key in hidden | unseen if not insider or key.geography != insider)
    column = {key: number for number, key in enumerate(keys)}
    sums = [{column[k]: c for k, c in line.terms if k in column} for line in lines]
    matrix = np.array([[terms.get(n, 0) for n in range(len(keys))] for terms in sums if terms])
    truth = np.array([truth_of(facts, key).value for key in keys])
    own = [
        truth_of(facts, key._replace(geography=insider)).value if insider and key.geography == NL else 0
        for key in keys
    ]
    least = np.maximum(np.where([key in hidden for key in keys], np.minimum(truth, 1), 0), own)
    found = set()
    for key in keys:
        if small(facts, key):
            goal = np.eye(len(keys))[column[key]]
            ends = [
                milp(
                    sign * goal,
                    bounds=Bounds(least, np.inf),
                    constraints=LinearConstraint(matrix, matrix @ truth, matrix @ truth),
                )
                for sign in (1, -1)
            ]
            assert ends[0].success
            least_seen = ends[0].fun
            most_seen = -ends[1].fun if ends[1].success else np.inf
            assert least_seen - 1e-6 <= truth[column[key]] <= most_seen + 1e-6
            if np.floor(most_seen + 1e-6) - np.ceil(least_seen - 1e-6) < PLAN.width:
                found.add(key)
    return found


def noted(result: Protected, keys: set[Key]) -> bool:
    """Tell whether the outcome says of each of these lines that it could not be protected."""
    return {f"{k.measure} {k.period.code} {k.attribute}".strip() for k in keys} <= set(result.alone)


SMALL_WORLD = Shape(places=6, per_year=9, first=date(2024, 1, 1))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_small_stays_w_apart_for_readers_and_for_every_single_place(seed: int) -> None:
    facts, world, result = protected(seed, SMALL_WORLD)
    assert result.alarms == ()
    for insider in ("", *(place.id for place in world.places)):
        assert noted(result, narrow(facts, world, result, insider))


def test_without_the_search_readers_come_close_to_small_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "hide", only_primary)
    facts, world, result = protected(0, SMALL_WORLD)
    assert len(narrow(facts, world, result)) > 3


def test_without_the_rule_for_insiders_a_place_comes_close_to_the_figures_of_others() -> None:
    lost: set[Key] = set()
    for seed in range(3):
        facts, world = random_world(seed, SMALL_WORLD)
        plan = replace(PLAN, insiders=0)
        result = protect(facts, plan=plan, world=replace(world, plan=plan))
        facts = with_country(facts)
        assert noted(result, narrow(facts, world, result))
        for place in world.places:
            close = narrow(facts, world, result, place.id)
            lost |= {key for key in close if not noted(result, {key})}
    assert lost


# ------------------------------------------------------------------------------------------------- relations


@worlds(10)
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

    monkeypatch.setattr(system, "relations", without_balance)
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


def test_one_small_figure_takes_the_two_smallest_others_with_it() -> None:
    """With one companion the place of the companion would know the small figure."""
    facts, world = _world(3, 20, 7, 9)
    result = protect(facts, plan=PLAN, world=world)
    assert [cell.value for cell in _municipal(result)] == [None, 20, None, None]
    assert _country(result).value == 39


def test_without_insiders_one_companion_is_enough() -> None:
    facts, world = _world(3, 20, 7, 9)
    result = protect(facts, plan=replace(PLAN, insiders=0), world=world)
    assert [cell.value for cell in _municipal(result)] == [None, 20, None, 9]


def test_primary_and_companion_look_the_same() -> None:
    facts, world = _world(3, 20, 7, 9)
    hidden = [cell for cell in _municipal(protect(facts, plan=PLAN, world=world)) if cell.value is None]
    assert {cell.status for cell in hidden} == {Status.CONFIDENTIAL}


def test_zero_is_shown_as_zero_and_five_as_five() -> None:
    facts, world = _world(0, 5, 20)
    assert [cell.value for cell in _municipal(protect(facts, plan=PLAN, world=world))] == [0, 5, 20]


def test_two_ones_take_a_third_figure_because_one_and_one_is_two() -> None:
    facts, world = _world(1, 1, 8, 9, 0)
    values = [cell.value for cell in _municipal(protect(facts, plan=PLAN, world=world))]
    assert values == [None, None, None, None, 0]


def test_a_line_that_nothing_can_protect_is_withheld_as_a_whole_and_named() -> None:
    """Of three places with one family between them the national total of one says all there is to say."""
    facts, world = _world(1, 0, 0)
    result = protect(facts, plan=PLAN, world=world)
    assert [cell.value for cell in _municipal(result)] == [None, None, None]
    assert (result.alone, result.alarms) == (("waiting 2025",), ())


def test_a_line_in_which_one_place_could_subtract_itself_is_named_too() -> None:
    facts, world = _world(1, 1, 8, 0)
    result = protect(facts, plan=PLAN, world=world)
    assert [cell.value for cell in _municipal(result)] == [None, None, None, None]
    assert result.alone == ("waiting 2025",), "the place of eight knows that two are left, one each"


def test_a_place_that_is_the_whole_country_is_hidden_as_normal_and_the_total_stays() -> None:
    facts, world = _world(3)
    result = protect(facts, plan=PLAN, world=world)
    assert [cell.status for cell in _municipal(result)] == [Status.CONFIDENTIAL]
    assert _country(result).value == 3
    assert result.alone == ("waiting 2025",)
    assert result.alarms == ()


@pytest.mark.parametrize(
    "answer",
    [
        OptimizeResult(status=1, x=None),
        OptimizeResult(status=4, x=None),
        OptimizeResult(status=0, x=np.full(1, np.nan)),
        OptimizeResult(status=0, x=np.zeros(400)),
    ],
    ids=["time-out", "trouble", "nan", "wrong"],
)
def test_when_the_solver_fails_the_whole_line_is_withheld_with_an_alarm(
    monkeypatch: pytest.MonkeyPatch, answer: OptimizeResult
) -> None:
    def fail(cost: Reals, **_rest: object) -> OptimizeResult:
        whole = answer.x is not None and len(answer.x) > 1
        return OptimizeResult(status=answer.status, x=np.zeros(len(cost)) if whole else answer.x)

    facts, world = _world(3, 20, 7, 9)
    monkeypatch.setattr(programmes, "milp", fail)
    result = protect(facts, plan=PLAN, world=world)
    assert [cell.value for cell in _municipal(result)] == [None] * 4
    assert _country(result).value == 39
    assert (result.alarms, result.alone) == (("waiting 2025",), ())


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
    assert list(cells.values()).count(None) == 3


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
    assert (mean_of(days), median_of(days)) == (mean, median)


def test_the_plan_has_no_municipal_table_finer_than_a_year_for_others() -> None:
    assert {t.period for t in shared_tables(PLAN) if t.level is Level.MUNICIPALITY} == {PeriodKind.YEAR}


def test_a_change_of_the_plan_changes_its_fingerprint() -> None:
    for change in ({"width": 4}, {"insiders": 0}, {"group_k": 2}, {"jitter_key": "other"}):
        assert replace(PLAN, **change).config_hash != PLAN.config_hash


@pytest.mark.parametrize(
    "change",
    [
        {"t_total": 2},
        {"t_total": 11},
        {"t_attr": 4},
        {"t_sensitive": 21},
        {"t_country_attr": 11},
        {"group_k": 4},
        {"width": 0},
        {"width": 11},
        {"insiders": 2},
    ],
)
def test_a_plan_out_of_range_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadPlan):
        replace(PLAN, **change)


def test_a_table_may_ask_for_more_families_than_the_plan_and_never_for_fewer() -> None:
    table = next(t for t in PLAN.tables if t.level is Level.MUNICIPALITY and t.threshold)
    stricter = replace(PLAN, tables=(replace(table, threshold=T_TOTAL + 1),))
    assert stricter.tables[0].threshold == T_TOTAL + 1
    with pytest.raises(BadPlan):
        replace(PLAN, tables=(replace(table, threshold=T_TOTAL - 1),))
    with pytest.raises(BadPlan):
        replace(PLAN, t_total=T_TOTAL + 1)


@pytest.mark.parametrize(
    ("k", "values", "flagged"),
    [
        (0, (6, 0), {0, 1}),
        (0, (5, 1), set()),
        (1, (5, 1), {0}),
        (1, (2, 2), set()),
        (1, (20, 1, 0), {0, 2}),
        (1, (0, 0), set()),
    ],
)
def test_a_group_that_is_all_in_one_category_is_protected_with_its_zeros(
    k: int, values: tuple[int, ...], flagged: set[int]
) -> None:
    group = [Key("searches_ended", NL, PeriodKind.YEAR, YEAR, "outcome", str(n)) for n in range(len(values))]
    truth = {key: Observation(n, n, n) for key, n in zip(group, values, strict=True)}
    assert set(primary.telling(group, truth, replace(PLAN, group_k=k))) == {group[n] for n in flagged}


def test_fifty_places_and_ten_years_take_seconds() -> None:
    facts, world = random_world(7, Shape(places=50, per_year=9, first=date(2016, 1, 1)))
    result = protect(facts, plan=PLAN, world=world)
    assert result.alarms == ()
    assert len(result.cells) > 20_000
    assert max(cell.key.start for cell in result.cells) <= UNTIL
