"""In which weeks and on which days an agreement takes place. Pure: no database, no clock.

Every day falls in one of twelve cells: the parity of its week (counted from one fixed Monday, so that a year with 53
weeks changes nothing) times which one of its weekday it is in its month: the first, second, third, a fourth that is
not the last, a fourth that is, or a fifth. A rhythm is a set of cells, kept as twelve bits: two rhythms can meet on a
day exactly when they share a cell.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from common.vocabulary import DayPart, Frequency

EVERY_WEEK: Final = 0xFFF
_WEEK: Final = timedelta(days=7)
_NTH: Final = {1: (0,), 2: (1,), 3: (2,), 4: (3, 4), 5: (4, 5)}
_WEEKDAYS: Final = ("ma", "di", "wo", "do", "vr", "za", "zo")


@dataclass(frozen=True, slots=True)
class Pattern:
    """When something takes place: the parts of the week, in which weeks, from when to when, and not in holidays."""

    day_parts: tuple[str, ...]
    weeks: int
    starts_on: date
    ends_on: date | None = None
    without: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that it takes place."""

    day: date
    day_part: str


def weeks_of(frequency: str, *, first_on: date | None, month_week: int | None) -> int:
    """Return the weeks of a rhythm as a set of bits; none for what is not on fixed days."""
    if frequency == Frequency.WEEKLY:
        return EVERY_WEEK
    if frequency == Frequency.FORTNIGHTLY and first_on is not None:
        return sum(1 << (nth * 2 + _parity(first_on)) for nth in range(6))
    if frequency == Frequency.MONTHLY and month_week in _NTH:
        return sum(0b11 << (nth * 2) for nth in _NTH[month_week])
    return 0


def cell_of(day: date) -> int:
    """Return the number of the cell of a day, from 0 to 11."""
    nth = (day.day - 1) // 7
    last = (day + _WEEK).month != day.month
    place = {3: 4 if last else 3, 4: 5}.get(nth, nth)
    return place * 2 + _parity(day)


def weekday_of(day_part: str) -> int:
    """Return the number of the day of the week, Monday is 0."""
    return _WEEKDAYS.index(day_part.partition("-")[0])


def occurrences(pattern: Pattern, since: date, until: date) -> Iterator[Occurrence]:
    """Return every time in a period, in order."""
    day = max(since, pattern.starts_on)
    end = min(until, pattern.ends_on) if pattern.ends_on else until
    by_day: dict[int, list[str]] = {}
    for part in DayPart:
        if part.value in pattern.day_parts:
            by_day.setdefault(weekday_of(part.value), []).append(part.value)
    while day <= end:
        parts = by_day.get(day.weekday(), [])
        if parts and pattern.weeks >> cell_of(day) & 1 and not _within(day, pattern.without):
            yield from (Occurrence(day, part) for part in parts)
        day += timedelta(days=1)


def in_holidays(pattern: Pattern, day_part: str, until: date) -> list[date]:
    """Return the days on which this part would have been, had there been no holiday."""
    found = []
    plain = Pattern((day_part,), pattern.weeks, pattern.starts_on, pattern.ends_on)
    for first, last in pattern.without:
        found += [one.day for one in occurrences(plain, first, min(last, until))]
    return found


def busy(parts: Collection[str], bookings: Sequence[tuple[str, int]], weeks: int) -> set[str]:
    """Return which of the parts meet a booking in some week."""
    return {part for part, taken in bookings if part in parts and taken & weeks}


def _parity(day: date) -> int:
    return (day.toordinal() - 1) // 7 % 2


def _within(day: date, periods: Sequence[tuple[date, date]]) -> bool:
    return any(first <= day <= last for first, last in periods)
