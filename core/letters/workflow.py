"""States of a mail on its way."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryStatus(TextChoices):
    """A mail waits until the mail server takes it. Taken is not arrived: it may still come back."""

    WAITING = "waiting", _("wacht op verzending")
    SENT = "sent", _("verstuurd")
    FAILED = "failed", _("niet verstuurd")
    BOUNCED = "bounced", _("niet aangekomen")


D = DeliveryStatus

ALLOWED: dict[str, frozenset[str]] = {
    # Straight to "bounced" when the worker died between the mail server's yes and our own note of it.
    D.WAITING: frozenset({D.SENT, D.FAILED, D.BOUNCED}),
    D.SENT: frozenset({D.BOUNCED}),
    D.FAILED: frozenset(),
    D.BOUNCED: frozenset(),
}
KINDS: dict[str, str] = {D.WAITING: "info", D.SENT: "good", D.FAILED: "danger", D.BOUNCED: "danger"}
