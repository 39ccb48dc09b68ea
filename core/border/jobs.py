"""Every hour: what is over in the exchange with the neighbours is closed, and wiped."""

from celery.schedules import crontab
from django.utils import timezone

from core.border.services import border_tidy
from tenants.accounts.models import SystemActor
from tenants.jobs import job

CLOCK = SystemActor("verloop van kaarten")


@job(scope="municipality", schedule=crontab(minute=25))
def tidy() -> None:
    """End the exchanges of one municipality that are over."""
    border_tidy(on=timezone.localdate(), actor=CLOCK)
