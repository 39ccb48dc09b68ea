"""Sending mails."""

from uuid import UUID

from core.letters.models import MailDelivery
from core.letters.services import mail_send
from tenants.accounts.models import SystemActor
from tenants.jobs import job

POST = SystemActor("post")


@job(scope="municipality")
def send_letter(*, letter_id: str) -> None:
    """Send the mail of a letter, unless that was done."""
    delivery = MailDelivery.objects.filter(letter=UUID(letter_id)).first()
    if delivery is not None:
        mail_send(delivery=delivery, actor=POST)
