"""The start page: what waits, here and in the other municipalities where she works, in one list by due day."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from uuid import UUID

from django.utils.translation import gettext as _

from core.home.gather import Found, Waits, filled, gather
from core.home.lists.support import quiet_families
from core.home.rules import BY_CODE, FRIDAY, ORDER, Code, Elsewhere, Line, When, in_order, lines, when_of
from core.home.warm import MANY
from core.tasks.models import Snooze
from core.tasks.selectors import snoozes_on, tasks_done_on

# More than this of one kind is a fold away: on a telephone a page has an end.
SHOWN = 12
# And more than this of one part is no list for a day: the others are counted, and stand in their own lists.
MOST = {When.LATE: 18, When.TODAY: 12, When.WEEK: 12, When.LATER: 6}


@dataclass(frozen=True, slots=True)
class PutOff:
    """A line that was put off: until when, by whom and why."""

    key: UUID
    line: Line
    until: date
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class Done:
    """A task that was ticked off today."""

    key: UUID
    title: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What one municipality has for its coordinators today; plain values that may leave its transaction."""

    lines: list[Line] = field(default_factory=list)
    # How many there are of each part, shown or not.
    counts: Mapping[When, int] = field(default_factory=dict)
    put_off: list[PutOff] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    quiet: int = 0

    @property
    def many_quiet(self) -> bool:
        """Tell whether so many support families heard nothing for long that they were not all counted."""
        return self.quiet >= MANY


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the page."""

    when: When
    title: str
    lines: list[Line]
    total: int

    @property
    def more(self) -> int:
        """Return how many lines are on no list of today."""
        return self.total - len(self.lines)

    @property
    def first(self) -> list[Line]:
        """Return the lines that are shown at once."""
        return self.lines[:SHOWN]

    @property
    def rest(self) -> list[Line]:
        """Return the lines behind the fold."""
        return self.lines[SHOWN:]


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """Another municipality: how much is late there, or that it did not answer."""

    place: Elsewhere
    late: int = 0
    total: int = 0
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Today:
    """The start page."""

    groups: list[Group]
    late: int
    today: int
    own: Desk
    places: list[PlaceLine]

    @property
    def total(self) -> int:
        """Return how many lines there are."""
        return sum(group.total for group in self.groups)

    @property
    def silent(self) -> list[PlaceLine]:
        """Return the municipalities that did not answer."""
        return [line for line in self.places if not line.answered]


def desk(today: date) -> Desk:
    """Gather what waits in the municipality of the present scope."""
    put_off = {(snooze.code, snooze.subject_id): snooze for snooze in snoozes_on(today)}
    apart = {code: [key for name, key in put_off if name == code] for code in Code}
    chosen, counts = _chosen(gather(today, apart), put_off.keys(), today)
    found = lines(filled(chosen, today), today)
    return Desk(
        lines=[line for line in found if _name(line) not in put_off],
        counts=counts,
        put_off=[_put_off(put_off[_name(line)], line) for line in found if _name(line) in put_off],
        done=[Done(task.pk, task.title) for task in tasks_done_on(today)],
        quiet=quiet_families(today),
    )


def line_about(key: UUID, code: str, today: date) -> Line | None:
    """Return the line about something, of one rule or of the first that has one."""
    about = [row for row in gather(today, dict.fromkeys(Code, (key,))) if row.key == key]
    return next(
        (line for line in lines(filled(about, today), today) if not code or line.rule.code == code), None
    )


def _chosen(
    rows: Iterable[Found | Waits], put_off: Collection[tuple[str, UUID]], today: date
) -> tuple[list[Found | Waits], Counter[When]]:
    """Return the rows to look up: the first of each part by due day, and what was put off; and how many there are."""
    judged: dict[tuple[Code, date], tuple[date, When] | None] = {}
    chosen: list[Found | Waits] = []
    dated: list[tuple[date, int, UUID, When, Found | Waits]] = []
    counts: Counter[When] = Counter()
    for row in rows:
        code, since = row.code, row.since
        if (code, since) not in judged:
            rule = BY_CODE[code]
            due = rule.due(since)
            judged[code, since] = (due, when_of(due, today)) if rule.shown(since, today) else None
        verdict = judged[code, since]
        if verdict is None:
            continue
        due, when = verdict
        if (code, row.key) in put_off:
            chosen.append(row)
        else:
            counts[when] += row.number
            dated.append((due, ORDER[code], row.key, when, row))
    left = dict(MOST)
    for _due, _order, _key, when, row in sorted(dated, key=itemgetter(0, 1, 2)):
        if left[when]:
            first = row.each()[: left[when]]
            left[when] -= len(first)
            chosen += first
    return chosen, counts


def today_page(own: Desk, others: Sequence[tuple[Elsewhere, Desk | None]], today: date) -> Today:
    """Put the desks of all municipalities in one list; None is one that did not answer."""
    found = in_order(
        [
            *own.lines,
            *(replace(line, place=place) for place, other in others if other for line in other.lines),
        ]
    )
    counted: Counter[When] = Counter(own.counts)
    for _place, other in others:
        counted.update(other.counts if other else {})
    titles = {
        When.LATE: _("Te laat"),
        When.TODAY: _("Vandaag"),
        When.WEEK: _("Deze week") if today.weekday() < FRIDAY else _("Komende week"),
        When.LATER: _("Later"),
    }
    groups = [
        Group(when, titles[when], [line for line in found if line.when is when], counted[when])
        for when in When
        if counted[when]
    ]
    places = [
        PlaceLine(place, answered=False)
        if other is None
        else PlaceLine(place, other.counts.get(When.LATE, 0), sum(other.counts.values()))
        for place, other in others
    ]
    return Today(groups, counted[When.LATE], counted[When.TODAY], own, places)


def _name(line: Line) -> tuple[Code, UUID]:
    return line.rule.code, line.signal.key


def _put_off(snooze: Snooze, line: Line) -> PutOff:
    return PutOff(snooze.pk, line, snooze.until, snooze.reason, snooze.author_name)
