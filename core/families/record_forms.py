"""Short forms for one action on a file: corrections, people, talks, notes, consents, pausing and closing."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, LineField, PhoneField, TextField
from common.merging import MergingForm, Who
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
from core.families.guard import GuardedForm
from core.families.models import (
    Consent,
    ContactNote,
    NoteReader,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.registration import PersonData
from tenants.audit.history import last_editors
from tenants.models import ScopedModel


def editors_of(row: ScopedModel) -> Who:
    """Return how a form learns who changed its fields last."""
    return partial(last_editors, row)


class RequestingChangeForm(GuardedForm, MergingForm, RequestingDetailsForm):
    """Correct what is known of an asking family."""

    name = LineField(label=_("Achternaam van het gezin"), max_length=120)
    referral_source = forms.ChoiceField(label=_("Via wie?"), choices=ReferralSource.choices)
    referrer_name = LineField(label=_("Naam van de verwijzer"), max_length=120, required=False)
    referrer_phone = PhoneField(label=_("Telefoonnummer van de verwijzer"), required=False)
    permission_told_on = DateField(label=_("De ouders gaven toestemming op"), required=False)

    def __init__(self, *args: Any, family: RequestingFamily, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        self.start_with(family, editors_of(family))
        speak_about_family(self)
        self.order_fields(["name"])


class SupportChangeForm(GuardedForm, MergingForm, SupportDetailsForm):
    """Correct what is known of a support family."""

    name = LineField(label=_("Achternaam van het gezin"), max_length=120)
    secret_address = forms.BooleanField(label=_("Dit is een geheim adres"), required=False)
    remarks = TextField(label=_("Toelichting"), required=False)

    def __init__(self, *args: Any, family: SupportFamily, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        self.start_with(family, editors_of(family))
        speak_about_support_family(self)
        self.order_fields(["name"])


class ParentForm(MergingForm, PersonForm):
    """A parent or guardian, new or known."""

    terms: ClassVar[Mapping[str, str]] = {"has_custody": "gezag"}

    has_custody = forms.BooleanField(
        label=_("Heeft gezag"),
        required=False,
        help_text=_("Ouders met gezag beslissen samen: zij moeten allebei akkoord zijn."),
    )
    agreed_on = DateField(label=_("Akkoord met steun op"), required=False)

    def __init__(self, *args: Any, parent: RequestingParent | None = None, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        if parent:
            self.start_with(parent, editors_of(parent))
        else:
            self.initial = {"has_custody": True}

    def data_of(self) -> PersonData:
        """Return what was filled in."""
        return replace(super().data_of(), has_custody=self.cleaned_data["has_custody"])


class ChildChangeForm(GuardedForm, MergingForm, ChildForm):
    """A child, new or known, with what the coordinator knows besides."""

    guarded = ("remarks",)

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
            self.start_with(child, editors_of(child))


class AdultForm(MergingForm, PersonForm):
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
        if adult:
            self.start_with(adult, editors_of(adult))
        else:
            self.initial = {"needs_vog": True}
            del self.fields["left_household_on"]


class ContactedForm(GuardedForm, DayForm):
    """The first talk, with an optional note."""

    text = TextField(label=_("Wat is er besproken?"), required=False)


class NoteForm(GuardedForm, DayForm):
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
    confidential_to = forms.ChoiceField(
        label=_("Wie mag dit lezen?"),
        choices=with_empty(NoteReader.choices, _("iedereen die dit dossier mag zien")),
        required=False,
    )
    pinned = forms.BooleanField(label=_("Bovenaan het dossier zetten"), required=False)


class ReminderForm(GuardedForm, DayForm):
    """Something to do by a day."""

    guarded = ("title",)

    title = LineField(label=_("Wat wil je niet vergeten?"), max_length=200)


class CloseForm(GuardedForm, DayForm):
    """Why a family stops."""

    guarded = ("note",)

    reason = forms.ChoiceField(label=_("Reden"), choices=with_empty(CloseReason.choices, _("Kies een reden")))
    note = LineField(label=_("Toelichting"), max_length=500, required=False)


class PauseForm(GuardedForm):
    """Until when, and why."""

    guarded = ("reason",)

    until = DateField(label=_("Tot"), required=False, help_text=_("Laat leeg als je het nog niet weet."))
    reason = LineField(label=_("Waarom?"), max_length=300, required=False)


class ConsentForm(GuardedForm, DayForm):
    """A consent for one sensitive group, with what we need to know."""

    terms: ClassVar[Mapping[str, str]] = {"group": "toestemming"}

    guarded = ("note",)

    group = ChoiceField(label=_("Waarvoor?"), choices=SensitiveGroup.choices)
    note = LineField(
        label=_("Wat moeten wij weten?"),
        max_length=500,
        required=False,
        help_text=_("Alleen wat nodig is voor een goede en veilige koppeling."),
    )


class SensitiveNoteForm(GuardedForm, MergingForm):
    """The note of a consent."""

    guarded = ("note",)

    note = LineField(label=_("Wat moeten wij weten?"), max_length=500, required=False)

    def __init__(self, *args: Any, consent: Consent, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        self.start_with(consent, editors_of(consent))
