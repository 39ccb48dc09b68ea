"""Forms of the intake, for a kitchen table and a telephone. The questions are put to the family, so they say "u"."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

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

from common.errors import NotAllowed
from common.fields import ChoiceField, DateField, DayPartsField, LineField, PhoneField, TextField, YesNoField
from common.forms import NaoberForm
from common.merging import MergingForm
from common.vocabulary import AgeBand, Frequency, HouseTrait, Return, SensitiveGroup, SupportForm, Veto, Wish
from core.families.guard import GuardedForm
from core.families.models import Consent, RequestingFamily, RequestingParent, SupportedChild, SupportFamily
from core.families.record_forms import editors_of
from core.intake.models import Reference, SupportNeed, SupportOffer
from core.intake.questions import (
    AGREED,
    FIXED,
    SENSITIVE,
    Question,
    QuestionSet,
    Subject,
    field_of,
    questions_of,
)
from core.intake.services import NeedData, OfferData, ReferenceData
from tenants.standards.models import StandardKind
from tenants.standards.questions import QuestionKind

COMPLETE = "afronden"


def short_number() -> NumberInput:
    """Return a control for a number of one or two digits."""
    return NumberInput(attrs={"class": "naober-short"})


class ManyField(MultipleChoiceField):
    """Some of a closed list, as boxes to tick."""

    widget = CheckboxSelectMultiple


class ConsentFieldsMixin(GuardedForm, MergingForm):
    """For each sensitive group a consent and a note. The note of a group without consent is refused by the service."""

    guarded = (*(f"note_{group}" for group in SensitiveGroup.values), "references_reason")

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
        """Return the notes per group, of those that were on the page."""
        return {
            group: self.cleaned_data[f"note_{group}"]
            for group in SensitiveGroup.values
            if f"note_{group}" in self.cleaned_data
        }


class QuestionsMixin(MergingForm):
    """The words of the questions, the questions that were added, and one screen of it all on a telephone."""

    questions: QuestionSet
    known_answers: Mapping[str, Any]
    all_screens: list[Subject]

    def put_questions(self, questions: QuestionSet, answers: Mapping[str, Any] | None) -> None:
        """Ask in these words, and ask what was added."""
        self.questions, self.known_answers = questions, answers or {}
        for question in questions.questions:
            if question.kind == FIXED and question.code in self.fields:
                field = self.fields[question.code]
                field.label, field.help_text = question.label, question.help
                field.error_messages["required"] = self._missing(field, question.label)
            elif question.kind != FIXED:
                self.fields[field_of(question)] = _field_for(question)
                self.initial[field_of(question)] = self.known_answers.get(question.code)

    def keep_only(self, names: Collection[str] | None) -> None:
        """Leave out what is not on this screen; nothing is left out without names."""
        if names is None:
            return
        for name in list(self.fields):
            if name not in names and name != "shown_version":
                del self.fields[name]

    def answers(self) -> dict[str, Any]:
        """Return the answers to added questions that were on this screen."""
        return {
            question.code: self.cleaned_data[field_of(question)]
            for question in self.questions.extras
            if field_of(question) in self.cleaned_data
        }

    def said(self, name: str, otherwise: Any) -> Any:
        """Return what was filled in, or what is known where that is not on this screen."""
        return self.cleaned_data.get(name, otherwise)

    def fields_of(self, screen: str | None) -> Collection[str] | None:
        """Return the names on one screen, or nothing for all of them."""
        self.all_screens = self.screens()
        if screen is None:
            return None
        found = next((subject for subject in self.all_screens if subject.code == screen), None)
        if found is None:
            raise NotAllowed
        return found.fields

    def screens(self) -> list[Subject]:
        """Return every screen that has something on it."""
        sensitive = tuple(name for name in self.fields if name.startswith(("consent_", "note_")))
        found = [*self.questions.subjects(), Subject(SENSITIVE, str(_("Gevoelige gegevens")), sensitive)]
        if "parents_agreed" in self.fields:
            found.append(Subject(AGREED, str(_("Akkoord van de ouders")), ("parents_agreed",)))
        return [subject for subject in found if any(name in self.fields for name in subject.fields)]

    @property
    def extra_fields(self) -> list[Any]:
        """Return the added questions, for a page that shows everything."""
        return [self[field_of(question)] for question in self.questions.extras]


def _field_for(question: Question) -> Field:
    options = [(option, option) for option in question.options]
    words: dict[str, Any] = {"label": question.label, "help_text": question.help, "required": False}
    if question.kind == QuestionKind.TEXT:
        return TextField(**words, max_length=2000)
    if question.kind == QuestionKind.YES_NO:
        return YesNoField(**words)
    if question.kind == QuestionKind.CHOICE:
        return ChoiceField(**words, choices=options)
    if question.kind == QuestionKind.CHOICES:
        return ManyField(**words, choices=options)
    return LineField(**words, max_length=300)


class NeedForm(ConsentFieldsMixin, QuestionsMixin):
    """What an asking family needs. Nothing but the day is required until the intake is finished."""

    says_optional = False
    never_merged = ("parents_agreed",)
    terms: ClassVar[Mapping[str, str]] = {
        "forms": "steunvorm",
        "day_parts": "dagdeel",
        "vetoes": "wens",
        "parents_agreed": "gezag",
    }

    held_on = DateField(label=_("Datum van het huisbezoek"))
    children = ManyField(label=_("Voor wie is de steun?"), required=False)
    question_support = TextField(label=_("Welke steun heeft u nodig?"), required=False)
    question_upbringing = TextField(label=_("Wat vindt u belangrijk in de opvoeding?"), required=False)
    question_expectation = TextField(label=_("Wat verwacht u van een steungezin?"), required=False)
    question_reciprocity = TextField(
        label=_("Wat kunt u zelf doen voor het steungezin of de buurt?"), required=False
    )
    gives = ManyField(
        label=_("Wat doet u graag terug?"),
        choices=Return.choices,
        required=False,
        help_text=_("Het hoeft niet. Sommige steungezinnen vinden het fijn."),
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
        screen: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Start with what is known; ``screen`` is the subject when there is only one on the page."""
        super().__init__(*args, **kwargs)
        self.known = need
        self.known_children: list[SupportedChild] = list(family.children.all())
        # Who agreed since the page was shown can still be chosen, and keeps the earlier day.
        self.asked_parents: list[RequestingParent] = [
            parent
            for parent in family.parents.all()
            if parent.has_custody and (self.is_bound or parent.agreed_on is None)
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
            self.initial = {name: getattr(need, name) for name in self.fields if hasattr(need, name)}
            self.initial["children"] = chosen
        else:
            today = timezone.localdate()
            visit = family.visit_on if family.visit_on and family.visit_on <= today else today
            everybody = [str(child.pk) for child in self.known_children]
            self.initial = {"held_on": visit, "children": everybody}
        self.add_consents(consents)
        self.put_questions(questions_of(StandardKind.REQUESTING_INTAKE, need), need.answers if need else None)
        self.keep_only(self.fields_of(screen))
        self.merge_with(f"need:{family.pk}", editors_of(need) if need else None)

    def data_of(self) -> NeedData:
        """Return what was filled in, beside what was known."""
        chosen = set(self.said("children", self.initial.get("children", ())))
        plain = (
            "held_on",
            "question_support",
            "question_upbringing",
            "question_expectation",
            "question_reciprocity",
            "gives",
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
            answers=self.answers(),
            **{name: self.said(name, getattr(self.known, name, self._unsaid(name))) for name in plain},
        )

    def _unsaid(self, name: str) -> Any:
        return self.initial["held_on"] if name == "held_on" else NeedData.__dataclass_fields__[name].default

    def parents_now(self) -> list[RequestingParent]:
        """Return the parents who agreed now."""
        chosen = set(self.cleaned_data.get("parents_agreed", ()))
        return [parent for parent in self.asked_parents if str(parent.pk) in chosen]


class OfferForm(ConsentFieldsMixin, QuestionsMixin):
    """What a support family offers. Nothing but the day is required until the intake is finished."""

    says_optional = False
    terms: ClassVar[Mapping[str, str]] = {
        "forms": "steunvorm",
        "day_parts": "dagdeel",
        "vetoes": "wens",
        "house_rules_accepted_on": "huisregels",
        "references_reason": "referentie",
    }

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
    hopes = ManyField(
        label=_("Wat zou u fijn vinden als het andere gezin dat terugdoet?"),
        choices=Return.choices,
        required=False,
        help_text=_("Niets hoeft. Het helpt om gezinnen te vinden die bij u passen."),
    )
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
        screen: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Start with what is known; ``screen`` is the subject when there is only one on the page."""
        super().__init__(*args, **kwargs)
        self.known = offer
        if offer:
            self.initial = {name: getattr(offer, name) for name in self.fields if hasattr(offer, name)}
        else:
            today = timezone.localdate()
            self.initial = {
                "held_on": family.visit_on if family.visit_on and family.visit_on <= today else today
            }
        self.add_consents(consents)
        self.put_questions(questions_of(StandardKind.SUPPORT_INTAKE, offer), offer.answers if offer else None)
        self.keep_only(self.fields_of(screen))
        self.merge_with(f"offer:{family.pk}", editors_of(offer) if offer else None)

    def data_of(self) -> OfferData:
        """Return what was filled in, beside what was known."""
        names = [name for name in OfferData.__dataclass_fields__ if name != "answers"]
        return OfferData(
            answers=self.answers(),
            **{name: self.said(name, getattr(self.known, name, self._unsaid(name))) for name in names},
        )

    def _unsaid(self, name: str) -> Any:
        return self.initial["held_on"] if name == "held_on" else OfferData.__dataclass_fields__[name].default


class ReferenceForm(MergingForm):
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
            self.start_with(reference, editors_of(reference))

    def data_of(self) -> ReferenceData:
        """Return what was filled in."""
        return ReferenceData(**{name: self.cleaned_data[name] for name in ReferenceData.__dataclass_fields__})


class VisitForm(NaoberForm):
    """When the home visit will be."""

    visit_on = DateField(label=_("Datum van het huisbezoek"))


class ReopenForm(GuardedForm):
    """From when a family waits again, and why."""

    guarded = ("reason",)

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
