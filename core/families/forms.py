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
from common.fields import DateField, EmailField, LineField, MonthField, PhoneField, PostcodeField, TextField
from common.forms import NaoberForm
from common.vocabulary import HouseholdKind, RecruitmentChannel, ReferralSource
from core.families.registration import ChildData, FamilyData, PersonData, RequestingData, SupportData

CHOOSE = _("Kies wat past")


def with_empty(choices: Sequence[tuple[str, Any]], label: Any = CHOOSE) -> list[tuple[str, Any]]:
    """Return choices for a drop-down list that may stay empty."""
    return [("", label), *choices]


class PersonForm(NaoberForm):
    """A name and how to reach somebody."""

    first_name = LineField(label=_("Voornaam"), max_length=60)
    name_prefix = LineField(label=_("Tussenvoegsel"), max_length=20, required=False)
    last_name = LineField(label=_("Achternaam"), max_length=80)
    phone = PhoneField(label=_("Telefoonnummer"), required=False)
    email = EmailField(label=_("E-mailadres"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let short fields look short; of the first person in a list we need one way to reach them."""
        super().__init__(*args, **kwargs)
        self.fields["name_prefix"].widget.attrs["class"] = "naober-short"
        if (self.prefix or "").endswith("-0"):
            for name in ("phone", "email"):
                self.fields[name].help_text = _("Vul een telefoonnummer of een e-mailadres in.")
                self.fields[name].says_optional = False  # type: ignore[attr-defined]

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


def speak_about_support_family(form: NaoberForm) -> None:
    """Change labels that speak to a support family into labels that speak about it."""
    form.fields["channel"].label = _("Hoe gehoord?")
    form.fields["motivation"].label = _("Waarom steungezin?")
    form.fields["motivation"].help_text = ""


class DayForm(NaoberForm):
    """One day, today unless somebody says otherwise."""

    day = DateField(label=_("Datum"))

    # A service names the day by what it means; here it is always this one field.
    meanings: Sequence[str] = (
        "due_on",
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
