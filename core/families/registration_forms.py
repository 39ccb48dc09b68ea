"""Registration forms: the public ones and those of the coordinator, with blocks for people that repeat."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.fields import ChoiceField, DateField, LineField, PhoneField
from common.forms import NaoberForm, RepeatingForms, SpamGuardMixin, SubmissionKeyMixin, repeating
from common.vocabulary import ReferralSource
from core.families.duplicates import Known, Possible, keys_of, possible_duplicates, warning_text
from core.families.forms import (
    ChildForm,
    PersonForm,
    RequestingDetailsForm,
    SupportDetailsForm,
    speak_about_family,
    speak_about_support_family,
    with_empty,
)
from core.families.guard import GuardedForm
from core.families.models import AnyFamily, Registrant
from core.families.registration import RequestingData, RequestingRegistration, SupportRegistration

REFERRERS = [choice for choice in ReferralSource.choices if choice[0] != ReferralSource.SELF]

ParentForms = repeating(
    PersonForm, noun=_("Ouder of verzorger"), add_label=_("Nog een ouder of verzorger toevoegen")
)
ChildForms = repeating(ChildForm, noun=_("Kind"), add_label=_("Nog een kind toevoegen"))
AdultForms = repeating(PersonForm, noun=_("Volwassene"), add_label=_("Nog een volwassene toevoegen"))


def place_refusal(refusal: InvalidInput, form: NaoberForm, *blocks: RepeatingForms) -> None:
    """Put the errors of a service beside their fields: ``children-1-due_on`` is a field of the second child."""
    repeated = {
        f"{formset.prefix}-{index}-": block for formset in blocks for index, block in enumerate(formset.used)
    }
    rest = {}
    for name, message in refusal.fields.items():
        prefix = next((prefix for prefix in repeated if name.startswith(prefix)), None)
        if prefix:
            repeated[prefix].add_error(name.removeprefix(prefix), str(message))
        else:
            rest[name] = message
    if rest or not refusal.fields:
        form.add_refusal(InvalidInput(refusal.message, fields=rest))


class DuplicatesMixin(NaoberForm):
    """A registration by a coordinator, who is told when the family seems to be known and can say that it is another."""

    another_family = forms.BooleanField(
        label=_("Dit is een ander gezin. Meld het aan."), required=False, widget=forms.CheckboxInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing seems known yet."""
        super().__init__(*args, **kwargs)
        self.alike: list[Possible] = []

    def look_for_duplicates(self, known: Known, kind: type[AnyFamily]) -> None:
        """Ask whether it is another family, when it seems to be known and nobody said so."""
        objects: Any = kind._default_manager  # noqa: SLF001
        if objects.filter(submission_key=self.cleaned_data["submission_key"]).exists():
            return  # the same form, sent twice: the service leads to the family it made
        self.alike = possible_duplicates(keys_of(known), kind)
        if self.alike and not self.cleaned_data.get("another_family"):
            self.add_error("another_family", warning_text(self.alike))


class RequestingRegistrationForm(SubmissionKeyMixin, RequestingDetailsForm):
    """A registration of an asking family, whoever fills it in."""

    def registration(
        self, parents: RepeatingForms, children: RepeatingForms, *, registered_by: str, registered_on: date
    ) -> RequestingRegistration:
        """Return what was filled in on the whole page."""
        return RequestingRegistration(
            family=self.family_data(),
            details=self.details(),
            parents=[form.data_of() for form in parents.used],
            children=[form.data_of() for form in children.used],
            registered_on=registered_on,
            registered_by=registered_by,
            submission_key=self.cleaned_data["submission_key"],
        )


class PublicRequestingForm(SpamGuardMixin, RequestingRegistrationForm):
    """A family registers itself."""


class PublicReferralForm(SpamGuardMixin, RequestingRegistrationForm):
    """A professional registers a family, with the permission of the parents."""

    referrer_name = LineField(label=_("Uw naam"), max_length=120)
    referrer_phone = PhoneField(label=_("Uw telefoonnummer"))
    referral_source = forms.ChoiceField(label=_("Waar werkt u?"), choices=with_empty(REFERRERS))
    permission = forms.BooleanField(
        label=_("De ouders weten dat ik hen aanmeld en vinden dat goed"),
        error_messages={"required": _("Vraag eerst toestemming aan de ouders en kruis dit dan aan.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Speak about the family instead of to it."""
        super().__init__(*args, **kwargs)
        self.fields["household"].label = _("Hoe ziet het gezin eruit?")
        self.fields["safe_contact"].label = _("Wanneer en hoe kunnen wij het gezin veilig bellen?")
        self.fields["interpreter_language"].label = _("Is er een tolk nodig? Voor welke taal?")
        self.fields["remarks"].label = _("Waar kan het gezin steun bij gebruiken?")
        self.fields["remarks"].help_text = _(
            "Schrijf alleen op wat de ouders mogen lezen. Een paar zinnen is genoeg."
        )
        self.fields["secret_address"].help_text = _(
            "Kruis dit aan als niemand mag weten waar het gezin woont."
        )

    def details(self) -> RequestingData:
        """The permission holds from today."""
        told_on = timezone.localdate() if self.cleaned_data["permission"] else None
        return replace(super().details(), permission_told_on=told_on)


class CoordinatorRequestingForm(DuplicatesMixin, GuardedForm, RequestingRegistrationForm):
    """A coordinator writes down a family that called or was brought in."""

    terms: ClassVar[Mapping[str, str]] = {"referral_source": "verwijzer", "permission_told_on": "toestemming"}

    registered_on = DateField(label=_("Aangemeld op"))
    registered_by = ChoiceField(label=_("Wie meldt het gezin aan?"), choices=Registrant.choices)
    referral_source = forms.ChoiceField(label=_("Via wie?"), choices=ReferralSource.choices)
    referrer_name = LineField(label=_("Naam van de verwijzer"), max_length=120, required=False)
    referrer_phone = PhoneField(label=_("Telefoonnummer van de verwijzer"), required=False)
    permission_told_on = DateField(
        label=_("De ouders gaven toestemming op"),
        required=False,
        help_text=_("Nodig als een verwijzer het gezin aanmeldt."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Speak about the family, and start with today."""
        super().__init__(*args, **kwargs)
        speak_about_family(self)
        self.fields["registered_on"].initial = timezone.localdate
        self.fields["registered_by"].initial = Registrant.COORDINATOR

    def clean_permission_told_on(self) -> date | None:
        """Return the day; the service looks whether one is needed."""
        day: date | None = self.cleaned_data["permission_told_on"]
        return day

    def add_refusal(self, refusal: InvalidInput) -> "CoordinatorRequestingForm":
        """This page asks the day of the permission where the public one has a box to tick."""
        renamed = {
            "permission_told_on" if name == "permission" else name: text
            for name, text in refusal.fields.items()
        }
        super().add_refusal(InvalidInput(refusal.message, fields=renamed))
        return self


class SupportRegistrationForm(SubmissionKeyMixin, SupportDetailsForm):
    """A registration of a support family, whoever fills it in."""

    def registration(
        self, adults: RepeatingForms, *, registered_by: str, registered_on: date
    ) -> SupportRegistration:
        """Return what was filled in on the whole page."""
        return SupportRegistration(
            family=self.family_data(),
            details=self.details(),
            adults=[form.data_of() for form in adults.used],
            registered_on=registered_on,
            registered_by=registered_by,
            submission_key=self.cleaned_data["submission_key"],
        )


class PublicSupportForm(SpamGuardMixin, SupportRegistrationForm):
    """A support family registers itself."""


class CoordinatorSupportForm(DuplicatesMixin, GuardedForm, SupportRegistrationForm):
    """A coordinator writes down a support family."""

    registered_on = DateField(label=_("Aangemeld op"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Speak about the family, and start with today."""
        super().__init__(*args, **kwargs)
        self.fields["registered_on"].initial = timezone.localdate
        speak_about_support_family(self)
