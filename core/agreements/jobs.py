"""What happens to agreements by itself."""

import structlog
from celery.schedules import crontab

from core.agreements.services import bookings_fill
from core.couplings.selectors import couplings
from core.couplings.workflow import RUNNING
from tenants.accounts.models import SystemActor
from tenants.jobs import job

_log = structlog.get_logger(__name__)
ACTOR = SystemActor("dagdelen vastleggen")


@job(scope="municipality", schedule=crontab(hour=3, minute=40))
def fill_bookings() -> None:
    """Book what agreements of before there were bookings take up. What clashes is left alone, and counted."""
    running = couplings(statuses=RUNNING).filter(agreements__bookings__isnull=True, agreements__isnull=False)
    clashing = sum(not bookings_fill(coupling=coupling, actor=ACTOR) for coupling in running.distinct())
    if clashing:
        _log.warning("bookings_clash", count=clashing)
