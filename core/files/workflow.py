"""States of a file."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileStatus(TextChoices):
    """A file is looked at for viruses when there is a scanner, and stays in quarantine until then if that is wanted."""

    RECEIVED = "received", _("wordt gecontroleerd")
    UNCHECKED = "unchecked", _("niet op virussen gecontroleerd")
    CLEAN = "clean", _("gecontroleerd")
    BLOCKED = "blocked", _("geblokkeerd: virus gevonden")
    REMOVED = "removed", _("verwijderd")


F = FileStatus

ALLOWED: dict[str, frozenset[str]] = {
    F.RECEIVED: frozenset({F.UNCHECKED, F.CLEAN, F.BLOCKED, F.REMOVED}),
    F.UNCHECKED: frozenset({F.CLEAN, F.BLOCKED, F.REMOVED}),
    F.CLEAN: frozenset({F.BLOCKED, F.REMOVED}),
    F.BLOCKED: frozenset({F.REMOVED}),
    F.REMOVED: frozenset(),
}
# Nobody looked yet: whether they may be opened is for the municipality to say.
NOT_SCANNED = frozenset({F.RECEIVED, F.UNCHECKED})
