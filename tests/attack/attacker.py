"""The attacker: whatever a clever reader with a computer can do with figures that were shown.

Shares no code with the product. It works with the values themselves, not with differences from the truth; it looks for
whole tables that fit and believes only these. A figure is *told* when one value is left, *narrow* when two tables at
least `WIDTH` apart cannot be found.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

WIDTH = 3
ROUNDS = 12
NEAR = 1e-6

Name = TypeVar("Name", bound=Hashable)
Row = Mapping[Name, int]
Floats = NDArray[Any]


class Contradiction(Exception):
    """No table at all fits what was shown."""


@dataclass(frozen=True)
class Interval:
    low: int
    high: int | None  # None: no limit

    @property
    def told(self) -> bool:
        return self.low == self.high

    @property
    def narrow(self) -> bool:
        return self.is_under(WIDTH)

    def is_under(self, width: int) -> bool:
        return self.high is not None and self.high - self.low < width

    def __contains__(self, value: int) -> bool:
        return self.low <= value and (self.high is None or value <= self.high)


@dataclass
class Puzzle(Generic[Name]):
    """What was shown, and what it means: sums that are zero, sums that are not above zero, least values of the rest."""

    known: dict[Name, int]
    zero: list[Row[Name]]
    not_above: list[Row[Name]] = field(default_factory=list)
    least: dict[Name, int] = field(default_factory=dict)

    def interval(self, name: Name) -> Interval:
        """Return what can be said of one figure: by programmes over whole numbers."""
        if name in self.known:
            return Interval(self.known[name], self.known[name])
        return next(piece.interval(name) for piece in self.pieces() if name in piece.column)

    def narrow(self, names: Iterable[Name], *, width: int = WIDTH) -> dict[Name, Interval]:
        """Return the figures that are narrow, or with a width of 1 told, and what can be said of them."""
        wanted = set(names)
        found = {name: Interval(self.known[name], self.known[name]) for name in wanted if name in self.known}
        for piece in self.pieces():
            found |= piece.narrow([name for name in piece.names if name in wanted], width)
        return found

    def contradictions(self) -> list[Row[Name]]:
        """Return the sums that do not hold in the shown figures alone."""
        full = [row for row in self.zero if all(name in self.known for name in row)]
        return [row for row in full if sum(c * self.known[name] for name, c in row.items())]

    def pieces(self) -> Iterator["Piece[Name]"]:
        """Yield the parts that have no unknown in common."""
        parent: dict[Name, Name] = {}

        def root(name: Name) -> Name:
            while parent.setdefault(name, name) != name:
                parent[name] = parent[parent[name]]
                name = parent[name]
            return name

        rows = [(row, exact) for part, exact in ((self.zero, True), (self.not_above, False)) for row in part]
        loose = [(row, exact, [name for name in row if name not in self.known]) for row, exact in rows]
        for _row, _exact, unknown in loose:
            for name in unknown:
                parent[root(name)] = root(unknown[0])
        grouped: dict[Name, list[tuple[Row[Name], bool]]] = defaultdict(list)
        for row, exact, unknown in loose:
            if unknown:
                grouped[root(unknown[0])].append((row, exact))
        for group in grouped.values():
            yield Piece(self, group)


class Piece(Generic[Name]):
    def __init__(self, puzzle: Puzzle[Name], rows: Sequence[tuple[Row[Name], bool]]) -> None:
        self.names = list(dict.fromkeys(name for row, _ in rows for name in row if name not in puzzle.known))
        self.column = {name: place for place, name in enumerate(self.names)}
        entries = [
            (index, self.column[name], c)
            for index, (row, _) in enumerate(rows)
            for name, c in row.items()
            if name in self.column
        ]
        places, columns, values = zip(*entries, strict=True)
        self.rows: csr_array = coo_array(
            (values, (places, columns)), shape=(len(rows), len(self.names)), dtype=float
        ).tocsr()
        self.high = np.array(
            [
                -sum(c * puzzle.known[name] for name, c in row.items() if name in puzzle.known)
                for row, _ in rows
            ]
        ).astype(float)
        self.low = np.where([exact for _, exact in rows], self.high, -np.inf)
        self.least = np.array([puzzle.least.get(name, 0) for name in self.names], dtype=float)

    def interval(self, name: Name) -> Interval:
        cost = np.zeros(len(self.names))
        cost[self.column[name]] = 1
        lowest = self._table(cost)
        highest = self._table(-cost)
        assert lowest is not None
        return Interval(
            round(lowest[self.column[name]]),
            None if highest is None else round(highest[self.column[name]]),
        )

    def narrow(self, names: Sequence[Name], width: int) -> dict[Name, Interval]:
        """Look at all of them together until no table adds anything; then at each one that is left."""
        if not names:
            return {}
        columns = np.array([self.column[name] for name in names])
        first = self._table(np.zeros(len(self.names)))
        assert first is not None
        low, high = first[columns], first[columns].copy()
        for turn in range(ROUNDS):
            left = np.flatnonzero(high - low < width)
            if not len(left):
                break
            table = self._spread(columns[left], low[left], high[left], up=turn % 2 == 0)
            low, high = np.minimum(low, table[columns]), np.maximum(high, table[columns])
        found = {
            names[place]: self.interval(names[place]) for place in np.flatnonzero(high - low < width).tolist()
        }
        return {name: interval for name, interval in found.items() if interval.is_under(width)}

    def _spread(self, columns: Floats, low: Floats, high: Floats, *, up: bool) -> Floats:
        """Return a table in which as many figures as possible lie far from where they were seen before.

        Each figure gets a companion that counts how far it goes, up to WIDTH.
        """
        count, extra = len(self.names), len(columns)
        sign = 1.0 if up else -1.0
        reached = np.arange(extra)
        # reach <= sign * (x - seen), with seen the lowest one when going up and the highest one when going down
        link = coo_array(
            (
                np.concatenate([np.ones(extra), np.full(extra, -sign)]),
                (np.concatenate([reached, reached]), np.concatenate([count + reached, columns])),
            ),
            shape=(extra, count + extra),
        )
        wide = coo_array(self.rows)
        both = coo_array(
            (
                np.concatenate([wide.data, link.data]),
                (
                    np.concatenate([wide.row, link.row + self.rows.shape[0]]),
                    np.concatenate([wide.col, link.col]),
                ),
            ),
            shape=(self.rows.shape[0] + extra, count + extra),
        ).tocsr()
        seen = low if up else high
        limits = LinearConstraint(
            both,
            np.concatenate([self.low, np.full(extra, -np.inf)]),
            np.concatenate([self.high, -sign * seen]),
        )
        bounds = Bounds(
            np.concatenate([self.least, np.zeros(extra)]),
            np.concatenate([np.full(count, np.inf), np.full(extra, float(WIDTH))]),
        )
        cost = np.concatenate([np.zeros(count), np.full(extra, -1.0)])
        for whole in (0, 1):  # corners are nearly always whole numbers by themselves
            found = milp(cost, constraints=limits, bounds=bounds, integrality=np.full(count + extra, whole))
            table: Floats = found.x[:count]
            if np.abs(table - np.rint(table)).max() < NEAR:
                break
        return np.rint(table)

    def _table(self, cost: Floats) -> Floats | None:
        """Return the whole table of least cost; None when the cost has no end."""
        limits = LinearConstraint(self.rows, self.low, self.high)
        bounds = Bounds(self.least, np.full(len(self.names), np.inf))
        for whole in (0, 1):
            found = milp(cost, constraints=limits, bounds=bounds, integrality=np.full(len(self.names), whole))
            if found.status in (3, 4) and cost.any():
                return None
            if found.x is None:
                raise Contradiction(found.message)
            table: Floats = found.x
            if np.abs(table - np.rint(table)).max() < NEAR:
                break
        return np.rint(table)
