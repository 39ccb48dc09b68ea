"""States of both kinds of families and the changes that are allowed."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestingStatus(TextChoices):
    """Where an asking family stands."""

    REGISTERED = "registered", _("aangemeld")
    CONTACTED = "contacted", _("gebeld")
    INTAKE = "intake", _("intake")
    WAITING = "waiting", _("wacht op steungezin")
    SUPPORTED = "supported", _("heeft steungezin")
    CLOSED = "closed", _("afgesloten")
    MERGED = "merged", _("samengevoegd")


class SupportStatus(TextChoices):
    """Where a support family stands."""

    REGISTERED = "registered", _("aangemeld")
    CONTACTED = "contacted", _("gebeld")
    SCREENING = "screening", _("kennismaking en VOG")
    AVAILABLE = "available", _("beschikbaar")
    PAUSED = "paused", _("even niet")
    LEFT = "left", _("gestopt")
    MERGED = "merged", _("samengevoegd")


R, S = RequestingStatus, SupportStatus

REQUESTING_ALLOWED: dict[str, frozenset[str]] = {
    R.REGISTERED: frozenset({R.CONTACTED, R.CLOSED, R.MERGED}),
    R.CONTACTED: frozenset({R.INTAKE, R.CLOSED, R.MERGED}),
    R.INTAKE: frozenset({R.WAITING, R.CLOSED, R.MERGED}),
    R.WAITING: frozenset({R.SUPPORTED, R.CLOSED}),
    R.SUPPORTED: frozenset({R.WAITING, R.CLOSED}),
    R.CLOSED: frozenset({R.WAITING, R.MERGED}),
    # Only by undoing the merge, which knows where it came from.
    R.MERGED: frozenset({R.REGISTERED, R.CONTACTED, R.INTAKE, R.CLOSED}),
}

SUPPORT_ALLOWED: dict[str, frozenset[str]] = {
    S.REGISTERED: frozenset({S.CONTACTED, S.LEFT, S.MERGED}),
    S.CONTACTED: frozenset({S.SCREENING, S.LEFT, S.MERGED}),
    S.SCREENING: frozenset({S.AVAILABLE, S.LEFT, S.MERGED}),
    S.AVAILABLE: frozenset({S.PAUSED, S.LEFT}),
    S.PAUSED: frozenset({S.AVAILABLE, S.LEFT}),
    S.LEFT: frozenset({S.CONTACTED, S.MERGED}),
    # Only by undoing the merge, which knows where it came from.
    S.MERGED: frozenset({S.REGISTERED, S.CONTACTED, S.SCREENING, S.LEFT}),
}
