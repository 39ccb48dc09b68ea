"""What guidance shows on the page of a coupling: who to talk to now, the arc of two years, the four goals over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Text
from common.vocabulary import Goal
from core.couplings.models import Coupling
from core.couplings.workflow import CouplingStatus
from core.families.models import RequestingParent, SupportAdult
from core.guidance.arc import Arc, arc_of
from core.guidance.cadence import EVALUATIONS, GOALS_ASKED
from core.guidance.models import SIDE_WORDS, Evaluation, GuidanceMoment, MomentKind, Side, Verdict
from core.guidance.selectors import sides_to_speak
from core.guidance.workflow import MomentStatus

# How the three times are called at which the four goals are asked.
TIMES: dict[str, Text] = {
    MomentKind.TRIAL_EVALUATION: gettext_lazy("begin"),
    MomentKind.MONTH_12: gettext_lazy("1 jaar"),
    MomentKind.MONTH_24: gettext_lazy("2 jaar"),
}
AS_IT_WAS = frozenset({CouplingStatus.TRIAL, CouplingStatus.COUPLED})


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to talk to now."""

    side: str
    name: str
    phone: str
    hint: str
    url: str


@dataclass(frozen=True, slots=True)
class NextTalk:
    """The next talk, and with whom it still has to be held."""

    title: str
    due_on: date
    late: bool
    apart: bool
    calls: list[Call]
    held_url: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a family said in its last talk that asks for something now."""

    title: str
    text: str
    url: str
    action: str
    kind: str


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal: the answers of both sides at each of the three times."""

    label: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class GuidancePanel:
    """Everything of guidance on the page."""

    arc: Arc | None
    next: NextTalk | None
    wishes: list[Wish]
    goals: list[GoalLine]
    times: list[str]


def guidance_panel(
    coupling: Coupling, moments: Sequence[GuidanceMoment], today: date, *, may_edit: bool
) -> GuidancePanel:
    """Gather it from what is already read: the coupling, its moments with their evaluations, and its people."""
    return GuidancePanel(
        arc=_arc(coupling, moments, today),
        next=_next(coupling, moments, today, may_edit=may_edit),
        wishes=_wishes(coupling, moments) if may_edit else [],
        goals=_goals(moments),
        times=[str(time) for time in TIMES.values()],
    )


def _arc(coupling: Coupling, moments: Sequence[GuidanceMoment], today: date) -> Arc | None:
    if coupling.coupled_on is None or coupling.guidance_until is None:
        return None
    return arc_of(
        coupled_on=coupling.coupled_on,
        until=coupling.guidance_until,
        ended_on=coupling.ended_on,
        moments=moments,
        today=today,
    )


def _next(
    coupling: Coupling, moments: Sequence[GuidanceMoment], today: date, *, may_edit: bool
) -> NextTalk | None:
    moment = next((moment for moment in moments if moment.status == MomentStatus.PLANNED), None)
    if moment is None:
        return None
    apart = moment.kind in EVALUATIONS
    sides = sides_to_speak(moment) if apart else list(Side)
    return NextTalk(
        title=capfirst(str(MomentKind(moment.kind).label)),
        due_on=moment.due_on,
        late=moment.due_on < today,
        apart=apart,
        calls=[_call(coupling, moment, side, linked=apart and may_edit) for side in sides],
        held_url=reverse("guidance:hold", args=[moment.pk]) if may_edit and not apart else "",
    )


def _call(coupling: Coupling, moment: GuidanceMoment, side: Side, *, linked: bool) -> Call:
    people: Iterable[RequestingParent | SupportAdult] = (
        coupling.family.parents.all()
        if side == Side.FAMILY
        else (person for person in coupling.support_family.adults.all() if person.left_household_on is None)
    )
    known = sorted(people, key=lambda person: (not person.is_contact, not person.phone))
    person = known[0] if known else None
    return Call(
        side=capfirst(str(side.label)),
        name=person.full_name if person else "",
        phone=person.phone if person else "",
        hint=coupling.family.safe_contact if side == Side.FAMILY else "",
        url=reverse("guidance:evaluate", args=[moment.pk, SIDE_WORDS[side]]) if linked else "",
    )


def _wishes(coupling: Coupling, moments: Sequence[GuidanceMoment]) -> list[Wish]:
    """Return what the last talk with each side asks for: to change something, or to stop."""
    if coupling.status not in AS_IT_WAS:
        return []
    latest: dict[str, Evaluation] = {}
    for moment in moments:
        for one in moment.evaluations.all():
            if one.side not in latest or one.held_on >= latest[one.side].held_on:
                latest[one.side] = one
    return [_wish(coupling, one) for one in latest.values() if one.verdict != Verdict.CONTINUE]


def _wish(coupling: Coupling, one: Evaluation) -> Wish:
    who = {"side": capfirst(str(Side(one.side).label))}
    if one.verdict == Verdict.ADJUST:
        return Wish(
            title=_("%(side)s wil iets aanpassen") % who,
            text=_("Bespreek het met beide gezinnen en leg nieuwe afspraken vast."),
            url=reverse("guidance:agreement_new", args=[coupling.pk]),
            action=_("Afspraken wijzigen"),
            kind="attention",
        )
    name = "guidance:finish" if coupling.status == CouplingStatus.COUPLED else "guidance:stop"
    return Wish(
        title=_("%(side)s wil stoppen") % who,
        text=_("Praat er met beide gezinnen over. Blijft het zo, rond dan samen af."),
        url=reverse(name, args=[coupling.pk]),
        action=_("Koppeling beëindigen") if coupling.status == CouplingStatus.COUPLED else _("Niet doorgaan"),
        kind="danger",
    )


def _goals(moments: Sequence[GuidanceMoment]) -> list[GoalLine]:
    asked = {moment.kind: moment.evaluations.all() for moment in moments if moment.kind in GOALS_ASKED}
    lines = []
    for goal in Goal:
        cells = []
        for kind, time in TIMES.items():
            scores = [
                f"{Side(one.side).label} {score}"
                for one in asked.get(kind, ())
                if (score := getattr(one, f"goal_{goal.value}")) is not None
            ]
            cells.append((str(time), ", ".join(scores) or "–"))
        lines.append(GoalLine(capfirst(str(goal.label)), cells))
    return lines if any(text != "–" for line in lines for _time, text in line.cells) else []
