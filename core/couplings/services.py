"""The life of a coupling, from the first meeting to the end.

Higher apps add agreements and guidance in the same transaction. Dates are arguments.
Rows are locked in one order: support family, asking family, proposal, coupling.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import ForbiddenTransition, InvalidInput
from common.language import written
from common.vocabulary import EndingReason
from common.workflow import check
from core.couplings.models import Coupling, CouplingChild
from core.couplings.workflow import ALLOWED, NEEDS_VOG, RUNNING, CouplingStatus
from core.families.models import RequestingFamily, SupportFamily
from core.families.rules import Problems
from core.families.services import requesting_family_support, requesting_family_wait
from core.families.workflow import RequestingStatus
from core.ledger.models import Event
from core.ledger.services import count_again, record
from core.matching.errors import VogMissing
from core.matching.models import MatchProposal
from core.matching.services import proposal_free_places, proposal_introduced, proposal_take_places
from core.vog.rules import months_later
from core.vog.selectors import adults_without_valid_vog
from tenants.accounts.models import Actor
from tenants.audit.history import change_fields
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic

GUIDANCE_MONTHS = 24
# How far ahead a meeting or the start of a trial may be written down.
PLAN_AHEAD = timedelta(days=60)
LONGEST_TRIAL = timedelta(days=124)
# The trigger of migration 0002: it refuses what slipped in between our look and our write.
VOG_GUARD = "coupling_has_valid_vog"

BEFORE_PREVIOUS = _("Deze datum ligt voor de vorige stap.")
TOO_FAR_AHEAD = _("Deze datum ligt te ver in de toekomst.")


@dataclass(frozen=True, slots=True)
class Ending:
    """Why and how a coupling ended. Closing talks may follow later."""

    ended_on: date
    reason: str
    note: str = ""
    talk_family_on: date | None = None
    talk_support_on: date | None = None
    continues_privately: bool | None = None


@atomic()
def coupling_introduce(*, proposal: MatchProposal, introduced_on: date, actor: Actor) -> Coupling:
    """Let both families of an accepted proposal meet. The date may be a plan."""
    SupportFamily.objects.select_for_update().get(pk=proposal.support_family_id)
    row = MatchProposal.objects.select_for_update().get(pk=proposal.pk)
    problems = Problems()
    problems.not_before("introduced_on", introduced_on, row.decided_on or row.proposed_on, BEFORE_PREVIOUS)
    problems.not_later("introduced_on", introduced_on, timezone.localdate() + PLAN_AHEAD, TOO_FAR_AHEAD)
    problems.refuse()
    proposal_introduced(proposal=row, actor=actor)
    proposal.status = row.status
    _no_other_running(row)
    coupling = Coupling.objects.create(
        family=row.family, support_family=row.support_family, proposal=row, introduced_on=introduced_on
    )
    CouplingChild.objects.bulk_create(
        [CouplingChild(coupling=coupling, child=child) for child in row.children.all()]
    )
    audit_log(action="coupling_introduced", subject=coupling, actor=actor)
    _record(
        Event.INTRODUCTION,
        coupling,
        introduced_on,
        days=_since_registration(coupling, introduced_on),
        actor=actor,
    )
    return coupling


@atomic()
def coupling_start_trial(
    *, coupling: Coupling, started_on: date, ends_on: date, support_form: str, actor: Actor
) -> Coupling:
    """Start the trial period: from now on a child is with the support family, so every VOG must be valid."""
    row = _locked(coupling, CouplingStatus.TRIAL)
    problems = Problems()
    problems.not_before(
        "started_on", started_on, row.introduced_on, _("De proefperiode begint na de kennismaking.")
    )
    problems.not_later("started_on", started_on, timezone.localdate() + PLAN_AHEAD, TOO_FAR_AHEAD)
    _check_trial_end(problems, started_on, ends_on)
    problems.refuse()
    _require_vog(row, started_on)
    _write(row, actor, trial_started_on=started_on, trial_ends_on=ends_on)
    _with_child(row, CouplingStatus.TRIAL, started_on, actor)
    days = _since_registration(row, started_on)
    _record(Event.TRIAL_STARTED, row, started_on, support_form=support_form, days=days, actor=actor)
    _supported(row, started_on, actor)
    return _refreshed(coupling)


@atomic()
def coupling_extend_trial(*, coupling: Coupling, ends_on: date, actor: Actor) -> Coupling:
    """Move the end of a running trial."""
    row = _locked(coupling)
    if row.status != CouplingStatus.TRIAL or row.trial_started_on is None:
        raise InvalidInput(fields={"ends_on": _("Er loopt geen proefperiode.")})
    problems = Problems()
    _check_trial_end(problems, row.trial_started_on, ends_on)
    problems.refuse()
    _write(row, actor, trial_ends_on=ends_on)
    audit_log(action="trial_extended", subject=row, actor=actor)
    return _refreshed(coupling)


@atomic()
def coupling_confirm(*, coupling: Coupling, coupled_on: date, support_form: str, actor: Actor) -> Coupling:
    """Make a trial definitive: from this day the coupling counts, and guidance lasts two years."""
    row = _locked(coupling, CouplingStatus.COUPLED)
    problems = Problems()
    problems.not_before(
        "coupled_on", coupled_on, row.trial_started_on, _("Deze datum ligt voor de proefperiode.")
    )
    problems.not_later("coupled_on", coupled_on, timezone.localdate() + PLAN_AHEAD, TOO_FAR_AHEAD)
    problems.refuse()
    _require_vog(row, coupled_on)
    _write(row, actor, coupled_on=coupled_on, guidance_until=months_later(coupled_on, GUIDANCE_MONTHS))
    _with_child(row, CouplingStatus.COUPLED, coupled_on, actor)
    days = _since_registration(row, coupled_on)
    _record(Event.COUPLING_STARTED, row, coupled_on, support_form=support_form, days=days, actor=actor)
    return _refreshed(coupling)


@atomic()
def coupling_stop(*, coupling: Coupling, ending: Ending, actor: Actor) -> Coupling:
    """Write down that an introduction or trial does not go on: the family waits again, the places are free again."""
    row = _locked(coupling, CouplingStatus.NOT_CONTINUED)
    was_trial = row.status == CouplingStatus.TRIAL
    _end(row, CouplingStatus.NOT_CONTINUED, ending, row.trial_started_on or row.introduced_on, actor)
    if was_trial:
        _record(
            Event.TRIAL_STOPPED,
            row,
            ending.ended_on,
            ending_reason=ending.reason,
            days=_days(row.trial_started_on, ending.ended_on),
            actor=actor,
        )
    return _refreshed(coupling)


@atomic()
def coupling_end(*, coupling: Coupling, ending: Ending, actor: Actor) -> Coupling:
    """End a definitive coupling. What follows for both families is decided by `guidance.services.coupling_finish`."""
    row = _locked(coupling, CouplingStatus.ENDED)
    _end(row, CouplingStatus.ENDED, ending, row.coupled_on, actor)
    _record(
        Event.COUPLING_ENDED,
        row,
        ending.ended_on,
        ending_reason=ending.reason,
        days=_days(row.coupled_on, ending.ended_on),
        actor=actor,
    )
    return _refreshed(coupling)


@atomic()
def coupling_take_up(*, coupling: Coupling, reopened_on: date, reason: str, actor: Actor) -> Coupling:
    """Take an ended coupling up again. Its end stays in the history and in the ledger, beside this."""
    row = _locked(coupling, CouplingStatus.COUPLED)
    if row.status != CouplingStatus.ENDED:
        raise ForbiddenTransition(_("Alleen een beëindigde koppeling kan worden heropend."))
    problems = Problems()
    problems.check(bool(reason.strip()), "reason", _("Schrijf kort op waarom deze koppeling weer begint."))
    problems.not_later("reopened_on", reopened_on, timezone.localdate())
    problems.not_before("reopened_on", reopened_on, row.ended_on, _("Deze datum ligt voor het einde."))
    problems.refuse()
    _require_vog(row, reopened_on)
    _no_other_running(row.proposal)
    proposal_take_places(proposal=row.proposal, actor=actor)
    ended_on = row.ended_on
    _with_child(row, CouplingStatus.COUPLED, reopened_on, actor, reason=reason.strip())
    _write(
        row,
        actor,
        ended_on=None,
        ending_reason="",
        ending_note="",
        closing_talk_family_on=None,
        closing_talk_support_on=None,
        continues_privately=None,
    )
    _record(Event.COUPLING_REOPENED, row, reopened_on, days=_days(ended_on, reopened_on), actor=actor)
    if ended_on is not None and ended_on.year != reopened_on.year:
        count_again(year=ended_on.year)
    return _refreshed(coupling)


@atomic()
def closing_talk_record(
    *,
    coupling: Coupling,
    talk_family_on: date | None = None,
    talk_support_on: date | None = None,
    actor: Actor,
) -> Coupling:
    """Write down the closing talk with one side, or both, of a coupling that is over."""
    row = _locked(coupling)
    if row.status in RUNNING:
        raise InvalidInput(_("Deze koppeling loopt nog: een afsluitend gesprek hoort bij het einde."))
    problems = Problems()
    for field, day in (("talk_family_on", talk_family_on), ("talk_support_on", talk_support_on)):
        problems.not_later(field, day, timezone.localdate())
        problems.not_before(field, day, row.introduced_on, _("Deze datum ligt voor de kennismaking."))
    problems.check(
        bool(talk_family_on or talk_support_on), "talk_family_on", _("Vul in wanneer het gesprek was.")
    )
    problems.refuse()
    _write(
        row,
        actor,
        closing_talk_family_on=talk_family_on or row.closing_talk_family_on,
        closing_talk_support_on=talk_support_on or row.closing_talk_support_on,
    )
    audit_log(action="closing_talk_recorded", subject=row, actor=actor)
    return _refreshed(coupling)


@atomic()
def family_waits_again(*, coupling: Coupling, since: date, actor: Actor) -> None:
    """Put the asking family back on the waiting list, unless another trial or coupling supports it."""
    family = RequestingFamily.objects.select_for_update().get(pk=coupling.family_id)
    if family.status == RequestingStatus.SUPPORTED and not has_support(family):
        requesting_family_wait(
            family=family, since=since, actor=actor, reason=written(_("koppeling is voorbij"))
        )


def has_support(family: RequestingFamily) -> bool:
    """Whether a child of this family is with a support family, for a trial or for good."""
    return family.couplings.filter(status__in=NEEDS_VOG).exists()


def _end(row: Coupling, to: CouplingStatus, ending: Ending, began_on: date | None, actor: Actor) -> None:
    problems = Problems()
    problems.check(ending.reason in EndingReason.values, "reason", _("Kies een reden."))
    problems.not_later("ended_on", ending.ended_on, timezone.localdate())
    if not (to == CouplingStatus.NOT_CONTINUED and began_on and began_on > timezone.localdate()):
        problems.not_before("ended_on", ending.ended_on, began_on, BEFORE_PREVIOUS)
    for field, day in (
        ("talk_family_on", ending.talk_family_on),
        ("talk_support_on", ending.talk_support_on),
    ):
        problems.not_later(field, day, timezone.localdate())
        problems.not_before(field, day, row.introduced_on, _("Deze datum ligt voor de kennismaking."))
    problems.refuse()
    # A meeting or trial that was planned for later and is called off ends on the day it would have been.
    ended_on = max(ending.ended_on, row.introduced_on)
    _write(
        row,
        actor,
        ended_on=ended_on,
        ending_reason=ending.reason,
        ending_note=ending.note,
        closing_talk_family_on=ending.talk_family_on,
        closing_talk_support_on=ending.talk_support_on,
        continues_privately=ending.continues_privately,
    )
    change_state(row, to, allowed=ALLOWED, actor=actor, reason=str(EndingReason(ending.reason).label))
    proposal_free_places(proposal=row.proposal, freed_on=ended_on, actor=actor)
    if to == CouplingStatus.NOT_CONTINUED:
        family_waits_again(coupling=row, since=ending.ended_on, actor=actor)


def _check_trial_end(problems: Problems, started_on: date, ends_on: date) -> None:
    problems.check(ends_on > started_on, "ends_on", _("De proefperiode eindigt na het begin."))
    problems.not_later(
        "ends_on", ends_on, started_on + LONGEST_TRIAL, _("Een proefperiode duurt hoogstens vier maanden.")
    )


def _require_vog(coupling: Coupling, on: date) -> None:
    missing = adults_without_valid_vog(coupling.support_family, on)
    if missing:
        raise VogMissing(adult.first_name for adult in missing)
    here = coupling.support_family.adults.filter(needs_vog=True)
    if not any(adult.left_household_on is None or adult.left_household_on > on for adult in here):
        raise VogMissing


def _with_child(row: Coupling, to: CouplingStatus, on: date, actor: Actor, *, reason: str = "") -> None:
    """Go to a state in which a child is with the support family; the database looks at every VOG once more."""
    try:
        change_state(row, to, allowed=ALLOWED, actor=actor, reason=reason)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is None or diagnosis.constraint_name != VOG_GUARD:
            raise
        missing = adults_without_valid_vog(row.support_family, on)
        raise VogMissing(adult.first_name for adult in missing) from error


def _supported(coupling: Coupling, on: date, actor: Actor) -> None:
    family = RequestingFamily.objects.select_for_update().get(pk=coupling.family_id)
    if family.status == RequestingStatus.WAITING:
        requesting_family_support(family=family, supported_on=on, actor=actor)


def _no_other_running(proposal: MatchProposal) -> None:
    running = Coupling.objects.filter(
        family=proposal.family_id, support_family=proposal.support_family_id, status__in=RUNNING
    )
    if running.exists():
        raise InvalidInput(_("Deze twee gezinnen zijn al aan elkaar voorgesteld."))


def _locked(coupling: Coupling, to: str = "") -> Coupling:
    """Lock a coupling; with ``to`` also refuse a change that the table does not have, before any date is written."""
    SupportFamily.objects.select_for_update().get(pk=coupling.support_family_id)
    row = (
        Coupling.objects.select_for_update(of=("self",))
        .select_related("family", "support_family", "proposal")
        .get(pk=coupling.pk)
    )
    if to:
        check(ALLOWED, row.status, to)
    return row


def _write(row: Coupling, actor: Actor, **values: object) -> None:
    """Write columns of a coupling, with what they were in its history."""
    change_fields(row, values, about=row, actor=actor)


def _refreshed(coupling: Coupling) -> Coupling:
    coupling.refresh_from_db()
    return coupling


def _since_registration(coupling: Coupling, on: date) -> int:
    return _days(coupling.family.registered_on, on) or 0


def _days(start: date | None, end: date) -> int | None:
    return (end - start).days if start else None


def _record(
    event: Event,
    coupling: Coupling,
    day: date,
    *,
    actor: Actor,
    days: int | None,
    support_form: str = "",
    ending_reason: str = "",
) -> None:
    record(
        event=event,
        happened_on=day,
        municipality_code=coupling.family.municipality_code,
        family=coupling.family,
        support_family=coupling.support_family,
        coupling=coupling,
        children=coupling.children.all(),
        support_form=support_form,
        ending_reason=ending_reason,
        days=days,
        actor=actor,
    )
