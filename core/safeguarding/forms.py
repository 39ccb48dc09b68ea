"""Forms of concerns: only shape is judged here; the rules are in the services."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, LineField, TextField
from common.permissions import Role
from core.families.guard import GuardedForm
from core.safeguarding.models import Concern, Consulted, Decision, EntryKind, NoticedBy
from core.safeguarding.selectors import HANDLERS, handlers
from core.safeguarding.services import ConcernData, StepData

# When to look again, unless somebody chooses another day.
LOOK_AGAIN = timedelta(days=7)
WHAT_HELPS: dict[str, Any] = {
    EntryKind.SIGNALS: _(
        "Wat zag of hoorde je zelf? Wat vertelde een ander? Houd feiten en mening uit elkaar."
    ),
    EntryKind.CONSULT: _("Welk advies kreeg je?"),
    EntryKind.TALK: _("Met wie sprak je? Wat zeiden de ouders, en het kind? Wat is afgesproken?"),
    EntryKind.WEIGH: _("Hoe ernstig is het? Is er nu gevaar, of gaat het al lang zo?"),
    EntryKind.DECIDE: _("Waarom besluit je dit? Wie doet nu wat?"),
}


class RaiseForm(GuardedForm):
    """What somebody saw or heard that is not right."""

    noticed_by = ChoiceField(label=_("Wie maakt zich zorgen?"), choices=NoticedBy.choices)
    noticed_on = DateField(label=_("Wanneer was dat?"), initial=timezone.localdate)
    text = TextField(
        label=_("Wat is er gezien of gezegd?"),
        help_text=_("Schrijf feiten op, geen oordeel. Noem geen BSN."),
        rows=6,
    )
    acute = forms.BooleanField(label=_("Er is nu direct gevaar"), required=False)

    def concern(self) -> ConcernData:
        """Return what was filled in."""
        return ConcernData(**{name: self.cleaned_data[name] for name in self.fields})


class StepForm(GuardedForm):
    """One step of the reporting code. It asks only what belongs to that step."""

    terms: ClassVar[Mapping[str, str]] = {
        "consulted": "aandachtsfunctionaris",
        "veilig_thuis_number": "veilig-thuis",
        "decision": "meldcode",
    }

    happened_on = DateField(label=_("Wanneer was dit?"), initial=timezone.localdate)
    consulted = ChoiceField(label=_("Met wie heb je overlegd?"), choices=Consulted.choices)
    consulted_who = LineField(label=_("Naam en functie"), max_length=160, required=False)
    decision = ChoiceField(label=_("Wat is besloten?"), choices=Decision.choices)
    veilig_thuis_number = LineField(
        label=_("Nummer van Veilig Thuis"),
        max_length=40,
        required=False,
        help_text=_("Het nummer dat Veilig Thuis bij dit advies of deze melding gaf."),
    )
    text = TextField(label=_("Wat is er gezegd?"), rows=6)
    next_on = DateField(
        label=_("Wanneer kijk je weer?"),
        required=False,
        help_text=_("Deze zorg staat dan bovenaan je lijst Zorgen."),
    )

    only_at: dict[str, frozenset[str]] = {
        "consulted": frozenset({EntryKind.CONSULT}),
        "consulted_who": frozenset({EntryKind.CONSULT}),
        "decision": frozenset({EntryKind.DECIDE}),
        "veilig_thuis_number": frozenset({EntryKind.CONSULT, EntryKind.DECIDE}),
    }

    def __init__(self, *args: Any, kind: EntryKind, **kwargs: Any) -> None:
        """Ask what belongs to this step."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name, kinds in self.only_at.items():
            if kind not in kinds:
                del self.fields[name]
        self.fields["text"].help_text = WHAT_HELPS[kind]
        self.fields["next_on"].initial = timezone.localdate() + LOOK_AGAIN

    def step(self) -> StepData:
        """Return what was filled in."""
        clean = {name: value for name, value in self.cleaned_data.items() if name != "next_on"}
        return StepData(kind=self.kind, **clean)


class CloseForm(GuardedForm):
    """How it ended."""

    closed_on = DateField(label=_("Afgesloten op"), initial=timezone.localdate)
    text = TextField(label=_("Hoe is het afgelopen?"), help_text=_("Hoe is het nu met het kind?"))


class ReopenForm(GuardedForm):
    """Why a concern is opened again."""

    text = TextField(label=_("Wat is er nu gezien of gezegd?"))


class HandOverForm(GuardedForm):
    """Who handles a concern, and which deputy looks along."""

    coordinator = forms.ChoiceField(label=_("Wie behandelt deze zorg?"))
    deputy = forms.ChoiceField(label=_("Welke vervanger kijkt mee?"), required=False)
    text = TextField(label=_("Toelichting"), required=False, rows=3)

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        """Offer the people who may sign in here now."""
        initial = {"coordinator": str(concern.coordinator_id), "deputy": str(concern.deputy_id or "")}
        super().__init__(*args, initial=initial, **kwargs)
        self.people = {str(person.pk): person for person in handlers(roles=HANDLERS)}
        names = [(key, f"{person.full_name} ({person.role_label})") for key, person in self.people.items()]
        deputies = [(key, text) for key, text in names if self.people[key].role == Role.DEPUTY]
        for name, choices in (("coordinator", names), ("deputy", [("", _("niemand")), *deputies])):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def chosen(self) -> dict[str, Any]:
        """Return what was filled in, people as people."""
        clean = self.cleaned_data
        return {
            "coordinator": self.people[clean["coordinator"]],
            "deputy": self.people.get(clean["deputy"]),
            "text": clean["text"],
        }
