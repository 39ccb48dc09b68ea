"""Periods of a report: calendar months, quarters and years, and nothing in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from django.utils.formats import date_format


class PeriodKind(StrEnum):
    """How long a period lasts."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS: dict[PeriodKind, int] = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


def first_of_month(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def month_after(month: date, months: int = 1) -> date:
    """Return the first day of the month that lies `months` (also negative) after `month`."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar period; `start` is its first day."""

    start: date
    kind: PeriodKind

    @classmethod
    def around(cls, day: date, kind: PeriodKind) -> Self:
        """Return the period of this kind that `day` falls in."""
        size = MONTHS[kind]
        return cls(date(day.year, (day.month - 1) // size * size + 1, 1), kind)

    @property
    def last_month(self) -> date:
        """First day of the last month of the period."""
        return month_after(self.start, MONTHS[self.kind] - 1)

    @property
    def after(self) -> date:
        """First day after the period."""
        return month_after(self.start, MONTHS[self.kind])

    @property
    def months(self) -> tuple[date, ...]:
        """First days of the months of the period."""
        return tuple(month_after(self.start, step) for step in range(MONTHS[self.kind]))

    @property
    def previous(self) -> "Period":
        """The period before this one."""
        return Period(month_after(self.start, -MONTHS[self.kind]), self.kind)

    @property
    def code(self) -> str:
        """How files and the API write it: 2025, 2025-K3, 2025-08."""
        if self.kind is PeriodKind.YEAR:
            return f"{self.start.year}"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.start.year}-K{self.quarter}"
        return f"{self.start:%Y-%m}"

    @property
    def quarter(self) -> int:
        """Number of the quarter in which the period begins, 1 to 4."""
        return (self.start.month - 1) // 3 + 1

    @property
    def label(self) -> str:
        """How a page writes it: 2025, 3e kwartaal 2025, augustus 2025."""
        if self.kind is PeriodKind.YEAR:
            return f"{self.start.year}"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.quarter}e kwartaal {self.start.year}"
        return date_format(self.start, "F Y")


def periods_between(first: date, last: date, kind: PeriodKind) -> Iterator[Period]:
    """Yield every period of this kind that has a day between `first` and `last`, oldest first."""
    period = Period.around(first, kind)
    while period.start <= last:
        yield period
        period = Period(period.after, kind)
