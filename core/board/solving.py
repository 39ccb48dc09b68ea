"""The best set of pairs for everybody who waits: an integer program, solved by HiGHS and proven to be the best.

Three wishes, one after the other: as many families as possible, then the worth, then the tie. What was reached for a
wish is a demand on the next. Whoever asks for more than one child takes as many places of one support family. Such a
support family may fill its places in several ways (one family of two children, or two of one); only these *fillings*
are whole numbers in the program, for with them fixed what is left is a transport problem, of which every corner is
whole. See ADR 0015.

Of a thousand by two thousand families two million pairs would be too many columns. So the program begins with the
pairs that look best and the prices of its linear form tell which others could be worth their places: those are added
until there are none. What was left out is proven not to matter, by the same prices.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

from core.board.answer import Answer, answer_of, breaks, hand_out
from core.board.question import Flags, Pair, Question, Room, Whole

Reals: TypeAlias = npt.NDArray[np.float64]
# All gains are whole numbers, so that anything below this is the rounding of the solver.
EPSILON = 1e-3
# How many pairs a family begins with, and how many are added for it at a time.
FIRST, MORE = 12, 8
# How many pairs per family the whole program is tried with before the others are looked at.
SOME = 4


class Unsolved(RuntimeError):
    """The solver did not answer, or not with a set of pairs. It has no reason to: every question has an answer."""


@lru_cache(maxsize=512)
def fillings(places: int, proposals: int, sizes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Return how many families of each size fit together, in every way to which no family can be added.

    One family alone fits whatever its size: a gate looked at that.
    """
    found: list[tuple[int, ...]] = []

    def fill(counts: tuple[int, ...], left: int, times: int) -> None:
        if len(counts) == len(sizes):
            if times == 0 or all(size > left for size in sizes):
                found.append(counts)
            return
        size = sizes[len(counts)]
        for count in range(min(left // size, times) + 1):
            fill((*counts, count), left - count * size, times - count)

    fill((), places, proposals)
    alone = [tuple(int(other == size) for other in sizes) for size in sizes if size > places]
    return tuple(way for way in (*found, *alone) if any(way))


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """The rows of the program that stay the same: one per asking family, and those of the support families."""

    # The row of a support family for families of a size: per size (an index) and column.
    row_of: Whole
    # Which size an asking family has, as an index.
    size_of: Whole
    # What the rows of support families allow by themselves.
    allowed: Reals
    # The entries of the fillings in the rows, and how many fillings there are.
    filling_rows: Whole
    filling_columns: Whole
    filling_entries: Reals
    filling_count: int


def _frame(question: Question, fitting: Flags) -> _Frame:
    sizes, size_of = np.unique(question.sizes, return_inverse=True)
    wanted = np.array([fitting[size_of == index].any(axis=0) for index in range(len(sizes))])
    row_of = np.full((len(sizes), len(question.places)), -1, dtype=np.int64)
    allowed: list[float] = []
    entries: list[tuple[int, int, float]] = []
    filling_count = 0
    for column in np.flatnonzero(wanted.any(axis=0)):
        here = np.flatnonzero(wanted[:, column])
        room = int(question.places[column]), int(question.proposals[column])
        if room[1] == 1:  # whoever comes, it is one family
            row_of[here, column] = len(allowed)
            allowed.append(1)
            continue
        ways = fillings(*room, tuple(int(sizes[index]) for index in here))
        row_of[here, column] = np.arange(len(here)) + len(allowed)
        if len(ways) == 1:
            allowed += ways[0]
            continue
        for number, way in enumerate(ways):
            entries += [
                (len(allowed) + place, filling_count + number, -count) for place, count in enumerate(way)
            ]
            entries.append((len(allowed) + len(here), filling_count + number, 1))
        allowed += [0.0] * len(here) + [1.0]
        filling_count += len(ways)
    table = np.array(entries, dtype=np.float64).reshape(-1, 3)
    return _Frame(
        row_of=row_of,
        size_of=size_of,
        allowed=np.array(allowed),
        filling_rows=table[:, 0].astype(np.int64),
        filling_columns=table[:, 1].astype(np.int64),
        filling_entries=table[:, 2],
        filling_count=filling_count,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """What is to be as large as possible, and what was reached."""

    gain: Whole
    reached: int


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """What became of one wish: the pairs, and which pairs an equally good set can still have."""

    chosen: Flags
    reached: int
    face: Flags
    columns: Flags


def solve(question: Question, said: Callable[[int], None] | None = None) -> Answer:
    """Return the best set of pairs. The locks must be possible together: see `honour_locks`.

    ``said`` hears how many of the three wishes are settled.
    """
    room = Room.of(question)
    for pair in question.locks:
        room.give(pair)
    still = question.open & ~(room.shared & (question.sizes[:, None] > room.places))
    still[list(room.given)] = False
    rest = replace(question, places=room.places, proposals=room.proposals, open=still, locks=())
    answer = answer_of(question, [*question.locks, *_best_pairs(rest, said)], proven=True)
    if wrong := breaks(question, answer.pairs):
        raise Unsolved(", ".join(wrong))
    return answer


def _best_pairs(question: Question, said: Callable[[int], None] | None) -> list[Pair]:
    face = question.fitting()
    if not face.any():
        return []
    frame = _frame(question, face)
    chosen = np.zeros_like(face)
    for pair in hand_out(question, range(len(question.sizes))).pairs:
        chosen[pair] = True
    columns = _best_of(_merit(question), face, FIRST) | chosen
    wishes: list[_Wish] = []
    for gain in (np.ones_like(question.worth), question.worth, question.tie):
        level = _level(frame, gain, wishes, face, columns, chosen)
        wishes.append(_Wish(gain, level.reached))
        columns, face, chosen = level.columns, level.face, level.chosen
        if said:
            said(len(wishes))
    return [(int(row), int(column)) for row, column in np.argwhere(chosen)]


def _level(
    frame: _Frame, gain: Whole, wishes: Sequence[_Wish], face: Flags, columns: Flags, chosen: Flags
) -> _Level:
    """Make one wish come true as far as it goes, with everything that was reached before; ``chosen`` did reach that."""
    while True:
        linear = _Program(frame, gain, wishes, columns).relaxed()
        missing = _left_out(face, columns, linear.worth_of_pairs, EPSILON)
        if not missing.any():
            break
        # Those that are nearly worth their places come along: without them the next prices would ask for them.
        columns = columns | missing | _best_of(linear.worth_of_pairs, face & ~columns, MORE)
    # A set with this pair comes to no more than the linear form less what the pair falls short.
    at_most = linear.value + np.minimum(linear.worth_of_pairs, 0)
    if linear.whole is not None:
        chosen = linear.whole
    reached = int(gain[chosen].sum())
    looked_at = chosen
    for most in (SOME * len(gain), face.size):
        better = _left_out(face, looked_at, at_most, reached + 1 - EPSILON)
        if not better.any():
            break  # no set can come to more
        looked_at = looked_at | _cheapest(at_most, better, most)
        chosen = _Program(frame, gain, wishes, looked_at | chosen).solved()
        reached = int(gain[chosen].sum())
    face = face & (at_most >= reached - EPSILON)
    return _Level(chosen=chosen, reached=reached, face=face, columns=(columns & face) | chosen)


def _left_out(face: Flags, columns: Flags, value: Reals, least: float) -> Flags:
    """Return the pairs outside the program whose value says that they belong in it."""
    found: Flags = face & ~columns & (value > least)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Linear:
    """The linear form of a program, solved."""

    value: float
    # What a set can gain by a pair on top of the prices of the places it takes; never above zero for its own pairs.
    worth_of_pairs: Reals
    # The pairs, when they happen to be whole.
    whole: Flags | None


class _Program:
    """One program: the pairs of `columns`, then the fillings; smallest loss instead of largest gain."""

    def __init__(self, frame: _Frame, gain: Whole, wishes: Sequence[_Wish], columns: Flags) -> None:
        """Build the rows: asking families, support families, and what was reached before."""
        self.frame, self.gain, self.wishes, self.columns = frame, gain, wishes, columns
        self.asking, self.offering = np.nonzero(columns)
        asking_rows, count = len(gain), len(self.asking)
        here = frame.row_of[frame.size_of[self.asking], self.offering]
        places = np.arange(count)
        demands = [(asking_rows + len(frame.allowed) + number, wish) for number, wish in enumerate(wishes)]
        rows = [self.asking, asking_rows + here, asking_rows + frame.filling_rows]
        at = [places, places, count + frame.filling_columns]
        entries = [np.ones(2 * count), frame.filling_entries]
        for row, wish in demands:
            rows.append(np.full(count, row))
            at.append(places)
            entries.append(-wish.gain[self.asking, self.offering].astype(np.float64))
        shape = (asking_rows + len(frame.allowed) + len(wishes), count + frame.filling_count)
        self.matrix = csc_array(
            (np.concatenate(entries), (np.concatenate(rows), np.concatenate(at))), shape=shape
        )
        self.limits = np.concatenate(
            [np.ones(asking_rows), frame.allowed, [-float(wish.reached) for wish in wishes]]
        )
        self.loss = np.zeros(shape[1])
        self.loss[:count] = -gain[self.asking, self.offering]

    def relaxed(self) -> _Linear:
        """Solve the linear form."""
        found = linprog(self.loss, A_ub=self.matrix, b_ub=self.limits, bounds=(0, None), method="highs-ds")
        if found.status != 0:
            raise Unsolved(found.message)
        prices = -np.asarray(found.ineqlin.marginals)
        frame, asking_rows = self.frame, len(self.gain)
        per_size = prices[asking_rows:][frame.row_of]  # rows that are not there are asked for by no pair
        worth = self.gain - prices[:asking_rows, None] - per_size[frame.size_of]
        for price, wish in zip(prices[len(prices) - len(self.wishes) :], self.wishes, strict=True):
            if price:
                worth = worth + price * wish.gain
        return _Linear(value=-found.fun, worth_of_pairs=worth, whole=self._whole(found.x))

    def solved(self) -> Flags:
        """Solve the program itself, to the end."""
        found = milp(
            self.loss,
            integrality=np.ones(len(self.loss)),
            bounds=Bounds(0, np.inf),
            constraints=LinearConstraint(self.matrix, -np.inf, self.limits),
            options={"mip_rel_gap": 0},
        )
        whole = self._whole(found.x) if found.status == 0 else None
        if whole is None:
            raise Unsolved(found.message)
        return whole

    def _whole(self, found: Reals) -> Flags | None:
        near = np.rint(found)
        if (np.abs(found - near) > EPSILON).any():
            return None
        chosen = np.zeros_like(self.columns)
        chosen[self.asking, self.offering] = near[: len(self.asking)] > 0
        return chosen


def _cheapest(value: Reals, among: Flags, count: int) -> Flags:
    """Return so many pairs with the highest value, and those that equal the last of them."""
    values = value[among]
    least = np.partition(values, -count)[-count] if values.size > count else -np.inf
    found: Flags = among & (value >= least)
    return found


def _merit(question: Question) -> Reals:
    """Return how good a pair looks before there are prices: its worth, and the tie where that is equal."""
    spread = float(np.abs(question.tie).max(initial=0)) + 1
    return question.worth + question.tie / spread


def _best_of(merit: Reals | Whole, among: Flags, count: int) -> Flags:
    """Return the best few pairs of every family that asks, and the best one of every family that offers."""
    value = np.where(among, merit, -np.inf)
    best = np.zeros_like(among)
    few = min(count, value.shape[1])
    highest = np.argpartition(-value, few - 1, axis=1)[:, :few]
    np.put_along_axis(best, highest, values=True, axis=1)
    best[value.argmax(axis=0), np.arange(value.shape[1])] = True
    found: Flags = best & among
    return found
