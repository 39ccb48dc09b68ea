"""What the board is asked: who waits, who has room, what every pair is worth, and what the coordinator fixed."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Whole: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
# A family that asks and a family that offers, by their places in the question.
Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Rows are families that ask, columns families that offer. All that counts is in whole numbers."""

    # How many places a family takes: its children stay together.
    sizes: Whole
    # Which pairs every gate lets through, there being room for that family among them.
    open: Flags
    # How many places a support family has for several families together, and how many proposals it may still get.
    places: Whole
    proposals: Whole
    # After the number of families helped: first this, and among equals that.
    worth: Whole
    tie: Whole
    locks: tuple[Pair, ...] = ()

    def fitting(self) -> Flags:
        """Return the pairs that could be proposed if there were no other family."""
        found: Flags = self.open & (self.proposals > 0)
        return found


class Snag(StrEnum):
    """Why a pair cannot be fixed."""

    GATE = "gate"
    TWICE = "twice"
    PLACES = "places"
    PROPOSALS = "proposals"


@dataclass(frozen=True, slots=True)
class RefusedLock:
    """A pair that was fixed and cannot be; ``others`` were fixed before it and stand in its way."""

    pair: Pair
    snag: Snag
    others: tuple[Pair, ...] = ()


@dataclass(slots=True, eq=False)
class Room:
    """What is left while pairs are handed out."""

    question: Question
    places: Whole
    proposals: Whole
    shared: Flags
    given: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, question: Question) -> "Room":
        """Begin with everything that is free."""
        return cls(
            question,
            places=question.places.copy(),
            proposals=question.proposals.copy(),
            shared=np.zeros(len(question.places), dtype=np.bool_),
        )

    def fits(self, asking: int) -> Flags:
        """Return where there still is room for a family; the first one at a place has what its gate saw."""
        found: Flags = ~self.shared | (self.places >= self.question.sizes[asking])
        return found

    def give(self, pair: Pair) -> None:
        """Let a family have its places."""
        asking, offering = pair
        self.places[offering] -= self.question.sizes[asking]
        self.proposals[offering] -= 1
        self.shared[offering] = True
        self.given[asking] = offering


def honour_locks(question: Question) -> tuple[tuple[Pair, ...], tuple[RefusedLock, ...]]:
    """Return the fixed pairs that are possible together, first come first served, and the others with the reason."""
    room = Room.of(question)
    kept: list[Pair] = []
    refused: list[RefusedLock] = []
    for pair in dict.fromkeys(question.locks):
        asking, offering = pair
        beside = tuple(other for other in kept if other[1] == offering)
        if not question.open[pair]:
            refused.append(RefusedLock(pair, Snag.GATE))
        elif asking in room.given:
            refused.append(RefusedLock(pair, Snag.TWICE, ((asking, room.given[asking]),)))
        elif room.proposals[offering] < 1:
            refused.append(RefusedLock(pair, Snag.PROPOSALS, beside))
        elif not room.fits(asking)[offering]:
            refused.append(RefusedLock(pair, Snag.PLACES, beside))
        else:
            room.give(pair)
            kept.append(pair)
    return tuple(kept), tuple(refused)
