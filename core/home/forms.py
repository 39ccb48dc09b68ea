"""Forms of the start page and the lists: only shape is judged here; the rules are in the services."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, TextField
from core.families.guard import GuardedForm
from core.families.models import ContactNote
from core.files.forms import UploadForm


class WarmForm(GuardedForm):
    """What was done to keep a support family warm."""

    kind = ChoiceField(label=_("Wat heb je gedaan?"), choices=ContactNote.Kind.choices)
    happened_on = DateField(label=_("Wanneer"), initial=timezone.localdate)
    text = TextField(label=_("In een paar woorden"), rows=3)


class AttachForm(GuardedForm, UploadForm):
    """A file, with the guard on what is said of it."""

    guarded = ("note",)
