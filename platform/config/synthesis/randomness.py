"""Chance that can be repeated: every stream of numbers follows from the seed and the name of what it is for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from math import exp, log
from random import Random
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

# Standard normal quantile of 0.8: turns "median and P80" of domain figures into the spread of a log-normal.
Z80 = 0.8416
SATURDAY = 5


class Stream(Random):
    """A source of chance that belongs to one thing, so that adding something elsewhere changes nothing here."""

    def __init__(self, *key: object) -> None:
        """Start the stream that belongs to ``key``."""
        digest = blake2b("/".join(str(part) for part in key).encode(), digest_size=16).digest()
        super().__init__(int.from_bytes(digest))

    def uuid(self) -> UUID:
        """Return the next identifier."""
        return UUID(int=self.getrandbits(128), version=4)

    def chance(self, probability: float) -> bool:
        """Return true in ``probability`` of the cases."""
        return self.random() < probability

    def pick(self, weights: Mapping[T, float]) -> T:
        """Return one key, each as likely as its weight."""
        return self.choices(list(weights), weights=list(weights.values()))[0]

    def some(self, options: Sequence[T], low: int, high: int) -> list[T]:
        """Return between ``low`` and ``high`` of the options, in their own order."""
        chosen = set(self.sample(range(len(options)), min(len(options), self.randint(low, high))))
        return [option for place, option in enumerate(options) if place in chosen]

    def days(self, median: float, p80: float, low: int = 0, high: int = 10_000) -> int:
        """Return a number of days: log-normal by median and 80th percentile, kept between ``low`` and ``high``."""
        spread = log(p80 / median) / Z80
        return min(high, max(low, round(median * exp(self.gauss(0, spread)))))


def working_day(day: date) -> date:
    """Return the day itself, or the Monday after when it falls in a weekend."""
    late = day.weekday() - SATURDAY
    return day if late < 0 else day + timedelta(days=2 - late)


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day  # noqa: PLR2004 (December)
    return date(year, month + 1, min(day.day, last))


def first_of_month(day: date) -> date:
    """Return the first day of the month of ``day``."""
    return day.replace(day=1)
