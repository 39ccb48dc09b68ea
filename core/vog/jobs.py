"""Nightly: certificates whose term has passed."""

from celery.schedules import crontab
from django.utils import timezone

from core.vog.services import vog_expire_overdue
from tenants.accounts.models import SystemActor
from tenants.jobs import job


@job(scope="municipality", schedule=crontab(hour=2, minute=20))
def expire_overdue() -> None:
    """Mark the certificates of one municipality that no longer count."""
    vog_expire_overdue(on=timezone.localdate(), actor=SystemActor("nachtelijke controle"))
