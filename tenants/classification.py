"""What every table and column holds: said once, next to the fields, and gathered here.

A model names its columns by what they tell about people; keys (the primary key and references to other rows) need no
name. Whether a table is shared or a municipality's own stands in `settings.SCHEMA_APPS` and is not said again. Export,
restore, erase and move of one municipality follow this register; a column that it does not know fails the checks.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import Model


class Sort(StrEnum):
    """What a column tells about people."""

    KEY = "key"
    """Points to a row: as personal as that row."""
    PLAIN = "plain"
    """Says nothing about a person."""
    PERSONAL = "personal"
    """Is about somebody, pseudonyms included (GDPR art. 4)."""
    SPECIAL = "special"
    """Health, origin, belief, offences, or free text in which these may stand (GDPR art. 9 and 10)."""
    DERIVED = "derived"
    """Made by the database from other columns, without a field in the model: as personal as those, and not exported."""
    SEALED = "sealed"
    """Opens a door: hashes of passwords, tokens, sessions. Never leaves the database."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a model by sort, their names with spaces between; and where the table goes along.

    >>> columns = Columns(personal="first_name last_name", special="remarks", plain="has_custody")

    A municipality's own tables are exported and erased with it unless they say otherwise. A shared table has to say
    both: whether its rows of a municipality go along in the export, and whether they are erased with it.
    """

    plain: str = ""
    personal: str = ""
    special: str = ""
    sealed: str = ""
    derived: str = ""
    export: bool | None = None
    erase: bool | None = None

    def named(self) -> list[tuple[str, Sort]]:
        """Return every name that was given, with its sort."""
        by_sort = {
            Sort.PLAIN: self.plain,
            Sort.PERSONAL: self.personal,
            Sort.SPECIAL: self.special,
            Sort.SEALED: self.sealed,
            Sort.DERIVED: self.derived,
        }
        return [(name, sort) for sort, names in by_sort.items() for name in names.split()]


@dataclass(frozen=True, slots=True)
class Table:
    """One table as it is classified."""

    name: str
    kinds: frozenset[str]
    columns: dict[str, Sort]
    export: bool
    erase: bool

    @property
    def shared(self) -> bool:
        """Tell whether there is one of it, and not one for each municipality."""
        return "municipality" not in self.kinds

    @property
    def exported(self) -> list[str]:
        """Return the columns that leave with an export."""
        kept = {Sort.SEALED, Sort.DERIVED}
        return [name for name, sort in self.columns.items() if self.export and sort not in kept]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not classified, or wrongly, and what to do."""

    model: type[Model]
    text: str


_OF_DJANGO: Final = {
    "contenttypes.ContentType": Columns(plain="app_label model", export=False, erase=False),
    "auth.Permission": Columns(plain="name codename", export=False, erase=False),
    "auth.Group": Columns(plain="name", export=False, erase=False),
    "sessions.Session": Columns(sealed="session_key session_data", plain="expire_date", export=False),
}
# Django's own journal of migrations: in every schema that Django migrated, of no municipality.
UNCLASSIFIED: Final = frozenset({"django_migrations"})
# Of these kinds of schema no table may hold anything about people.
_WITHOUT_PEOPLE: Final = frozenset({"registry", "vault", "releases"})


def register() -> list[Table]:
    """Return every table, classified. Complete when `gaps()` is empty."""
    return sorted((_table(model) for model in _models()), key=lambda table: table.name)


def gaps() -> Iterator[Gap]:
    """Find what is not classified: a table, a column, or a place where people's data may not stand."""
    for model in _models():
        yield from (Gap(model, text) for text in _gaps_of(model))


def _gaps_of(model: type[Model]) -> Iterator[str]:
    if not _said(model) and not _joins(model):
        yield "The table is not classified: give the model `columns = Columns(…)` (tenants/classification.py)."
        return
    yield from _unnamed(model)
    yield from _misplaced(model)


def _unnamed(model: type[Model]) -> Iterator[str]:
    fields = {field.name: field for field in model._meta.local_concrete_fields}  # noqa: SLF001
    said = [pair for part in _said(model) for pair in part.named()]
    times = Counter(name for name, _sort in said)
    for name, field in fields.items():
        if name not in times and not _is_key(field):
            yield f"The column {name!r} is not classified: name it in `columns` as plain, personal, special or sealed."
    for name in sorted({name for name, sort in said if (name in fields) == (sort is Sort.DERIVED)}):
        yield f"`columns` names {name!r}, which is no column of the model: take it out."
    for name in sorted({name for name in times if times[name] > 1}):
        yield f"The column {name!r} is classified twice: name it once."


def _misplaced(model: type[Model]) -> Iterator[str]:
    kinds = _kinds(model)
    if kinds & _WITHOUT_PEOPLE:
        if "municipality" in kinds:
            yield "The table is shared and of a municipality: its app stands twice in SCHEMA_APPS."
        for name, sort in _sorts(model).items():
            if sort in {Sort.PERSONAL, Sort.SPECIAL}:
                yield f"The column {name!r} is about people but shared: keep it with the municipality."
    if "municipality" not in kinds and not _joins(model):
        for question in ("export", "erase"):
            if all(getattr(part, question) is None for part in _said(model)):
                yield f"A shared table says whether it goes along: `columns = Columns(…, {question}=True or False)`."


def _table(model: type[Model]) -> Table:
    return Table(
        name=model._meta.db_table,  # noqa: SLF001
        kinds=_kinds(model),
        columns=_sorts(model),
        export=_goes_along(model, "export"),
        erase=_goes_along(model, "erase"),
    )


def _sorts(model: type[Model]) -> dict[str, Sort]:
    named = dict(pair for part in _said(model) for pair in part.named())
    fields = model._meta.local_concrete_fields  # noqa: SLF001
    return {
        field.column: named.get(field.name, Sort.KEY)
        for field in fields
        if field.name in named or _is_key(field)
    } | {name: sort for name, sort in named.items() if sort is Sort.DERIVED}


def _goes_along(model: type[Model], question: str) -> bool:
    owner = _joins(model)
    if owner is not None:
        return _goes_along(owner, question)
    answers = [answer for part in _said(model) if (answer := getattr(part, question)) is not None]
    return answers[0] if answers else True


def _said(model: type[Model]) -> list[Columns]:
    """Return what the model and its abstract bases say, each of the columns it declares."""
    if model._meta.label in _OF_DJANGO:  # noqa: SLF001
        return [_OF_DJANGO[model._meta.label]]  # noqa: SLF001
    found = [vars(base).get("columns") for base in model.__mro__]
    return [part for part in found if isinstance(part, Columns)]


def _joins(model: type[Model]) -> type[Model] | None:
    """Return the model whose many-to-many field made this table, which holds keys alone."""
    made_by: Any = model._meta.auto_created  # noqa: SLF001
    return made_by if isinstance(made_by, type) else None


def _is_key(field: Any) -> bool:
    return bool(field.primary_key or field.is_relation)


def _kinds(model: type[Model]) -> frozenset[str]:
    kinds: frozenset[str] = settings.SCHEMAS_OF_APP.get(model._meta.app_config.name, frozenset())  # noqa: SLF001
    return kinds


def _models() -> Iterator[type[Model]]:
    """Return the models that have a table: not those of a view."""
    for app in apps.get_app_configs():
        for model in app.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:  # noqa: SLF001
                yield model
