"""What both families agree, as part of a form: for the trial, definitively, or as a new version."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import DateField, DayPartsField, LineField, TextField
from common.forms import NaoberForm
from common.vocabulary import Frequency, SupportForm
from core.agreements.models import CouplingAgreement
from core.agreements.services import AgreementData


class AgreementForm(NaoberForm):
    """An agreement. ``needs_house_rules`` for a definitive one."""

    support_form = forms.ChoiceField(
        label=_("Wat voor steun"), choices=[("", _("Kies een steunvorm")), *SupportForm.choices]
    )
    frequency = forms.ChoiceField(label=_("Hoe vaak"), choices=[("", _("Kies hoe vaak")), *Frequency.choices])
    day_parts = DayPartsField(label=_("Op welke dagdelen"), required=False)
    arrangements = TextField(
        label=_("Andere afspraken"),
        help_text=_("Bijvoorbeeld halen en brengen, eten, kleding, vakanties."),
        required=False,
    )
    house_rules = TextField(label=_("Huisregels bij het steungezin"), required=False)
    emergency_contact = LineField(
        label=_("Wie bellen bij nood"), help_text=_("Naam en telefoonnummer."), required=False
    )
    agreed_on = DateField(label=_("Afgesproken op"), initial=timezone.localdate)

    def __init__(self, *args: Any, needs_house_rules: bool = False, **kwargs: Any) -> None:
        """Ask for house rules where they are needed."""
        super().__init__(*args, **kwargs)
        field = self.fields["house_rules"]
        if needs_house_rules:
            field.required = True
            field.error_messages["required"] = _("Schrijf de huisregels op: die horen bij de afspraken.")

    def agreement(self, *, valid_from: date, valid_until: date | None = None) -> AgreementData:
        """Return what was filled in."""
        clean = self.cleaned_data
        return AgreementData(
            support_form=clean["support_form"],
            frequency=clean["frequency"],
            day_parts=[str(part) for part in clean["day_parts"]],
            arrangements=clean["arrangements"],
            house_rules=clean["house_rules"],
            emergency_contact=clean["emergency_contact"],
            agreed_on=clean["agreed_on"],
            valid_from=valid_from,
            valid_until=valid_until,
        )


class NewVersionForm(AgreementForm):
    """A change of an agreement, from a day on."""

    valid_from = DateField(label=_("Geldt vanaf"), initial=timezone.localdate)

    field_order = ("valid_from",)


def agreement_initial(agreement: CouplingAgreement | None) -> dict[str, Any]:
    """Return the last version as a start for the next."""
    if agreement is None:
        return {}
    names = ("support_form", "frequency", "day_parts", "arrangements", "house_rules", "emergency_contact")
    return {name: getattr(agreement, name) for name in names}
