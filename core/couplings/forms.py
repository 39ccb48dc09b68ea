"""Forms of couplings: only shape is judged here; the rules are in the services."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import DateField
from common.forms import NaoberForm


class IntroduceForm(NaoberForm):
    """When the families meet."""

    terms: ClassVar[Mapping[str, str]] = {"introduced_on": "kennismaking"}

    introduced_on = DateField(
        label=_("Datum van de kennismaking"),
        initial=timezone.localdate,
        help_text=_("Mag ook een dag zijn die nog komt."),
    )
