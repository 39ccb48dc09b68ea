"""The search for companions: hide until every protected figure could be clearly different for all that a reader knows.

A protected figure is safe when two tables agree with everything shown and lie `width` apart in it. Such tables are
found as deviations from the truth. A deviation that moves no figure of a municipality also stands when that one puts
its own figures in; so a figure is safe from all of them when none has a hand in all of its deviations. Hiding more
takes no deviation away: each figure has to be looked at only once.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from reporting.disclosure.programmes import HIDDEN_COST, Pair, Refusal, Scope, far, pair_apart
from reporting.disclosure.system import NOWHERE, Flags, System, Whole

NOBODY: Final = NOWHERE
# Where the search looks: how many figures of each sum, how many sums away, and whether zeros may be hidden. The last
# is everything there is: only then it is certain that nothing helps.
_REACHES: Final = ((8, 3, False), (32, 5, False), (32, 5, True), (None, None, True))
_ZERO_FACTOR: Final = 8.0


class Outcome(NamedTuple):
    """The columns that are hidden; those that nothing could protect, and those for which the solver had no answer."""

    hidden: frozenset[int]
    alone: frozenset[int]
    failed: frozenset[int]


def hide(system: System, targets: Iterable[int], *, width: int, insiders: int) -> Outcome:
    """Hide the targets, and what is needed beside them so that readers hold values `width` apart possible for each.

    With `insiders` 1 that holds for every single municipality too, which knows its own figures.
    """
    # Dear figures first: what protects a total is often enough for its parts, and not the other way round.
    order = sorted(targets, key=lambda target: (-system.cost[target], target))
    search = _Search(system, order, width, insiders)
    search.prove_together()
    for target in search.targets:
        search.settle(target)
    search.spare()
    hidden = np.flatnonzero(search.hidden & ~system.unseen)
    return Outcome(frozenset(hidden.tolist()), frozenset(search.alone), frozenset(search.failed))


class Proof(NamedTuple):
    """That values lie apart: the municipalities that see through it, a bit for each, and the companions it needs."""

    hands: int
    companions: frozenset[int]


class _Search:
    def __init__(self, system: System, targets: list[int], width: int, insiders: int) -> None:
        self.system = system
        self.targets = targets
        self.width = width
        self.hidden = system.unseen.copy()
        self.hidden[targets] = True
        self.alone: set[int] = set()
        self.failed: set[int] = set()
        self._at_first = self.hidden.copy()
        self._withheld: set[int] = set()
        # Per target the municipalities from which it must be safe, a bit for each, and what proves it to be.
        self._watch = {target: self._watchers(target) if insiders else 0 for target in targets}
        self._proofs: dict[int, list[Proof]] = {target: [] for target in targets}
        by_row = system.sums.tocsr()
        self._columns = np.split(by_row.indices, by_row.indptr[1:-1])
        self._entries = np.split(by_row.data, by_row.indptr[1:-1])
        self._rows = np.split(system.sums.indices, system.sums.indptr[1:-1])

    # -------------------------------------------------------------------------------------------- one at a time

    def settle(self, target: int) -> None:
        """Hide until the target is safe from everybody; when it cannot be, take out the sums it stands in."""
        while (insider := self._next(target)) is not None:
            pair, scope = self._find(target, insider)
            if isinstance(pair, Pair):
                self.hidden[scope.columns[pair.moved]] = True
                self._credit(scope.columns, pair.one, pair.other)
                continue
            (self.alone if pair is Refusal.IMPOSSIBLE else self.failed).add(target)
            for row in self._rows[target]:
                self.hidden[self._columns[row]] = True
                self._withheld.update(self._columns[row].tolist())
            if insider == NOBODY:
                self._watch[target] = 0
                return
            self._watch[target] &= ~self._mask(insider)

    def _next(self, target: int) -> int | None:
        """Return from whom the target is not safe yet."""
        if not self._proofs[target]:
            return NOBODY
        left = self._open(target)
        return (left & -left).bit_length() - 1 if left else None

    def _open(self, target: int) -> int:
        """Return the municipalities that have a hand in all that proves the target."""
        left = self._watch[target]
        for proof in self._proofs[target]:
            left &= proof.hands
        return left

    def _find(self, target: int, insider: int, *, more: bool = True) -> tuple[Pair | Refusal, Scope]:
        """Find a pair, if needed with `more` hidden figures, and the scope it is about."""
        columns = np.array([target])
        found: Pair | Refusal = Refusal.IMPOSSIBLE
        if self._is_boxed_in(target, insider):
            return found, self._scope(insider, columns)
        for most, steps, zeros in _REACHES:
            usable = self.hidden | (more & ((self.system.truth > 0) | zeros))
            near = self._near(
                target, usable & ((self.system.place != insider) | (insider == NOBODY)), most, steps
            )
            if np.array_equal(near, columns):
                continue
            columns = near
            found = pair_apart(self.system, target, self._scope(insider, columns), width=self.width)
            if isinstance(found, Pair):
                break
        return found, self._scope(insider, columns)

    def _is_boxed_in(self, target: int, insider: int) -> bool:
        """Tell whether one sum by itself leaves too little room, whatever else is hidden: no programme is needed."""
        system = self.system
        up, down = np.inf, np.inf
        for row in self._rows[target]:
            columns, entries = self._columns[row], self._entries[row]
            here = columns == target
            others = ~here & ((system.place[columns] != insider) | (insider == NOBODY))
            room = system.truth[columns] - self._least(columns, self._mask(insider))
            if not others.any():
                return True
            down = min(down, room[here].item())
            if (entries[others] * entries[here] > 0).all():
                up = min(up, room[others].sum())
        return bool(up + down < self.width)

    def _near(self, target: int, usable: Flags, most: int | None, steps: int | None) -> Whole:
        """Return the usable figures around the target, of each sum first those whose loss costs least."""
        system = self.system
        if most is None or steps is None:
            return np.flatnonzero(usable & (system.component == system.component[target]))
        price = np.where(self.hidden, 0.0, system.cost)
        room = system.truth - system.least
        seen, done = {target}, set[int]()
        edge = [target]
        for _ in range(steps):
            further: list[int] = []
            for row in dict.fromkeys(row for column in edge for row in self._rows[column].tolist()):
                if row in done:
                    continue
                done.add(row)
                columns = self._columns[row]
                columns = columns[usable[columns]]
                if len(columns) > most:
                    columns = columns[np.lexsort((columns, -room[columns], price[columns]))[:most]]
                further += [column for column in columns.tolist() if column not in seen]
                seen.update(further)
            edge = further
        return np.array(sorted(seen))

    def _scope(self, insider: int, columns: Whole) -> Scope:
        system = self.system
        shown = np.where(system.truth > 0, 1.0, _ZERO_FACTOR) * system.cost
        return Scope(
            columns,
            lowest=self._least(columns, self._mask(insider)) - system.truth[columns],
            highest=np.full(len(columns), np.inf),
            cost=np.where(self.hidden, HIDDEN_COST, shown)[columns],
        )

    @staticmethod
    def _mask(insider: int) -> int:
        return 0 if insider == NOBODY else 1 << insider

    def _least(self, columns: Whole, places: int) -> Whole:
        """Return the least value that each of these municipalities still holds possible."""
        least = self.system.least[columns]
        if places:
            for index, column in enumerate(columns.tolist()):
                parts = self.system.parts.get(column, {})
                least[index] = max(
                    [least[index], *(part for place, part in parts.items() if places >> place & 1)]
                )
        return least

    # -------------------------------------------------------------------------------------------- one too many

    def spare(self) -> None:
        """Show companions again that others made superfluous, the dearest first."""
        companions = np.flatnonzero(self.hidden & ~self._at_first).tolist()
        for column in sorted(companions, key=lambda column: (-self.system.cost[column], column)):
            if column in self._withheld:
                continue
            relying = {
                target: proofs
                for target, proofs in self._proofs.items()
                if any(column in proof.companions for proof in proofs)
            }
            self.hidden[column] = False
            for target, proofs in relying.items():
                self._proofs[target] = [proof for proof in proofs if column not in proof.companions]
            if not all(self._holds(target) for target in relying):
                self.hidden[column] = True
                self._proofs |= relying

    def _holds(self, target: int) -> bool:
        """Tell whether the target is safe with what is hidden now."""
        while (insider := self._next(target)) is not None:
            pair, scope = self._find(target, insider, more=False)
            if not isinstance(pair, Pair):
                return False
            self._credit(scope.columns, pair.one, pair.other)
        return True

    # -------------------------------------------------------------------------------------------- who is excluded

    def _watchers(self, target: int) -> int:
        """Return everybody who may look: not the place itself, and of the country not the place that is all of it."""
        system = self.system
        everybody = (1 << system.places) - 1
        own = int(system.place[target])
        if own != NOWHERE:
            return everybody & ~(1 << own)
        line = np.flatnonzero(system.component == system.component[target]).tolist()
        for place in range(system.places):
            if all(system.parts.get(column, {}).get(place, 0) == system.truth[column] for column in line):
                everybody &= ~(1 << place)
        return everybody

    def _credit(self, columns: Whole, one: Whole, other: Whole) -> bool:
        """Note what two deviations prove; tell whether that is news."""
        moved = (one != 0) | (other != 0)
        proof = Proof(
            self._hands(columns[moved], np.minimum(one, other)[moved]),
            frozenset(columns[moved & ~self._at_first[columns]].tolist()),
        )
        news = False
        for target in columns[abs(one - other) >= self.width].tolist():
            proofs = self._proofs.get(target)
            if proofs is not None and (not proofs or self._open(target) & ~proof.hands):
                proofs.append(proof)
                news = True
        return news

    def _hands(self, columns: Whole, lowest: Whole) -> int:
        """Return the municipalities that would see through a deviation: it moves their own, or takes away from it."""
        hands = 0
        places = self.system.place[columns]
        for place in np.unique(places[places != NOWHERE]).tolist():
            hands |= 1 << place
        for column, move in zip(columns.tolist(), lowest.tolist(), strict=True):
            left = self.system.truth[column] + move
            for place, part in self.system.parts.get(column, {}).items():
                if part > left:
                    hands |= 1 << place
        return hands

    # -------------------------------------------------------------------------------------------- many at a time

    def prove_together(self) -> None:
        """Prove as many targets as possible with what is hidden anyway, many in one programme.

        Every programme leaves out the half of the municipalities whose number has a one (or a zero) in one place when
        written in binary: any two municipalities are on different sides of such a line.
        """
        everybody = (1 << self.system.places) - 1
        for bit in range(max(1, (self.system.places - 1).bit_length())):
            ones = sum(1 << place for place in range(self.system.places) if place >> bit & 1)
            for half in (ones, everybody & ~ones):
                turn = 0
                while self._prove_half(half, turn):
                    turn += 1

    def _prove_half(self, half: int, turn: int) -> bool:
        system = self.system
        inside = np.array([half >> place & 1 for place in range(system.places)] + [1], dtype=bool)
        needed = [
            target
            for target in self.targets
            if inside[system.place[target]] and (not self._proofs[target] or self._open(target) & ~half)
        ]
        if not needed:
            return False
        involved = np.isin(system.component, system.component[needed])
        columns = np.flatnonzero(self.hidden & involved & inside[system.place])
        least = self._least(columns, (1 << system.places) - 1)
        lowest = least - system.truth[columns]
        wanted = np.isin(columns, needed)
        down = wanted & (-lowest >= self.width) & ((columns + turn) % 2 > 0)
        scope = Scope(
            columns,
            lowest,
            np.where(wanted, float(self.width), np.inf),
            np.where(down, 1.0, np.where(wanted, -1.0, 0.0)),
        )
        moves = far(system, scope)
        news = False
        for component in np.unique(system.component[columns[moves != 0]]).tolist():
            part = system.component[columns] == component
            news |= self._credit(columns[part], moves[part], np.zeros(part.sum(), dtype=np.int64))
        return news
