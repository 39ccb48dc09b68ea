"""Forms of guidance: only shape is judged here; the rules are in the services."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, LineField, TextField, YesNoField
from common.forms import NaoberForm
from common.vocabulary import CloseReason, EndingReason, Goal
from core.agreements.forms import AgreementForm
from core.couplings.services import Ending
from core.families.guard import GuardedForm
from core.guidance.models import ContactMoment, Evaluation, Side, Verdict
from core.guidance.services import EvaluationData, FamilyNext, SupportNext
from core.vog.rules import months_later

GOAL_FIELDS = tuple(f"goal_{goal.value}" for goal in Goal)
GOAL_SCORES = [(str(score), str(score)) for score in range(1, 6)]
MARKS = [(str(mark), str(mark)) for mark in range(1, 11)]


class TrialForm(AgreementForm):
    """The start of a trial, with its own agreement."""

    terms: ClassVar[Mapping[str, str]] = {
        "ends_on": "proefperiode",
        "day_parts": "dagdeel",
        "house_rules": "huisregels",
    }

    started_on = DateField(label=_("De proefperiode begint op"), initial=timezone.localdate)
    ends_on = DateField(label=_("En duurt tot"), help_text=_("Meestal een of twee maanden."))

    field_order = ("started_on", "ends_on")


class DefinitiveForm(AgreementForm):
    """A definitive coupling, with house rules."""

    terms: ClassVar[Mapping[str, str]] = {
        "coupled_on": "koppeling",
        "day_parts": "dagdeel",
        "house_rules": "huisregels",
    }

    coupled_on = DateField(label=_("Gekoppeld vanaf"), initial=timezone.localdate)

    field_order = ("coupled_on",)


class ExtendForm(NaoberForm):
    """A later end of the trial."""

    ends_on = DateField(label=_("De proefperiode duurt tot"))


class StopForm(GuardedForm):
    """Why an introduction or trial does not go on."""

    guarded = ("note",)

    ended_on = DateField(label=_("Gestopt op"), initial=timezone.localdate)
    reason = forms.ChoiceField(label=_("Reden"), choices=[("", _("Kies een reden")), *EndingReason.choices])
    note = LineField(label=_("Toelichting"), max_length=500, required=False)

    def ending(self) -> Ending:
        """Return what was filled in."""
        clean = self.cleaned_data
        return Ending(
            ended_on=clean["ended_on"],
            reason=clean["reason"],
            note=clean["note"],
            talk_family_on=clean.get("talk_family_on"),
            talk_support_on=clean.get("talk_support_on"),
            continues_privately=clean.get("continues_privately"),
        )


class FinishForm(StopForm):
    """The end of a coupling, and what follows for both families."""

    talk_family_on = DateField(
        label=_("Afsluitend gesprek met het vraaggezin"),
        required=False,
    )
    talk_support_on = DateField(label=_("Afsluitend gesprek met het steungezin"), required=False)
    continues_privately = YesNoField(
        label=_("Gaan de gezinnen zelf samen verder?"),
        help_text=_("Zonder begeleiding. Wij leggen alleen ja of nee vast."),
        required=False,
    )
    family_next = ChoiceField(
        label=_("Hoe gaat het vraaggezin verder?"),
        choices=[
            (FamilyNext.CLOSE.value, _("heeft geen steun meer nodig: sluit het dossier")),
            (FamilyNext.WAIT.value, _("wil een ander steungezin: zet op de wachtlijst")),
        ],
    )
    close_reason = forms.ChoiceField(
        label=_("Reden van sluiten van het dossier"),
        choices=CloseReason.choices,
        initial=CloseReason.FINISHED,
        required=False,
    )
    support_next = ChoiceField(
        label=_("Hoe gaat het steungezin verder?"),
        choices=[
            (SupportNext.AVAILABLE.value, _("is weer beschikbaar")),
            (SupportNext.PAUSE.value, _("wil even rust")),
            (SupportNext.LEAVE.value, _("stopt als steungezin")),
        ],
    )
    pause_until = DateField(
        label=_("Even rust tot"),
        help_text=_("Op deze dag is het steungezin vanzelf weer beschikbaar. Leeg? Dan beslis je zelf."),
        required=False,
    )
    aftercare_on = DateField(
        label=_("Nazorg: wanneer bel je nog eens?"),
        help_text=_("Meestal na drie maanden."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Propose the day of the aftercare."""
        super().__init__(*args, **kwargs)
        self.fields["aftercare_on"].initial = months_later(timezone.localdate(), 3)


class ReopenForm(GuardedForm):
    """Why an ended coupling is taken up again."""

    guarded = ("reason",)

    reopened_on = DateField(label=_("Weer begonnen op"), initial=timezone.localdate)
    reason = LineField(label=_("Waarom begint deze koppeling weer?"), max_length=300)


class ClosingTalkForm(NaoberForm):
    """Closing talks that took place after the end."""

    talk_family_on = DateField(label=_("Gesprek met het vraaggezin op"), required=False)
    talk_support_on = DateField(label=_("Gesprek met het steungezin op"), required=False)


class HoldForm(GuardedForm):
    """A call or talk that took place."""

    guarded = ("reason",)

    held_on = DateField(label=_("Wanneer was het?"), initial=timezone.localdate)
    reason = LineField(
        label=_("Toelichting"),
        help_text=_("Nodig als je maar met een van beide sprak."),
        max_length=300,
        required=False,
    )


class RescheduleForm(NaoberForm):
    """Another day for a planned moment."""

    due_on = DateField(label=_("Nieuwe datum"))


class DropForm(GuardedForm):
    """Why a moment is not needed."""

    guarded = ("reason",)

    reason = LineField(label=_("Waarom is dit niet meer nodig?"), max_length=300)


class EvaluationForm(GuardedForm):
    """The talk with one side: the four goals, a mark and how to go on."""

    terms: ClassVar[Mapping[str, str]] = {"held_on": "evaluatie", "goal_relief": "vier-doelen"}

    says_optional = False

    held_on = DateField(label=_("Wanneer was het gesprek?"), initial=timezone.localdate)
    goal_relief = ChoiceField(label=Goal.RELIEF.label, choices=GOAL_SCORES, required=False)
    goal_strength = ChoiceField(label=Goal.STRENGTH.label, choices=GOAL_SCORES, required=False)
    goal_climate = ChoiceField(label=Goal.CLIMATE.label, choices=GOAL_SCORES, required=False)
    goal_network = ChoiceField(label=Goal.NETWORK.label, choices=GOAL_SCORES, required=False)
    satisfaction = forms.ChoiceField(
        label=_("Rapportcijfer"), choices=[("", _("Niet gevraagd")), *MARKS], required=False
    )
    verdict = ChoiceField(label=_("Hoe verder?"), choices=Verdict.choices)
    note = TextField(label=_("Kort verslag"), required=False)

    def __init__(
        self,
        *args: Any,
        side: str,
        asks_goals: bool = True,
        earlier: Evaluation | None = None,
        **kwargs: Any,
    ) -> None:
        """``side`` is with whom the coordinator spoke; ``earlier`` is what it said the last time goals were asked."""
        super().__init__(*args, **kwargs)
        self.side = side
        for name in GOAL_FIELDS:
            if not asks_goals:
                del self.fields[name]
                continue
            self.fields[name].label = str(self.fields[name].label).capitalize()
            if earlier is not None and (score := getattr(earlier, name)) is not None:
                self.fields[name].help_text = _("Vorige keer: %(score)s") % {"score": score}

    def evaluation(self) -> EvaluationData:
        """Return what was filled in."""
        clean = self.cleaned_data

        def number(name: str) -> int | None:
            return int(clean[name]) if clean.get(name) else None

        return EvaluationData(
            side=self.side,
            held_on=clean["held_on"],
            verdict=clean["verdict"],
            goals=tuple(number(f"goal_{goal.value}") for goal in Goal),
            satisfaction=number("satisfaction"),
            note=clean["note"],
        )


class ContactForm(GuardedForm):
    """A call, visit or message in between."""

    side = ChoiceField(label=_("Met wie had je contact?"), choices=Side.choices)
    kind = ChoiceField(label=_("Hoe?"), choices=ContactMoment.Kind.choices)
    happened_on = DateField(label=_("Wanneer?"), initial=timezone.localdate)
    note = TextField(label=_("Wat is er gezegd?"))
