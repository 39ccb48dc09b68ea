"""Guidance, and the steps of a coupling that need an agreement and moments in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InvalidInput
from common.language import written
from common.vocabulary import CloseReason
from core.agreements.models import CouplingAgreement
from core.agreements.services import AgreementData, agreement_add_version, bookings_end, bookings_extend
from core.couplings.models import Coupling
from core.couplings.selectors import running_couplings
from core.couplings.services import (
    Ending,
    coupling_confirm,
    coupling_end,
    coupling_extend_trial,
    coupling_start_trial,
    coupling_stop,
    coupling_take_up,
    family_waits_again,
    has_support,
)
from core.couplings.workflow import CouplingStatus
from core.families.models import RequestingFamily, SupportFamily
from core.families.rules import Problems
from core.families.services import (
    requesting_family_close,
    requesting_family_support,
    requesting_family_wait,
    support_family_leave,
    support_family_pause,
    support_family_resume,
)
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance.cadence import EVALUATIONS, due_dates
from core.guidance.models import ContactMoment, Evaluation, GuidanceMoment, MomentKind, Side, Verdict
from core.guidance.selectors import sides_to_speak
from core.guidance.workflow import ALLOWED, MomentStatus
from core.ledger.models import Event
from core.ledger.services import Scores, record
from core.matching.selectors import has_unfinished_proposal
from core.tasks.services import task_add
from core.vog.rules import months_later
from tenants.accounts.models import Actor
from tenants.audit.history import change_fields
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic

HIGHEST_GOAL, HIGHEST_MARK = 5, 10
FURTHEST_AHEAD = timedelta(days=3 * 366)


class FamilyNext(StrEnum):
    """What happens with the asking family after the end."""

    WAIT = "wait"
    CLOSE = "close"


class SupportNext(StrEnum):
    """What happens with the support family after the end."""

    AVAILABLE = "available"
    PAUSE = "pause"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """What one side said at one moment."""

    side: str
    held_on: date
    verdict: str
    goals: Sequence[int | None] = (None, None, None, None)
    satisfaction: int | None = None
    note: str = ""


@atomic()
def trial_start(
    *, coupling: Coupling, started_on: date, ends_on: date, agreement: AgreementData, actor: Actor
) -> Coupling:
    """Start the trial with its own agreement and its own moments."""
    coupling_start_trial(
        coupling=coupling,
        started_on=started_on,
        ends_on=ends_on,
        support_form=agreement.support_form,
        actor=actor,
    )
    agreement_add_version(coupling=coupling, kind=CouplingAgreement.Kind.TRIAL, data=agreement, actor=actor)
    moments_propose(coupling=coupling, actor=actor)
    return coupling


@atomic()
def trial_extend(*, coupling: Coupling, ends_on: date, actor: Actor) -> Coupling:
    """Move the end of the trial, and its evaluation with it."""
    coupling_extend_trial(coupling=coupling, ends_on=ends_on, actor=actor)
    bookings_extend(coupling=coupling, until=ends_on, actor=actor)
    planned = coupling.moments.filter(kind=MomentKind.TRIAL_EVALUATION, status=MomentStatus.PLANNED)
    for moment in planned:
        _write(moment, actor, due_on=ends_on)
    return coupling


@atomic()
def coupling_make_definitive(
    *, coupling: Coupling, coupled_on: date, agreement: AgreementData, actor: Actor
) -> Coupling:
    """Make a trial definitive, with an agreement that has house rules and the moments of two years."""
    coupling_confirm(
        coupling=coupling, coupled_on=coupled_on, support_form=agreement.support_form, actor=actor
    )
    agreement_add_version(
        coupling=coupling, kind=CouplingAgreement.Kind.DEFINITIVE, data=agreement, actor=actor
    )
    _drop_planned(coupling, written(_("de proefperiode is voorbij")), actor, kinds=(MomentKind.TWO_WEEKS,))
    moments_propose(coupling=coupling, actor=actor)
    return coupling


@atomic()
def trial_stop(*, coupling: Coupling, ending: Ending, actor: Actor) -> Coupling:
    """Write down that an introduction or a trial does not go on."""
    coupling_stop(coupling=coupling, ending=ending, actor=actor)
    bookings_end(coupling=coupling, on=ending.ended_on, actor=actor)
    _drop_planned(coupling, written(_("niet doorgegaan")), actor)
    return coupling


@atomic()
def coupling_finish(
    *,
    coupling: Coupling,
    ending: Ending,
    family_next: FamilyNext,
    support_next: SupportNext,
    close_reason: str = "",
    pause_until: date | None = None,
    aftercare_on: date | None = None,
    actor: Actor,
) -> Coupling:
    """End a coupling: what was planned is dropped, aftercare is planned, and both families get their next state."""
    problems = Problems()
    problems.not_before(
        "aftercare_on", aftercare_on, timezone.localdate(), _("Kies een dag vanaf vandaag voor de nazorg.")
    )
    problems.not_later(
        "aftercare_on",
        aftercare_on,
        timezone.localdate() + FURTHEST_AHEAD,
        _("Deze datum ligt te ver in de toekomst."),
    )
    problems.check(
        pause_until is None or support_next is SupportNext.PAUSE,
        "pause_until",
        _("Deze datum hoort bij “wil even rust”."),
    )
    problems.not_before("pause_until", pause_until, timezone.localdate(), _("Deze datum is al geweest."))
    problems.refuse()
    coupling_end(coupling=coupling, ending=ending, actor=actor)
    bookings_end(coupling=coupling, on=ending.ended_on, actor=actor)
    _drop_planned(coupling, written(_("de koppeling is voorbij")), actor)
    moments_propose(coupling=coupling, actor=actor)
    _plan_aftercare(coupling, aftercare_on or months_later(ending.ended_on, 3), actor)
    _family_after(coupling, ending, family_next, close_reason, actor)
    _support_after(coupling, ending, support_next, pause_until, actor)
    return coupling


@atomic()
def coupling_reopen(*, coupling: Coupling, reopened_on: date, reason: str, actor: Actor) -> Coupling:
    """Take an ended coupling up again, with the talks that were still to come and both families in it."""
    support = SupportFamily.objects.select_for_update().get(pk=coupling.support_family_id)
    if support.status == SupportStatus.PAUSED:
        support_family_resume(family=support, actor=actor)
    elif support.status != SupportStatus.AVAILABLE:
        raise Conflict(
            _("Dit steungezin is gestopt. Pak eerst het contact weer op; dan kan de koppeling weer open.")
        )
    coupling_take_up(coupling=coupling, reopened_on=reopened_on, reason=reason, actor=actor)
    family = RequestingFamily.objects.select_for_update().get(pk=coupling.family_id)
    if family.status == RequestingStatus.CLOSED:
        requesting_family_wait(family=family, since=reopened_on, actor=actor, reason=reason)
    if family.status == RequestingStatus.WAITING:
        requesting_family_support(family=family, supported_on=reopened_on, actor=actor)
    _drop_planned(coupling, written(_("de koppeling is heropend")), actor)
    begun = coupling.coupled_on or reopened_on
    days = due_dates(coupling.status, start=begun)
    coming = {kind: day for kind, day in days.items() if day >= reopened_on}
    last = {MomentKind.MONTH_24: months_later(reopened_on, 3)}
    _plan_again(coupling, coming or last, actor)
    return coupling


@atomic()
def pauses_end(*, on: date, actor: Actor) -> int:
    """Make every support family available again whose rest ends on or before a day; return how many."""
    rested = SupportFamily.objects.filter(status=SupportStatus.PAUSED, paused_until__lte=on)
    families = list(rested.select_for_update())
    for family in families:
        support_family_resume(family=family, actor=actor)
    return len(families)


@atomic()
def moments_propose(*, coupling: Coupling, actor: Actor) -> list[GuidanceMoment]:
    """Plan the moments that belong to the phase of a coupling; those that exist stay as they are."""
    begun = {
        CouplingStatus.TRIAL: coupling.trial_started_on,
        CouplingStatus.COUPLED: coupling.coupled_on,
        CouplingStatus.ENDED: coupling.ended_on,
    }.get(CouplingStatus(coupling.status))
    if begun is None:
        return []
    known = set(coupling.moments.values_list("kind", flat=True))
    wanted = due_dates(coupling.status, start=begun, end=coupling.trial_ends_on)
    made = GuidanceMoment.objects.bulk_create(
        [
            GuidanceMoment(coupling=coupling, kind=kind, due_on=day)
            for kind, day in wanted.items()
            if kind not in known
        ]
    )
    if made:
        audit_log(action="moments_planned", subject=coupling, actor=actor)
    return made


@atomic()
def moment_reschedule(*, moment: GuidanceMoment, due_on: date, actor: Actor) -> GuidanceMoment:
    """Move a planned moment to another day."""
    row = _locked(moment)
    _still_planned(row)
    problems = Problems()
    problems.not_before("due_on", due_on, timezone.localdate(), _("Kies een dag vanaf vandaag."))
    problems.not_later(
        "due_on", due_on, timezone.localdate() + FURTHEST_AHEAD, _("Deze datum ligt te ver in de toekomst.")
    )
    problems.refuse()
    _write(row, actor, due_on=due_on)
    moment.due_on = due_on
    audit_log(action="moment_moved", subject=row, actor=actor)
    return moment


@atomic()
def moment_drop(*, moment: GuidanceMoment, reason: str, actor: Actor) -> GuidanceMoment:
    """Take a moment off the plan, with the reason."""
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Schrijf kort op waarom dit niet meer nodig is.")})
    change_state(moment, MomentStatus.DROPPED, allowed=ALLOWED, actor=actor, reason=reason)
    return moment


@atomic()
def moment_hold(*, moment: GuidanceMoment, held_on: date, reason: str = "", actor: Actor) -> GuidanceMoment:
    """Write down that a call or talk took place; an evaluation that misses a side needs a reason."""
    row = _locked(moment)
    _check_held(row, held_on)
    if row.kind in EVALUATIONS and (missing := sides_to_speak(row)):
        if len(missing) == len(Side):
            raise InvalidInput(_("Leg eerst het gesprek met een van beide gezinnen vast."))
        if not reason.strip():
            raise InvalidInput(fields={"reason": _("Schrijf op waarom het tweede gesprek er niet komt.")})
    return _hold(moment, row, held_on, reason, actor)


@atomic()
def evaluation_record(*, moment: GuidanceMoment, data: EvaluationData, actor: Actor) -> Evaluation:
    """Write down the talk with one side. When both sides have spoken the moment is held."""
    row = _locked(moment)
    _still_planned(row)
    _check_evaluation(row, data)
    if row.evaluations.filter(side=data.side).exists():
        raise Conflict(_("Dit gesprek is al vastgelegd."), code="evaluation_exists")
    relief, strength, climate, network = data.goals
    evaluation = Evaluation.objects.create(
        moment=row,
        side=data.side,
        held_on=data.held_on,
        goal_relief=relief,
        goal_strength=strength,
        goal_climate=climate,
        goal_network=network,
        satisfaction=data.satisfaction,
        verdict=data.verdict,
        note=data.note,
    )
    audit_log(action="evaluation_recorded", subject=evaluation, actor=actor)
    _record_evaluation(row, data, actor)
    if not sides_to_speak(row):
        _hold(moment, row, max(data.held_on, *row.evaluations.values_list("held_on", flat=True)), "", actor)
    return evaluation


@atomic()
def contact_add(
    *, coupling: Coupling, side: str, kind: str, happened_on: date, note: str, actor: Actor
) -> ContactMoment:
    """Write down a call, visit or message in between."""
    problems = Problems()
    problems.check(side in Side.values, "side", _("Kies met wie je sprak."))
    problems.check(kind in ContactMoment.Kind.values, "kind", _("Kies hoe je contact had."))
    problems.check(bool(note.strip()), "note", _("Schrijf kort op wat er is gezegd."))
    problems.not_later("happened_on", happened_on, timezone.localdate())
    problems.not_before(
        "happened_on", happened_on, coupling.proposal.proposed_on, _("Deze datum ligt voor het voorstel.")
    )
    problems.refuse()
    contact = ContactMoment.objects.create(
        coupling=coupling,
        side=side,
        kind=kind,
        happened_on=happened_on,
        note=note,
        author_name=actor.full_name,
    )
    audit_log(action="contact_recorded", subject=contact, actor=actor)
    return contact


def _family_after(
    coupling: Coupling, ending: Ending, family_next: FamilyNext, close_reason: str, actor: Actor
) -> None:
    family = RequestingFamily.objects.select_for_update().get(pk=coupling.family_id)
    if family.status != RequestingStatus.SUPPORTED or has_support(family):
        return
    if family_next is FamilyNext.WAIT:
        family_waits_again(coupling=coupling, since=ending.ended_on, actor=actor)
        return
    if running_couplings(family=family) or has_unfinished_proposal(family=family):
        message = _("Voor dit gezin loopt nog een voorstel of kennismaking: sluit dat eerst af.")
        raise InvalidInput(fields={"family_next": message})
    requesting_family_close(
        family=family, reason=close_reason or CloseReason.FINISHED, closed_on=ending.ended_on, actor=actor
    )


def _support_after(
    coupling: Coupling, ending: Ending, support_next: SupportNext, pause_until: date | None, actor: Actor
) -> None:
    family = SupportFamily.objects.select_for_update().get(pk=coupling.support_family_id)
    if support_next is SupportNext.PAUSE and family.status == SupportStatus.AVAILABLE:
        support_family_pause(
            family=family, until=pause_until, reason=written(_("na een koppeling")), actor=actor
        )
    elif support_next is SupportNext.LEAVE and family.status != SupportStatus.LEFT:
        if running_couplings(support_family=family) or has_unfinished_proposal(support_family=family):
            message = _("Dit steungezin heeft nog een koppeling of voorstel en kan nog niet stoppen.")
            raise InvalidInput(fields={"support_next": message})
        support_family_leave(family=family, reason=CloseReason.FINISHED, left_on=ending.ended_on, actor=actor)


def _drop_planned(
    coupling: Coupling, reason: str, actor: Actor, *, kinds: Sequence[MomentKind] = tuple(MomentKind)
) -> None:
    for moment in coupling.moments.filter(status=MomentStatus.PLANNED, kind__in=kinds):
        change_state(moment, MomentStatus.DROPPED, allowed=ALLOWED, actor=actor, reason=reason)


def _plan_aftercare(coupling: Coupling, on: date, actor: Actor) -> None:
    _plan_again(coupling, {MomentKind.AFTERCARE: on}, actor)
    planned = coupling.moments.filter(kind=MomentKind.AFTERCARE, status=MomentStatus.PLANNED).first()
    if planned is not None:
        _write(planned, actor, due_on=on)
    else:
        # It ended before, and the call of that time was made: this one is a task of its own.
        task_add(title=written(MomentKind.AFTERCARE.label), due_on=on, subject=coupling, actor=actor)


def _plan_again(coupling: Coupling, wanted: Mapping[MomentKind, date], actor: Actor) -> None:
    """Put talks that were dropped back on the plan, each on its day."""
    for moment in coupling.moments.filter(status=MomentStatus.DROPPED, kind__in=list(wanted)):
        _write(moment, actor, due_on=wanted[MomentKind(moment.kind)])
        change_state(moment, MomentStatus.PLANNED, allowed=ALLOWED, actor=actor)


def _locked(moment: GuidanceMoment) -> GuidanceMoment:
    return (
        GuidanceMoment.objects.select_for_update(of=("self",))
        .select_related("coupling__family", "coupling__support_family")
        .get(pk=moment.pk)
    )


def _write(moment: GuidanceMoment, actor: Actor, **values: object) -> None:
    """Write columns of a moment, with what they were in the history of the coupling."""
    change_fields(moment, values, about=moment.coupling, actor=actor)


def _still_planned(moment: GuidanceMoment) -> None:
    if moment.status != MomentStatus.PLANNED:
        raise Conflict(_("Dit moment is al afgerond."), code="moment_closed")


def _check_held(moment: GuidanceMoment, held_on: date) -> None:
    problems = Problems()
    problems.not_later("held_on", held_on, timezone.localdate())
    problems.not_before(
        "held_on", held_on, moment.coupling.introduced_on, _("Deze datum ligt voor de kennismaking.")
    )
    problems.refuse()


def _hold(
    moment: GuidanceMoment, row: GuidanceMoment, held_on: date, reason: str, actor: Actor
) -> GuidanceMoment:
    _write(row, actor, held_on=held_on)
    change_state(row, MomentStatus.HELD, allowed=ALLOWED, actor=actor, reason=reason)
    moment.held_on, moment.status = row.held_on, row.status
    return moment


def _check_evaluation(moment: GuidanceMoment, data: EvaluationData) -> None:
    if moment.kind not in EVALUATIONS:
        raise InvalidInput(_("Bij dit moment hoort een gesprek, geen evaluatie met cijfers."))
    problems = Problems()
    problems.check(data.side in Side.values, "side", _("Kies met wie je sprak."))
    problems.check(data.verdict in Verdict.values, "verdict", _("Kies hoe het verder gaat."))
    for name, score in zip(("relief", "strength", "climate", "network"), data.goals, strict=True):
        problems.check(
            score is None or 1 <= score <= HIGHEST_GOAL,
            f"goal_{name}",
            _("Kies een score van 1 tot en met 5."),
        )
    mark = data.satisfaction
    problems.check(
        mark is None or 1 <= mark <= HIGHEST_MARK, "satisfaction", _("Kies een cijfer van 1 tot en met 10.")
    )
    problems.refuse()
    _check_held(moment, data.held_on)


def _record_evaluation(moment: GuidanceMoment, data: EvaluationData, actor: Actor) -> None:
    coupling = moment.coupling
    complete = all(score is not None for score in data.goals)
    record(
        event=Event.EVALUATION_DONE,
        happened_on=data.held_on,
        municipality_code=coupling.family.municipality_code,
        family=coupling.family,
        support_family=coupling.support_family,
        coupling=coupling,
        children=coupling.children.all(),
        days=(data.held_on - moment.due_on).days,
        scores=Scores(
            review=moment.kind,
            side=data.side,
            satisfaction=data.satisfaction,
            goals=[score for score in data.goals if score is not None] if complete else (),
        ),
        actor=actor,
    )
