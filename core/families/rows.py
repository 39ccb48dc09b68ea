"""Writing rows whose values come from a dataclass with the same names as the columns."""

from collections.abc import Mapping
from typing import Any, TypeVar

from tenants.models import ScopedModel

Row = TypeVar("Row", bound=ScopedModel)


def insert(model: type[Row], **values: Any) -> Row:
    """Insert and return a row."""
    row = model(**values)
    row.save(force_insert=True)
    return row


def update(row: ScopedModel, values: Mapping[str, object]) -> None:
    """Write these columns and no others."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
