"""The only way to change a state and the only way to write in the audit log."""

from collections.abc import Sequence
from typing import Any

from common.workflow import WorkflowTable, check
from tenants.actors import Somebody
from tenants.audit.models import AuditEntry, Result, Transition
from tenants.context import atomic
from tenants.models import ScopedModel
from tenants.origin import current_origin


@atomic()
def change_state(
    row: ScopedModel,
    to: str,
    *,
    allowed: WorkflowTable,
    actor: Somebody,
    reason: str = "",
    field: str = "status",
) -> None:
    """Lock the row, look the change up in the table, then write state, history and audit entry together.

    Only the state column is written, and the given instance gets the new state too.
    """
    objects: Any = type(row)._default_manager  # noqa: SLF001
    locked = objects.select_for_update().get(pk=row.pk)
    old: str = getattr(locked, field)
    check(allowed, old, to)
    setattr(locked, field, to)
    locked.save(update_fields=[field])
    setattr(row, field, to)
    kind = _kind(row)
    Transition.objects.create(
        object_kind=kind,
        object_id=row.pk,
        from_state=old,
        to_state=to,
        actor_id=actor.id,
        actor_name=actor.full_name,
        reason=reason,
    )
    _append(f"{kind}.{field}", kind, row, actor, reason[:200])


def audit_log(*, action: str, subject: ScopedModel | None, actor: Somebody, purpose: str = "") -> None:
    """Write that somebody made, read or exported something."""
    _append(action, _kind(subject) if subject else "", subject, actor, purpose)


def audit_log_all(
    *, action: str, subjects: Sequence[ScopedModel], actor: Somebody, purpose: str = ""
) -> None:
    """Write that somebody did the same with many rows at once: a line for each."""
    AuditEntry.objects.bulk_create(
        [_entry(action, _kind(row), row, actor, purpose) for row in subjects], batch_size=1_000
    )


def audit_refusal(*, action: str, subject: ScopedModel | None, actor: Somebody, purpose: str = "") -> None:
    """Write that somebody tried what they may not do."""
    _append(action, _kind(subject) if subject else "", subject, actor, purpose, Result.REFUSED)


def _append(
    action: str,
    kind: str,
    subject: ScopedModel | None,
    actor: Somebody,
    purpose: str,
    result: Result = Result.DONE,
) -> None:
    _entry(action, kind, subject, actor, purpose, result).save(force_insert=True)


def _entry(
    action: str,
    kind: str,
    subject: ScopedModel | None,
    actor: Somebody,
    purpose: str,
    result: Result = Result.DONE,
) -> AuditEntry:
    return AuditEntry(
        actor_id=actor.id,
        actor_name=actor.full_name,
        action=action,
        object_kind=kind,
        object_id=subject.pk if subject else None,
        result=result,
        origin=current_origin(),
        purpose=purpose,
    )


def _kind(row: ScopedModel) -> str:
    return row._meta.label_lower  # noqa: SLF001
