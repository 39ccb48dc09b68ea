"""A set of pairs, what it comes to, and handing out one by one to compare it with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.board.question import Pair, Question, Room


@dataclass(frozen=True, slots=True)
class Answer:
    """Pairs that are possible together. More families comes first, then the worth, then the tie."""

    pairs: tuple[Pair, ...]
    worth: int
    tie: int
    # Whether the solver proved that nothing better exists.
    proven: bool = False

    @property
    def helped(self) -> int:
        """Return how many families get a proposal."""
        return len(self.pairs)

    @property
    def value(self) -> tuple[int, int, int]:
        """Return what answers are compared by."""
        return self.helped, self.worth, self.tie


def answer_of(question: Question, pairs: Iterable[Pair], *, proven: bool = False) -> Answer:
    """Return a set of pairs with what it comes to."""
    chosen = tuple(sorted((int(asking), int(offering)) for asking, offering in pairs))
    rows, columns = _indexes(chosen)
    return Answer(
        pairs=chosen,
        worth=int(question.worth[rows, columns].sum()),
        tie=int(question.tie[rows, columns].sum()),
        proven=proven,
    )


def breaks(question: Question, pairs: Iterable[Pair]) -> list[str]:
    """Return what is wrong with a set of pairs: nothing, for an answer."""
    chosen = list(pairs)
    rows, columns = _indexes(chosen)
    taken = np.bincount(columns, weights=question.sizes[rows], minlength=len(question.places))
    times = np.bincount(columns, minlength=len(question.places))
    wrong = {
        "a closed pair": not question.open[rows, columns].all(),
        "a family twice": len(set(rows)) < len(rows),
        "too few places": bool(((taken > question.places) & (times > 1)).any()),
        "too many proposals": bool(((times > question.proposals) & (times > 0)).any()),
        "a fixed pair left out": not set(question.locks) <= set(chosen),
    }
    return [name for name, holds in wrong.items() if holds]


def hand_out(question: Question, order: Sequence[int]) -> Answer:
    """Give one family after the other what is best for that family: the way of a list without a board."""
    room = Room.of(question)
    for pair in question.locks:
        room.give(pair)
    for asking in order:
        if asking in room.given:
            continue
        possible = np.flatnonzero(question.open[asking] & room.fits(asking) & (room.proposals > 0))
        if possible.size:
            best = np.lexsort((-question.tie[asking, possible], -question.worth[asking, possible]))[0]
            room.give((asking, int(possible[best])))
    return answer_of(question, room.given.items())


def _indexes(pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
