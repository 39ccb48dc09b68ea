"""What a list is, as data: its columns, filters, order and rows. One frame shows, sorts, pages and exports all of them.

A list is asked for by its address alone: ``?zoek=berg&wacht=60&sorteer=-naam&kolom=wacht&na=<id>``. Paging is by the
last row shown, never by number, so that page 800 costs what page 1 costs and nothing is skipped while others work.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict

from common.errors import Text
from core.lists.models import ListName
from core.lists.search import LONGEST, Source, search
from tenants.accounts.models import User

PER_PAGE = 25
SEARCH, SORT, COLUMN, AFTER, BEFORE = "zoek", "sorteer", "kolom", "na", "voor"
# The name of the first column, which is always shown, as an order.
FIRST = "naam"

Value = str | int | date | None
Narrow = Callable[[QuerySet[Any], date], QuerySet[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. ``sort`` is what to order by: an expression that is never null; without it the column has no order.

    An expression with a query in it is given as a function that makes it, since a query belongs to the scope it is
    made in.
    """

    name: str
    label: Text
    sort: Any = None
    kind: Literal["text", "number", "date"] = "text"
    shown: bool = True
    # On a small screen: in words beside the others, or on a line of its own.
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a filter: its word in the address, what it says, and how it narrows the list."""

    word: str
    label: Text
    narrow: Narrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter. Without a choice the list is narrowed by ``otherwise``."""

    name: str
    label: Text
    choices: tuple[Choice, ...]
    empty: Text
    otherwise: Narrow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a column of one row: the words, the value for a spreadsheet, small print and a mark."""

    text: str = ""
    value: Value = None
    small: str = ""
    badge: str = ""
    late: bool = False
    arc: tuple[int, int] | None = None

    @property
    def exported(self) -> Value:
        """Return what a spreadsheet gets."""
        return self.text if self.value is None else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a list."""

    key: UUID
    title: str
    url: str
    cells: Mapping[str, Cell]
    small: str = ""
    mark: str = ""
    phone: str = ""
    person: str = ""
    action: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A ready-made view of a list."""

    label: Text
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDefinition:
    """A list. ``rows`` turns the records of one page into lines with as many queries for many as for few."""

    name: ListName
    title: Text
    lead: Text
    # The word of the glossary that is explained above the list.
    term: str = ""
    first: Text
    first_order: Any
    search_label: Text
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    order: str
    base: Callable[[], QuerySet[Any]]
    sources: tuple[Source, ...]
    rows: Callable[[Sequence[Any], date], list[Row]]
    tabs: tuple[Tab, ...] = ()
    empty_title: Text
    empty_text: Text

    @property
    def orders(self) -> list[Column]:
        """Return the columns to order by: that of the names first."""
        name = Column(name=FIRST, label=self.first, sort=self.first_order)
        return [name, *(column for column in self.columns if column.sort is not None)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of a list; what cannot be is left out."""

    definition: ListDefinition
    search: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    order: str = ""
    after: UUID | None = None
    before: UUID | None = None
    # For whose eyes: what is searched is what this person may read.
    reader: User | None = None

    @property
    def descending(self) -> bool:
        """Tell whether the order is from high to low."""
        return self.order.startswith("-")

    @property
    def sorted_by(self) -> Column:
        """Return the column to order by."""
        name = self.order.removeprefix("-")
        return next(column for column in self.definition.orders if column.name == name)

    @property
    def sort_key(self) -> Any:
        """Return the expression to order by."""
        sort = self.sorted_by.sort
        return sort() if callable(sort) else sort

    @property
    def shown_columns(self) -> list[Column]:
        """Return the columns to show, in the order of the list."""
        return [column for column in self.definition.columns if column.name in self.columns]

    @property
    def narrowed(self) -> bool:
        """Tell whether something was searched or filtered."""
        return bool(self.search or self.choices)

    def query(self, *, search: bool = True, **changes: Any) -> str:
        """Return the address of this list with some changes; always from its first page unless told otherwise."""
        asked = replace(self, **{"after": None, "before": None, **changes})
        found: list[tuple[str, str]] = []
        if asked.search and search:
            found.append((SEARCH, asked.search))
        found += sorted(asked.choices.items())
        if asked.order != asked.definition.order:
            found.append((SORT, asked.order))
        if asked.columns != default_columns(asked.definition):
            found += [(COLUMN, name) for name in asked.columns]
        if asked.after:
            found.append((AFTER, str(asked.after)))
        elif asked.before:
            found.append((BEFORE, str(asked.before)))
        return f"?{urlencode(found)}" if found else "?"


def default_columns(definition: ListDefinition) -> tuple[str, ...]:
    """Return the names of the columns that are shown when nobody chose."""
    return tuple(column.name for column in definition.columns if column.shown)


def asked_of(definition: ListDefinition, query: QueryDict, reader: User | None = None) -> Asked:
    """Read an address. A word that is no choice, no column or no order is as if it were not there."""
    choices = {}
    for one in definition.filters:
        word = query.get(one.name, "")
        if word in {choice.word for choice in one.choices}:
            choices[one.name] = word
    wanted = set(query.getlist(COLUMN))
    columns = tuple(column.name for column in definition.columns if column.name in wanted)
    order = query.get(SORT, "")
    sortable = {column.name for column in definition.orders}
    return Asked(
        definition=definition,
        search=query.get(SEARCH, "").strip()[:LONGEST],
        choices=choices,
        columns=columns or default_columns(definition),
        order=order if order.removeprefix("-") in sortable else definition.order,
        after=_id(query.get(AFTER, "")),
        before=_id(query.get(BEFORE, "")),
        reader=reader,
    )


@dataclass(frozen=True, slots=True)
class ListPage:
    """The rows of one page, and where to go from here."""

    rows: list[Row]
    total: int
    next: UUID | None
    previous: UUID | None


def all_rows(asked: Asked, today: date) -> QuerySet[Any]:
    """Return the records that are asked for, in no order."""
    rows = asked.definition.base()
    for one in asked.definition.filters:
        word = asked.choices.get(one.name)
        choice = next((choice for choice in one.choices if choice.word == word), None)
        narrow = choice.narrow if choice else one.otherwise
        if narrow is not None:
            rows = narrow(rows, today)
    return search(rows, asked.search, asked.definition.sources, reader=asked.reader)


def page_of(asked: Asked, today: date) -> ListPage:
    """Return the page that is asked for; a row to go on from that is not there any more gives the first page."""
    found = all_rows(asked, today)
    total = found.order_by().count()
    ordered = found.annotate(list_key=asked.sort_key)
    start = _place_of(asked, asked.before or asked.after)
    backwards = start is not None and asked.before is not None
    down = asked.descending != backwards
    if start is not None:
        key, pk = start
        beyond = Q(list_key__lt=key) if down else Q(list_key__gt=key)
        beside = Q(list_key=key, pk__lt=pk) if backwards else Q(list_key=key, pk__gt=pk)
        ordered = ordered.filter(beyond | beside)
    order = ("-list_key" if down else "list_key", "-pk" if backwards else "pk")
    records = list(ordered.order_by(*order)[: PER_PAGE + 1])
    more = len(records) > PER_PAGE
    records = records[:PER_PAGE]
    if backwards:
        records.reverse()
    ahead, behind = (True, more) if backwards else (more, start is not None)
    return ListPage(
        rows=asked.definition.rows(records, today),
        total=total,
        next=records[-1].pk if records and ahead else None,
        previous=records[0].pk if records and behind else None,
    )


def every_row(asked: Asked, today: date, at_once: int = 500) -> list[Row]:
    """Return all rows that are asked for, in order: for a file."""
    ordered = all_rows(asked, today).annotate(list_key=asked.sort_key)
    records = list(ordered.order_by("-list_key" if asked.descending else "list_key", "pk"))
    return [
        row
        for start in range(0, len(records), at_once)
        for row in asked.definition.rows(records[start : start + at_once], today)
    ]


def _place_of(asked: Asked, pk: UUID | None) -> tuple[Any, UUID] | None:
    """Return where a row stands in the order, whatever the filters: it may have left the list meanwhile."""
    if pk is None:
        return None
    key = (
        asked.definition.base()
        .filter(pk=pk)
        .annotate(list_key=asked.sort_key)
        .values_list("list_key", flat=True)
    )
    found = list(key[:1])
    return (found[0], pk) if found else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
