"""Means, medians and the like of a release: only from enough families, and never so that one place can subtract itself.

They are computed from values that stay in the vault. How many families are behind one decides whether it is shown
(disclosure.md 7.9); who knows its own families must not be left with those of a few others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, product

from reporting.dictionary.measures import MEASURES, UNKNOWN, Average, Side, Statistic
from reporting.disclosure.cells import Facts, Key, Observation, ProtectedCell
from reporting.disclosure.models import Status
from reporting.disclosure.plan import NL, Table
from reporting.disclosure.relations import World, categories_of, keys_of

Histogram = Mapping[int, int]
"""How often each value occurs."""


@dataclass(slots=True)
class _Behind:
    """What stands behind an average: its values, and the families of each municipality."""

    histogram: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    families: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def averages(facts: Facts, *, world: World) -> tuple[ProtectedCell, ...]:
    """Return every average of the plan: shown, hidden for want of families, missing, or of nothing."""
    vault = _by_measure(facts, world)
    return tuple(cell for table in world.plan.averages for cell in _cells(table, vault, world))


def statistic_of(histogram: Histogram, average: Average) -> int:
    """Return the mean (rounded half up), median or eightieth percentile (lower of two), in units of its last decimal.

    A mean of 7.85 with one decimal is 79. Raises ``ValueError`` without values.
    """
    count = sum(histogram.values())
    if not count:
        message = "There is no average of nothing."
        raise ValueError(message)
    scale = int(10**average.decimals)
    if average.statistic is Statistic.MEAN:
        return (2 * scale * sum(value * times for value, times in histogram.items()) + count) // (2 * count)
    tenths = {Statistic.MEDIAN: 5, Statistic.P80: 8}[average.statistic]
    values = sorted(histogram)
    up_to = accumulate(histogram[value] for value in values)
    return (
        next(value for value, seen in zip(values, up_to, strict=True) if 10 * seen >= tenths * count) * scale
    )


def is_open(families: Mapping[str, int], values: int, least: int) -> bool:
    """Tell whether there are enough values and families, also when any one place takes out its own."""
    total = sum(families.values())
    rests = [total - own for own in families.values() if total > own]
    return min(values, total, *rests) >= least


def _by_measure(facts: Facts, world: World) -> dict[str, list[tuple[Key, Observation]]]:
    delivered = {place.id: place.delivered for place in world.places}
    wanted = {name for table in world.plan.averages for name in _read_by(table)}
    found: dict[str, list[tuple[Key, Observation]]] = defaultdict(list)
    for key, seen in facts.items():
        if key.measure in wanted and key.start.year in delivered.get(key.geography, ()):
            found[key.measure].append((key, seen))
    return found


def _read_by(table: Table) -> tuple[str, str]:
    average = _average(table)
    return average.values, average.families or average.values


def _average(table: Table) -> Average:
    average = MEASURES[table.measure].average
    if average is None:
        message = f"{table.measure} is no average."
        raise ValueError(message)
    return average


def _cells(
    table: Table, vault: Mapping[str, Iterable[tuple[Key, Observation]]], world: World
) -> Iterator[ProtectedCell]:
    behind = _behind(table, vault)
    places = {place.id: place for place in world.places}
    for key in keys_of(world, table):
        place = places.get(key.geography)
        if key.category == UNKNOWN or (place and not place.active_in(key.kind, key.start)):
            continue
        if place and key.start.year not in place.delivered:
            yield ProtectedCell(key, table.audience, None, Status.MISSING)
        elif found := behind.get(key):
            shown = is_open(found.families, sum(found.histogram.values()), _average(table).least)
            value = statistic_of(found.histogram, _average(table)) if shown else None
            yield ProtectedCell(key, table.audience, value, Status.FREE if shown else Status.CONFIDENTIAL)
        else:
            yield ProtectedCell(key, table.audience, None, Status.NOT_APPLICABLE)


def _behind(table: Table, vault: Mapping[str, Iterable[tuple[Key, Observation]]]) -> dict[Key, _Behind]:
    """Collect what stands behind each cell of a table: of a split the values of that category, else of all."""
    average = _average(table)
    sides = MEASURES[table.measure].sides
    behind: dict[Key, _Behind] = {}
    for key, seen in vault[average.values]:
        if key.category and key.kind is table.period:
            category = key.attribute if table.attribute else ""
            for geography in (NL, key.geography):
                cell = Key(table.measure, geography, key.kind, key.start, table.attribute, category)
                behind.setdefault(cell, _Behind()).histogram[int(key.category)] += seen.value
    for key, seen in vault[average.families or average.values]:
        if key.attribute or key.kind is not table.period:
            continue
        count = min(
            count
            for side, count in ((Side.ASKING, seen.asking), (Side.SUPPORT, seen.support))
            if side in sides
        )
        for geography, category in product((NL, key.geography), categories_of(table)):
            cell = Key(table.measure, geography, key.kind, key.start, table.attribute, category)
            if cell in behind:
                behind[cell].families[key.geography] = count
    return behind
