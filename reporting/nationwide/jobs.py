"""Every night, after the recount: the counts of the whole country."""

from celery.schedules import crontab
from django.utils import timezone

from reporting.nationwide.services import nationwide_publish
from tenants.jobs import job


@job(scope="releasing", schedule=crontab(hour=4, minute=10))
def publish() -> None:
    """Publish what is counted nationwide."""
    nationwide_publish(on=timezone.localdate())
