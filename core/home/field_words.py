"""A changed field in words: what it is called, what it was and what it became. The models know their own labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.formats import listing, long_date
from tenants.audit.models import FieldChange


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One changed field."""

    label: str
    old: str
    new: str
    withheld: bool = False


def field_line(change: FieldChange) -> FieldLine:
    """Return a change in words."""
    field = _field(change)
    label = str(getattr(field, "verbose_name", "")) or _EXTRA.get(change.field, change.field)
    return FieldLine(
        label=capfirst(label),
        old=_words(field, change.old),
        new=_words(field, change.new),
        withheld=change.withheld,
    )


# What changes without being a column.
_EXTRA: Mapping[str, str] = {"children": "kinderen"}


def _field(change: FieldChange) -> Any:
    try:
        return apps.get_model(change.object_kind)._meta.get_field(change.field)  # noqa: SLF001
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _words(field: Any, value: Any) -> str:  # noqa: PLR0911  (one line for each sort of value)
    if value is None or value in ("", []):
        return _("leeg")
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if getattr(field, "is_relation", False):
        return _("een ander dossier")
    if isinstance(value, list):
        return listing(_words(getattr(field, "base_field", None), item) for item in value)
    labels: dict[Any, str] = {code: str(label) for code, label in getattr(field, "flatchoices", ())}
    if value in labels:
        return labels[value]
    if field is not None and field.get_internal_type() == "DateField":
        return long_date(date.fromisoformat(value))
    return str(value)
