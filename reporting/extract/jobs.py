"""Jobs that count. Each is one transaction with the aggregator's login: a run that dies leaves nothing behind."""

from reporting.disclosure.jobs import release
from reporting.extract.services import municipality_recompute, municipality_recount
from tenants.jobs import enqueue, job
from tenants.municipalities.selectors import live_municipalities


@job(scope="aggregation")
def recompute(*, year: str) -> None:
    """Count the municipality again from `year` on: an event of that year was added to its ledger."""
    replaced = municipality_recompute(from_year=int(year))
    if replaced.new_month:
        # The national figures of a new month need every municipality's, also where nothing happened yet.
        enqueue(recount_all)
    if replaced.years:
        enqueue(release)


@job(scope="aggregation")
def recount() -> None:
    """Count everything from scratch, compare and repair."""
    municipality_recount()
    enqueue(release)


@job(scope="releasing")
def recount_all() -> None:
    """Every night: have every municipality counted from scratch, which also begins its new month."""
    for municipality in live_municipalities():
        enqueue(recount, municipality=municipality)
