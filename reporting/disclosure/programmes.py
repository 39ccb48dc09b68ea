"""The linear programmes of the search, solved by HiGHS: how the figures could be different with all sums the same.

An answer is a deviation: what is added to each figure, in whole numbers. It is checked by plain addition before
anybody relies on it, so that a solver which errs can make us hide more and never less.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csc_array, find

from reporting.disclosure.system import Flags, Reals, System, Whole

# What moving a hidden figure costs next to a shown one: little, but so that few of them move.
HIDDEN_COST: Final = 1e-2
# How HiGHS numbers its answers, through SciPy.
_SOLVED, _INFEASIBLE = 0, 2
# Far more than any programme here takes; whoever reaches it has no answer.
_SECONDS: Final = 60.0
# How far from a whole number the solver may end and still mean it.
_NEAR: Final = 1e-6


class Refusal(Enum):
    """Why there is no deviation."""

    IMPOSSIBLE = auto()  # proven: there is none
    UNSOLVED = auto()  # the solver gave up, ran out of time, or what it said does not add up


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The figures that may move, by their columns; per figure the least and greatest movement, and what it costs."""

    columns: Whole
    lowest: Whole
    highest: Reals
    cost: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two deviations, with an entry per figure of the scope, that lie far enough apart in the target."""

    one: Whole
    other: Whole

    @property
    def moved(self) -> Flags:
        """Tell per figure whether it has to be hidden for this."""
        moved: Flags = (self.one != 0) | (self.other != 0)
        return moved


def pair_apart(system: System, target: int, scope: Scope, *, width: int) -> Pair | Refusal:
    """Find two deviations within the scope that lie `width` apart in the target, at the least cost of what moves."""
    sums = _sums_of(system, scope)
    first = _pair(sums, scope, target, scope.cost, width)
    if isinstance(first, Refusal) or not (scope.cost[first.moved] > HIDDEN_COST).any():
        return first
    # Once more, with what moved little made dear: then fewer figures carry the same movement.
    again = _pair(sums, scope, target, scope.cost / (abs(first.one) + abs(first.other) + 0.1), width)
    if isinstance(again, Refusal):
        return first
    return min(first, again, key=lambda pair: float(scope.cost[pair.moved].sum()))


def far(system: System, scope: Scope) -> Whole:
    """Return one deviation at the least cost, where a negative cost is a gain; zero in a component that failed."""
    size = len(scope.columns)
    nothing = np.zeros(size, dtype=np.int64)
    sums = _sums_of(system, scope)
    found = milp(
        scope.cost,
        bounds=Bounds(scope.lowest, scope.highest),
        constraints=LinearConstraint(sums, 0, 0),
        options={"time_limit": _SECONDS},
    )
    if found.status != _SOLVED or not np.isfinite(found.x).all():
        return nothing
    moves: Whole = np.rint(found.x).astype(np.int64)
    component = system.component[scope.columns]
    wrong = np.abs(found.x - moves) > _NEAR
    wrong |= (moves < scope.lowest) | (moves > scope.highest)
    wrong |= abs(sums).T @ (sums @ moves != 0) > 0
    moves[np.isin(component, component[wrong])] = 0
    return moves


def _pair(sums: csc_array, scope: Scope, target: int, cost: Reals, width: int) -> Pair | Refusal:
    """Solve for both at once. Each is a part upwards minus a part downwards, so that either direction can cost."""
    count, size = sums.shape
    here = np.flatnonzero(scope.columns == target)[0]
    rows, columns, entries = find(sums)
    # Rows: the sums of the one, those of the other, and last how far they lie apart in the target.
    matrix = csc_array(
        (
            np.concatenate([entries, -entries, entries, -entries, [1, -1, -1, 1]]),
            (
                np.concatenate([rows, rows, rows + count, rows + count, np.full(4, 2 * count)]),
                np.concatenate([*(columns + size * part for part in range(4)), here + size * np.arange(4)]),
            ),
        ),
        shape=(2 * count + 1, 4 * size),
    )
    bound = np.zeros(2 * count + 1)
    bound[-1] = width
    for whole in (0, 1):
        found: OptimizeResult = milp(
            np.tile(cost, 4),
            integrality=np.full(4 * size, whole),
            bounds=Bounds(0, np.tile(np.concatenate([scope.highest, -scope.lowest]), 2)),
            constraints=LinearConstraint(matrix, bound, np.where(bound > 0, np.inf, 0)),
            options={"time_limit": _SECONDS},
        )
        if found.status == _INFEASIBLE:
            return Refusal.IMPOSSIBLE
        if found.status != _SOLVED or not np.isfinite(found.x).all():
            return Refusal.UNSOLVED
        up, down, up_too, down_too = np.rint(found.x).astype(np.int64).reshape(4, size)
        pair = Pair(up - down, up_too - down_too)
        if abs(pair.one[here] - pair.other[here]) >= width and all(
            _adds_up(sums, scope, moves) for moves in (pair.one, pair.other)
        ):
            return pair
    return Refusal.UNSOLVED


def _adds_up(sums: csc_array, scope: Scope, moves: Whole) -> bool:
    in_bounds = (moves >= scope.lowest) & (moves <= scope.highest)
    return bool(in_bounds.all() and not (sums @ moves).any())


def _sums_of(system: System, scope: Scope) -> csc_array:
    """Return the sums in which figures of the scope stand; what else stands there does not move."""
    part = system.sums[:, scope.columns].tocsr()
    return part[np.diff(part.indptr) > 0].tocsc()
