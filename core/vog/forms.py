"""Forms of the VOG register. There is no field for the document, and there will be none."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, LineField, YesNoField
from common.forms import NaoberForm
from core.vog.models import ScreeningAspect
from core.vog.selectors import RuleState, policy_on


class SeenForm(NaoberForm):
    """The two dates and the profile on a VOG that was shown."""

    terms: ClassVar[Mapping[str, str]] = {"issued_on": "vog"}

    issued_on = DateField(label=_("Afgegeven op"), help_text=_("De datum die op de VOG staat."))
    seen_on = DateField(label=_("Gezien op"))
    profile = ChoiceField(label=_("Functieaspect op de VOG"), choices=ScreeningAspect.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start with today and the usual profile."""
        super().__init__(*args, **kwargs)
        self.fields["seen_on"].initial = timezone.localdate
        self.fields["profile"].initial = policy_on(timezone.localdate()).profile


class NothingForm(NaoberForm):
    """An action that asks nothing."""


class PolicyForm(NaoberForm):
    """What this municipality asks of support families."""

    valid_from = DateField(label=_("Geldt vanaf"), initial=timezone.localdate)
    every_adult = YesNoField(
        label=_("Heeft iedere volwassene in huis een VOG nodig?"),
        help_text=_(
            "Nee? Dan kies je het per volwassene: wie alleen met een kind kan zijn, heeft er een nodig."
        ),
    )
    profile = ChoiceField(label=_("Functieaspect op de VOG"), choices=ScreeningAspect.choices)
    term_months = forms.IntegerField(
        label=_("Na hoeveel maanden vraag je een nieuwe?"),
        help_text=_("Een VOG verloopt niet vanzelf. Drie jaar (36) is gewoon."),
    )
    references_wanted = forms.IntegerField(label=_("Hoeveel goede referenties?"))
    conduct_version = LineField(
        label=_("Versie van de gedragscode"),
        max_length=20,
        required=False,
        help_text=_("Bijvoorbeeld 2026-1. Leeg? Dan vragen wij er niet om."),
    )
    house_rules_version = LineField(label=_("Versie van de huisregels"), max_length=20, required=False)


class RulesForm(NaoberForm):
    """With which documents somebody agrees."""

    documents = forms.MultipleChoiceField(
        label=_("Waarmee gaat deze persoon akkoord?"), widget=forms.CheckboxSelectMultiple
    )
    accepted_on = DateField(label=_("Akkoord op"), initial=timezone.localdate)

    def __init__(self, *args: Any, states: Sequence[RuleState], **kwargs: Any) -> None:
        """Offer the versions that count now."""
        super().__init__(*args, **kwargs)
        field = self.fields["documents"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [
                (
                    state.document,
                    _("%(document)s, versie %(version)s")
                    % {"document": capfirst(state.label), "version": state.version},
                )
                for state in states
            ]
        self.initial["documents"] = [state.document for state in states if state.accepted_on is None]
