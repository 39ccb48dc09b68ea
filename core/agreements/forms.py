"""What both families agree, as part of a form: for the trial, definitively, or as a new version."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, DayPartsField, LineField, TextField
from common.forms import NaoberForm
from common.vocabulary import Frequency, SupportForm
from core.agreements.models import AgreementAcceptance, CouplingAgreement, MonthWeek, Party
from core.agreements.services import AgreementData
from core.agreements.week import Week
from core.families.guard import GuardedForm
from tenants.standards.models import Region


class AgreementForm(GuardedForm):
    """An agreement. ``needs_house_rules`` for a definitive one."""

    support_form = forms.ChoiceField(
        label=_("Wat voor steun"), choices=[("", _("Kies een steunvorm")), *SupportForm.choices]
    )
    frequency = forms.ChoiceField(label=_("Hoe vaak"), choices=[("", _("Kies hoe vaak")), *Frequency.choices])
    month_week = forms.TypedChoiceField(
        label=_("Elke maand? Welke van de maand"),
        choices=[("", _("Niet elke maand")), *MonthWeek.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    first_on = DateField(
        label=_("Om de week? De eerste keer in de week van"),
        help_text=_("Leeg: de week waarin de afspraken beginnen."),
        required=False,
    )
    day_parts = DayPartsField(label=_("Op welke dagdelen"), required=False)
    holiday_region = forms.ChoiceField(
        label=_("In de schoolvakanties"),
        choices=[
            ("", _("gaat het gewoon door")),
            *(
                (region.value, format_lazy(_("niet, regio {region}"), region=region.label))
                for region in Region
            ),
        ],
        required=False,
    )
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

    def __init__(
        self, *args: Any, needs_house_rules: bool = False, week: Week | None = None, **kwargs: Any
    ) -> None:
        """Ask for house rules where they are needed; show in the grid what suits whom."""
        super().__init__(*args, **kwargs)
        if week is not None and week.marks:
            grid = self.fields["day_parts"]
            grid.widget.marks = week.marks
            grid.help_text = _(
                "Beide: past bij beide gezinnen. Vraag: alleen bij het vraaggezin. Aanbod: alleen bij het steungezin."
            )
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
            first_on=clean["first_on"] if clean["frequency"] == Frequency.FORTNIGHTLY else None,
            month_week=clean["month_week"] if clean["frequency"] == Frequency.MONTHLY else None,
            holiday_region=clean["holiday_region"],
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
    names = (
        "support_form",
        "frequency",
        "month_week",
        "day_parts",
        "holiday_region",
        "arrangements",
        "house_rules",
        "emergency_contact",
    )
    return {name: getattr(agreement, name) for name in names}


class AcceptForm(NaoberForm):
    """Which family said yes, when and how."""

    party = ChoiceField(label=_("Wie is akkoord?"), choices=Party.choices)
    accepted_on = DateField(label=_("Akkoord op"), initial=timezone.localdate)
    how = ChoiceField(label=_("Hoe weet je dat?"), choices=AgreementAcceptance.How.choices)

    def __init__(self, *args: Any, parties: list[Party], **kwargs: Any) -> None:
        """Offer only whose yes is still to come."""
        super().__init__(*args, **kwargs)
        field = self.fields["party"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(party.value, party.label) for party in parties]
        if len(parties) == 1:
            field.initial = parties[0].value
