"""The registry of relations is complete: every sum that the attacker reads in the words stands in it.

What is missing there is a hole for protector and auditor alike, for both work with it.
"""

from collections.abc import Iterable

import pytest

from reporting.disclosure.cells import Key
from reporting.disclosure.relations import Kind, Relation, relations
from tests.attack.simple import Scene, primary_only, scene
from tests.attack.words import puzzle_of, secrets

Sum = frozenset[tuple[Key, int]]


@pytest.fixture(scope="module")
def shown() -> Scene:
    return scene(7, places=5).shown_by(primary_only)


def missing(shown: Scene, registry: Iterable[Relation]) -> list[Sum]:
    """Return the sums over at least one hidden figure that the attacker knows and the registry does not."""
    puzzle = puzzle_of(shown.cells, shown.truth)
    absent = {key for key, value in puzzle.known.items() if value == 0}
    listed = {_sum(line.terms, absent) for line in registry}
    rows = [row for row in puzzle.zero if any(key not in puzzle.known for key in row)]
    return [found for row in rows if (found := _sum(row.items(), absent)) not in listed]


def _sum(terms: Iterable[tuple[Key, int]], absent: set[Key]) -> Sum:
    """Leave out what is nothing, and what lies before the first programme."""
    return frozenset((key, c) for key, c in terms if key not in absent and key.start.year >= 2023)


def test_every_sum_that_the_words_mean_is_in_the_registry(shown: Scene) -> None:
    assert secrets(shown.truth, shown.cells)
    assert missing(shown, relations(shown.world)) == []


@pytest.mark.parametrize("kind", [Kind.GEOGRAPHY, Kind.CATEGORIES, Kind.BALANCE])
def test_one_relation_less_is_noticed(shown: Scene, kind: Kind) -> None:
    """Take away one relation that holds a hidden figure."""
    hidden = {key for row in puzzle_of(shown.cells, shown.truth).zero for key in row} - shown_keys(shown)
    registry = relations(shown.world)
    gone = next(
        line for line in registry if line.kind is kind and any(key in hidden for key, _ in line.terms)
    )
    assert len(missing(shown, [line for line in registry if line is not gone])) == 1


def shown_keys(shown: Scene) -> set[Key]:
    return set(puzzle_of(shown.cells, shown.truth).known)
