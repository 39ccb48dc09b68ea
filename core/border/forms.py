"""Forms of the border exchange: only shape is judged here; the rules are in the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, LineField, PhoneField
from common.forms import NaoberForm
from core.border.contacts import Contact
from core.border.services import USUAL_TIME
from core.families.forms import DayForm
from core.matching.forms import ChildrenForm
from tenants.municipalities.models import Municipality


class PublishForm(ChildrenForm):
    """To which neighbour, for which children, until when."""

    partner = ChoiceField(
        label=_("Aan welke gemeente?"),
        error_messages={
            "required": _("Kies een gemeente."),
            "invalid_choice": _("Kies een gemeente uit de lijst."),
        },
    )
    expires_on = DateField(
        label=_("Tot en met"), help_text=_("Daarna is de kaart weg. Intrekken kan altijd.")
    )

    field_order = ("partner", "children", "expires_on")

    def __init__(self, *args: Any, partners: Sequence[Municipality], **kwargs: Any) -> None:
        """Offer the neighbours with which cards are exchanged."""
        super().__init__(*args, **kwargs)
        self.partners = {str(partner.pk): partner for partner in partners}
        field = self.fields["partner"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(key, partner.name) for key, partner in self.partners.items()]
        if len(self.partners) == 1:
            self.fields["partner"].initial = next(iter(self.partners))
        self.fields["expires_on"].initial = timezone.localdate() + USUAL_TIME

    @property
    def chosen_partner(self) -> Municipality:
        """Return the chosen neighbour."""
        return self.partners[self.cleaned_data["partner"]]


class NeighbourForm(NaoberForm):
    """Which municipality to allow, or to stop with."""

    ALLOW, STOP = "ja", "nee"

    partner = forms.ChoiceField(
        label=_("Gemeente"),
        error_messages={
            "required": _("Kies een gemeente."),
            "invalid_choice": _("Kies een gemeente uit de lijst."),
        },
    )
    allow = forms.ChoiceField(
        choices=[(ALLOW, ALLOW), (STOP, STOP)], widget=forms.HiddenInput, initial=ALLOW, required=False
    )

    def __init__(self, *args: Any, partners: Sequence[Municipality], **kwargs: Any) -> None:
        """Offer the other municipalities."""
        super().__init__(*args, **kwargs)
        self.partners = {str(partner.pk): partner for partner in partners}
        field = self.fields["partner"]
        if isinstance(field, forms.ChoiceField):
            names = [(key, partner.name) for key, partner in self.partners.items()]
            field.choices = [("", _("Kies een gemeente")), *names]

    @property
    def chosen_partner(self) -> Municipality:
        """Return the chosen municipality."""
        return self.partners[self.cleaned_data["partner"]]

    @property
    def stops(self) -> bool:
        """Tell whether it is about stopping."""
        return bool(self.cleaned_data["allow"] == self.STOP)


class AgreedForm(DayForm):
    """The day on which a family said yes."""

    meanings = ("agreed_on",)


class ContactForm(NaoberForm):
    """Whom the other coordinator may call."""

    coordinator_name = LineField(label=_("Jouw naam"), max_length=120)
    coordinator_phone = PhoneField(label=_("Jouw telefoonnummer"))
    family_name = LineField(
        label=_("Naam van het gezin"),
        max_length=120,
        help_text=_("De naam waarmee de andere coördinator het gezin aanspreekt. Geen adres."),
    )
    family_phone = PhoneField(
        label=_("Telefoonnummer van het gezin"),
        required=False,
        help_text=_("Alleen als het gezin dat goed vindt. Leeg mag: dan bellen de coördinatoren elkaar."),
    )

    @property
    def contact(self) -> Contact:
        """Return what was filled in."""
        return Contact(**self.cleaned_data)
