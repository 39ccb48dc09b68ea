"""Making and answering proposals. An open proposal keeps places of the support family, so its row is locked first."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InvalidInput
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.families.rules import Problems
from core.families.workflow import RequestingStatus
from core.ledger.models import Event
from core.ledger.services import record
from core.matching.candidates import Candidate, look_at, outside, place_of, ranked
from core.matching.errors import GateClosed, VogMissing
from core.matching.gates import UNTIL_YES, Gate
from core.matching.models import MatchProposal, ProposalChild
from core.matching.profile import profile_text
from core.matching.workflow import ALLOWED, OPEN, ProposalStatus
from tenants.accounts.models import Actor
from tenants.audit.history import change_fields
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic


@atomic()
def proposal_create(
    *,
    family: RequestingFamily,
    support_family: SupportFamily,
    children: Sequence[SupportedChild],
    outside_reason: str = "",
    proposed_on: date | None = None,
    actor: Actor,
) -> MatchProposal:
    """Propose a support family for some children of an asking family, with what was weighed.

    Every gate must be open. Whoever chooses past the list that is shown first says why.
    """
    day = proposed_on or timezone.localdate()
    # Two coordinators may want the last place of the same family: the second waits here, and then sees it is taken.
    locked = SupportFamily.objects.select_for_update().get(pk=support_family.pk)
    asking = RequestingFamily.objects.select_for_update().get(pk=family.pk)
    concerned = list(children)
    _check(asking, concerned, day)
    candidate = _candidate(asking, locked, concerned, day)
    place = place_of(locked, ranked(asking, concerned, on=day))
    far_down = place is not None and outside(place)
    if far_down and not outside_reason.strip():
        raise InvalidInput(
            fields={
                "outside_reason": _("Dit steungezin staat niet bovenaan. Schrijf op waarom je het kiest.")
            }
        )
    assessment = candidate.assessment
    proposal = MatchProposal.objects.create(
        family=asking,
        support_family=locked,
        proposed_on=day,
        score=assessment.score,
        reasons_for=list(assessment.reasons_for),
        reasons_against=list(assessment.reasons_against),
        questions=list(assessment.questions),
        weights_version=assessment.weights_version,
        place_in_list=place,
        outside_reason=outside_reason.strip() if far_down else "",
        profile_text=profile_text(candidate.asked, distance_km=assessment.distance_km),
    )
    ProposalChild.objects.bulk_create([ProposalChild(proposal=proposal, child=child) for child in concerned])
    audit_log(action="proposal_made", subject=proposal, actor=actor)
    _record(Event.PROPOSAL_MADE, proposal, day, actor)
    return proposal


@atomic()
def proposal_ask_support(
    *, proposal: MatchProposal, asked_on: date | None = None, actor: Actor
) -> MatchProposal:
    """Write down that the support family was asked, with the profile without names."""
    return _ask(proposal, ProposalStatus.SUPPORT_ASKED, asked_on, actor)


@atomic()
def proposal_ask_parents(
    *, proposal: MatchProposal, asked_on: date | None = None, actor: Actor
) -> MatchProposal:
    """Write down that the support family says yes and the parents were asked."""
    return _ask(proposal, ProposalStatus.PARENTS_ASKED, asked_on, actor)


@atomic()
def proposal_accept(
    *, proposal: MatchProposal, decided_on: date | None = None, actor: Actor
) -> MatchProposal:
    """Write down that the parents say yes too: an introduction can be planned."""
    day = decided_on or timezone.localdate()
    row = _locked(proposal)
    _not_before(row, "decided_on", day)
    change_state(row, ProposalStatus.ACCEPTED, allowed=ALLOWED, actor=actor)
    _still_allowed(look_at(row.family, row.support_family, list(row.children.all()), on=day))
    return _decided(proposal, row, day, actor)


@atomic()
def proposal_decline(
    *, proposal: MatchProposal, reason: str, decided_on: date | None = None, actor: Actor
) -> MatchProposal:
    """Write down a no, of whoever was asked last, with the reason."""
    _needs_reason(reason)
    day = decided_on or timezone.localdate()
    row = _locked(proposal)
    _not_before(row, "decided_on", day)
    by_parents = row.status == ProposalStatus.PARENTS_ASKED
    to = ProposalStatus.DECLINED_BY_PARENTS if by_parents else ProposalStatus.DECLINED_BY_SUPPORT
    change_state(row, to, allowed=ALLOWED, actor=actor, reason=reason)
    _record(Event.PROPOSAL_DECLINED, row, day, actor)
    return _decided(proposal, row, day, actor, reason=reason.strip())


@atomic()
def proposal_withdraw(
    *, proposal: MatchProposal, reason: str, decided_on: date | None = None, actor: Actor
) -> MatchProposal:
    """Take a proposal back: before both said yes, or before they met."""
    _needs_reason(reason)
    row = _locked(proposal)
    change_state(row, ProposalStatus.WITHDRAWN, allowed=ALLOWED, actor=actor, reason=reason)
    return _decided(proposal, row, decided_on or timezone.localdate(), actor, reason=reason.strip())


@atomic()
def proposal_introduced(*, proposal: MatchProposal, actor: Actor) -> MatchProposal:
    """Close a proposal because the families meet. Its places stay taken until `proposal_free_places`."""
    change_state(proposal, ProposalStatus.INTRODUCED, allowed=ALLOWED, actor=actor)
    return proposal


@atomic()
def proposal_free_places(*, proposal: MatchProposal, freed_on: date, actor: Actor) -> MatchProposal:
    """Give the places back to the support family, because what came of the proposal has ended."""
    _write(proposal, actor, places_freed_on=freed_on)
    audit_log(action="places_freed", subject=proposal, actor=actor)
    return proposal


@atomic()
def proposal_take_places(*, proposal: MatchProposal, actor: Actor) -> MatchProposal:
    """Let the children of a coupling that is taken up again take their places with the support family."""
    row = _locked(proposal)
    today = timezone.localdate()
    found = look_at(row.family, row.support_family, list(row.children.all()), on=today)
    if row.places_freed_on is not None and (found is None or found.free_places < found.asked.wanted):
        raise Conflict(_("Dit steungezin heeft intussen geen plek meer."), code="no_room")
    _write(row, actor, places_freed_on=None)
    proposal.places_freed_on = None
    audit_log(action="places_taken", subject=proposal, actor=actor)
    return proposal


def _candidate(
    family: RequestingFamily, support_family: SupportFamily, children: Sequence[SupportedChild], day: date
) -> Candidate:
    candidate = look_at(family, support_family, children, on=day)
    taken = MatchProposal.objects.filter(
        family=family, support_family=support_family, status__in=OPEN | {ProposalStatus.ACCEPTED}
    )
    if taken.exists():
        raise Conflict(_("Er loopt al een voorstel voor deze twee gezinnen."), code="proposal_exists")
    return _open(candidate, frozenset(Gate))


def _still_allowed(candidate: Candidate | None) -> None:
    """Refuse what may not go on: the law and the safety of the child. On days and distance both agreed."""
    _open(candidate, UNTIL_YES)


def _open(candidate: Candidate | None, looked_at: frozenset[Gate]) -> Candidate:
    """Refuse when one of these gates is closed; no reason opens it."""
    if candidate is None:
        raise Conflict(_("Van dit steungezin is nog geen intake: er is niets om voor te stellen."))
    gates = [gate for gate in candidate.assessment.gates if gate.gate in looked_at]
    if any(gate.gate is Gate.VOG for gate in gates):
        raise VogMissing(candidate.offered.adults_without_vog)
    if gates:
        raise GateClosed(gates)
    return candidate


def _check(family: RequestingFamily, children: Sequence[SupportedChild], day: date) -> None:
    problems = Problems()
    problems.not_later("proposed_on", day, timezone.localdate())
    problems.not_before("proposed_on", day, family.registered_on, _("Deze datum ligt voor de aanmelding."))
    problems.check(bool(children), "children", _("Kies voor welk kind of welke kinderen dit voorstel is."))
    own = all(child.family_id == family.pk for child in children)
    problems.check(own, "children", _("Kies kinderen van dit gezin."))
    problems.refuse()


def _ask(proposal: MatchProposal, to: ProposalStatus, asked_on: date | None, actor: Actor) -> MatchProposal:
    day = asked_on or timezone.localdate()
    row = _locked(proposal)
    _not_before(row, "asked_on", day)
    change_state(row, to, allowed=ALLOWED, actor=actor)
    _write(row, actor, asked_on=day)
    proposal.asked_on, proposal.status = day, row.status
    return proposal


def _decided(
    proposal: MatchProposal, row: MatchProposal, day: date, actor: Actor, *, reason: str = ""
) -> MatchProposal:
    _write(row, actor, decided_on=day, decline_reason=reason)
    proposal.status, proposal.decided_on, proposal.decline_reason = row.status, day, reason
    return proposal


def _write(row: MatchProposal, actor: Actor, **values: object) -> None:
    """Write columns of a proposal, with what they were in the history of the asking family."""
    change_fields(row, values, about=row.family, actor=actor)


def _locked(proposal: MatchProposal) -> MatchProposal:
    # The support family first, always: the same order as in proposal_create, so that nobody waits for each other.
    SupportFamily.objects.select_for_update().get(pk=proposal.support_family_id)
    return MatchProposal.objects.select_for_update().get(pk=proposal.pk)


def _not_before(proposal: MatchProposal, field: str, day: date) -> None:
    problems = Problems()
    problems.not_later(field, day, timezone.localdate())
    problems.not_before(
        field, day, proposal.asked_on or proposal.proposed_on, _("Deze datum ligt voor de vorige stap.")
    )
    problems.refuse()


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Schrijf kort op waarom.")})


def _record(event: Event, proposal: MatchProposal, day: date, actor: Actor) -> None:
    family = proposal.family
    waiting = family.waiting_since if family.status == RequestingStatus.WAITING else None
    note = partial(record, family=family, support_family=proposal.support_family)
    note(
        event=event,
        happened_on=day,
        municipality_code=family.municipality_code,
        children=proposal.children.all(),
        days=(day - waiting).days if waiting else None,
        actor=actor,
    )
