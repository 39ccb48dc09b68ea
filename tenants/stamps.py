"""The mark on a row that says to which scope it belongs. Without a model, so that the router can read it."""

from typing import Any

_NAME = "_naober_schema"


def stamp_of(row: object) -> str | None:
    """Return the schema a row was read from or saved in, or None for a row that has not been either."""
    stamp: str | None = getattr(getattr(row, "_state", None), _NAME, None)
    return stamp


def stamp(row: Any, schema: str) -> None:
    """Mark a row as belonging to a schema."""
    setattr(row._state, _NAME, schema)  # noqa: SLF001
