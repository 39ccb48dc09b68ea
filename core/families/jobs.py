"""Confirmation by e-mail. It says that a registration arrived, and nothing about whom or what it is about."""

from celery.schedules import crontab
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.families.duplicates import keys_fill
from core.families.models import RequestingParent, SupportAdult
from tenants.jobs import job

FAMILIES_A_NIGHT = 5000


@job(scope="municipality")
def send_confirmation(*, kind: str, family_id: str) -> None:
    """Send a confirmation without personal data to the contact of a family that registered itself."""
    people = RequestingParent.objects if kind == "requesting" else SupportAdult.objects
    contact = people.filter(family_id=family_id, is_contact=True).exclude(email="").first()
    if contact is None:
        return
    EmailMessage(
        subject=_("Wij hebben uw bericht ontvangen"),
        body=render_to_string("families/mail/confirmation.txt", {"kind": kind}),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[contact.email],
    ).send()


@job(scope="municipality", schedule=crontab(hour=3, minute=20))
def fill_duplicate_keys() -> None:
    """Make families known by number, address and name that were registered before there were keys."""
    keys_fill(FAMILIES_A_NIGHT)
