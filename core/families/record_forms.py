"""Short forms for one action on a file: corrections, people, talks, notes, consents, pausing and closing."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, LineField, PhoneField, TextField
from common.forms import NaoberForm
from common.vocabulary import CloseReason, ReferralSource, SensitiveGroup
from core.families.forms import (
    ChildForm,
    DayForm,
    PersonForm,
    RequestingDetailsForm,
    SupportDetailsForm,
    speak_about_family,
    speak_about_support_family,
    with_empty,
)
from core.families.models import (
    ContactNote,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.registration import PersonData


class RequestingChangeForm(RequestingDetailsForm):
    """Correct what is known of an asking family."""

    name = LineField(label=_("Achternaam van het gezin"), max_length=120)
    referral_source = forms.ChoiceField(label=_("Via wie?"), choices=ReferralSource.choices)
    referrer_name = LineField(label=_("Naam van de verwijzer"), max_length=120, required=False)
    referrer_phone = PhoneField(label=_("Telefoonnummer van de verwijzer"), required=False)
    permission_told_on = DateField(label=_("De ouders gaven toestemming op"), required=False)

    def __init__(self, *args: Any, family: RequestingFamily, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(family, name) for name in self.fields}
        speak_about_family(self)
        self.order_fields(["name"])


class SupportChangeForm(SupportDetailsForm):
    """Correct what is known of a support family."""

    name = LineField(label=_("Achternaam van het gezin"), max_length=120)
    secret_address = forms.BooleanField(label=_("Dit is een geheim adres"), required=False)
    remarks = TextField(label=_("Toelichting"), required=False)

    def __init__(self, *args: Any, family: SupportFamily, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(family, name) for name in self.fields}
        speak_about_support_family(self)
        self.order_fields(["name"])


class ParentForm(PersonForm):
    """A parent or guardian, new or known."""

    has_custody = forms.BooleanField(
        label=_("Heeft gezag"),
        required=False,
        help_text=_("Ouders met gezag beslissen samen: zij moeten allebei akkoord zijn."),
    )
    agreed_on = DateField(label=_("Akkoord met steun op"), required=False)

    def __init__(self, *args: Any, parent: RequestingParent | None = None, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        self.initial = (
            {name: getattr(parent, name) for name in self.fields} if parent else {"has_custody": True}
        )

    def data_of(self) -> PersonData:
        """Return what was filled in."""
        return replace(super().data_of(), has_custody=self.cleaned_data["has_custody"])


class ChildChangeForm(ChildForm):
    """A child, new or known, with what the coordinator knows besides."""

    remarks = LineField(
        label=_("Wat een steungezin moet weten"),
        max_length=500,
        required=False,
        help_text=_("Bijvoorbeeld: houdt van voetbal. Geen gezondheid: daarvoor is toestemming nodig."),
    )

    def __init__(self, *args: Any, child: SupportedChild | None = None, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        if child:
            self.initial = {name: getattr(child, name) for name in self.fields}


class AdultForm(PersonForm):
    """An adult of a support household, new or known."""

    needs_vog = forms.BooleanField(
        label=_("Heeft een VOG nodig"),
        required=False,
        help_text=_("Iedere volwassene die alleen met een kind kan zijn, heeft een VOG nodig."),
    )
    left_household_on = DateField(label=_("Woont hier niet meer sinds"), required=False)

    def __init__(self, *args: Any, adult: SupportAdult | None = None, **kwargs: Any) -> None:
        """Start with what is known; somebody new has not moved out."""
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(adult, name) for name in self.fields} if adult else {"needs_vog": True}
        if adult is None:
            del self.fields["left_household_on"]


class ContactedForm(DayForm):
    """The first talk, with an optional note."""

    text = TextField(label=_("Wat is er besproken?"), required=False)


class NoteForm(DayForm):
    """A note in the file."""

    kind = ChoiceField(label=_("Soort"), choices=ContactNote.Kind.choices, initial=ContactNote.Kind.CALL)
    text = TextField(
        label=_("Notitie"),
        rows=6,
        help_text=_(
            "Een notitie kun je later niet meer veranderen. "
            "Geen gezondheid, geloof of herkomst: daarvoor is toestemming nodig."
        ),
    )


class ReminderForm(DayForm):
    """Something to do by a day."""

    title = LineField(label=_("Wat wil je niet vergeten?"), max_length=200)


class CloseForm(DayForm):
    """Why a family stops."""

    reason = forms.ChoiceField(label=_("Reden"), choices=with_empty(CloseReason.choices, _("Kies een reden")))
    note = LineField(label=_("Toelichting"), max_length=500, required=False)


class PauseForm(NaoberForm):
    """Until when, and why."""

    until = DateField(label=_("Tot"), required=False, help_text=_("Laat leeg als je het nog niet weet."))
    reason = LineField(label=_("Waarom?"), max_length=300, required=False)


class ConsentForm(DayForm):
    """A consent for one sensitive group, with what we need to know."""

    group = ChoiceField(label=_("Waarvoor?"), choices=SensitiveGroup.choices)
    note = LineField(
        label=_("Wat moeten wij weten?"),
        max_length=500,
        required=False,
        help_text=_("Alleen wat nodig is voor een goede en veilige koppeling."),
    )


class SensitiveNoteForm(NaoberForm):
    """The note of a consent."""

    note = LineField(label=_("Wat moeten wij weten?"), max_length=500, required=False)
