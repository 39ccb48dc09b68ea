"""How the programme grew: couplings and municipalities by year, and the month of every thousandth coupling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common.formats import number
from reporting.dictionary.periods import Period, PeriodKind

THOUSAND = 1000

Totals = Sequence[tuple[date, int]]
"""First day of a month and the couplings since the start up to its end, oldest first."""


@dataclass(frozen=True, slots=True)
class Life:
    """From when until when a municipality takes part; `ended_on` is its last day."""

    started_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class GrowthYear:
    """One year, or the present one so far."""

    label: str
    couplings: int
    since_start: int
    municipalities: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """A thousandth coupling and the month in which it began."""

    label: str
    month: str


@dataclass(frozen=True, slots=True)
class Growth:
    """The years, oldest first, and the milestones that were reached."""

    years: tuple[GrowthYear, ...]
    milestones: tuple[Milestone, ...]


def growth(totals: Totals, lives: Sequence[Life], until: date) -> Growth:
    """Return the growth up to `until`, from exact national totals and the list of municipalities."""
    years = []
    before = 0
    for year in sorted({month.year for month, _total in totals}):
        since_start = [total for month, total in totals if month.year == year][-1]
        day = min(date(year, 12, 31), until)
        label = _("%(year)s tot nu") % {"year": year} if year == until.year else str(year)
        years.append(GrowthYear(label, since_start - before, since_start, _taking_part(lives, day)))
        before = since_start
    return Growth(tuple(years), milestones(totals))


def milestones(totals: Totals) -> tuple[Milestone, ...]:
    """Return every thousandth coupling that was reached, oldest first."""
    highest = totals[-1][1] if totals else 0
    return tuple(
        Milestone(
            _("%(number)se koppeling") % {"number": number(reached)},
            Period(next(month for month, total in totals if total >= reached), PeriodKind.MONTH).label,
        )
        for reached in range(THOUSAND, highest + 1, THOUSAND)
    )


def _taking_part(lives: Sequence[Life], day: date) -> int:
    return sum(life.started_on <= day and (life.ended_on is None or life.ended_on >= day) for life in lives)
