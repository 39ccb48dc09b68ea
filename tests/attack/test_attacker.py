"""The attacker is good enough: simple ways of hiding fall, and it never claims what is not so."""

from typing import Any

import pytest

from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.cells import Key
from tests.attack.attacker import Contradiction, Interval, Puzzle
from tests.attack.simple import Scene, nothing_but_totals, one_more_per_line, primary_only, scene
from tests.attack.words import NATION, NOBODY, puzzle_of


@pytest.fixture(scope="module")
def fifty() -> Scene:
    return scene(1, places=50)


@pytest.fixture(scope="module")
def narrow(fifty: Scene) -> dict[str, dict[Key, Interval]]:
    """Return what the attacker gets out of each way of hiding."""
    ways = (primary_only, one_more_per_line, nothing_but_totals)
    shown = {way.__name__: fifty.shown_by(way) for way in ways}
    return {name: puzzle_of(s.cells, s.truth).narrow(s.secrets) for name, s in shown.items()}


def test_hiding_only_the_small_figures_gives_many_away(narrow: dict[str, dict[Key, Interval]]) -> None:
    assert sum(interval.told for interval in narrow["primary_only"].values()) >= 5


def test_hiding_one_more_per_line_still_gives_some_away(narrow: dict[str, dict[Key, Interval]]) -> None:
    assert [key for key, interval in narrow["one_more_per_line"].items() if interval.told]
    assert len(narrow["one_more_per_line"]) < len(narrow["primary_only"])


def test_hiding_everything_but_the_national_totals_gives_nothing_away(
    narrow: dict[str, dict[Key, Interval]],
) -> None:
    assert narrow["nothing_but_totals"] == {}


def test_the_truth_lies_in_every_interval(fifty: Scene, narrow: dict[str, dict[Key, Interval]]) -> None:
    found = [pair for way in narrow.values() for pair in way.items()]
    assert len(found) > 5
    for key, interval in found:
        assert fifty.truth[key].value in interval


@pytest.mark.parametrize("way", [primary_only, one_more_per_line, nothing_but_totals])
def test_no_sum_is_broken_in_what_is_shown(fifty: Scene, way: Any) -> None:
    puzzle = puzzle_of(fifty.shown_by(way).cells, fifty.truth)
    assert puzzle.contradictions() == []
    assert all(piece.interval(piece.names[0]) for piece in list(puzzle.pieces())[:5]), "some table fits"


def test_a_wrong_figure_is_a_contradiction(fifty: Scene) -> None:
    shown = fifty.shown_by(primary_only)
    total = Key("waiting", NATION, PeriodKind.YEAR, fifty.world.until.replace(month=1))
    assert shown.truth[total].value > 0
    puzzle = puzzle_of(shown.cells, shown.truth)
    puzzle.known[total] = -1
    with pytest.raises(Contradiction):
        puzzle.narrow(shown.secrets)


def test_an_insider_of_two_knows_the_other() -> None:
    two = scene(3, places=2)
    shown = two.shown_by(nothing_but_totals)
    one, other = (place.id for place in two.world.places)
    municipal = [key for key in shown.secrets if key.geography == other and key.measure == "waiting"]
    assert municipal
    found = puzzle_of(shown.cells, shown.truth, insider=one).narrow(municipal)
    assert {key: interval.low for key, interval in found.items()} == {
        key: shown.truth.get(key, NOBODY).value for key in municipal
    }


def test_looking_at_all_together_finds_what_looking_at_each_finds() -> None:
    small = scene(2, places=4)
    shown = small.shown_by(primary_only)
    puzzle = puzzle_of(shown.cells, shown.truth)
    together = puzzle.narrow(shown.secrets)
    pieces = list(puzzle.pieces())
    for key in shown.secrets:
        piece = next((piece for piece in pieces if key in piece.column), None)
        if piece is not None:
            interval = piece.interval(key)
            assert (key in together) == interval.narrow


def test_a_figure_without_an_end_is_not_narrow() -> None:
    assert Puzzle({}, [{"a": 1, "b": -1}]).interval("a") == Interval(0, None)
    assert not Interval(0, None).narrow
