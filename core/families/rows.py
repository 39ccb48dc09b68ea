"""Inserting rows whose values come from a dataclass with the same names as the columns.

Changing them is for `tenants.audit.history.change_fields`, which keeps what it was.
"""

from typing import Any, TypeVar

from tenants.models import ScopedModel

Row = TypeVar("Row", bound=ScopedModel)


def insert(model: type[Row], **values: Any) -> Row:
    """Insert and return a row."""
    row = model(**values)
    row.save(force_insert=True)
    return row
