"""States of a task."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TaskStatus(TextChoices):
    """A task is open until it is done or turns out not to be needed."""

    OPEN = "open", _("open")
    DONE = "done", _("gedaan")
    DROPPED = "dropped", _("niet meer nodig")


ALLOWED: dict[str, frozenset[str]] = {
    TaskStatus.OPEN: frozenset({TaskStatus.DONE, TaskStatus.DROPPED}),
    TaskStatus.DONE: frozenset({TaskStatus.OPEN}),
    TaskStatus.DROPPED: frozenset({TaskStatus.OPEN}),
}
