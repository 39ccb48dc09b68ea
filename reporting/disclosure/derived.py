"""Means and medians of the lead time: in whole days, and only over enough couplings."""

from collections import defaultdict
from collections.abc import Iterator

from reporting.dictionary.measures import LEAD_TIME, LEAD_TIME_MEDIAN
from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.cells import Facts, ProtectedCell
from reporting.disclosure.models import Status
from reporting.disclosure.plan import NL, Table
from reporting.disclosure.relations import World, keys_of


def derived_cells(table: Table, facts: Facts, world: World) -> Iterator[ProtectedCell]:
    """Yield the cells of a table of means or medians, in days."""
    days: dict[tuple[str, PeriodKind, object], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for key, seen in facts.items():
        if key.measure == LEAD_TIME and key.start.year in world.delivered(key.geography):
            for geography in (NL, key.geography):
                days[geography, key.kind, key.start][int(key.category)] += seen.value
    for key in keys_of(world, table):
        status = world.presence(key)
        if status is Status.NOT_APPLICABLE:
            continue
        histogram = days.get((key.geography, key.kind, key.start), {})
        count = sum(histogram.values())
        value = None
        if status is Status.FREE and count < world.plan.mean_from:
            status = Status.CONFIDENTIAL if count else Status.NOT_APPLICABLE
        elif status is Status.FREE:
            value = median_of(histogram) if table.measure == LEAD_TIME_MEDIAN.name else mean_of(histogram)
        yield ProtectedCell(key, table.audience, value, status)


def mean_of(histogram: dict[int, int]) -> int:
    """Return the mean in whole days; a half is rounded up."""
    count = sum(histogram.values())
    return (2 * sum(day * times for day, times in histogram.items()) + count) // (2 * count)


def median_of(histogram: dict[int, int]) -> int:
    """Return the middle value; of two middle values the lower, so that it stays a whole number of days."""
    middle = (sum(histogram.values()) + 1) // 2
    seen = 0
    for day in sorted(histogram):
        seen += histogram[day]
        if seen >= middle:
            return day
    return 0
