"""States of a planned moment in the guidance of a coupling."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MomentStatus(TextChoices):
    """A moment is planned until it was held or is no longer needed."""

    PLANNED = "planned", _("gepland")
    HELD = "held", _("gehouden")
    DROPPED = "dropped", _("vervallen")


ALLOWED: dict[str, frozenset[str]] = {
    MomentStatus.PLANNED: frozenset({MomentStatus.HELD, MomentStatus.DROPPED}),
    MomentStatus.HELD: frozenset(),
    # A coupling that is taken up again gets back the talks that its end had dropped.
    MomentStatus.DROPPED: frozenset({MomentStatus.PLANNED}),
}
