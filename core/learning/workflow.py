"""How far starting again in a practice municipality is."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.workflow import WorkflowTable


class ResetStatus(TextChoices):
    ASKED = "asked", _("wacht op zijn beurt")
    DONE = "done", _("klaar")


R = ResetStatus
ALLOWED: WorkflowTable = {
    R.ASKED: frozenset({R.DONE}),
    R.DONE: frozenset(),
}
