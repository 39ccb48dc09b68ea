"""Reading what was done."""

from tenants.audit.models import AuditEntry, Transition
from tenants.models import ScopedModel


def transitions_of(row: ScopedModel) -> list[Transition]:
    """Return the states a row went through, oldest first."""
    return list(Transition.objects.filter(object_id=row.pk, object_kind=row._meta.label_lower))  # noqa: SLF001


def audit_of(row: ScopedModel, *, limit: int = 100) -> list[AuditEntry]:
    """Return what was done with a row, latest first."""
    return list(AuditEntry.objects.filter(object_id=row.pk)[:limit])
