"""Raising and handling a concern. Words about it are written in its own tables and nowhere else."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InvalidInput
from common.language import written
from common.permissions import Role
from core.couplings.models import Coupling
from core.families.models import AnyFamily
from core.families.rows import insert
from core.families.rules import Problems
from core.ledger.models import Event
from core.ledger.services import record
from core.safeguarding.models import REPORTED, STEPS, Concern, ConcernEntry, EntryKind, NoticedBy
from core.safeguarding.selectors import HANDLERS, Subject, about, children_concerned, handlers
from core.safeguarding.workflow import ALLOWED, ConcernStatus
from core.vog.rules import months_later
from tenants.accounts.models import Actor, User
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic

# Somebody has to look again tomorrow, or after the weekend.
FIRST_LOOK = timedelta(days=1)
FURTHEST_AHEAD = timedelta(days=366)
KEPT_MONTHS = 60
ADULT_MONTHS = 18 * 12
EMPTY = _("Schrijf kort op wat er is gezien of gezegd.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernData:
    """What is known when somebody says that something is not right."""

    noticed_by: str
    noticed_on: date
    text: str
    acute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepData:
    """One step that was taken."""

    kind: str
    happened_on: date
    text: str
    consulted: str = ""
    consulted_who: str = ""
    veilig_thuis_number: str = ""
    decision: str = ""


@atomic()
def concern_raise(*, subject: Subject, data: ConcernData, actor: User) -> Concern:
    """Write down that something is not right: the first step of the reporting code. The raiser handles it."""
    today = timezone.localdate()
    problems = Problems()
    problems.check(data.noticed_by in NoticedBy.values, "noticed_by", _("Kies wie zich zorgen maakt."))
    problems.check(bool(data.text.strip()), "text", EMPTY)
    problems.not_later("noticed_on", data.noticed_on, today)
    problems.refuse()
    deputies = list(handlers(roles=[Role.DEPUTY]).exclude(pk=actor.pk)[:2])
    concern = insert(
        Concern,
        **about(subject),
        coordinator=actor,
        # One deputy looks along. When there are several, the coordinator or the officer chooses.
        deputy=deputies[0] if len(deputies) == 1 else None,
        raised_on=today,
        noticed_by=data.noticed_by,
        acute=data.acute,
        next_on=today if data.acute else today + FIRST_LOOK,
    )
    _write(concern, StepData(kind=EntryKind.SIGNALS, happened_on=data.noticed_on, text=data.text), actor)
    audit_log(action="concern_raised", subject=concern, actor=actor)
    family = subject.family if isinstance(subject, Coupling) else subject
    # The ledger knows that there was one, and not about whom: no family, coupling or child.
    record(
        event=Event.CONCERN_RAISED,
        happened_on=today,
        municipality_code=family.municipality_code,
        actor=actor,
    )
    return concern


@atomic()
def concern_step(
    *, concern: Concern, data: StepData, next_on: date | None = None, actor: User
) -> ConcernEntry:
    """Write down a step that was taken, and when to look again."""
    row = _locked(concern)
    if row.status != ConcernStatus.OPEN:
        raise Conflict(_("Deze zorg is afgesloten. Heropen hem eerst."), code="concern_closed")
    today = timezone.localdate()
    problems = Problems()
    problems.check(data.kind in STEPS, "kind", _("Kies een stap."))
    problems.check(bool(data.text.strip()), "text", EMPTY)
    problems.not_later("happened_on", data.happened_on, today)
    if data.kind == EntryKind.CONSULT:
        problems.check(bool(data.consulted), "consulted", _("Kies met wie je hebt overlegd."))
    if data.kind == EntryKind.DECIDE:
        problems.check(bool(data.decision), "decision", _("Kies wat je hebt besloten."))
    problems.not_before("next_on", next_on, today, _("Kies een dag vanaf vandaag."))
    problems.not_later(
        "next_on", next_on, today + FURTHEST_AHEAD, _("Deze datum ligt te ver in de toekomst.")
    )
    problems.refuse()
    entry = _write(row, data, actor)
    row.next_on = concern.next_on = next_on
    row.save(update_fields=["next_on"])
    audit_log(action="concern_step_recorded", subject=row, actor=actor)
    return entry


@atomic()
def concern_close(*, concern: Concern, closed_on: date, text: str, actor: User) -> Concern:
    """Close a concern on which a decision was taken; from then on its own term of keeping runs."""
    row = _locked(concern)
    decisions = list(row.entries.filter(kind=EntryKind.DECIDE))
    if not decisions:
        raise Conflict(_("Leg eerst vast wat er is besloten (stap 5)."), code="concern_undecided")
    problems = Problems()
    problems.check(bool(text.strip()), "text", EMPTY)
    problems.not_later("closed_on", closed_on, timezone.localdate())
    problems.not_before(
        "closed_on", closed_on, decisions[-1].happened_on, _("Deze datum ligt voor de beslissing.")
    )
    problems.refuse()
    row.closed_on, row.next_on = closed_on, None
    row.keep_until = keep_until(
        row, closed_on, reported=any(entry.decision in REPORTED for entry in decisions)
    )
    row.save(update_fields=["closed_on", "next_on", "keep_until"])
    change_state(row, ConcernStatus.CLOSED, allowed=ALLOWED, actor=actor)
    _write(row, StepData(kind=EntryKind.CLOSED, happened_on=closed_on, text=text), actor)
    return _refreshed(concern)


@atomic()
def concern_reopen(*, concern: Concern, text: str, actor: User) -> Concern:
    """Open a closed concern again because of new signals."""
    if not text.strip():
        raise InvalidInput(fields={"text": EMPTY})
    row = _locked(concern)
    change_state(row, ConcernStatus.OPEN, allowed=ALLOWED, actor=actor)
    row.closed_on, row.keep_until = None, None
    row.next_on = timezone.localdate() + FIRST_LOOK
    row.save(update_fields=["closed_on", "keep_until", "next_on"])
    _write(row, StepData(kind=EntryKind.REOPENED, happened_on=timezone.localdate(), text=text), actor)
    return _refreshed(concern)


@atomic()
def concern_hand_over(
    *, concern: Concern, coordinator: User, deputy: User | None, text: str, actor: User
) -> Concern:
    """Give a concern to somebody else, or let another deputy look along; who had it before no longer sees it."""
    row = _locked(concern)
    problems = Problems()
    problems.check(
        handlers(roles=HANDLERS).filter(pk=coordinator.pk).exists(),
        "coordinator",
        _("Kies een collega die nu mag inloggen."),
    )
    problems.check(
        deputy is None or handlers(roles=[Role.DEPUTY]).filter(pk=deputy.pk).exists(),
        "deputy",
        _("Kies een vervanger die nu mag inloggen."),
    )
    problems.check(
        deputy is None or deputy.pk != coordinator.pk, "deputy", _("Kies iemand anders dan de behandelaar.")
    )
    problems.refuse()
    row.coordinator, row.deputy = coordinator, deputy
    row.save(update_fields=["coordinator", "deputy"])
    words = text.strip() or written(_("Behandelaar: %(name)s")) % {"name": coordinator.full_name}
    _write(row, StepData(kind=EntryKind.HANDED_OVER, happened_on=timezone.localdate(), text=words), actor)
    audit_log(action="concern_handed_over", subject=row, actor=actor)
    return _refreshed(concern)


@atomic()
def concerns_move(*, gone: AnyFamily, kept: AnyFamily, actor: Actor) -> None:
    """Let what is about a file that is merged away be about the one that stays.

    Who merges need not know that there is a concern, so nothing is refused, said or counted; where each came from
    stands on the concern itself.
    """
    for row in Concern.objects.select_for_update().filter(**about(gone)):
        row.moved_from = [*(row.moved_from or []), gone.pk]
        _turn_to(row, kept, actor)


@atomic()
def concerns_move_back(*, gone: AnyFamily, kept: AnyFamily, actor: Actor) -> None:
    """Undo `concerns_move`: what came from this file is about it again."""
    for row in Concern.objects.select_for_update().filter(**about(kept), moved_from__contains=[gone.pk]):
        came = row.moved_from or []
        if came[-1] == gone.pk:
            row.moved_from = came[:-1] or None
            _turn_to(row, gone, actor)


def _turn_to(row: Concern, family: AnyFamily, actor: Actor) -> None:
    (column,) = about(family)
    setattr(row, column, family)
    row.save(update_fields=[column, "moved_from"])
    audit_log(action="concern_moved", subject=row, actor=actor)


def keep_until(concern: Concern, closed_on: date, *, reported: bool) -> date:
    """Return until when a concern is kept: five years, and after a report until the youngest child is 18."""
    kept = months_later(closed_on, KEPT_MONTHS)
    if not reported:
        return kept
    births = [child.born_in or child.due_on for child in children_concerned(concern)]
    return max([kept, *(months_later(born, ADULT_MONTHS) for born in births if born)])


def _write(concern: Concern, data: StepData, actor: User) -> ConcernEntry:
    return insert(ConcernEntry, concern=concern, author_name=actor.full_name, **asdict(data))


def _locked(concern: Concern) -> Concern:
    return Concern.objects.select_for_update().get(pk=concern.pk)


def _refreshed(concern: Concern) -> Concern:
    concern.refresh_from_db()
    return concern
