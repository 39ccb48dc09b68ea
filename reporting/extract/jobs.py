"""Jobs that count. Each is one transaction with the aggregator's login: a run that dies leaves nothing behind."""

from celery.schedules import crontab

from reporting.disclosure.jobs import release
from reporting.extract.services import is_counted, municipality_recompute, municipality_recount
from tenants.jobs import enqueue, job
from tenants.municipalities.selectors import counted_municipalities


@job(scope="aggregation")
def recompute(*, year: str) -> None:
    """Count the municipality again from `year` on: an event of that year was added to its ledger."""
    if not is_counted():
        return
    replaced = municipality_recompute(from_year=int(year))
    if replaced.new_month:
        # The national figures of a new month need every municipality's, also where nothing happened yet.
        enqueue(recount_all)
    if replaced.years:
        enqueue(release)


@job(scope="aggregation", schedule=crontab(hour=2, minute=20))
def recount() -> None:
    """Every night: count everything from scratch, compare and repair. This also begins a new month."""
    if not is_counted():
        return
    municipality_recount()
    enqueue(release)


@job(scope="releasing")
def recount_all() -> None:
    """Have every municipality counted from scratch, now."""
    for municipality in counted_municipalities():
        enqueue(recount, municipality=municipality)
