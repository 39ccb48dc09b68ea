"""Forms of the intake, for a kitchen table and a telephone. The questions are put to the family, so they say "u"."""

from collections.abc import Sequence
from typing import Any

from django.forms import (
    BooleanField,
    CheckboxSelectMultiple,
    Field,
    IntegerField,
    MultipleChoiceField,
    NumberInput,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, DayPartsField, LineField, PhoneField, TextField, YesNoField
from common.forms import NaoberForm
from common.vocabulary import AgeBand, Frequency, HouseTrait, SensitiveGroup, SupportForm, Veto, Wish
from core.families.models import Consent, RequestingFamily, RequestingParent, SupportedChild, SupportFamily
from core.intake.models import Reference, SupportNeed, SupportOffer
from core.intake.services import NeedData, OfferData, ReferenceData

COMPLETE = "afronden"


def short_number() -> NumberInput:
    """Return a control for a number of one or two digits."""
    return NumberInput(attrs={"class": "naober-short"})


class ManyField(MultipleChoiceField):
    """Some of a closed list, as boxes to tick."""

    widget = CheckboxSelectMultiple


class ConsentFieldsMixin(NaoberForm):
    """For each sensitive group a consent and a note. The note of a group without consent is refused by the service."""

    def add_consents(self, live: Sequence[Consent]) -> None:
        """Add the fields; a group with a live consent has only its note."""
        known = {consent.group: consent for consent in live if consent.withdrawn_on is None}
        for group, label in SensitiveGroup.choices:
            consent = known.get(group)
            if consent is None:
                self.fields[f"consent_{group}"] = BooleanField(
                    label=_("Toestemming voor: %(group)s") % {"group": label}, required=False
                )
            self.fields[f"note_{group}"] = LineField(
                label=_("Wat moeten wij weten? (%(group)s)") % {"group": label},
                max_length=500,
                required=False,
            )
            self.initial[f"note_{group}"] = consent.note if consent else ""

    @property
    def consent_rows(self) -> list[list[Any]]:
        """Return the fields per group, for the page."""
        return [
            [self[name] for name in (f"consent_{group}", f"note_{group}") if name in self.fields]
            for group in SensitiveGroup.values
        ]

    @property
    def consents_given(self) -> set[str]:
        """Return the groups for which consent was given now."""
        return {group for group in SensitiveGroup.values if self.cleaned_data.get(f"consent_{group}")}

    @property
    def notes(self) -> dict[str, str]:
        """Return the notes per group."""
        return {group: self.cleaned_data.get(f"note_{group}", "") for group in SensitiveGroup.values}


class NeedForm(ConsentFieldsMixin):
    """What an asking family needs. Nothing but the day is required until the intake is finished."""

    says_optional = False

    held_on = DateField(label=_("Datum van het huisbezoek"))
    children = ManyField(label=_("Voor wie is de steun?"), required=False)
    question_support = TextField(label=_("Welke steun heeft u nodig?"), required=False)
    question_upbringing = TextField(label=_("Wat vindt u belangrijk in de opvoeding?"), required=False)
    question_expectation = TextField(label=_("Wat verwacht u van een steungezin?"), required=False)
    question_reciprocity = TextField(
        label=_("Wat kunt u zelf doen voor het steungezin of de buurt?"), required=False
    )
    forms = ManyField(
        label=_("Steunvormen"),
        choices=SupportForm.choices,
        required=False,
        help_text=_("Kies alles wat past. De eerste telt als hoofdvorm."),
    )
    frequency = ChoiceField(label=_("Hoe vaak?"), choices=Frequency.choices, required=False)
    day_parts = DayPartsField(label=_("Welke dagdelen kunnen?"), required=False)
    overnight = BooleanField(label=_("Logeren hoort erbij"), required=False)
    needs_transport = YesNoField(label=_("Is halen en brengen nodig?"), required=False)
    max_distance_km = IntegerField(
        label=_("Hoogstens hoeveel kilometer?"),
        min_value=1,
        max_value=50,
        required=False,
        widget=short_number(),
    )
    vetoes = ManyField(label=_("Wat kan echt niet?"), choices=Veto.choices, required=False)
    wishes = ManyField(label=_("Wensen"), choices=Wish.choices, required=False)
    traits = ManyField(
        label=_("Wat moet een steungezin weten van dit huis?"), choices=HouseTrait.choices, required=False
    )
    parents_agreed = ManyField(
        label=_("Wie gaan akkoord met steun?"),
        required=False,
        help_text=_(
            "Ouders met gezag beslissen samen. Pas als zij allemaal akkoord zijn, kun je een voorstel doen."
        ),
    )

    def __init__(
        self,
        *args: Any,
        family: RequestingFamily,
        need: SupportNeed | None,
        consents: Sequence[Consent],
        **kwargs: Any,
    ) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        self.known_children: list[SupportedChild] = list(family.children.all())
        self.asked_parents: list[RequestingParent] = [
            parent for parent in family.parents.all() if parent.has_custody and parent.agreed_on is None
        ]
        _set_choices(
            self.fields["children"], [(str(child.pk), _child_label(child)) for child in self.known_children]
        )
        if self.asked_parents:
            _set_choices(
                self.fields["parents_agreed"],
                [(str(parent.pk), parent.full_name) for parent in self.asked_parents],
            )
        else:
            del self.fields["parents_agreed"]
        if need:
            chosen = [str(child.pk) for child in need.children.all()]
            self.initial = {name: getattr(need, name, None) for name in self.fields} | {"children": chosen}
        else:
            today = timezone.localdate()
            visit = family.visit_on if family.visit_on and family.visit_on <= today else today
            everybody = [str(child.pk) for child in self.known_children]
            self.initial = {"held_on": visit, "children": everybody}
        self.add_consents(consents)

    def data_of(self) -> NeedData:
        """Return what was filled in."""
        clean = self.cleaned_data
        chosen = set(clean["children"])
        plain = (
            "held_on",
            "question_support",
            "question_upbringing",
            "question_expectation",
            "question_reciprocity",
            "forms",
            "frequency",
            "day_parts",
            "overnight",
            "vetoes",
            "wishes",
            "traits",
            "needs_transport",
            "max_distance_km",
        )
        return NeedData(
            children=[child for child in self.known_children if str(child.pk) in chosen],
            **{name: clean[name] for name in plain},
        )

    def parents_now(self) -> list[RequestingParent]:
        """Return the parents who agreed now."""
        chosen = set(self.cleaned_data.get("parents_agreed", ()))
        return [parent for parent in self.asked_parents if str(parent.pk) in chosen]


class OfferForm(ConsentFieldsMixin):
    """What a support family offers. Nothing but the day is required until the intake is finished."""

    says_optional = False

    held_on = DateField(label=_("Datum van het huisbezoek"))
    household = TextField(
        label=_("Wie wonen er in huis?"), max_length=2000, required=False, help_text=_("Ook huisdieren.")
    )
    forms = ManyField(label=_("Steunvormen"), choices=SupportForm.choices, required=False)
    frequency = ChoiceField(label=_("Hoe vaak?"), choices=Frequency.choices, required=False)
    day_parts = DayPartsField(label=_("Welke dagdelen kunnen?"), required=False)
    overnight = BooleanField(label=_("Een kind kan blijven slapen"), required=False)
    capacity = IntegerField(
        label=_("Hoeveel kinderen tegelijk?"), min_value=1, max_value=6, initial=1, widget=short_number()
    )
    age_bands = ManyField(label=_("Welke leeftijden passen?"), choices=AgeBand.choices, required=False)
    own_children_age_bands = ManyField(
        label=_("Leeftijden van eigen kinderen thuis"), choices=AgeBand.choices, required=False
    )
    traits = ManyField(label=_("Hoe is het bij u thuis?"), choices=HouseTrait.choices, required=False)
    vetoes = ManyField(label=_("Wat kan echt niet?"), choices=Veto.choices, required=False)
    strengths = ManyField(label=_("Wat hebt u te bieden?"), choices=Wish.choices, required=False)
    has_transport = YesNoField(label=_("Kunt u halen en brengen?"), required=False)
    max_distance_km = IntegerField(
        label=_("Hoogstens hoeveel kilometer?"),
        min_value=1,
        max_value=50,
        required=False,
        widget=short_number(),
    )
    house_rules_accepted_on = DateField(label=_("Huisregels besproken op"), required=False)
    references_reason = LineField(
        label=_("Minder dan twee referenties? Waarom?"), max_length=300, required=False
    )

    def __init__(
        self,
        *args: Any,
        family: SupportFamily,
        offer: SupportOffer | None,
        consents: Sequence[Consent],
        **kwargs: Any,
    ) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        if offer:
            self.initial = {name: getattr(offer, name) for name in self.fields}
        else:
            today = timezone.localdate()
            self.initial = {
                "held_on": family.visit_on if family.visit_on and family.visit_on <= today else today
            }
        self.add_consents(consents)

    def data_of(self) -> OfferData:
        """Return what was filled in."""
        return OfferData(**{name: self.cleaned_data[name] for name in OfferData.__dataclass_fields__})


class ReferenceForm(NaoberForm):
    """Somebody who can tell about a support family."""

    name = LineField(label=_("Naam"), max_length=120)
    phone = PhoneField(label=_("Telefoonnummer"), required=False)
    relation = LineField(label=_("Hoe kent deze persoon het gezin?"), max_length=120, required=False)
    asked_on = DateField(label=_("Gesproken op"), required=False)
    positive = YesNoField(label=_("Is de referentie goed?"), required=False)

    def __init__(self, *args: Any, reference: Reference | None = None, **kwargs: Any) -> None:
        """Start with what is known."""
        super().__init__(*args, **kwargs)
        if reference:
            self.initial = {name: getattr(reference, name) for name in self.fields}

    def data_of(self) -> ReferenceData:
        """Return what was filled in."""
        return ReferenceData(**self.cleaned_data)


class VisitForm(NaoberForm):
    """When the home visit will be."""

    visit_on = DateField(label=_("Datum van het huisbezoek"))


class ReopenForm(NaoberForm):
    """From when a family waits again, and why."""

    since = DateField(label=_("Wacht weer sinds"))
    reason = LineField(label=_("Waarom?"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start with today."""
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = timezone.localdate


def _set_choices(field: Field, choices: list[tuple[str, Any]]) -> None:
    if isinstance(field, MultipleChoiceField):
        field.choices = choices


def _child_label(child: SupportedChild) -> Any:
    if child.age is None:
        return _("%(name)s, nog niet geboren") % {"name": child}
    return _("%(name)s, %(age)s jaar") % {"name": child, "age": child.age}
