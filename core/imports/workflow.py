"""States of reading in a file, from the upload to the day on which it can no longer be taken back."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ImportStatus(TextChoices):
    """Where an import stands."""

    READ = "read", _("gelezen, nog niets overgenomen")
    RUNNING = "running", _("bezig met overnemen")
    DONE = "done", _("overgenomen")
    UNDONE = "undone", _("teruggedraaid")
    DROPPED = "dropped", _("weggegooid")


S = ImportStatus

ALLOWED: dict[str, frozenset[str]] = {
    S.READ: frozenset({S.RUNNING, S.DROPPED}),
    # Back to read when a row could not be taken over after all: then nothing was.
    S.RUNNING: frozenset({S.DONE, S.READ}),
    S.DONE: frozenset({S.UNDONE}),
    S.UNDONE: frozenset(),
    S.DROPPED: frozenset(),
}
