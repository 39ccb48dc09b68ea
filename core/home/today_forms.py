"""The form to put a line of the start page off: only its shape is judged here; the rules are in the service."""

from django.utils.translation import gettext_lazy as _

from common.fields import DateField, LineField
from common.forms import NaoberForm


class SnoozeForm(NaoberForm):
    """Until when a line is put off, and why."""

    until = DateField(label=_("Tot wanneer? Op deze dag staat de regel weer op je lijst."))
    reason = LineField(
        label=_("Waarom kan dit wachten?"),
        max_length=200,
        help_text=_("Je collega ziet dit ook. Bijvoorbeeld: moeder is op vakantie tot maandag."),
    )
