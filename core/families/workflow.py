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


class SupportStatus(TextChoices):
    """Where a support family stands."""

    REGISTERED = "registered", _("aangemeld")
    CONTACTED = "contacted", _("gebeld")
    SCREENING = "screening", _("kennismaking en VOG")
    AVAILABLE = "available", _("beschikbaar")
    PAUSED = "paused", _("even niet")
    LEFT = "left", _("gestopt")


R, S = RequestingStatus, SupportStatus

REQUESTING_ALLOWED: dict[str, frozenset[str]] = {
    R.REGISTERED: frozenset({R.CONTACTED, R.CLOSED}),
    R.CONTACTED: frozenset({R.INTAKE, R.CLOSED}),
    R.INTAKE: frozenset({R.WAITING, R.CLOSED}),
    R.WAITING: frozenset({R.SUPPORTED, R.CLOSED}),
    R.SUPPORTED: frozenset({R.WAITING, R.CLOSED}),
    R.CLOSED: frozenset({R.WAITING}),
}

SUPPORT_ALLOWED: dict[str, frozenset[str]] = {
    S.REGISTERED: frozenset({S.CONTACTED, S.LEFT}),
    S.CONTACTED: frozenset({S.SCREENING, S.LEFT}),
    S.SCREENING: frozenset({S.AVAILABLE, S.LEFT}),
    S.AVAILABLE: frozenset({S.PAUSED, S.LEFT}),
    S.PAUSED: frozenset({S.AVAILABLE, S.LEFT}),
    S.LEFT: frozenset({S.CONTACTED}),
}
