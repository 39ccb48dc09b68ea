"""States of an exchange, as one of the two municipalities sees its own part of it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BorderSide(TextChoices):
    """Which of the two this municipality is."""

    ASKING = "asking", _("wij zoeken")
    OFFERING = "offering", _("wij bieden aan")


class BorderStatus(TextChoices):
    """Where the own part of an exchange stands."""

    OPEN = "open", _("staat open")
    AGREED = "agreed", _("coördinator zegt ja")
    FAMILY_AGREED = "family_agreed", _("eigen gezin zegt ja")
    CONTACT_GIVEN = "contact_given", _("gegevens gedeeld")
    FINISHED = "finished", _("afgerond")
    DECLINED = "declined", _("eigen gezin zegt nee")
    WITHDRAWN = "withdrawn", _("ingetrokken")
    EXPIRED = "expired", _("verlopen")
    STOPPED = "stopped", _("gestopt door de andere gemeente")


B = BorderStatus
_ENDS = frozenset({B.WITHDRAWN, B.EXPIRED, B.STOPPED})

ALLOWED: dict[str, frozenset[str]] = {
    B.OPEN: _ENDS | {B.AGREED},
    B.AGREED: _ENDS | {B.FAMILY_AGREED, B.DECLINED},
    B.FAMILY_AGREED: _ENDS | {B.CONTACT_GIVEN, B.DECLINED},
    B.CONTACT_GIVEN: _ENDS | {B.FINISHED, B.DECLINED},
    B.FINISHED: frozenset(),
    B.DECLINED: frozenset(),
    B.WITHDRAWN: frozenset(),
    B.EXPIRED: frozenset(),
    B.STOPPED: frozenset(),
}

LIVE: frozenset[str] = frozenset(state for state, further in ALLOWED.items() if further)
