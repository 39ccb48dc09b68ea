"""States of a check of the certificate of conduct (VOG). A refusal is only ``not_presented``: no criminal data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VogStatus(TextChoices):
    """Where one check stands."""

    REQUESTED = "requested", _("aangevraagd")
    RECEIVED = "received", _("ontvangen door het gezin")
    SEEN = "seen", _("gezien en in orde")
    EXPIRED = "expired", _("verlopen")
    NOT_PRESENTED = "not_presented", _("niet getoond")


ALLOWED: dict[str, frozenset[str]] = {
    VogStatus.REQUESTED: frozenset({VogStatus.RECEIVED, VogStatus.SEEN, VogStatus.NOT_PRESENTED}),
    VogStatus.RECEIVED: frozenset({VogStatus.SEEN, VogStatus.NOT_PRESENTED}),
    VogStatus.SEEN: frozenset({VogStatus.EXPIRED}),
    VogStatus.EXPIRED: frozenset(),
    VogStatus.NOT_PRESENTED: frozenset(),
}
