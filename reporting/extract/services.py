"""Counting a municipality: from its ledger to the vault. The only code of reporting that calls core."""

from datetime import date
from uuid import UUID

import structlog
from django.utils import timezone

from core.ledger.outgoing import LedgerLine, ledger_lines
from reporting.dictionary.periods import first_of_month
from reporting.facts.formulas import facts_of
from reporting.facts.services import Counted, Replaced, facts_compare, facts_replace, vault_lock
from tenants.context import current_scope
from tenants.municipalities.models import Municipality
from tenants.municipalities.selectors import code_on, municipality_by_id, practice_in_scope

_log = structlog.get_logger(__name__)


class NoMunicipality(Exception):
    """Counting was asked for outside the scope of a municipality that exists."""


def is_counted() -> bool:
    """Tell whether totals are made of the municipality in scope: not of one for practice, whose people are invented."""
    return not practice_in_scope()


def municipality_recompute(*, from_year: int) -> Replaced:
    """Count the municipality in scope again and replace every year from `from_year` on that changed.

    An event changes its own year and, through what was running, waiting or started since the beginning, every later
    one; never an earlier one. So all lines are read, and only the years that can differ are compared.
    """
    municipality = _municipality_in_scope()
    vault_lock(municipality.pk)
    counted = _count(municipality)
    replaced = facts_replace(counted, from_year=from_year)
    _log.info("municipality_counted", from_year=from_year, years_changed=replaced.years)
    return replaced


def municipality_recount(*, repair: bool = True) -> int:
    """Count everything from scratch and compare it with the vault; report and, unless told not to, repair."""
    municipality = _municipality_in_scope()
    vault_lock(municipality.pk)
    counted = _count(municipality)
    differences = facts_compare(counted)
    for year, rows in sorted(differences.items()):
        _log.warning("recount_differs", year=year, rows=rows)
    if repair:
        facts_replace(counted, from_year=counted.first_month.year, damaged=differences.keys())
    return sum(differences.values())


def _count(municipality: Municipality) -> Counted:
    lines = ledger_lines()
    first, last = _range(municipality, lines)
    years = range(first.year, last.year + 1)
    return Counted(
        municipality=municipality.pk,
        code_of_year={
            year: code_on(municipality, min(date(year, 12, 31), timezone.localdate())) for year in years
        },
        first_month=first,
        last_month=last,
        rows=facts_of(lines, until=last),
    )


def _range(municipality: Municipality, lines: list[LedgerLine]) -> tuple[date, date]:
    """Return the first and the last month: of the programme, or of the ledger where that reaches further."""
    months = [line.month for line in lines]
    first = min([first_of_month(municipality.started_on), *months])
    last = max([first_of_month(timezone.localdate()), *months])
    return first, max(first, last)


def _municipality_in_scope() -> Municipality:
    tenant_id: UUID | None = current_scope().tenant_id
    municipality = municipality_by_id(tenant_id) if tenant_id else None
    if municipality is None or municipality.is_practice:
        message = "Counting needs the aggregation scope of a municipality with real people."
        raise NoMunicipality(message)
    return municipality
