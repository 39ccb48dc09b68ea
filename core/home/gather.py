"""What waits for a coordinator, gathered from every app of the case work; `home.rules` decides what is shown."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.couplings.models import Coupling
from core.couplings.selectors import couplings, couplings_with_talks_to_close
from core.couplings.workflow import RUNNING, CouplingStatus
from core.families.models import ContactNote, RequestingFamily, RequestingParent, SupportAdult, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance.cadence import EVALUATIONS
from core.guidance.models import SIDE_WORDS, GuidanceMoment, MomentKind, Side
from core.guidance.selectors import (
    last_contact,
    moments_due_by,
    moments_with_coupling,
    planned_talks,
    sides_to_speak,
    silent_since,
    trials_to_evaluate,
)
from core.home.rules import (
    BY_CODE,
    TRIAL_DAYS,
    Code,
    Signal,
)
from core.matching.models import MatchProposal
from core.matching.selectors import proposals_unfinished
from core.matching.workflow import ProposalStatus
from core.tasks.models import Task
from core.tasks.selectors import tasks_open
from core.vog.models import ConductCertificateCheck
from core.vog.selectors import checks_open, checks_with_family, families_with_gap, reviews_due_by

# Of what waits since one day, more than this is never looked at.
FIRST = 12
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

    @property
    def code(self) -> Code:
        """Return which rule it falls under."""
        return self.signal.code

    @property
    def since(self) -> date:
        """Return the day it counts from."""
        return self.signal.since

    @property
    def key(self) -> UUID:
        """Return what it is about."""
        return self.signal.key

    @property
    def number(self) -> int:
        """Return how many it tells of."""
        return 1

    def each(self) -> "list[Found | Waits]":
        """Return it, as what waits in great numbers does."""
        return [self]


class Waits(NamedTuple):
    """What waits since a day, of the kinds of which there can be thousands: how many, and which come first.

    What they are about is looked up only when it is shown.
    """

    code: Code
    since: date
    keys: tuple[UUID, ...]
    number: int = 1

    @property
    def key(self) -> UUID:
        """Return what the first is about."""
        return self.keys[0]

    def each(self) -> "list[Found | Waits]":
        """Return those that come first, one by one."""
        return [self._replace(keys=(key,), number=1) for key in self.keys]


# What has to be told one by one, of each kind: what was put off, or what somebody asks about.
Apart = Mapping[Code, Collection[UUID]]
NOBODY: Apart = {}


def signals(today: date) -> list[Signal]:
    """Return everything that may wait for a coordinator, with whom to call."""
    return filled(gather(today), today)


def gather(today: date, apart: Apart = NOBODY) -> list[Found | Waits]:
    """Return everything that may wait: since when and what about, and no more than that where there may be many."""
    return [row for gatherer in GATHERERS for row in gatherer(today)] + [
        row for gatherer in OF_MANY for row in gatherer(today, apart)
    ]


def filled(rows: Iterable[Found | Waits], today: date) -> list[Signal]:
    """Look up what these rows are about, and whom to call."""
    found: list[Found] = []
    waits: dict[Code, dict[UUID, date]] = {}
    for row in rows:
        if isinstance(row, Found):
            found.append(row)
        else:
            waits.setdefault(row.code, {}).update(dict.fromkeys(row.keys, row.since))
    found += _looked_up(waits, today)
    asking = _parents({row.asking for row in found if row.asking})
    offering = _adults({row.offering for row in found if row.offering})
    return [_with_person(row, asking, offering) for row in found]


def _looked_up(waits: Mapping[Code, Mapping[UUID, date]], today: date) -> Iterator[Found]:
    yield from _of_asking(waits)
    yield from _of_couplings(waits)
    if rows := waits.get(Code.MOMENT):
        yield from map(_of_moment, moments_with_coupling(rows))
    for check in checks_with_family(rows) if (rows := waits.get(Code.VOG_REVIEW)) else ():
        action = reverse("vog:request", args=[check.adult.family_id, check.adult_id])
        yield _about_vog(Code.VOG_REVIEW, check.review_due or today, check, action)


def _of_asking(waits: Mapping[Code, Mapping[UUID, date]]) -> Iterator[Found]:
    codes = {Code.SEARCH: "matching:candidates", Code.NO_CONTACT_ASKING: "families:requesting_note"}
    keys = {key for code in codes for key in waits.get(code, ())}
    known = RequestingFamily.objects.in_bulk(keys) if keys else {}
    for code, name in codes.items():
        for key, since in waits.get(code, {}).items():
            yield _about_asking(code, since, known[key], reverse(name, args=[key]))


def _of_couplings(waits: Mapping[Code, Mapping[UUID, date]]) -> Iterator[Found]:
    codes = {Code.NEXT_TALK: "couplings:coupling_detail", Code.NO_CONTACT_COUPLING: "guidance:contact"}
    keys = {key for code in codes for key in waits.get(code, ())}
    pairs = Coupling.objects.select_related("family", "support_family")
    known = pairs.in_bulk(keys) if keys else {}
    for code, name in codes.items():
        for key, since in waits.get(code, {}).items():
            yield _about_coupling(code, since, known[key], reverse(name, args=[key]))


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
    statuses = [SupportStatus.REGISTERED, SupportStatus.CONTACTED, SupportStatus.SCREENING]
    for family in SupportFamily.objects.filter(status__in=statuses).select_related("offer"):
        if family.status == SupportStatus.REGISTERED:
            code, since, action = Code.CALL_OFFERING, family.registered_on, "families:support_contacted"
        elif family.status == SupportStatus.CONTACTED:
            since = family.first_contact_on or family.registered_on
            code, action = Code.PLAN_VISIT, "intake:support_plan"
        elif not _offer_done(family):
            since = family.visit_on or family.first_contact_on or family.registered_on
            code, action = Code.INTAKE, "intake:support"
        else:
            continue
        yield _about_offering(code, since, family, reverse(action, args=[family.pk]))
    yield from _vog(today)


def _vog(today: date) -> Iterator[Found]:
    under_way = checks_open()
    for check in under_way:
        action = reverse("vog:seen", args=[check.pk])
        yield _about_vog(Code.VOG_AFTER, check.requested_on, check, action)
    asked = {check.adult_id for check in under_way}
    screened = [SupportStatus.SCREENING, SupportStatus.AVAILABLE, SupportStatus.PAUSED]
    for adults in families_with_gap(screened, today).values():
        missing = [adult for adult in adults if adult.pk not in asked]
        if not missing:
            continue
        family = missing[0].family
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


def _reviews(today: date, apart: Apart) -> Iterator[Waits]:
    # On the day of review itself it already counts as a gap, in _vog.
    ahead = reviews_due_by(today + timedelta(days=BY_CODE[Code.VOG_REVIEW].ahead or 0))
    yield from _by_day(ahead.filter(review_due__gt=today), Value(Code.VOG_REVIEW), F("review_due"), apart)


def _waiting_families(today: date, apart: Apart) -> Iterator[Waits]:
    """Families for whom nothing was tried yet: most of them, where many wait."""
    # Whoever meets a family had a proposal, so that one question tells both.
    tried = Exists(MatchProposal.objects.filter(family=OuterRef("pk")))
    untried = RequestingFamily.objects.filter(~tried, status=RequestingStatus.WAITING)
    begun = Coalesce("waiting_since", "registered_on")
    notes = ContactNote.objects.filter(requesting_family=OuterRef("pk")).order_by()
    noted = Subquery(notes.values("requesting_family").values(day=Max("happened_on")))
    spoken = Greatest(noted, "first_contact_on", begun, "registered_on")
    # Whoever was spoken to of late is no line yet; to leave them out first is quicker than to ask since when.
    quiet_since = _shown_since(Code.NO_CONTACT_ASKING, today)
    quiet = untried.alias(begun=begun).filter(
        ~Exists(notes.filter(happened_on__gt=quiet_since)),
        Q(first_contact_on__isnull=True) | Q(first_contact_on__lte=quiet_since),
        begun__lte=quiet_since,
        registered_on__lte=quiet_since,
    )
    yield from _by_day(quiet, Value(Code.NO_CONTACT_ASKING), spoken, apart)
    long = untried.alias(begun=begun).filter(begun__lte=_shown_since(Code.SEARCH, today))
    yield from _by_day(long, Value(Code.SEARCH), begun, apart)


def _families_tried(today: date) -> Iterator[Waits]:
    """Families that still or again wait after a proposal, or while they meet a family."""
    del today
    waiting = {"family__status": RequestingStatus.WAITING}
    proposals = MatchProposal.objects.filter(**waiting).order_by("proposed_on", "id")
    proposed = {
        family: (status, asked, decided)
        for family, status, asked, decided in proposals.values_list(
            "family", "status", "asked_on", "decided_on"
        )
    }
    meeting = set(Coupling.objects.filter(**waiting, status__in=RUNNING).values_list("family", flat=True))
    tried = proposed.keys() | meeting
    notes = ContactNote.objects.filter(requesting_family__in=tried).order_by()
    noted: dict[UUID, date] = dict(notes.values_list("requesting_family").annotate(latest=Max("happened_on")))
    families = RequestingFamily.objects.filter(pk__in=tried)
    for pk, called, waits_since, registered in families.values_list(
        "pk", "first_contact_on", "waiting_since", "registered_on"
    ):
        status, asked, decided = proposed.get(pk, ("", None, None))
        spoken = [noted.get(pk), called, waits_since, registered]
        if status and status != ProposalStatus.SUPPORT_ASKED:
            spoken += [asked, decided]
        if pk not in meeting:
            latest = max(day for day in spoken if day is not None)
            yield Waits(Code.NO_CONTACT_ASKING, latest, (pk,))
        if pk in meeting or (status and decided is None) or status == ProposalStatus.ACCEPTED:
            continue
        since = waits_since or registered
        yield Waits(Code.SEARCH, max(since, decided) if decided else since, (pk,))


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


def _moments(today: date, apart: Apart) -> Iterator[Waits]:
    ahead = today + timedelta(days=BY_CODE[Code.MOMENT].ahead or 0)
    yield from _by_day(moments_due_by(ahead), Value(Code.MOMENT), F("due_on"), apart)


def _guided(today: date, apart: Apart) -> Iterator[Waits]:
    """Couplings in their two years: without a talk planned, and those nobody heard for too long."""
    # When the next talk is this soon, the talk itself is on the list.
    soon = today + timedelta(days=BY_CODE[Code.MOMENT].ahead or 0)
    planned = planned_talks(OuterRef("pk"))
    guided = Coupling.objects.filter(
        Q(guidance_until__isnull=True) | Q(guidance_until__gte=today),
        ~Exists(planned.filter(due_on__lte=soon)),
        status=CouplingStatus.COUPLED,
    )
    code = Case(When(Exists(planned), then=Value(Code.NO_CONTACT_COUPLING)), default=Value(Code.NEXT_TALK))
    begun = Coalesce("coupled_on", "trial_started_on", "introduced_on")
    # As above: both rules are about couplings of which nobody heard for long.
    quiet_since = max(_shown_since(rule, today) for rule in (Code.NO_CONTACT_COUPLING, Code.NEXT_TALK))
    quiet = guided.alias(begun=begun).filter(silent_since(quiet_since), begun__lte=quiet_since)
    yield from _by_day(quiet, code, Greatest(begun, *last_contact()), apart)


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


def _shown_since(code: Code, today: date) -> date:
    """Return the latest day from which a rule that counts calendar days can have a line today."""
    rule = BY_CODE[code]
    return today + timedelta(days=(rule.ahead or 0) - rule.within)


def _by_day(rows: "QuerySet[Any]", code: Value | Case, since: Any, apart: Apart) -> Iterator[Waits]:
    """Let the database count per day: of thousands that wait, only the first can be shown."""
    told = {key for keys in apart.values() for key in keys}
    alone = Case(When(pk__in=told, then=F("pk")), output_field=UUIDField(null=True))
    days = rows.order_by().values(waits_as=code, since_day=since, alone=alone)
    for day in days.annotate(number=Count("pk"), first=_First("pk")):
        yield Waits(Code(day["waits_as"]), day["since_day"], tuple(day["first"]), day["number"])


class _First(ArrayAgg):
    """The keys of a group that come first."""

    template = f"(%(function)s(%(distinct)s%(expressions)s %(order_by)s))[:{FIRST}]"

    def __init__(self, expression: str) -> None:
        """Sort them by themselves."""
        super().__init__(expression, order_by=expression)


GATHERERS: tuple[Callable[[date], Iterable[Found | Waits]], ...] = (
    _asking_families,
    _offering_families,
    _families_tried,
    _proposals,
    _couplings,
    _closing_talks,
    _tasks,
)
OF_MANY: tuple[Callable[[date, Apart], Iterable[Waits]], ...] = (
    _reviews,
    _waiting_families,
    _moments,
    _guided,
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
