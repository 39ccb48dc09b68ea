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
)
LISTS = frozenset({"children", "age_bands", "goal_scores"})


def ledger_lines(*, first_year: int, last_year: int) -> list[LedgerLine]:
    """Return the lines of whole years, both included, in one fixed order, of the municipality of the current scope."""
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM report_totals "  # noqa: S608 (a constant of this module)
            "WHERE month >= %s AND month < %s "
            "ORDER BY month, event, family, support_family, coupling, children, days",
            [date(first_year, 1, 1), date(last_year + 1, 1, 1)],
        )
        return list(_lines(cursor.fetchall()))


def ledger_years() -> list[int]:
    """Return the years in which something happened in the municipality of the current scope, oldest first."""
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT DISTINCT extract(year FROM month)::int FROM report_totals ORDER BY 1")
        return [year for (year,) in cursor.fetchall()]


def _lines(rows: list[tuple[object, ...]]) -> Iterator[LedgerLine]:
    for row in rows:
        values = {
            column: tuple(value) if column in LISTS and isinstance(value, list) else value
            for column, value in zip(COLUMNS, row, strict=True)
        }
        yield LedgerLine(**values)  # type: ignore[arg-type]  # the view has exactly these columns and types
