"""Disclosure control: from true counts to cells that may be shown. Pure, deterministic and closed when in doubt.

The simple form: a threshold on families, hidden companions so that every line has at least two hidden figures with
room between them, and a check that nothing hidden can be computed by adding and subtracting what is shown.
`protect` is the whole interface; a stronger engine can take its place.
"""

from collections import defaultdict
from collections.abc import Iterable

from reporting.dictionary.measures import LEAD_TIME, LEAD_TIME_MEDIAN, MEASURES, Nature, Side
from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.cells import NOTHING, Facts, Key, Observation, Place, Protected, ProtectedCell
from reporting.disclosure.models import Audience, Status
from reporting.disclosure.plan import NL, Plan, Table
from reporting.disclosure.relations import (
    Kind,
    Relation,
    World,
    implied_tables,
    keys_of,
    relations,
    shared_tables,
)
from reporting.disclosure.solving import determined


def protect(facts: Facts, *, plan: Plan, world: World) -> Protected:
    """Return every cell of the plan: shown, hidden, not applicable or missing."""
    truth = _with_country(facts, world)
    hiding = _Hiding(truth, plan, world)
    hiding.run()
    cells: list[ProtectedCell] = []
    places = {place.id: place for place in world.places}
    for table in plan.tables:
        if MEASURES[table.measure].nature is Nature.DERIVED:
            cells.extend(_derived(table, facts, plan, world))
            continue
        for key in keys_of(world, table):
            status = _presence(places.get(key.geography), key)
            if table.audience is Audience.OWN and status is Status.NOT_APPLICABLE:
                continue
            if status is Status.FREE and table.audience is not Audience.OWN and key in hiding.hidden:
                status = Status.CONFIDENTIAL
            value = truth.get(key, NOTHING).value if status is Status.FREE else None
            cells.append(ProtectedCell(key, table.audience, value, status))
    return Protected(tuple(cells), tuple(sorted(hiding.alarms)), tuple(sorted(hiding.alone)))


def is_primary(table: Table, seen: Observation) -> bool:
    """Tell whether a count has to be hidden for the number of families behind it."""
    if not table.threshold or not seen.value:
        return False
    sides = MEASURES[table.measure].sides
    behind = [n for side, n in ((Side.ASKING, seen.asking), (Side.SUPPORT, seen.support)) if side in sides]
    return min(behind) < table.threshold


class _Hiding:
    """The search for what to hide besides the primary cells."""

    def __init__(self, truth: Facts, plan: Plan, world: World) -> None:
        self._truth = truth
        self._plan = plan
        self._lines = relations(world)
        self._lines_of: dict[Key, list[Relation]] = defaultdict(list)
        for line in self._lines:
            for key, _ in line.terms:
                self._lines_of[key].append(line)
        self._places = {place.id: place for place in world.places}
        self._world = world
        self.hidden: set[Key] = set()
        self.alarms: set[str] = set()
        self.alone: set[str] = set()
        # Figures that readers never see but could compute: they count as hidden from the start.
        self._implied: set[Key] = set()
        self._protected: set[Key] = set()

    def run(self) -> None:
        """Hide until nothing that must be protected can be computed."""
        for table in (*shared_tables(self._plan), *implied_tables(self._plan)):
            if MEASURES[table.measure].nature is not Nature.DERIVED:
                self._hide_primary(table)
        self._fill_lines(self._lines)
        while exposed := self._exposed():
            before = len(self.hidden)
            fresh: set[Key] = set()
            for key in sorted(exposed):
                self._hide_beside(key, fresh)
            self._fill_lines(self._lines)
            if len(self.hidden) == before:
                self._withhold(exposed)
                return

    def _hide_primary(self, table: Table) -> None:
        listed = table in self._plan.tables
        for key in keys_of(self._world, table):
            if self._is_known(key):
                continue
            if not listed:
                self._implied.add(key)
            if is_primary(table, self._truth.get(key, NOTHING)):
                self._protected.add(key)
                if listed:
                    self.hidden.add(key)

    def _exposed(self) -> set[Key]:
        unknown = self.hidden | self._implied
        touched = (line.terms for line in self._lines if any(key in unknown for key, _ in line.terms))
        return determined(touched, unknown) & self._protected

    def _fill_lines(self, lines: Iterable[Relation]) -> None:
        """Hide companions until every line has room: what one line hides may stand alone in another."""
        filled = [line for line in lines if line.kind in (Kind.GEOGRAPHY, Kind.CATEGORIES)]
        before = -1
        while before != len(self.hidden):
            before = len(self.hidden)
            for line in filled:
                while any(key in self.hidden for key, _ in line.terms) and not self._has_room(line):
                    companion = self._cheapest(line)
                    if companion is None:
                        break
                    self.hidden.add(companion)

    def _has_room(self, line: Relation) -> bool:
        """Ask two hidden figures at least, and some room: as zeros are shown, a hidden one is one or more."""
        values = [self._value(key) for key, _ in line.terms if key in self.hidden]
        if len(values) < 2:  # noqa: PLR2004  (one hidden figure is the total minus the rest)
            return False
        return 0 in values or sum(values) - len(values) >= self._plan.slack

    def _hide_beside(self, exposed: Key, fresh: set[Key]) -> None:
        """Hide one more figure in a relation of this one, unless this round already did so in its balance."""
        lines = self._lines_of[exposed]
        if any(key in fresh for line in lines if line.kind is Kind.BALANCE for key, _ in line.terms):
            return
        for line in lines:
            companion = self._cheapest(line)
            if companion is not None:
                self.hidden.add(companion)
                fresh.add(companion)
                return

    def _cheapest(self, line: Relation) -> Key | None:
        """Return the shown figure whose loss costs least: above zero first, then the smallest. Totals are kept."""
        candidates = [
            key
            for key, _ in line.terms
            if not self._is_kept(key, line) and key not in self.hidden and key not in self._implied
        ]
        return min(candidates, key=lambda key: (not self._value(key), self._value(key), key), default=None)

    def _is_kept(self, key: Key, line: Relation) -> bool:
        total_of_country = key.geography == NL and not key.attribute
        return total_of_country or self._is_known(key) or (line.kind is Kind.TIME and key == line.terms[0][0])

    def _is_known(self, key: Key) -> bool:
        """Zero by nature, or absent: nothing to hide."""
        return _presence(self._places.get(key.geography), key) is not Status.FREE

    def _withhold(self, exposed: set[Key]) -> None:
        """Fail closed: take out the whole of every line in which a figure could not be protected, and say so."""
        for key in exposed:
            for line in self._lines_of[key]:
                self.hidden.update(
                    k for k, _ in line.terms if not self._is_kept(k, line) and k not in self._implied
                )
        for key in self._exposed():
            lines = self.alone if self._is_alone(key) else self.alarms
            lines.add(f"{key.measure} {key.period.code} {key.attribute}".strip())

    def _is_alone(self, key: Key) -> bool:
        """Tell whether no other municipality ran then: nothing could stand beside this one and hide it."""
        lines = [line for line in self._lines_of[key] if line.kind is Kind.GEOGRAPHY]
        others = {other for line in lines for other, _ in line.terms[1:]} - {key}
        return key.geography != NL and bool(lines) and all(self._is_known(other) for other in others)

    def _value(self, key: Key) -> int:
        return self._truth.get(key, NOTHING).value


def _with_country(facts: Facts, world: World) -> dict[Key, Observation]:
    """Add the national figures: the exact sums over the municipalities that delivered."""
    delivered = {place.id: place.delivered for place in world.places}
    truth = {key: seen for key, seen in facts.items() if key.start.year in delivered.get(key.geography, ())}
    sums: dict[Key, list[int]] = {}
    for key, seen in truth.items():
        total = sums.setdefault(Key(key.measure, NL, *key[2:]), [0, 0, 0])
        total[0] += seen.value
        total[1] += seen.asking
        total[2] += seen.support
    return truth | {key: Observation(*total) for key, total in sums.items()}


def _presence(place: Place | None, key: Key) -> Status:
    if place is None:
        return Status.FREE
    if not place.active_in(key.kind, key.start):
        return Status.NOT_APPLICABLE
    return Status.FREE if key.start.year in place.delivered else Status.MISSING


def _derived(table: Table, facts: Facts, plan: Plan, world: World) -> Iterable[ProtectedCell]:
    """Mean and median of the lead time, in whole days and only over enough couplings."""
    days: dict[tuple[str, PeriodKind, object], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    delivered = {place.id: place.delivered for place in world.places}
    for key, seen in facts.items():
        if key.measure == LEAD_TIME and key.start.year in delivered.get(key.geography, ()):
            for geography in (NL, key.geography):
                days[geography, key.kind, key.start][int(key.category)] += seen.value
    places = {place.id: place for place in world.places}
    for key in keys_of(world, table):
        status = _presence(places.get(key.geography), key)
        if status is Status.NOT_APPLICABLE:
            continue
        histogram = days.get((key.geography, key.kind, key.start), {})
        count = sum(histogram.values())
        value = None
        if status is Status.FREE and count < plan.mean_from:
            status = Status.CONFIDENTIAL if count else Status.NOT_APPLICABLE
        elif status is Status.FREE:
            value = _median(histogram) if table.measure == LEAD_TIME_MEDIAN.name else _mean(histogram)
        yield ProtectedCell(key, table.audience, value, status)


def _mean(histogram: dict[int, int]) -> int:
    count = sum(histogram.values())
    return (2 * sum(day * times for day, times in histogram.items()) + count) // (2 * count)


def _median(histogram: dict[int, int]) -> int:
    """Return the middle value; of two middle values the lower, so that it stays a whole number of days."""
    middle = (sum(histogram.values()) + 1) // 2
    seen = 0
    for day in sorted(histogram):
        seen += histogram[day]
        if seen >= middle:
            return day
    return 0
