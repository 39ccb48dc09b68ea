"""What several lists share: orders that are never empty, last contacts, ages, tables to search in."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Max,
    OuterRef,
    Subquery,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from common.formats import duration
from core.families.models import ContactNote
from core.lists.frame import Cell

LONG_AGO, FAR_AWAY = date(1900, 1, 1), date(2999, 1, 1)


class SortName(Func):
    """The order of a telephone book: the column that ``families.0002_search`` makes beside the name of a family.

    A name that begins with an apostrophe ('t Hart) begins there with a blank; it is put right here, for so few.
    """

    output_field = TextField()
    arity = 1

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, Any]:  # type: ignore[override]
        """Return the column beside the one given."""
        del connection
        column, values = compiler.compile(self.source_expressions[0])
        name = f'{column.rpartition(".")[0]}."sort_name"'
        short = f"regexp_replace(ltrim({name}), '^[ts] ', '')"
        return f"(CASE WHEN starts_with({name}, ' ') THEN {short} ELSE {name} END)", values


def never_null(day: str | Combinable, otherwise: date) -> Coalesce:
    """Return a day to order by; rows without one go to an end."""
    return Coalesce(F(day) if isinstance(day, str) else day, Value(otherwise), output_field=DateField())


def days_since(day: str | Combinable) -> Any:
    """Return how long ago a day is, to order by; without a day it is no time at all."""
    return ExpressionWrapper(
        Value(FAR_AWAY, output_field=DateField()) - never_null(day, FAR_AWAY), output_field=DurationField()
    )


def latest_note(owner: str) -> Subquery:
    """Return the day of the last note about the family of a row; ``owner`` is the column of the note."""
    notes = ContactNote.objects.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Subquery(notes.annotate(latest=Max("happened_on")).values("latest"))


def last_notes(owner: str, ids: Collection[UUID]) -> dict[UUID, date]:
    """Return the day of the last note about each family."""
    found = ContactNote.objects.filter(**{f"{owner}__in": ids}).order_by().values_list(f"{owner}_id")
    return dict(found.annotate(latest=Max("happened_on")))


def since(day: date | None, today: date, *, late_after: int | None = None) -> Cell:
    """Return a cell with how long ago something was; a spreadsheet gets the number of days."""
    if day is None:
        return Cell()
    days = max(0, (today - day).days)
    return Cell(text=duration(days), value=days, late=late_after is not None and days > late_after)


def on_day(day: date | None, text: str, **more: Any) -> Cell:
    """Return a cell with a day; a spreadsheet gets the date itself."""
    return Cell(text=text, value=day, **more) if day is not None else Cell()


def ages(children: Sequence[Any]) -> Cell:
    """Return the ages of children, the youngest first: "3, 5 en 8 jaar"."""
    known = sorted(child.age for child in children if child.age is not None)
    return Cell(text=", ".join(map(str, known)), value=", ".join(map(str, known)))
