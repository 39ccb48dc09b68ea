"""Reading the vault: for disclosure control only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from reporting.facts.models import Fact, Fill, FillState


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which years of a municipality have been counted, and since when the programme runs there."""

    municipality: UUID
    first_month: date
    last_month: date
    years: frozenset[int]
    counted_at: datetime


def deliveries() -> list[Delivery]:
    """Return every municipality that has been counted at least once."""
    fills: dict[UUID, list[Fill]] = {}
    for fill in Fill.objects.order_by("municipality", "year"):
        fills.setdefault(fill.municipality, []).append(fill)
    return [
        Delivery(
            municipality=municipality,
            first_month=min(fill.first_month for fill in group),
            last_month=max(fill.last_month for fill in group),
            years=frozenset(fill.year for fill in group if fill.state == FillState.DONE),
            counted_at=group[-1].counted_at,
        )
        for municipality, group in fills.items()
    ]


def vault_digest() -> str:
    """Return a fingerprint of everything that has been counted: equal vaults have equal fingerprints."""
    mark = sha256()
    fields = ("municipality", "year", "state", "first_month", "last_month", "digest", "counted_at")
    for row in Fill.objects.order_by("municipality", "year").values_list(*fields):
        mark.update(repr(row).encode())
    return mark.hexdigest()


def fact_rows() -> Iterable[tuple[UUID, str, str, date, str, str, int, int, int]]:
    """Return every fact: municipality, measure, period, attribute, category and the three counts."""
    return Fact.objects.values_list(
        "municipality",
        "measure",
        "period_kind",
        "period_start",
        "attribute",
        "category",
        "value",
        "asking_families",
        "support_families",
    )
