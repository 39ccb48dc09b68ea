"""Mail goes to the mail server, except from a practice municipality: there it is kept to be looked at."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from core.learning.services import mail_keep
from tenants.context import SchemaKind, scope_or_none
from tenants.municipalities.selectors import practice_in_scope


class NothingFromPractice(BaseEmailBackend):
    """Stands before a way to send mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send, or keep what would have been sent."""
        scope = scope_or_none()
        if scope is None or scope.kind is not SchemaKind.MUNICIPALITY or not practice_in_scope():
            sent: int | None = super().send_messages(email_messages)
            return sent or 0
        for message in email_messages:
            mail_keep(
                recipients=", ".join(message.recipients()),
                subject=str(message.subject),
                body=str(message.body),
            )
        return len(email_messages)


class EmailBackend(NothingFromPractice, smtp.EmailBackend):
    """What the product sends its mail with."""
