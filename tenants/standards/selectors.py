"""Reading the national texts, from every municipality and at the foundation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.errors import NotAllowed
from tenants.standards.defaults import SHIPPED_VERSION, shipped
from tenants.standards.models import Standard, StandardKind


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a national text."""

    kind: str
    version: int
    content: dict[str, Any]
    published_at: datetime | None = None


def current(kind: str) -> Version:
    """Return the version that counts now: the last one published, or the one that came with the product."""
    row = Standard.objects.filter(kind=kind, published_at__isnull=False).order_by("-version").first()
    return _version(row) if row else Version(kind, SHIPPED_VERSION, shipped(kind))


def history(kind: str) -> list[Version]:
    """Return every published version, the latest first."""
    rows = Standard.objects.filter(kind=kind, published_at__isnull=False).order_by("-version")
    return [*(_version(row) for row in rows), Version(kind, SHIPPED_VERSION, shipped(kind))]


def draft(kind: str) -> Version | None:
    """Return the version that is being written, if there is one."""
    row = Standard.objects.filter(kind=kind, published_at__isnull=True).first()
    return _version(row) if row else None


def overview() -> list[tuple[StandardKind, Version, bool]]:
    """Return each kind with its current version and whether a next one is being written."""
    rows = list(Standard.objects.all())
    found = []
    for kind in StandardKind:
        of_kind = [row for row in rows if row.kind == kind.value]
        published = [row for row in of_kind if row.published_at is not None]
        last = max(published, key=lambda row: row.version, default=None)
        now = _version(last) if last else Version(kind.value, SHIPPED_VERSION, shipped(kind))
        found.append((kind, now, len(published) < len(of_kind)))
    return found


def kind_for(code: str) -> StandardKind:
    """Return the kind of an address."""
    if code not in StandardKind.values:
        raise NotAllowed
    return StandardKind(code)


def _version(row: Standard) -> Version:
    return Version(row.kind, row.version, row.content, row.published_at)
