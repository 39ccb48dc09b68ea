"""The history of every field: services write rows through here, so that what it was and who changed it is kept.

One function for all edits. It locks the row, writes only the columns that differ, and appends a line for each.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from uuid import UUID

from tenants.actors import Somebody
from tenants.audit.models import FieldChange
from tenants.context import atomic
from tenants.models import ScopedModel

Json = str | int | float | bool | list[Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a field was and became. For facts that are no column too: the children of an intake, for one."""

    field: str
    old: object
    new: object


@atomic()
def change_fields(
    row: ScopedModel,
    values: Mapping[str, object],
    *,
    about: ScopedModel,
    actor: Somebody,
    withhold: Collection[str] = (),
) -> list[str]:
    """Write the columns that differ and append what each was; return their names.

    ``about`` is the file the row belongs to. The values of the fields in ``withhold`` are not kept in the history.
    The given instance gets all values.
    """
    objects: Any = type(row)._default_manager  # noqa: SLF001
    locked = objects.select_for_update(of=("self",)).get(pk=row.pk)
    changed = [
        Change(field=name, old=getattr(locked, name), new=value)
        for name, value in values.items()
        if plain(getattr(locked, name)) != plain(value)
    ]
    for name, value in values.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=[change.field for change in changed])
        changes_append(row, changed, about=about, actor=actor, withhold=withhold)
    return [change.field for change in changed]


@atomic()
def changes_append(
    row: ScopedModel,
    changes: Iterable[Change],
    *,
    about: ScopedModel,
    actor: Somebody,
    withhold: Collection[str] = (),
) -> None:
    """Append changes that were already written; those that change nothing are left out."""
    FieldChange.objects.bulk_create(
        FieldChange(
            actor_id=actor.id,
            actor_name=actor.full_name,
            about_id=about.pk,
            object_kind=row._meta.label_lower,  # noqa: SLF001
            object_id=row.pk,
            field=change.field,
            old=None if change.field in withhold else plain(change.old),
            new=None if change.field in withhold else plain(change.new),
            withheld=change.field in withhold,
        )
        for change in changes
        if plain(change.old) != plain(change.new)
    )


@atomic()
def history_erase(*, about_ids: Collection[UUID]) -> int:
    """Erase the history of files whose people are erased. What was done stays in the audit log, without values."""
    count, _per_table = FieldChange.objects.filter(about_id__in=about_ids).delete()
    return count


def last_editors(row: ScopedModel, fields: Collection[str]) -> dict[str, str]:
    """Return who changed each of these fields last."""
    found = FieldChange.objects.filter(object_id=row.pk, field__in=fields).order_by("at")
    return {change.field: change.actor_name for change in found}


def plain(value: object) -> Json:
    """Return a value as the history keeps it."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, ScopedModel):
        return str(value.pk)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(item) for item in value]
    return str(value)
