"""The board against trying everything, on cases small enough for that."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.board import solving
from core.board.answer import Answer, answer_of, breaks, hand_out
from core.board.question import Pair, Question, Snag, honour_locks
from core.board.solving import Unsolved, fillings, solve


def question(
    worth: list[list[int]],
    *,
    sizes: list[int] | None = None,
    places: list[int] | None = None,
    proposals: list[int] | None = None,
    tie: list[list[int]] | None = None,
    locks: tuple[Pair, ...] = (),
) -> Question:
    """Return a question; a worth below zero is a closed pair."""
    table = np.array(worth, dtype=np.int64)
    asking, offering = table.shape
    return Question(
        sizes=np.array(sizes or [1] * asking),
        places=np.array(places or [1] * offering),
        proposals=np.array(proposals or [1] * offering),
        open=table >= 0,
        worth=np.maximum(table, 0),
        tie=np.array(tie) if tie else np.zeros_like(table),
        locks=locks,
    )


@st.composite
def questions(draw: st.DrawFn, *, locks: bool = True) -> Question:
    """Draw small questions with many ties, closed pairs, several children and little room."""
    asking, offering = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    worths = st.integers(-2, draw(st.sampled_from([1, 3, 1000])))
    made = question(
        draw(
            st.lists(st.lists(worths, min_size=offering, max_size=offering), min_size=asking, max_size=asking)
        ),
        sizes=draw(st.lists(st.integers(1, 3), min_size=asking, max_size=asking)),
        places=draw(st.lists(st.integers(-1, 6), min_size=offering, max_size=offering)),
        proposals=draw(st.lists(st.integers(-1, 3), min_size=offering, max_size=offering)),
        tie=draw(
            st.lists(
                st.lists(st.integers(0, 3), min_size=offering, max_size=offering),
                min_size=asking,
                max_size=asking,
            )
        ),
    )
    if not locks:
        return made
    wished = draw(st.lists(st.tuples(st.integers(0, asking - 1), st.integers(0, offering - 1)), max_size=3))
    return replace(made, locks=tuple(wished))


def everything(asked: Question) -> Iterator[Answer]:
    """Return every set of pairs that is possible."""
    asking, offering = asked.open.shape
    for choice in product(range(-1, offering), repeat=asking):
        pairs = [(row, column) for row, column in enumerate(choice) if column >= 0]
        if not breaks(asked, pairs):
            yield answer_of(asked, pairs)


def possible(asked: Question) -> Question:
    """Return the question with the locks that can be together."""
    return replace(asked, locks=honour_locks(asked)[0])


@given(questions())
def test_the_board_is_as_good_as_the_best_of_all_sets(drawn: Question) -> None:
    asked = possible(drawn)
    found = solve(asked)
    assert not breaks(asked, found.pairs)
    assert found.proven
    assert found.value == max(answer.value for answer in everything(asked))


@given(questions(), st.randoms(use_true_random=False))
def test_the_board_is_never_worse_than_handing_out_one_by_one(drawn: Question, chance: object) -> None:
    asked = possible(drawn)
    order = list(range(len(asked.sizes)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    one_by_one = hand_out(asked, order)
    assert not breaks(asked, one_by_one.pairs)
    assert solve(asked).value >= one_by_one.value


@given(questions())
def test_the_same_question_has_the_same_answer(drawn: Question) -> None:
    asked = possible(drawn)
    assert solve(asked) == solve(asked)


@pytest.mark.parametrize(("asking", "offering", "seed"), [(40, 60, 1), (60, 40, 2), (80, 25, 3)])
def test_more_families_than_the_program_begins_with(asking: int, offering: int, seed: int) -> None:
    """The prices bring in the pairs that were left out at first: with all of them at once it comes to the same."""
    chance = np.random.default_rng(seed)
    asked = question(
        chance.integers(-300, 1000, (asking, offering)).tolist(),
        sizes=chance.choice([1, 1, 2, 3], asking).tolist(),
        places=chance.integers(0, 5, offering).tolist(),
        proposals=chance.integers(1, 4, offering).tolist(),
        tie=chance.integers(0, 400, (asking, offering)).tolist(),
    )
    found = solve(asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "FIRST", asking * offering)
        at_once = solve(asked)
    assert found.value == at_once.value
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "FIRST", 1)
        patch.setattr(solving, "MORE", 1)
        assert solve(asked).value == found.value


def test_without_prices_the_best_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin of the test above: with only the pairs that look best there is a better set."""
    chance = np.random.default_rng(4)
    asked = question(chance.integers(1, 1000, (40, 40)).tolist())
    best = solve(asked)
    monkeypatch.setattr(solving, "FIRST", 1)
    assert solve(asked).value == best.value
    monkeypatch.setattr(solving, "_left_out", lambda face, *_values: np.zeros_like(face))
    assert solve(asked).value < best.value


def test_more_families_come_before_a_higher_score() -> None:
    found = solve(question([[1000, 1], [900, -1]]))
    assert (found.helped, found.worth) == (2, 901)


def test_nobody_fits_nowhere() -> None:
    assert solve(question([[-1, -1]])) == Answer(pairs=(), worth=0, tie=0, proven=True)
    assert solve(question([[5]], proposals=[-1])).pairs == ()


def test_one_family_alone_has_the_room_that_its_gate_saw() -> None:
    """Which part of the week a place is free in is judged per pair; together families share what is always free."""
    alone = question([[500], [400]], sizes=[2, 1], places=[1], proposals=[2])
    assert solve(alone).pairs == ((0, 0),)
    assert solve(replace(alone, places=np.array([3]))).helped == 2


def test_a_place_for_two_goes_to_two_families_rather_than_one() -> None:
    found = solve(question([[1000], [10], [10]], sizes=[2, 1, 1], places=[2], proposals=[3]))
    assert found.pairs == ((1, 0), (2, 0))
    once = solve(question([[1000], [10], [10]], sizes=[2, 1, 1], places=[2], proposals=[1]))
    assert once.pairs == ((0, 0),)


@pytest.mark.parametrize(
    ("locks", "snag", "others"),
    [
        (((0, 1),), Snag.GATE, ()),
        (((0, 0), (0, 2)), Snag.TWICE, ((0, 0),)),
        (((0, 2), (2, 2)), Snag.PLACES, ((0, 2),)),
        (((0, 0), (1, 0)), Snag.PROPOSALS, ((0, 0),)),
    ],
)
def test_a_lock_that_cannot_be_says_why(
    locks: tuple[Pair, ...], snag: Snag, others: tuple[Pair, ...]
) -> None:
    asked = question(
        [[5, -1, 5], [5, 5, 5], [5, 5, 5]],
        sizes=[1, 1, 2],
        places=[2, 1, 2],
        proposals=[1, 1, 3],
        locks=locks,
    )
    kept, (refused,) = honour_locks(asked)
    assert kept == locks[:-1]
    assert (refused.pair, refused.snag, refused.others) == (locks[-1], snag, others)
    found = solve(replace(asked, locks=kept))
    assert set(kept) <= set(found.pairs)


def test_a_lock_is_kept_whatever_it_costs() -> None:
    free = question([[900, 10], [800, -1]])
    assert solve(free).helped == 2
    locked = solve(replace(free, locks=((0, 0),)))
    assert locked.pairs == ((0, 0),)


@given(st.integers(1, 6), st.integers(1, 4), st.sets(st.integers(1, 4), min_size=1))
def test_fillings_are_all_ways_to_which_nothing_can_be_added(
    places: int, proposals: int, wanted: set[int]
) -> None:
    sizes = tuple(sorted(wanted))

    def fits(way: tuple[int, ...]) -> bool:
        room = sum(count * size for count, size in zip(way, sizes, strict=True))
        return room <= places and sum(way) <= proposals

    ways = {way for way in product(range(places + 1), repeat=len(sizes)) if fits(way)}
    # Alone a family fits whatever its size: its gate looked at that.
    ways |= {tuple(int(size == one) for one in sizes) for size in sizes}
    largest = {
        way
        for way in ways
        if not any(
            tuple(n + (at == place) for at, n in enumerate(way)) in ways for place in range(len(sizes))
        )
    }
    assert set(fillings(places, proposals, sizes)) == largest


def test_an_answer_that_breaks_a_rule_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "_best_pairs", lambda *_question: [(0, 0), (1, 0)])
    with pytest.raises(Unsolved, match="places"):
        solve(question([[5], [5]]))
