"""What waits for a coordinator, gathered from every app of the case work; `home.rules` decides what is shown."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.couplings.models import Coupling
from core.couplings.selectors import coupled_family_ids, couplings, couplings_with_talks_to_close
from core.couplings.workflow import CouplingStatus
from core.families.models import RequestingFamily, RequestingParent, SupportAdult, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance.cadence import EVALUATIONS
from core.guidance.models import SIDE_WORDS, GuidanceMoment, MomentKind, Side
from core.guidance.selectors import (
    last_contacts,
    moments_planned,
    next_moments,
    sides_to_speak,
    trials_to_evaluate,
)
from core.home.lists.parts import last_notes
from core.home.rules import (
    BY_CODE,
    TRIAL_DAYS,
    Code,
    Signal,
)
from core.matching.models import MatchProposal
from core.matching.selectors import last_proposed, proposals_unfinished
from core.matching.workflow import ProposalStatus
from core.tasks.models import Task
from core.tasks.selectors import tasks_open
from core.vog.models import ConductCertificateCheck
from core.vog.selectors import checks_open, families_without_valid_vog, reviews_due

TASK_SUBJECTS = {
    "families.requestingfamily": "families:requesting_detail",
    "families.supportfamily": "families:support_detail",
    "matching.matchproposal": "matching:proposal_detail",
    "couplings.coupling": "couplings:coupling_detail",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A signal and the family to call about it; names and numbers are looked up for all of them together."""

    signal: Signal
    asking: UUID | None = None
    offering: UUID | None = None


def signals(today: date) -> list[Signal]:
    """Return everything that may wait for a coordinator, with whom to call."""
    found = [signal for gather in GATHERERS for signal in gather(today)]
    asking = _parents({row.asking for row in found if row.asking})
    offering = _adults({row.offering for row in found if row.offering})
    return [_with_person(row, asking, offering) for row in found]


def _asking_families(today: date) -> Iterator[Found]:
    del today
    statuses = [RequestingStatus.REGISTERED, RequestingStatus.CONTACTED, RequestingStatus.INTAKE]
    for family in RequestingFamily.objects.filter(status__in=statuses):
        if family.status == RequestingStatus.REGISTERED:
            code, since, action = Code.CALL_ASKING, family.registered_on, "families:requesting_contacted"
        elif family.status == RequestingStatus.CONTACTED:
            since = family.first_contact_on or family.registered_on
            code, action = Code.PLAN_INTAKE, "intake:requesting_plan"
        else:
            since = family.visit_on or family.first_contact_on or family.registered_on
            code, action = Code.INTAKE, "intake:requesting"
        yield _about_asking(code, since, family, reverse(action, args=[family.pk]))


def _offering_families(today: date) -> Iterator[Found]:
    statuses = [
        SupportStatus.REGISTERED,
        SupportStatus.CONTACTED,
        SupportStatus.SCREENING,
        SupportStatus.AVAILABLE,
        SupportStatus.PAUSED,
    ]
    families = list(SupportFamily.objects.filter(status__in=statuses).select_related("offer"))
    for family in families:
        if family.status == SupportStatus.REGISTERED:
            code, since, action = Code.CALL_OFFERING, family.registered_on, "families:support_contacted"
        elif family.status == SupportStatus.CONTACTED:
            since = family.first_contact_on or family.registered_on
            code, action = Code.PLAN_VISIT, "intake:support_plan"
        elif family.status == SupportStatus.SCREENING and not _offer_done(family):
            since = family.visit_on or family.first_contact_on or family.registered_on
            code, action = Code.INTAKE, "intake:support"
        else:
            continue
        yield _about_offering(code, since, family, reverse(action, args=[family.pk]))
    screened = [
        family
        for family in families
        if family.status in {SupportStatus.SCREENING, SupportStatus.AVAILABLE, SupportStatus.PAUSED}
    ]
    yield from _vog(screened, today)


def _vog(families: Collection[SupportFamily], today: date) -> Iterator[Found]:
    under_way = checks_open()
    for check in under_way:
        action = reverse("vog:seen", args=[check.pk])
        yield _about_vog(Code.VOG_AFTER, check.requested_on, check, action)
    for check in reviews_due(until=today + timedelta(days=BY_CODE[Code.VOG_REVIEW].ahead or 0)):
        # The day of review itself already counts as a gap, below.
        if check.review_due is not None and check.review_due > today:
            action = reverse("vog:request", args=[check.adult.family_id, check.adult_id])
            yield _about_vog(Code.VOG_REVIEW, check.review_due, check, action)
    asked = {check.adult_id for check in under_way}
    gaps = families_without_valid_vog([family.pk for family in families], today)
    for family in families:
        missing = [adult for adult in gaps.get(family.pk, ()) if adult.pk not in asked]
        if not missing:
            continue
        since = family.visit_on or family.first_contact_on or family.registered_on
        yield _about_offering(
            Code.VOG_ASK,
            since
            if family.status == SupportStatus.SCREENING
            else today - timedelta(days=BY_CODE[Code.VOG_ASK].within),
            family,
            reverse("vog:request", args=[family.pk, missing[0].pk]),
            detail=", ".join(adult.first_name for adult in missing),
        )


def _waiting_families(today: date) -> Iterator[Found]:
    del today
    families = list(RequestingFamily.objects.filter(status=RequestingStatus.WAITING))
    ids = [family.pk for family in families]
    proposed, meeting = last_proposed(ids), coupled_family_ids(ids)
    notes = last_notes("requesting_family", ids)
    for family in families:
        last = proposed.get(family.pk)
        spoken = [notes.get(family.pk), family.first_contact_on, family.waiting_since, family.registered_on]
        if last is not None and last.status != ProposalStatus.SUPPORT_ASKED:
            spoken += [last.asked_on, last.decided_on]
        if family.pk not in meeting:
            note = reverse("families:requesting_note", args=[family.pk])
            since = max(day for day in spoken if day is not None)
            yield _about_asking(Code.NO_CONTACT_ASKING, since, family, note)
        if family.pk in meeting or (last is not None and last.decided_on is None):
            continue
        if last is not None and last.status == ProposalStatus.ACCEPTED:
            continue
        days = [family.waiting_since or family.registered_on]
        if last is not None and last.decided_on is not None:
            days.append(last.decided_on)
        yield _about_asking(Code.SEARCH, max(days), family, reverse("matching:candidates", args=[family.pk]))


def _proposals(today: date) -> Iterator[Found]:
    del today
    for proposal in proposals_unfinished():
        here = reverse("matching:proposal_detail", args=[proposal.pk])
        asked = proposal.asked_on or proposal.proposed_on
        if proposal.status == ProposalStatus.DRAFT:
            yield _of_proposal(Code.PROPOSE, proposal.proposed_on, proposal, here)
        elif proposal.status == ProposalStatus.SUPPORT_ASKED:
            yield _of_proposal(Code.ANSWER_SUPPORT, asked, proposal, here)
        elif proposal.status == ProposalStatus.PARENTS_ASKED:
            yield _of_proposal(Code.ANSWER_PARENTS, asked, proposal, here, parents=True)
        else:
            action = reverse("couplings:introduce", args=[proposal.pk])
            since = proposal.decided_on or asked
            yield _of_proposal(Code.PLAN_MEETING, since, proposal, action, parents=True)


def _couplings(today: date) -> Iterator[Found]:
    running = list(couplings(statuses=[CouplingStatus.INTRODUCTION, CouplingStatus.TRIAL]))
    evaluated_later = trials_to_evaluate([coupling.pk for coupling in running])
    for coupling in running:
        here = _coupling_url(coupling)
        if coupling.status == CouplingStatus.INTRODUCTION:
            if coupling.introduced_on >= today:
                yield _about_coupling(Code.MEETING, coupling.introduced_on, coupling, here)
            else:
                action = reverse("guidance:trial", args=[coupling.pk])
                yield _about_coupling(Code.AFTER_MEETING, coupling.introduced_on, coupling, action)
        elif coupling.pk not in evaluated_later:
            started = coupling.trial_started_on or coupling.introduced_on
            ends = coupling.trial_ends_on or started + timedelta(days=TRIAL_DAYS)
            yield _about_coupling(Code.TRIAL_ENDS, ends, coupling, here)


def _moments(today: date) -> Iterator[Found]:
    for moment in moments_planned(until=today + timedelta(days=BY_CODE[Code.MOMENT].ahead or 0)):
        yield _of_moment(moment)


def _guided(today: date) -> Iterator[Found]:
    """Couplings in their two years: without a talk planned, and those nobody heard for too long."""
    guided = list(
        couplings(statuses=[CouplingStatus.COUPLED]).exclude(
            guidance_until__isnull=False, guidance_until__lt=today
        )
    )
    ids = [coupling.pk for coupling in guided]
    planned, spoken = next_moments(ids), last_contacts(ids)
    soon = today + timedelta(days=BY_CODE[Code.MOMENT].ahead or 0)
    for coupling in guided:
        begun = coupling.coupled_on or coupling.trial_started_on or coupling.introduced_on
        since = max(begun, spoken.get(coupling.pk, begun))
        moment = planned.get(coupling.pk)
        if moment is None:
            yield _about_coupling(Code.NEXT_TALK, since, coupling, _coupling_url(coupling))
        elif moment.due_on > soon:  # otherwise the talk itself is on the list
            action = reverse("guidance:contact", args=[coupling.pk])
            yield _about_coupling(Code.NO_CONTACT_COUPLING, since, coupling, action)


def _closing_talks(today: date) -> Iterator[Found]:
    for coupling in couplings_with_talks_to_close():
        sides = []
        if coupling.closing_talk_family_on is None:
            sides.append(_("het vraaggezin"))
        if coupling.closing_talk_support_on is None:
            sides.append(_("het steungezin"))
        yield _about_coupling(
            Code.CLOSING_TALK,
            coupling.ended_on or today,
            coupling,
            reverse("guidance:closing_talks", args=[coupling.pk]),
            detail=_(" en ").join(sides),
            with_support=coupling.closing_talk_family_on is not None,
        )


def _tasks(today: date) -> Iterator[Found]:
    for task in tasks_open(until=today + timedelta(days=BY_CODE[Code.TASK].ahead or 0)):
        yield Found(
            Signal(
                code=Code.TASK,
                since=task.due_on,
                key=task.pk,
                subject=task.title,
                url=task_url(task),
                action_url=reverse("tasks:done", args=[task.pk]),
                detail=task.reason or _("taak"),
                post=True,
            )
        )


GATHERERS: tuple[Callable[[date], Iterable[Found]], ...] = (
    _asking_families,
    _offering_families,
    _waiting_families,
    _proposals,
    _couplings,
    _moments,
    _guided,
    _closing_talks,
    _tasks,
)


# ------------------------------------------------------------------------------------------------- making signals


def _about_asking(code: Code, since: date, family: RequestingFamily, action_url: str) -> Found:
    return Found(
        Signal(
            code=code,
            since=since,
            key=family.pk,
            subject=_("Gezin %(name)s") % {"name": capfirst(family.name)},
            url=reverse("families:requesting_detail", args=[family.pk]),
            action_url=action_url,
            phone=family.referrer_phone,
            person=family.referrer_name,
            hint=family.safe_contact,
        ),
        asking=family.pk,
    )


def _about_offering(
    code: Code, since: date, family: SupportFamily, action_url: str, *, detail: str = ""
) -> Found:
    signal = Signal(
        code=code,
        since=since,
        key=family.pk,
        subject=_("Steungezin %(name)s") % {"name": capfirst(family.name)},
        url=reverse("families:support_detail", args=[family.pk]),
        action_url=action_url,
        detail=detail,
    )
    return Found(signal, offering=family.pk)


def _about_vog(code: Code, since: date, check: ConductCertificateCheck, action_url: str) -> Found:
    found = _about_offering(code, since, check.adult.family, action_url, detail=check.adult.first_name)
    # Call this adult, not the first contact of the family.
    person = replace(found.signal, key=check.pk, phone=check.adult.phone, person=check.adult.full_name)
    return Found(person, offering=None if check.adult.phone else found.offering)


def _of_proposal(
    code: Code, since: date, proposal: MatchProposal, action_url: str, *, parents: bool = False
) -> Found:
    if parents:
        found = _about_asking(code, since, proposal.family, action_url)
        detail = capfirst(proposal.support_family.name)
    else:
        found = _about_offering(code, since, proposal.support_family, action_url)
        detail = capfirst(proposal.family.name)
    return replace(found, signal=replace(found.signal, key=proposal.pk, detail=detail))


def _about_coupling(
    code: Code,
    since: date,
    coupling: Coupling,
    action_url: str,
    *,
    detail: str = "",
    with_support: bool = False,
) -> Found:
    signal = Signal(
        code=code,
        since=since,
        key=coupling.pk,
        subject=_("%(family)s en %(support)s")
        % {"family": capfirst(coupling.family.name), "support": capfirst(coupling.support_family.name)},
        url=_coupling_url(coupling),
        action_url=action_url,
        detail=detail,
        hint="" if with_support else coupling.family.safe_contact,
    )
    if with_support:
        return Found(signal, offering=coupling.support_family_id)
    return Found(signal, asking=coupling.family_id)


def _of_moment(moment: GuidanceMoment) -> Found:
    left = sides_to_speak(moment)
    label = str(MomentKind(moment.kind).label)
    evaluation = moment.kind in EVALUATIONS and bool(left)
    if evaluation and len(left) < len(Side):
        label = _("%(moment)s, nog met het %(side)s") % {"moment": label, "side": left[0].label}
    action = (
        reverse("guidance:evaluate", args=[moment.pk, SIDE_WORDS[left[0]]])
        if evaluation
        else reverse("guidance:hold", args=[moment.pk])
    )
    found = _about_coupling(
        Code.MOMENT,
        moment.due_on,
        moment.coupling,
        action,
        detail=label,
        with_support=evaluation and left[0] is Side.SUPPORT,
    )
    return replace(found, signal=replace(found.signal, key=moment.pk))


def _coupling_url(coupling: Coupling) -> str:
    return reverse("couplings:coupling_detail", args=[coupling.pk])


def task_url(task: Task) -> str:
    """Return where the thing stands that a task is about."""
    name = TASK_SUBJECTS.get(task.subject_kind)
    return reverse(name, args=[task.subject_id]) if name and task.subject_id else ""


def _offer_done(family: SupportFamily) -> bool:
    offer = getattr(family, "offer", None)
    return offer is not None and offer.completed_on is not None


def _with_person(
    found: Found, asking: dict[UUID, RequestingParent], offering: dict[UUID, SupportAdult]
) -> Signal:
    person: RequestingParent | SupportAdult | None = None
    if found.asking is not None:
        person = asking.get(found.asking)
    elif found.offering is not None:
        person = offering.get(found.offering)
    if person is None or not person.phone:
        return found.signal
    return replace(found.signal, phone=person.phone, person=person.full_name)


def _parents(family_ids: Collection[UUID]) -> dict[UUID, RequestingParent]:
    parents = RequestingParent.objects.filter(family__in=family_ids).exclude(phone="")
    return {parent.family_id: parent for parent in parents.order_by("is_contact", "pk")}


def _adults(family_ids: Collection[UUID]) -> dict[UUID, SupportAdult]:
    adults = SupportAdult.objects.filter(family__in=family_ids, left_household_on__isnull=True).exclude(
        phone=""
    )
    return {adult.family_id: adult for adult in adults.order_by("is_contact", "pk")}
