"""Every morning: support families whose rest is over."""

from celery.schedules import crontab
from django.utils import timezone

from core.guidance.services import pauses_end
from tenants.accounts.models import SystemActor
from tenants.jobs import job


@job(scope="municipality", schedule=crontab(hour=2, minute=40))
def end_pauses() -> None:
    """Let the support families of one municipality return on the day they named."""
    pauses_end(on=timezone.localdate(), actor=SystemActor("einde van een pauze"))
