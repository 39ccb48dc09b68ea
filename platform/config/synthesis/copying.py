"""Rows by the thousand: collected per table, then written with COPY in the scope that is open."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import connections, models
from psycopg import sql

from tenants.context import current_scope

Row = dict[str, Any]


class Table:
    """The rows of one table; a row may still change until it is written."""

    def __init__(self, model: type[models.Model], defaults: Mapping[str, Any]) -> None:
        """Take the columns from the model, and what a row has when nothing is said."""
        self.model = model
        fields = [field for field in model._meta.local_concrete_fields]  # noqa: SLF001, C416  (documented by Django)
        parents = [field for field in model._meta.concrete_fields if field not in fields]  # noqa: SLF001
        self.columns = [field.column for field in (*parents, *fields)]
        self.defaults: Row = {field.column: _default(field) for field in (*parents, *fields)} | dict(defaults)
        self.rows: list[Row] = []

    def add(self, **values: Any) -> Row:
        """Add a row: a value per column, named as in the database."""
        row = self.defaults | values
        if len(row) != len(self.columns):
            unknown = sorted(set(values) - set(self.columns))
            message = f"{self.model._meta.label} has no columns {unknown}."  # noqa: SLF001
            raise ValueError(message)
        self.rows.append(row)
        return row

    def values(self) -> Iterator[list[Any]]:
        """Return the rows as COPY wants them."""
        columns = self.columns
        for row in self.rows:
            yield [row[column] for column in columns]


class Tables:
    """Every table of one municipality, in the order in which they may be written."""

    def __init__(self) -> None:
        """Start empty."""
        self._tables: dict[type[models.Model], Table] = {}

    def __getitem__(self, model: type[models.Model]) -> Table:
        """Return the table of a model."""
        if model not in self._tables:
            self._tables[model] = Table(model, {})
        return self._tables[model]

    def __len__(self) -> int:
        """Count the rows."""
        return sum(len(table.rows) for table in self._tables.values())

    def write(
        self, order: list[type[models.Model]], *, done: Callable[[int], None] = lambda _count: None
    ) -> None:
        """Write every table in the scope that is open, in the given order."""
        forgotten = set(self._tables) - set(order)
        if forgotten:
            message = f"No place in the order for {forgotten}."
            raise ValueError(message)
        for model in order:
            if model in self._tables:
                copy_in(self._tables[model])
                done(len(self._tables[model].rows))


def copy_in(table: Table) -> None:
    """Write the rows of one table with COPY, as the role of the scope: its rights and constraints count."""
    if not table.rows:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.model._meta.db_table),  # noqa: SLF001
        sql.SQL(", ").join(map(sql.Identifier, table.columns)),
    )
    with connections[current_scope().alias].cursor() as cursor, cursor.copy(statement) as copy:
        for row in table.values():
            copy.write_row(row)


def _default(field: "models.Field[Any, Any]") -> Any:
    """Return the plain default of a column. Identifiers and moments have none here: they must be given."""
    if field.has_default() and not callable(field.default):
        value = field.default
        return getattr(value, "value", value)
    if field.default is list:
        return []
    if field.null:
        return None
    return "" if field.empty_strings_allowed and field.blank else None
