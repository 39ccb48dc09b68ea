"""A list as a page and as a file, whatever it is a list of."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from common.formats import long_date
from common.pages import show
from common.permissions import Permission
from core.lists.export import CONTENT_TYPES, Format, Sheet, written
from core.lists.forms import ExportForm, ListForm, ViewForm
from core.lists.frame import (
    Asked,
    Cell,
    Column,
    ListDefinition,
    ListPage,
    Row,
    Value,
    asked_of,
    every_row,
    page_of,
)
from core.lists.models import SavedView
from core.lists.selectors import views_of
from core.lists.services import export_note
from tenants.accounts.models import User

NOTHING = Cell()


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where a tap leads, and how the list stands now."""

    column: Column
    url: str
    order: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its cells in the order of the columns."""

    row: Row
    cells: list[tuple[Column, Cell]]


@dataclass(frozen=True, slots=True)
class Link:
    """A ready-made or kept view."""

    label: Any
    url: str
    current: bool
    kept: SavedView | None = None


@dataclass(frozen=True, slots=True)
class ListView:
    """Everything the page of a list shows."""

    asked: Asked
    form: ListForm
    first: Head
    heads: list[Head]
    lines: list[Line]
    page: ListPage
    links: list[Link]
    kept: list[SavedView]
    keep: ViewForm
    back: str
    url: str
    may_export: bool
    may_edit: bool

    @property
    def next_url(self) -> str:
        """Return where the rows after these stand."""
        return self.asked.query(after=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        """Return where the rows before these stand."""
        return self.asked.query(before=self.page.previous) if self.page.previous else ""

    @property
    def first_url(self) -> str:
        """Return where the list begins."""
        return self.asked.query()

    @property
    def export_url(self) -> str:
        """Return where these rows, all of them, become a file."""
        return reverse("lists:export", args=[self.asked.definition.name.value]) + self.asked.query()


def list_page(
    request: HttpRequest, definition: ListDefinition, *, actor: User, template: str = "lists/list.html"
) -> HttpResponse:
    """Show a list as its address asks."""
    asked = asked_of(definition, request.GET, actor)
    page = page_of(asked, timezone.localdate())
    kept = views_of(actor, definition.name)
    view = ListView(
        asked=asked,
        form=ListForm(asked),
        first=_head(asked, definition.orders[0]),
        heads=[_head(asked, column) for column in asked.shown_columns],
        lines=[
            Line(row, [(column, row.cells.get(column.name, NOTHING)) for column in asked.shown_columns])
            for row in page.rows
        ],
        page=page,
        links=_links(asked, kept),
        kept=kept,
        keep=ViewForm(
            initial={"list_name": definition.name.value, "query": asked.query(search=False).lstrip("?")}
        ),
        back=request.path + asked.query(),
        url=request.path,
        may_export=actor.may(Permission.EDIT_CASES),
        may_edit=actor.may(Permission.EDIT_CASES),
    )
    return show(request, template, {"view": view, "list": definition})


def export_page(
    request: HttpRequest, definition: ListDefinition, *, actor: User, back_url: str
) -> HttpResponse:
    """Ask what a list is for, write that down, and hand over the file."""
    asked = asked_of(definition, request.GET, actor)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _file(asked, form, actor)
    context = {
        "form": form,
        "list": definition,
        "back_url": back_url + asked.query(),
        "total": page_of(asked, timezone.localdate()).total,
        "columns": asked.shown_columns,
    }
    return show(request, "lists/export.html", context, form)


def _file(asked: Asked, form: ExportForm, actor: User) -> HttpResponse:
    definition, today = asked.definition, timezone.localdate()
    kind, purpose = Format(form.cleaned_data["kind"]), form.cleaned_data["purpose"]
    rows = every_row(asked, today)
    columns = asked.shown_columns
    sheet = Sheet(
        title=str(definition.title),
        heads=[str(definition.first), *(str(column.label) for column in columns)],
        rows=[
            [row.title, *(_value(row.cells.get(column.name, NOTHING)) for column in columns)] for row in rows
        ],
        notes=_notes(asked, len(rows), purpose, actor),
    )
    export_note(list_name=definition.name, kind=kind, rows=len(rows), purpose=purpose, actor=actor)
    answer = HttpResponse(written(sheet, kind), content_type=CONTENT_TYPES[kind], status=HTTPStatus.OK)
    name = f"{slugify(str(definition.title))}-{today.isoformat()}.{kind.value}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _notes(asked: Asked, total: int, purpose: str, actor: User) -> Sequence[tuple[str, str]]:
    choices = [
        f"{one.label}: {next(choice.label for choice in one.choices if choice.word == asked.choices[one.name])}"
        for one in asked.definition.filters
        if one.name in asked.choices
    ]
    return (
        (_("Lijst"), str(asked.definition.title)),
        (_("Stand op"), long_date(timezone.localdate())),
        (_("Aantal regels"), str(total)),
        (_("Filters"), "; ".join(choices) or _("geen")),
        (_("Gezocht naar"), asked.search or _("niets")),
        (_("Gemaakt door"), actor.full_name),
        (_("Doel"), purpose),
        (
            _("Let op"),
            _("Dit bestand bevat persoonsgegevens. Deel het niet en gooi het weg als je klaar bent."),
        ),
    )


def _value(cell: Cell) -> Value:
    return cell.exported


def _head(asked: Asked, column: Column) -> Head:
    if column.sort is None:
        return Head(column, "", "")
    here = asked.sorted_by.name == column.name
    # A first tap on numbers gives the highest; a second one turns the order around.
    first = f"-{column.name}" if column.kind == "number" else column.name
    flipped = column.name if asked.descending else f"-{column.name}"
    order = ("descending" if asked.descending else "ascending") if here else ""
    return Head(column, asked.query(order=flipped if here else first), order)


def _links(asked: Asked, kept: Sequence[SavedView]) -> list[Link]:
    now = asked.query()
    ready = [
        Link(tab.label, f"?{tab.query}", current=now == f"?{tab.query}") for tab in asked.definition.tabs
    ]
    own = [Link(view.name, f"?{view.query}", current=now == f"?{view.query}", kept=view) for view in kept]
    return ready + own
