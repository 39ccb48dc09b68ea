"""What disclosure control works on: counts per municipality going in, protected cells coming out. No database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from reporting.dictionary.periods import Period, PeriodKind
from reporting.disclosure.models import Audience, Status


class Key(NamedTuple):
    """The address of a figure: what, where, when, and of which category. `geography` is NL or a municipality's id."""

    measure: str
    geography: str
    kind: PeriodKind
    start: date
    attribute: str = ""
    category: str = ""

    @property
    def period(self) -> Period:
        """The period as an object."""
        return Period(self.start, self.kind)


class Observation(NamedTuple):
    """A true count and the number of different families behind it, on either side."""

    value: int
    asking: int
    support: int


NOTHING = Observation(0, 0, 0)
Facts = Mapping[Key, Observation]


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality: when the programme ran there, and which years it has delivered."""

    id: str
    first_month: date
    last_month: date | None
    delivered: frozenset[int]

    def active_in(self, kind: PeriodKind, start: date) -> bool:
        """Tell whether the programme ran here at some time in the period."""
        last = Period(start, kind).last_month
        return self.first_month <= last and (self.last_month is None or self.last_month >= start)


class ProtectedCell(NamedTuple):
    """A figure as its audience may see it."""

    key: Key
    audience: Audience
    value: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class Protected:
    """The outcome: every cell of every table of the plan, and the lines that had to be withheld as a whole.

    A line is ``alone`` when the exact national totals give it away, to everybody or to a municipality that knows its
    own share, whatever else is hidden. That is how things were; an alarm is a line for which the search had no answer.
    """

    cells: tuple[ProtectedCell, ...]
    alarms: tuple[str, ...]
    alone: tuple[str, ...] = ()
