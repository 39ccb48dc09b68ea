"""How many couplings begin where and when: the public story up to October 2019, domain volumes after that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from config.synthesis.municipalities import FIFTY, Profile
from config.synthesis.randomness import Stream, add_months, first_of_month, working_day

# Sign-ups peak in January-March and September-November; a coupling follows about three months later.
SEASON = (1.15, 1.15, 0.95, 1.10, 1.25, 1.20, 0.90, 0.70, 0.85, 0.80, 0.80, 1.15)
CORONA = {date(2020, month, 1): 0.5 for month in (3, 4, 5, 6)}
FIRST_YEARS = (0.45, 0.75, 1.0)
YEARLY_NOISE = 0.35
# The first coupling needs a family, a support family with a VOG and a trial period.
DAYS_TO_FIRST = 75
STORY_END_2017 = 450
STORY_2018 = 300
STORY_MILESTONE = 1000
# The thousandth falls before 8 October 2019, in a month that the seed chooses.
MILESTONE_MONTHS = (date(2019, 7, 1), date(2019, 8, 1), date(2019, 9, 1))

Cell = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Volumes:
    """The days on which couplings begin, per municipality, and the month of the thousandth."""

    days: Mapping[str, tuple[date, ...]]
    milestone_month: date

    def between(self, first: date, last: date) -> int:
        """Count the couplings that began from ``first`` to ``last``, both included."""
        return sum(first <= day <= last for days in self.days.values() for day in days)


def plan_volumes(areas: Sequence[Profile], *, seed: int, horizon: date, scale: float = 1.0) -> Volumes:
    """Return every coupling that begins up to ``horizon``; with all fifty areas at scale 1 the story holds exactly."""
    chance = Stream(seed, "milestone")
    milestone = chance.choice(MILESTONE_MONTHS)
    weights = {cell: weight for area in areas for cell, weight in _weights(area, seed, horizon)}
    counts = _story(weights, milestone, Stream(seed, "story"), scale * _share(areas))
    after = {cell: weight * scale for cell, weight in weights.items() if cell[1] > milestone}
    for area in areas:
        own = {cell: weight for cell, weight in after.items() if cell[0] == area.slug}
        counts |= _spread(own, sum(own.values()), Stream(seed, "volume", area.slug).random())
    by_area = {area.slug: area for area in areas}
    days: dict[str, list[date]] = {area.slug: [] for area in areas}
    for (slug, month), count in sorted(counts.items()):
        draw = Stream(seed, "days", slug, month)
        days[slug] += [_day_in(by_area[slug], month, draw) for _ in range(count)]
    return Volumes({slug: tuple(sorted(found)) for slug, found in days.items()}, milestone)


def thousandth(volumes: Volumes) -> date | None:
    """Return the day on which coupling number 1,000 began."""
    every = sorted(day for days in volumes.days.values() for day in days)
    return every[STORY_MILESTONE - 1] if len(every) >= STORY_MILESTONE else None


def _share(areas: Sequence[Profile]) -> float:
    """Return which part of the story the areas carry: those that ran before 2019 made it."""
    whole = sum(area.capacity for area in FIFTY)
    return min(1.0, sum(area.capacity for area in areas) / whole)


def _weights(area: Profile, seed: int, horizon: date) -> Iterable[tuple[Cell, float]]:
    first_possible = area.started_on + timedelta(days=DAYS_TO_FIRST)
    last = min(horizon, area.stops_on or horizon)
    month = first_of_month(first_possible)
    while month <= last:
        following = add_months(month, 1)
        years = (month - area.started_on).days // 365
        noise = 1 + Stream(seed, "noise", area.slug, month.year).uniform(-YEARLY_NOISE, YEARLY_NOISE)
        open_days = (min(following, last + timedelta(days=1)) - max(month, first_possible)).days
        weight = area.capacity / 12 * area.strength * FIRST_YEARS[min(years, 2)] * noise
        weight *= SEASON[month.month - 1] * CORONA.get(month, 1.0) * open_days / (following - month).days
        if _has_working_day(month, first_possible, last):
            yield (area.slug, month), weight
        month = following


def _story(weights: Mapping[Cell, float], milestone: date, chance: Stream, share: float) -> dict[Cell, int]:
    """Return the counts up to the month of the thousandth, each period with its exact total."""
    until_2017 = STORY_END_2017 + chance.randint(-6, 6)
    needed = STORY_MILESTONE - until_2017 - STORY_2018
    before = sum(weight for (_, month), weight in weights.items() if date(2019, 1, 1) <= month < milestone)
    within = sum(weight for (_, month), weight in weights.items() if month == milestone)
    factor = needed / (before + within * chance.uniform(0.3, 0.7)) if before + within else 0.0
    early = min(needed - 1, round(before * factor))
    periods = (
        (date(1, 1, 1), date(2018, 1, 1), until_2017),
        (date(2018, 1, 1), date(2019, 1, 1), STORY_2018),
        (date(2019, 1, 1), milestone, early),
        (milestone, add_months(milestone, 1), max(needed - early, round(within * factor))),
    )
    counts: dict[Cell, int] = {}
    for start, end, total in periods:
        cells = {cell: weight for cell, weight in weights.items() if start <= cell[1] < end}
        counts |= _spread(cells, round(total * share), chance.random())
    return counts


def _spread(cells: Mapping[Cell, float], total: float, offset: float) -> dict[Cell, int]:
    """Share ``total`` out by weight with one random offset: whole totals come out exactly, small cells get a turn."""
    whole = sum(cells.values())
    if not whole:
        return {}
    order = sorted(cells)
    sums = [0.0]
    for cell in order:
        sums.append(sums[-1] + cells[cell])
    marks = [int(part / sums[-1] * total + offset) for part in sums]
    return {cell: high - low for cell, (low, high) in zip(order, pairwise(marks), strict=True)}


def _has_working_day(month: date, first: date, last: date) -> bool:
    low = working_day(max(month, first))
    return low <= last and low.month == month.month


def _day_in(area: Profile, month: date, chance: Stream) -> date:
    first = max(month, area.started_on + timedelta(days=DAYS_TO_FIRST))
    last = min(add_months(month, 1) - timedelta(days=1), area.stops_on or date.max)
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return chance.choice([day for day in days if working_day(day) == day])
