"""What a reader may still believe: whole tables that agree with everything shown, found by linear programmes.

Every table is written as its difference from the true one, so what is shown does not occur here: it does not move.
One programme with many quantities in its objective proves most of them at once; what is left is solved one by one.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import bmat, csr_matrix, hstack
from scipy.sparse.csgraph import connected_components

from reporting.disclosure.certificates import OUTSIDER, Witness

Name = TypeVar("Name", bound=Hashable)
Vector = NDArray[Any]

SECONDS: Final = 60.0  # for one programme; the largest takes about one
SECONDS_IN_ALL: Final = 1800.0
_ALMOST: Final = 1e-6
_MOVING: Final = (
    1e-4  # what it costs to move another figure by one: witnesses with few changes serve most insiders
)
# How many owners may move together, round by round. Small groups leave the figures of all other owners as they are,
# so what is proved there is proved for all of these as insiders.
_ROUNDS: Final = (0, 0, 16, 16, 8, 8, 4, 4, 4, 3, 3, 2, 2)


class SolverFailed(Exception):
    """The solver stopped, ran out of time or answered with something that is no number: nothing was proved."""


@dataclass(frozen=True, slots=True)
class Hidden(Generic[Name]):
    """The figures a reader does not see.

    `truth` and `least` have the same names: the true value, and the smallest one a reader has to reckon with.
    `owner` names who knows the figure, where somebody does. In each line the sum of coefficient times figure is fixed;
    names without a `truth` are shown and are left out.
    """

    truth: Mapping[Name, int]
    least: Mapping[Name, int]
    owner: Mapping[Name, str]
    lines: Sequence[Sequence[tuple[Name, int]]]


@dataclass(slots=True)
class Proof(Generic[Name]):
    """What was found for one quantity: pairs of tables, and the interval for whomever they do not convince.

    A pair convinces whoever owns none of the figures that move in it; `left` are those whom no pair convinces yet.
    """

    witnesses: list[Witness[Name]] = field(default_factory=list)
    left: frozenset[str] | None = None
    narrow: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, witness: Witness[Name], moving: frozenset[str]) -> None:
        """Keep a pair of tables if it convinces somebody new; `moving` are the insiders who would know better."""
        left = moving if self.left is None else self.left & moving
        if left != self.left:
            self.witnesses.append(witness)
            self.left = left


class Prover(Generic[Name]):
    """Looks for two tables at least `width` apart, for each quantity and every reader."""

    def __init__(self, hidden: Hidden[Name], *, width: int) -> None:
        """Number the figures and write the lines as a matrix."""
        self.names = list(hidden.truth)
        self.index = {name: column for column, name in enumerate(self.names)}
        self.width = width
        self.deadline = monotonic() + SECONDS_IN_ALL
        self.truth = np.array([hidden.truth[name] for name in self.names], dtype=np.int64)
        self.down = np.array([hidden.least[name] for name in self.names], dtype=np.int64) - self.truth
        owners = sorted({owner for owner in hidden.owner.values() if owner})
        number = {owner: place for place, owner in enumerate(owners)}
        self.owners = owners
        self.owner = np.array(
            [number.get(hidden.owner.get(name, ""), -1) for name in self.names], dtype=np.int64
        )
        self.matrix = self._matrix(hidden.lines)
        self.component = _components(self.matrix)
        self._rows: dict[int, tuple[Vector, csr_matrix]] = {}

    def prove(self, quantities: Sequence[Name]) -> dict[Name, Proof[Name]]:
        """Return for each quantity what could be proved about it. Raise SolverFailed without an answer."""
        proofs: dict[Name, Proof[Name]] = {name: Proof() for name in quantities}
        chance = np.random.default_rng(len(self.names))
        for size in _ROUNDS:
            open_ = [name for name, proof in proofs.items() if proof.left is None or proof.left]
            if size and open_:
                open_ = [name for name in open_ if self._has_owners(name)]
            if open_:
                self._round(open_, proofs, size, chance)
        for name, proof in proofs.items():
            if monotonic() > self.deadline:
                raise SolverFailed("out of time")
            self._finish(name, proof)
        return proofs

    def interval(self, name: Name, reader: str) -> tuple[int, int]:
        """Return the least and the largest value that this reader has to reckon with, at most `width` away."""
        column = self.index[name]
        free, matrix = self._free(column, reader)
        here = int(np.flatnonzero(free == column)[0]) if column in free else None
        true = int(self.truth[column])
        if here is None:
            return true, true
        ends = [self._extreme(free, matrix, here, sign, integral=False) for sign in (-1, 1)]
        lowest, highest = int(np.ceil(ends[0] - _ALMOST)), int(np.floor(ends[1] + _ALMOST))
        return true + lowest, true + highest

    # ------------------------------------------------------------------------------------------- many at once

    def _round(
        self, open_: list[Name], proofs: dict[Name, Proof[Name]], size: int, chance: np.random.Generator
    ) -> None:
        """Move as many open quantities as possible, half of them up and half down, and the other way round."""
        grouped = self._grouped(size, chance)
        part = _components(grouped)
        columns = np.array([self.index[name] for name in open_])
        cost = np.zeros(len(self.names))
        cost[columns] = chance.choice((-1.0, 1.0), size=len(columns)) * chance.uniform(
            0.8, 1.2, size=len(columns)
        )
        # Room in proportion to the figure: without a limit one figure would take all of it.
        up = np.maximum(self.truth, self.width)
        tables = [_solve(sign * cost, grouped, self.down, up) for sign in (1.0, -1.0)]
        whole = [np.rint(table).astype(np.int64) for table in tables]
        broken = {
            int(p)
            for table, near in zip(tables, whole, strict=True)
            for p in np.unique(part[np.abs(table - near) > _ALMOST])
        }
        members = _members(part, whole)
        made: dict[tuple[int, bool], tuple[Witness[Name], frozenset[str]]] = {}
        for name, column in zip(open_, columns, strict=True):
            distance = int(whole[1][column] - whole[0][column])
            place = int(part[column])
            if abs(distance) < self.width or place in broken:
                continue
            mark = (place, distance > 0)
            if mark not in made:
                ends = whole if distance > 0 else whole[::-1]
                made[mark] = self._witness(members[place], ends[0], ends[1])
            self._note(name, proofs[name], *made[mark])

    def _grouped(self, size: int, chance: np.random.Generator) -> csr_matrix:
        """Split every line so that it holds for each group of `size` owners apart; 0 leaves the lines whole."""
        if not size:
            return self.matrix
        pairs, place = np.unique(np.stack([self.component, self.owner]), axis=1, return_inverse=True)
        order = np.lexsort((chance.random(pairs.shape[1]), pairs[0]))
        sorted_components = pairs[0][order]
        starts = np.searchsorted(sorted_components, sorted_components)
        rank = np.empty(pairs.shape[1], dtype=np.int64)
        rank[order] = (np.arange(pairs.shape[1]) - starts) // size
        entries = self.matrix.tocoo()
        groups = rank[place.reshape(-1)][entries.col]
        _unique, rows = np.unique(np.stack([entries.row, groups]), axis=1, return_inverse=True)
        rows = rows.reshape(-1)
        shape = (int(rows.max()) + 1 if len(rows) else 0, len(self.names))
        return csr_matrix((entries.data, (rows, entries.col)), shape=shape)

    def _has_owners(self, name: Name) -> bool:
        return bool(self.owner[self.index[name]] >= 0)

    # ------------------------------------------------------------------------------------------- one by one

    def _finish(self, name: Name, proof: Proof[Name]) -> None:
        while proof.left is None or (proof.left - proof.narrow.keys()):
            reader = OUTSIDER if proof.left is None else min(proof.left - proof.narrow.keys())
            found = self._single(name, reader)
            if isinstance(found, Witness):
                self._note(name, proof, found, self._moving(found))
                continue
            proof.narrow[reader] = found
            if reader == OUTSIDER:  # whoever knows more sees no less
                return

    def _single(self, name: Name, reader: str) -> Witness[Name] | tuple[int, int]:
        """Return two tables for one reader, or the interval that is left to a quantity when there are none."""
        column = self.index[name]
        true = int(self.truth[column])
        free, matrix = self._free(column, reader)
        if column not in free:
            return true, true
        here = int(np.flatnonzero(free == column)[0])
        high = self._sparse(free, matrix, here, 1, self.width)
        low = self._sparse(free, matrix, here, -1, self.width - int(high[here]))
        if high[here] - low[here] < self.width:
            lowest, highest = self.interval(name, reader)
            if highest - lowest < self.width:
                return lowest, highest
            ends = [self._extreme(free, matrix, here, sign, integral=True) for sign in (-1, 1)]
            return true + int(np.rint(ends[0])), true + int(np.rint(ends[1]))
        return Witness(self._differences(free, low), self._differences(free, high))

    def _free(self, column: int, reader: str) -> tuple[Vector, csr_matrix]:
        """Return the figures that this reader neither knows nor gets from a single line, and their lines."""
        members, matrix = self._of_component(int(self.component[column]))
        number = self.owners.index(reader) if reader in self.owners else -2
        loose = self.owner[members] != number
        pattern = abs(matrix).sign()
        while True:
            counts = pattern @ loose.astype(np.int64)
            fixed = loose & (pattern.T @ (counts == 1).astype(np.int64) > 0)
            if not fixed.any():
                break
            loose &= ~fixed
        inside = matrix[:, np.flatnonzero(loose)]
        return members[loose], inside[np.flatnonzero(np.diff(inside.indptr))]

    def _of_component(self, number: int) -> tuple[Vector, csr_matrix]:
        if number not in self._rows:
            members = np.flatnonzero(self.component == number)
            inside = self.matrix[:, members].tocsr()
            self._rows[number] = (members, inside[np.flatnonzero(np.diff(inside.indptr))])
        return self._rows[number]

    def _sparse(self, free: Vector, matrix: csr_matrix, here: int, sign: int, reach: int) -> Vector:
        """Return whole differences that move one figure up to `reach` one way, and the others little."""
        count = len(free)
        if reach <= 0:
            return np.zeros(count, dtype=np.int64)
        cost = np.full(2 * count, _MOVING)
        cost[here], cost[count + here] = -sign, sign
        up = np.full(2 * count, np.inf)
        up[count:] = -self.down[free]
        up[here], up[count + here] = (reach, 0) if sign > 0 else (0, min(reach, up[count + here]))
        both = hstack([matrix, -matrix]).tocsr()
        floor = np.zeros(2 * count)
        found = _solve(cost, both, floor, up)
        if np.abs(found - np.rint(found)).max() > _ALMOST:
            found = _solve(cost, both, floor, up, integral=True)
        moved: Vector = np.rint(found[:count] - found[count:]).astype(np.int64)
        return moved

    def _extreme(self, free: Vector, matrix: csr_matrix, here: int, sign: int, *, integral: bool) -> float:
        cost = np.zeros(len(free))
        cost[here] = -sign
        up = np.full(len(free), np.inf)
        up[here] = self.width
        low = self.down[free].astype(float)
        low[here] = max(low[here], -self.width)
        return float(_solve(cost, matrix, low, up, integral=integral)[here])

    # ----------------------------------------------------------------------------------------------- witnesses

    def _note(self, name: Name, proof: Proof[Name], witness: Witness[Name], moving: frozenset[str]) -> None:
        own = self.owner[self.index[name]]
        proof.add(witness, moving - {self.owners[own]} if own >= 0 else moving)

    def _witness(self, members: Vector, low: Vector, high: Vector) -> tuple[Witness[Name], frozenset[str]]:
        witness = Witness(self._differences(members, low[members]), self._differences(members, high[members]))
        return witness, self._moving(witness)

    def _differences(self, columns: Vector, table: Vector) -> dict[Name, int]:
        return {self.names[columns[place]]: int(table[place]) for place in np.flatnonzero(table)}

    def _moving(self, witness: Witness[Name]) -> frozenset[str]:
        owners = {int(self.owner[self.index[name]]) for table in witness for name in table}
        return frozenset(self.owners[owner] for owner in owners if owner >= 0)

    def _matrix(self, lines: Sequence[Sequence[tuple[Name, int]]]) -> csr_matrix:
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for row, line in enumerate(lines):
            for name, coefficient in line:
                column = self.index.get(name)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append(coefficient)
        return csr_matrix((values, (rows, columns)), shape=(len(lines), len(self.names)))


def _components(matrix: csr_matrix) -> Vector:
    """Number the columns by the group they form through the rows they share."""
    graph = bmat([[None, matrix.T], [matrix, None]])
    if not matrix.shape[0]:
        return np.arange(matrix.shape[1])
    labels: Vector = connected_components(graph, directed=False)[1][: matrix.shape[1]]
    return labels


def _members(part: Vector, tables: Sequence[Vector]) -> dict[int, Vector]:
    """Return per part the columns that move in one of the tables."""
    moving = np.flatnonzero((tables[0] != 0) | (tables[1] != 0))
    order = moving[np.argsort(part[moving], kind="stable")]
    return dict(_slices(part, order))


def _slices(part: Vector, order: Vector) -> Iterator[tuple[int, Vector]]:
    borders = np.flatnonzero(np.diff(part[order])) + 1
    for columns in np.split(order, borders):
        if len(columns):
            yield int(part[columns[0]]), columns


def _solve(cost: Vector, matrix: csr_matrix, low: Vector, high: Vector, *, integral: bool = False) -> Vector:
    """Return the cheapest differences that leave every line as it is. Raise SolverFailed unless the solver is sure."""
    options = {"time_limit": SECONDS}
    if integral:
        limits = [LinearConstraint(matrix, 0, 0)] if matrix.shape[0] else []
        found = milp(
            cost,
            constraints=limits,
            bounds=Bounds(low, high),
            integrality=np.ones(len(cost)),
            options=options,
        )
    else:
        lines = (matrix, np.zeros(matrix.shape[0])) if matrix.shape[0] else (None, None)
        bounds = np.stack([low, high], axis=1)
        found = linprog(cost, A_eq=lines[0], b_eq=lines[1], bounds=bounds, method="highs", options=options)
    if found.status != 0 or found.x is None or not np.isfinite(found.x).all():
        message = f"status {found.status}"
        raise SolverFailed(message)
    table: Vector = found.x
    return table
