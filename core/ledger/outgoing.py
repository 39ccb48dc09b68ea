"""The only door from a municipality's tables to the national side: ledger lines without identity.

Reads the view ``report_totals`` and nothing else: it is all that the login of the extraction may see of a municipality.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connections

from tenants.context import current_scope


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One event as reporting may know it. The codes are those of ``common.vocabulary``; "" means: does not apply."""

    event: str
    month: date
    municipality_code: str
    family: UUID | None
    support_family: UUID | None
    coupling: UUID | None
    children: tuple[UUID, ...]
    age_bands: tuple[str, ...]
    support_form: str
    referral_source: str
    channel: str
    ending_reason: str
    close_reason: str
    days: int | None
    satisfaction: int | None
    goal_scores: tuple[int, ...]
    household: str
    interpreter: str
    area: str
    review: str
    review_side: str


COLUMNS = (
    "event",
    "month",
    "municipality_code",
    "family",
    "support_family",
    "coupling",
    "children",
    "age_bands",
    "support_form",
    "referral_source",
    "channel",
    "ending_reason",
    "close_reason",
    "days",
    "satisfaction",
    "goal_scores",
    "household",
    "interpreter",
    "area",
    "review",
    "review_side",
)
LISTS = frozenset({"children", "age_bands", "goal_scores"})


def ledger_lines(*, until: date | None = None) -> list[LedgerLine]:
    """Return the lines up to and including the month of ``until``, in one fixed order, of the municipality in scope."""
    where, values = ("WHERE month <= %s ", [until]) if until else ("", [])
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM report_totals {where}"  # noqa: S608 (constants of this module)
            "ORDER BY month, event, family, support_family, coupling, children, days",
            values,
        )
        return list(_lines(cursor.fetchall()))


def _lines(rows: list[tuple[object, ...]]) -> Iterator[LedgerLine]:
    for row in rows:
        values = {
            column: tuple(value) if column in LISTS and isinstance(value, list) else value
            for column, value in zip(COLUMNS, row, strict=True)
        }
        yield LedgerLine(**values)  # type: ignore[arg-type]  # the view has exactly these columns and types
