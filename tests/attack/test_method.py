"""What the product releases, attacked: as an outsider, as each municipality, and with more than was published.

Here the strength of the method is tried, with `NAOBER_ATTACK=full` (make attack) on a country of 342 municipalities.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

import pytest

from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.cells import Key, Observation, Place, ProtectedCell
from reporting.disclosure.models import Status
from reporting.disclosure.plan import PLAN
from reporting.disclosure.rules import protect
from tests.attack.attacker import Puzzle
from tests.attack.simple import Scene, scene
from tests.attack.sizes import FULL, INSIDERS, PLACES, SEEDS, SMALL
from tests.attack.words import MEANS, NATION, NOBODY, laid_bare, nationwide, puzzle_of, shared
from tests.reporting.worlds import Shape, random_world

pytestmark = pytest.mark.timeout(7200 if FULL else 300)
released = cache(scene)


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=PLACES)
def places(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def country(seed: int, places: int) -> Scene:
    return released(seed, places=places)


def test_no_outsider_gets_near_a_small_figure(country: Scene) -> None:
    assert len(country.secrets) > 100
    found = set(puzzle_of(country.cells, country.truth).narrow(country.secrets))
    assert found - country.told_anyway() == set()


def test_nothing_is_told_to_whoever_only_adds_and_subtracts(country: Scene) -> None:
    found = puzzle_of(country.cells, country.truth, bounds=False).narrow(country.secrets)
    assert {key for key, interval in found.items() if interval.told} - country.told_anyway() == set()


def test_no_municipality_gets_near_a_small_figure_of_another(country: Scene) -> None:
    everybody = [place.id for place in country.world.places]
    for insider in Random(1).sample(everybody, INSIDERS):  # noqa: S311  (which ones are tried)
        others = {key for key in country.secrets if key.geography != insider}
        found = set(puzzle_of(country.cells, country.truth, insider=insider).narrow(others))
        assert not found or found <= country.told_anyway(insider)


@pytest.mark.parametrize("count", SMALL)
def test_in_a_small_country_every_municipality_is_an_insider(count: int, seed: int) -> None:
    small = released(seed, places=count)
    for insider in [place.id for place in small.world.places]:
        others = {key for key in small.secrets if key.geography != insider}
        found = set(puzzle_of(small.cells, small.truth, insider=insider).narrow(others))
        assert not found or found <= small.told_anyway(insider)


def test_a_line_never_hides_only_figures_at_their_least(country: Scene) -> None:
    """Zeros are shown, so two hidden figures that make two are one and one."""
    hidden = {cell.key for cell in shared(country.cells) if cell.status is Status.CONFIDENTIAL}
    puzzle = puzzle_of(country.cells, country.truth)
    looked = 0
    for total, *parts in puzzle.zero:
        unknown = [part for part in parts if part in hidden]
        if total.geography == NATION and total in puzzle.known and unknown and not hidden.issuperset(parts):
            values = [country.truth.get(part, NOBODY).value for part in unknown]
            assert 0 in values or sum(values) > len(values)
            looked += 1
    assert looked > 10


def test_crossings_that_are_not_published_are_not_told(seed: int) -> None:
    """A municipality's couplings by form of support follow from nothing: only the margins are shown."""
    country = released(seed, places=50 if FULL else 12)
    puzzle = puzzle_of(country.cells, country.truth)
    crossed = _crossings(puzzle)
    assert crossed
    told = {key: found for key, found in puzzle.narrow(crossed, width=1).items() if found.low > 0}
    assert {key for key in told if not _is_all_of_one_margin(puzzle, key)} == set()


def _crossings(puzzle: Puzzle[Key]) -> set[Key]:
    """Add the unpublished figures of every municipality by form, and the two sums each of them is part of."""
    totals = [
        key
        for row in puzzle.zero
        for key in row
        if key.measure == "couplings_started" and key.kind.value == "year"
    ]
    forms = {key.category for key in totals if key.attribute == "support_form"}
    municipal = {key for key in totals if not key.attribute and key.geography != NATION}
    years = {key.start for key in municipal}
    crossed = {key._replace(attribute="support_form", category=form) for key in municipal for form in forms}
    for key in municipal:
        row = {key._replace(attribute="support_form", category=form): -1 for form in forms}
        puzzle.zero.append({key: 1, **row})
    for start in years:
        for form in forms:
            parts = {k: -1 for k in crossed if (k.start, k.category) == (start, form)}
            some = next(iter(parts))
            puzzle.zero.append({some._replace(geography=NATION): 1, **parts})
    return crossed


def _is_all_of_one_margin(puzzle: Puzzle[Key], key: Key) -> bool:
    """Tell whether every other form is zero in the country: then the municipality's shown total says it."""
    others = [
        puzzle.known.get(total)
        for total in {k for row in puzzle.zero for k in row}
        if (total.geography, total.measure, total.start, total.attribute)
        == (NATION, key.measure, key.start, key.attribute)
        and total.category != key.category
    ]
    return all(value == 0 for value in others)


def test_a_municipality_that_takes_over_two_others_gives_neither_away() -> None:
    """Old and new together: what ran in the two at the end of a year goes on in the third."""
    merged = _merged()
    found = set(_carried_over(merged, merged.cells).narrow(merged.secrets))
    assert found - set(_carried_over(merged, laid_bare(merged.cells)).narrow(found)) == set()


def _carried_over(merged: Scene, cells: Iterable[ProtectedCell]) -> Puzzle[Key]:
    old, taker = [place.id for place in merged.world.places[:2]], merged.world.places[-1].id
    before = Key("couplings_running", taker, PeriodKind.YEAR, date(2024, 1, 1))
    puzzle = puzzle_of(cells, merged.truth)
    (line,) = (row for row in puzzle.zero if {before, before._replace(start=date(2025, 1, 1))} <= row.keys())
    puzzle.zero.remove(line)
    puzzle.zero.append({**line, **{before._replace(geography=place): line[before] for place in old}})
    return puzzle


def _merged() -> Scene:
    """Two of twelve municipalities end with 2024; a new one goes on with their families."""
    facts, world = random_world(11, Shape(places=12, per_year=12, first=date(2023, 1, 1)))
    until, old = date(2024, 12, 1), world.places[:2]
    kept = {key: seen for key, seen in facts.items() if key.geography not in {place.id for place in old}}
    both: dict[Key, Observation] = {}
    for key, seen in facts.items():
        if key.geography in {place.id for place in old}:
            if key.start <= until:
                kept[key] = seen
            else:
                new = key._replace(geography="merged")
                both[new] = Observation(*(a + b for a, b in zip(both.get(new, NOBODY), seen, strict=True)))
    places = [
        *(replace(place, last_month=until, delivered=frozenset({2023, 2024})) for place in old),
        *world.places[2:],
        Place("merged", date(2025, 1, 1), None, frozenset({2025})),
    ]
    facts = kept | both
    world = replace(world, places=places)
    cells = protect(facts, plan=PLAN, world=world).cells
    return Scene(facts, world, nationwide(facts, places), cells)


def test_a_mean_is_shown_of_ten_couplings_or_more(seed: int) -> None:
    country = released(seed, places=9)
    lead_times = [cell for cell in shared(country.cells) if cell.key.measure in MEANS]
    shown = [cell.key for cell in lead_times if cell.value is not None]
    assert 0 < len(shown) < len(lead_times)
    for key in shown:
        assert country.truth[key._replace(measure="couplings_started")].value >= 10


def test_two_releases_of_the_same_counts_are_the_same() -> None:
    one, other = scene(5, places=9), scene(5, places=9)
    assert one.cells == other.cells
