"""Forms of couplings: only shape is judged here; the rules are in the services."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import DateField
from common.forms import NaoberForm


class IntroduceForm(NaoberForm):
    """When the families meet."""

    introduced_on = DateField(
        label=_("Datum van de kennismaking"),
        initial=timezone.localdate,
        help_text=_("Mag ook een dag zijn die nog komt."),
    )
