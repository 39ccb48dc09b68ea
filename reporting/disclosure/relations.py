"""Every sum that a reader of the published tables can make, generated from the plan.

A relation that is missing here is a hole: figures hidden by the rules could then be found by subtraction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from reporting.dictionary.measures import MEASURES, Crossed, Nature
from reporting.dictionary.periods import MONTHS, Period, PeriodKind, periods_between
from reporting.disclosure.cells import Key, Place
from reporting.disclosure.models import Audience, Status
from reporting.disclosure.plan import NL, Balance, Level, Plan, Table, attribute_of


class Kind(StrEnum):
    """Along which line figures add up."""

    GEOGRAPHY = "geography"
    CATEGORIES = "categories"
    TIME = "time"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Relation:
    """The sum of coefficient times figure is zero; the first term is the total of the line."""

    kind: Kind
    terms: tuple[tuple[Key, int], ...]


@dataclass(frozen=True, slots=True)
class World:
    """What the relations are about: the plan, the places and the time that has been counted."""

    plan: Plan
    places: Sequence[Place]
    first: date
    until: date
    by_id: Mapping[str, Place] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Arrange the places by their id."""
        object.__setattr__(self, "by_id", {place.id: place for place in self.places})

    def periods(self, kind: PeriodKind) -> Iterator[Period]:
        """Yield the periods that are published, oldest first."""
        return periods_between(self.first, self.until, kind)

    def contributing(self, kind: PeriodKind, start: date) -> list[Place]:
        """Return the places whose figures are in the national total of a period."""
        return [p for p in self.places if p.active_in(kind, start) and start.year in p.delivered]

    def delivered(self, geography: str) -> frozenset[int]:
        """Return the years of which a place has delivered its figures."""
        place = self.by_id.get(geography)
        return place.delivered if place else frozenset()

    def presence(self, key: Key) -> Status:
        """Tell whether there is a figure at all: not before the programme ran there, nor when nothing was delivered."""
        place = self.by_id.get(key.geography)
        if place is None:
            return Status.FREE
        if not place.active_in(key.kind, key.start):
            return Status.NOT_APPLICABLE
        return Status.FREE if key.start.year in place.delivered else Status.MISSING


def shared_tables(plan: Plan) -> tuple[Table, ...]:
    """Return the tables that others than the municipality itself may see."""
    return tuple(table for table in plan.tables if table.audience is not Audience.OWN)


def implied_tables(plan: Plan) -> tuple[Table, ...]:
    """Return tables that are not published but follow from a balance: readers who see a stock see its outflow."""
    listed = {(t.measure, t.level, t.period) for t in shared_tables(plan)}
    return tuple(
        Table(measure, table.level, table.period, table.audience, threshold=table.threshold)
        for balance in plan.balances
        for table in shared_tables(plan)
        if table.measure == balance.stock and not table.attribute
        for measure in (balance.came, balance.went)
        if measure is not None and (measure, table.level, table.period) not in listed
    )


def relations(world: World) -> list[Relation]:
    """Return all relations between the figures of the shared tables."""
    tables = (*shared_tables(world.plan), *implied_tables(world.plan))
    return [
        *_geography(world, tables),
        *_categories(world, tables),
        *_time(world, tables),
        *(relation for balance in world.plan.balances for relation in _balance(world, tables, balance)),
    ]


def keys_of(world: World, table: Table) -> Iterator[Key]:
    """Yield the address of every figure of a table, also of places that were not active."""
    geographies = [NL] if table.level is Level.COUNTRY else [place.id for place in world.places]
    for period in world.periods(table.period):
        for geography in geographies:
            for category in categories_of(table):
                yield Key(table.measure, geography, table.period, period.start, table.attribute, category)


def categories_of(table: Table) -> tuple[str, ...]:
    """Return the categories of a table; one empty category when it has no attribute."""
    if not table.attribute:
        return ("",)
    return attribute_of(table).categories()


def _geography(world: World, tables: Iterable[Table]) -> Iterator[Relation]:
    tables = list(tables)
    country = {(t.measure, t.period, t.attribute) for t in tables if t.level is Level.COUNTRY}
    for table in tables:
        if (
            table.level is not Level.MUNICIPALITY
            or (table.measure, table.period, table.attribute) not in country
        ):
            continue
        if MEASURES[table.measure].nature is Nature.DERIVED:
            continue
        for period in world.periods(table.period):
            places = world.contributing(table.period, period.start)
            for category in categories_of(table):
                address = (table.period, period.start, table.attribute, category)
                parts = [(Key(table.measure, place.id, *address), -1) for place in places]
                if parts:
                    yield Relation(Kind.GEOGRAPHY, ((Key(table.measure, NL, *address), 1), *parts))


def _categories(world: World, tables: Iterable[Table]) -> Iterator[Relation]:
    tables = list(tables)
    for table in tables:
        if not table.attribute:
            continue
        for key in keys_of(world, table):
            if key.category == categories_of(table)[0]:
                total = key._replace(attribute="", category="")
                parts = [(key._replace(category=category), -1) for category in categories_of(table)]
                yield Relation(Kind.CATEGORIES, ((total, 1), *parts))
    yield from _refinements(world, tables)


def _refinements(world: World, tables: Iterable[Table]) -> Iterator[Relation]:
    """A split of a split adds up to the coarser one, so two of them share every one of its figures."""
    tables = list(tables)
    listed = {(t.measure, t.level, t.period, t.attribute) for t in tables}
    for table in tables:
        attribute = next((a for a in MEASURES[table.measure].attributes if a.name == table.attribute), None)
        if not isinstance(attribute, Crossed) or attribute.finer_than is None:
            continue
        coarse = attribute.finer_than
        if (table.measure, table.level, table.period, coarse.name) not in listed:
            continue
        for key in keys_of(world, table):
            if key.category == categories_of(table)[0]:
                for category in coarse.categories():
                    parts = [(key._replace(category=fine), -1) for fine in attribute.of(category)]
                    total = key._replace(attribute=coarse.name, category=category)
                    yield Relation(Kind.CATEGORIES, ((total, 1), *parts))


def _time(world: World, tables: Iterable[Table]) -> Iterator[Relation]:
    tables = list(tables)
    listed = {(t.measure, t.level, t.attribute, t.period) for t in tables}
    for table in tables:
        nature = MEASURES[table.measure].nature
        for finer in (PeriodKind.MONTH, PeriodKind.QUARTER):
            if (
                MONTHS[finer] >= MONTHS[table.period]
                or (table.measure, table.level, table.attribute, finer) not in listed
            ):
                continue
            for key in keys_of(world, table):
                if nature is Nature.FLOW:
                    last = min(key.period.last_month, world.until)
                    yield _sum(key, periods_between(key.start, last, finer), finer)
                elif nature in (Nature.STOCK, Nature.CUMULATIVE):
                    # A snapshot at the end of the year is that of its last quarter and month.
                    closing = Period.around(min(key.period.last_month, world.until), finer)
                    yield _sum(key, [closing], finer)


def _sum(key: Key, parts: Iterable[Period], finer: PeriodKind) -> Relation:
    terms = [(key._replace(kind=finer, start=part.start), -1) for part in parts]
    return Relation(Kind.TIME, ((key, 1), *terms))


def _balance(world: World, tables: Iterable[Table], balance: Balance) -> Iterator[Relation]:
    for table in tables:
        if table.measure != balance.stock or table.attribute:
            continue
        for key in keys_of(world, table):
            before = key.period.previous.start
            if key.geography != NL and key.start.year not in world.delivered(key.geography):
                continue
            terms = [(key, 1), (key._replace(measure=balance.came), -1)]
            if balance.went is not None:
                terms.append((key._replace(measure=balance.went), 1))
            if Period(before, key.kind).last_month >= world.first:
                terms.append((key._replace(start=before), -1))
            yield Relation(Kind.BALANCE, tuple(terms))
