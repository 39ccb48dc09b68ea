"""Forms of the VOG register. There is no field for the document, and there will be none."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField
from common.forms import NaoberForm
from core.vog.models import ScreeningAspect


class SeenForm(NaoberForm):
    """The two dates and the profile on a VOG that was shown."""

    issued_on = DateField(label=_("Afgegeven op"), help_text=_("De datum die op de VOG staat."))
    seen_on = DateField(label=_("Gezien op"))
    profile = ChoiceField(label=_("Functieaspect op de VOG"), choices=ScreeningAspect.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start with today and the usual profile."""
        super().__init__(*args, **kwargs)
        self.fields["seen_on"].initial = timezone.localdate
        self.fields["profile"].initial = ScreeningAspect.MINORS


class NothingForm(NaoberForm):
    """An action that asks nothing."""
