"""Forms of families: only shape is judged here (types, lengths, closed lists); the rules are in the services.

The public forms say "u"; the coordinator's say "je".
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.fields import (
    ChoiceField,
    DateField,
    EmailField,
    LineField,
    MonthField,
    PhoneField,
    PostcodeField,
    TextField,
)
from common.forms import NaoberForm, RepeatingForms, SpamGuardMixin, SubmissionKeyMixin, repeating
from common.vocabulary import CloseReason, HouseholdKind, RecruitmentChannel, ReferralSource, SensitiveGroup
from core.families.models import (
    ContactNote,
    Registrant,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.registration import (
    ChildData,
    FamilyData,
    PersonData,
    RequestingData,
    RequestingRegistration,
    SupportData,
    SupportRegistration,
)

CHOOSE = _("Kies wat past")
REFERRERS = [choice for choice in ReferralSource.choices if choice[0] != ReferralSource.SELF]


def with_empty(choices: Sequence[tuple[str, Any]], label: Any = CHOOSE) -> list[tuple[str, Any]]:
    """Return choices for a drop-down list that may stay empty."""
    return [("", label), *choices]


# ------------------------------------------------------------------------------------------- blocks that repeat


class PersonForm(NaoberForm):
    """A name and how to reach somebody."""

    first_name = LineField(label=_("Voornaam"), max_length=60)
    name_prefix = LineField(label=_("Tussenvoegsel"), max_length=20, required=False)
    last_name = LineField(label=_("Achternaam"), max_length=80)
    phone = PhoneField(label=_("Telefoonnummer"), required=False)
    email = EmailField(label=_("E-mailadres"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let short fields look short."""
        super().__init__(*args, **kwargs)
        self.fields["name_prefix"].widget.attrs["class"] = "naober-short"

    def data_of(self) -> PersonData:
        """Return what was filled in."""
        clean = self.cleaned_data
        return PersonData(
            first_name=clean["first_name"],
            name_prefix=clean["name_prefix"],
            last_name=clean["last_name"],
            phone=clean["phone"],
            email=clean["email"],
        )


class ChildForm(NaoberForm):
    """A child: born, or on its way."""

    first_name = LineField(label=_("Voornaam"), max_length=60, required=False)
    born_in = MonthField(label=_("Geboren in"), required=False)
    due_on = DateField(
        label=_("Of: uitgerekende datum"),
        required=False,
        help_text=_("Alleen invullen als het kind nog niet geboren is."),
    )

    def data_of(self) -> ChildData:
        """Return what was filled in."""
        clean = self.cleaned_data
        born: date | None = clean["born_in"]
        return ChildData(
            first_name=clean["first_name"],
            birth_year=born.year if born else None,
            birth_month=born.month if born else None,
            due_on=clean["due_on"],
            remarks=clean.get("remarks", ""),
        )


ParentForms = repeating(
    PersonForm, noun=_("Ouder of verzorger"), add_label=_("Nog een ouder of verzorger toevoegen")
)
ChildForms = repeating(ChildForm, noun=_("Kind"), add_label=_("Nog een kind toevoegen"))
AdultForms = repeating(PersonForm, noun=_("Volwassene"), add_label=_("Nog een volwassene toevoegen"))


def used(blocks: RepeatingForms) -> list[Any]:
    """Return the blocks in which something was filled in, and those that must be."""
    return [form for form in blocks.forms if form.has_changed() or not form.empty_permitted]


def place_refusal(refusal: InvalidInput, form: NaoberForm, *blocks: RepeatingForms) -> None:
    """Put the errors of a service beside their fields: ``children-1-due_on`` is a field of the second child."""
    repeated = {
        f"{formset.prefix}-{index}-": block for formset in blocks for index, block in enumerate(used(formset))
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


# ------------------------------------------------------------------------------------------------- registrations


class AddressForm(NaoberForm):
    """Where a family lives."""

    street = LineField(label=_("Straat en huisnummer"), max_length=160, required=False)
    postcode = PostcodeField(label=_("Postcode"))
    place = LineField(label=_("Woonplaats"), max_length=80)

    def family_data(self) -> FamilyData:
        """Return what was filled in of what both kinds of families share."""
        clean = self.cleaned_data
        return FamilyData(
            name=clean.get("name", ""),
            street=clean["street"],
            postcode=clean["postcode"],
            place=clean["place"],
            secret_address=clean.get("secret_address", False),
            remarks=clean.get("remarks", ""),
        )


class RequestingDetailsForm(AddressForm):
    """What is asked of an asking family besides people and address."""

    secret_address = forms.BooleanField(
        label=_("Dit is een geheim adres"),
        required=False,
        help_text=_("Kruis dit aan als niemand mag weten waar u woont. Wij geven uw adres dan nooit door."),
    )
    household = forms.ChoiceField(
        label=_("Hoe ziet uw gezin eruit?"), choices=with_empty(HouseholdKind.choices), required=False
    )
    safe_contact = LineField(
        label=_("Wanneer kunnen wij u het beste bellen?"),
        max_length=200,
        required=False,
        help_text=_("Bijvoorbeeld: na acht uur ’s avonds, of liever eerst een bericht."),
    )
    interpreter_language = LineField(
        label=_("Hebt u een tolk nodig? Voor welke taal?"), max_length=60, required=False
    )
    remarks = TextField(
        label=_("Waar kunt u steun bij gebruiken?"),
        max_length=4000,
        required=False,
        help_text=_("Een paar zinnen is genoeg. De rest bespreken wij samen."),
    )

    def details(self) -> RequestingData:
        """Return what was filled in."""
        clean = self.cleaned_data
        return RequestingData(
            household=clean["household"],
            referral_source=clean.get("referral_source") or ReferralSource.SELF,
            referrer_name=clean.get("referrer_name", ""),
            referrer_phone=clean.get("referrer_phone", ""),
            permission_told_on=clean.get("permission_told_on"),
            safe_contact=clean["safe_contact"],
            interpreter_language=clean["interpreter_language"],
        )


class RequestingRegistrationForm(SubmissionKeyMixin, RequestingDetailsForm):
    """A registration of an asking family, whoever fills it in."""

    def registration(
        self, parents: RepeatingForms, children: RepeatingForms, *, registered_by: str, registered_on: date
    ) -> RequestingRegistration:
        """Return what was filled in on the whole page."""
        return RequestingRegistration(
            family=self.family_data(),
            details=self.details(),
            parents=[form.data_of() for form in used(parents)],
            children=[form.data_of() for form in used(children)],
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
        known = super().details()
        return RequestingData(
            household=known.household,
            referral_source=known.referral_source,
            referrer_name=known.referrer_name,
            referrer_phone=known.referrer_phone,
            permission_told_on=timezone.localdate() if self.cleaned_data["permission"] else None,
            safe_contact=known.safe_contact,
            interpreter_language=known.interpreter_language,
        )


class CoordinatorRequestingForm(RequestingRegistrationForm):
    """A coordinator writes down a family that called or was brought in."""

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


def speak_about_family(form: NaoberForm) -> None:
    """Change labels that speak to a family into labels that speak about it."""
    form.fields["secret_address"].help_text = _("Wij geven het adres dan nooit door aan een steungezin.")
    form.fields["household"].label = _("Gezinsvorm")
    form.fields["safe_contact"].label = _("Wanneer en hoe veilig bellen?")
    form.fields["interpreter_language"].label = _("Tolk nodig voor")
    form.fields["remarks"].label = _("Vraag van het gezin")
    form.fields["remarks"].help_text = _(
        "In een paar zinnen. Geen gezondheid, geloof of herkomst: daarvoor is toestemming nodig."
    )


class SupportDetailsForm(AddressForm):
    """What is asked of a support family besides people and address."""

    channel = forms.ChoiceField(
        label=_("Hoe hebt u van ons gehoord?"), choices=with_empty(RecruitmentChannel.choices), required=False
    )
    motivation = TextField(
        label=_("Waarom wilt u steungezin zijn?"),
        max_length=2000,
        required=False,
        help_text=_("Een paar zinnen is genoeg. Wij praten er graag met u over door."),
    )

    def details(self) -> SupportData:
        """Return what was filled in."""
        return SupportData(channel=self.cleaned_data["channel"], motivation=self.cleaned_data["motivation"])


class SupportRegistrationForm(SubmissionKeyMixin, SupportDetailsForm):
    """A registration of a support family, whoever fills it in."""

    def registration(
        self, adults: RepeatingForms, *, registered_by: str, registered_on: date
    ) -> SupportRegistration:
        """Return what was filled in on the whole page."""
        return SupportRegistration(
            family=self.family_data(),
            details=self.details(),
            adults=[form.data_of() for form in used(adults)],
            registered_on=registered_on,
            registered_by=registered_by,
            submission_key=self.cleaned_data["submission_key"],
        )


class PublicSupportForm(SpamGuardMixin, SupportRegistrationForm):
    """A support family registers itself."""


class CoordinatorSupportForm(SupportRegistrationForm):
    """A coordinator writes down a support family."""

    registered_on = DateField(label=_("Aangemeld op"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Speak about the family, and start with today."""
        super().__init__(*args, **kwargs)
        self.fields["registered_on"].initial = timezone.localdate
        self.fields["channel"].label = _("Hoe gehoord?")
        self.fields["motivation"].label = _("Waarom steungezin?")
        self.fields["motivation"].help_text = ""


# ----------------------------------------------------------------------------------------------------- corrections


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
        self.fields["channel"].label = _("Hoe gehoord?")
        self.fields["motivation"].label = _("Waarom steungezin?")
        self.fields["motivation"].help_text = ""
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
        known = super().data_of()
        return PersonData(
            first_name=known.first_name,
            name_prefix=known.name_prefix,
            last_name=known.last_name,
            phone=known.phone,
            email=known.email,
            has_custody=self.cleaned_data["has_custody"],
        )


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


# --------------------------------------------------------------------------------------------------------- actions


class DayForm(NaoberForm):
    """One day, today unless somebody says otherwise."""

    day = DateField(label=_("Datum"))

    # A service names the day by what it means; here it is always this one field.
    meanings: Sequence[str] = (
        "contacted_on",
        "closed_on",
        "left_on",
        "withdrawn_on",
        "visit_on",
        "approved_on",
        "since",
        "requested_on",
        "received_on",
        "completed_on",
        "given_on",
        "happened_on",
    )

    def __init__(self, *args: Any, label: Any = None, **kwargs: Any) -> None:
        """Ask for today first."""
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate
        if label:
            self.fields["day"].label = label

    def add_refusal(self, refusal: InvalidInput) -> "DayForm":
        """Put what a service says of its day beside ours."""
        renamed = {"day" if name in self.meanings else name: text for name, text in refusal.fields.items()}
        super().add_refusal(InvalidInput(refusal.message, fields=renamed))
        return self


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


# --------------------------------------------------------------------------------------------------------- lists


class SearchForm(NaoberForm):
    """Search and filter of a list; an address somebody typed wrongly just filters less."""

    zoek = LineField(label=_("Zoek op naam of plaats"), max_length=80, required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, statuses: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer the states of this list."""
        super().__init__(*args, **kwargs)
        self.fields["zoek"].widget.input_type = "search"
        status = self.fields["status"]
        if isinstance(status, forms.ChoiceField):
            status.choices = list(statuses)

    @property
    def wanted(self) -> tuple[str, str]:
        """Return what is searched for and which status; nothing for what cannot be."""
        self.is_valid()
        return self.cleaned_data.get("zoek") or "", self.cleaned_data.get("status") or ""
