"""Reading what was done."""

from django.apps import apps
from django.db.models import QuerySet

from tenants.audit.models import AuditEntry, Transition
from tenants.models import ScopedModel


def transitions_of(row: ScopedModel) -> list[Transition]:
    """Return the states a row went through, oldest first."""
    return list(Transition.objects.filter(object_id=row.pk, object_kind=row._meta.label_lower))  # noqa: SLF001


def audit_of(row: ScopedModel, *, limit: int = 100) -> list[AuditEntry]:
    """Return what was done with a row, latest first."""
    return list(AuditEntry.objects.filter(object_id=row.pk)[:limit])


def log_entries() -> QuerySet[AuditEntry]:
    """Return the log for general views: without what is about restricted rows, which only their own app may show."""
    return AuditEntry.objects.exclude(object_kind__in=restricted_kinds())


def restricted_kinds() -> list[str]:
    """Return the kinds of rows of which a general view may not even say that they exist."""
    return sorted(
        model._meta.label_lower  # noqa: SLF001
        for model in apps.get_models()
        if getattr(model, "restricted", False)
    )
