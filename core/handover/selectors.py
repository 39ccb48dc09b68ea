"""Reading hand-overs: who stands in now, which rights that gives, and the pack of what is open."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.formats import short_date
from common.permissions import LENDABLE, ROLE_PERMISSIONS, Permission, Role
from core.couplings.models import Coupling
from core.couplings.selectors import couplings
from core.couplings.workflow import RUNNING
from core.families.models import AnyFamily, ContactNote, RequestingFamily, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance.models import ContactMoment, GuidanceMoment, MomentKind, Side
from core.guidance.selectors import next_moments
from core.guidance.workflow import MomentStatus
from core.handover.models import Handover
from core.matching.selectors import proposals_unfinished
from core.matching.workflow import ProposalStatus
from core.tasks.selectors import tasks_about
from tenants.accounts.models import User

Row = TypeVar("Row", Coupling, RequestingFamily, SupportFamily)
# Of each kind so many are in a pack; the lists have the others.
MOST_LINES = 100
ASKING = (
    RequestingStatus.REGISTERED,
    RequestingStatus.CONTACTED,
    RequestingStatus.INTAKE,
    RequestingStatus.WAITING,
)
OFFERING = (SupportStatus.REGISTERED, SupportStatus.CONTACTED, SupportStatus.SCREENING)


def handover_for(actor: User, public_id: UUID, permission: Permission = Permission.VIEW_CASES) -> Handover:
    """Return a hand-over of this municipality; absent and forbidden look alike."""
    found = handovers().filter(pk=public_id).first() if actor.may(permission) else None
    if found is None:
        raise NotAllowed
    return found


def handovers() -> QuerySet[Handover]:
    """Return every hand-over with both people, the latest first."""
    return Handover.objects.select_related("from_user", "to_user")


def counting(on: date) -> QuerySet[Handover]:
    """Return the hand-overs that count on a day: the last day is in, the day on which one was ended is not."""
    return handovers().filter(
        Q(until__isnull=True) | Q(until__gte=on),
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        starts_on__lte=on,
    )


def rights_on_loan(user_id: UUID) -> frozenset[Permission]:
    """Return the rights that somebody has today because a colleague handed work over."""
    found = counting(timezone.localdate()).filter(to_user=user_id, from_user__is_active=True)
    roles = found.order_by().values_list("from_user__role", flat=True)
    lent = frozenset(permission for role in roles for permission in ROLE_PERMISSIONS[Role(role)])
    return lent & LENDABLE


def colleagues(*, apart_from: Iterable[UUID] = ()) -> list[User]:
    """Return the people who may sign in here."""
    return list(User.objects.filter(is_active=True).exclude(pk__in=list(apart_from)).order_by("full_name"))


# ------------------------------------------------------------------------------------------------------------ the pack


@dataclass(frozen=True, slots=True)
class PackLine:
    """A family or coupling: the last talk, what comes next and what was promised."""

    title: str
    url: str
    state: str
    last_on: date | None
    last_what: str
    next_on: date | None
    next_what: str
    promises: list[str] = field(default_factory=list)

    @property
    def late(self) -> bool:
        """Tell whether what comes next should have been."""
        return self.next_on is not None and self.next_on < timezone.localdate()


@dataclass(frozen=True, slots=True)
class PackPart:
    """One kind of work in the pack; ``more`` is how many the list has besides."""

    title: str
    lines: list[PackLine]
    more: int
    list_url: str


def pack() -> list[PackPart]:
    """Gather what is open in this municipality: couplings, asking families, support families."""
    running = couplings(statuses=RUNNING).order_by("introduced_on", "pk")
    asking = RequestingFamily.objects.filter(status__in=ASKING).order_by("registered_on", "pk")
    offering = SupportFamily.objects.filter(status__in=OFFERING).order_by("registered_on", "pk")
    return [
        _part(_("Koppelingen"), running, _coupling_lines, "couplings:coupling_list"),
        _part(_("Vraaggezinnen"), asking, _asking_lines, "families:requesting_list"),
        _part(_("Steungezinnen"), offering, _offering_lines, "families:support_list"),
    ]


def _part(
    title: str, found: "QuerySet[Row]", lines_of: Callable[[Sequence[Row]], list[PackLine]], list_url: str
) -> PackPart:
    rows = list(found[: MOST_LINES + 1])
    total = found.count() if len(rows) > MOST_LINES else len(rows)
    return PackPart(title, lines_of(rows[:MOST_LINES]), max(0, total - MOST_LINES), reverse(list_url))


def _coupling_lines(found: Sequence[Coupling]) -> list[PackLine]:
    ids = [coupling.pk for coupling in found]
    upcoming = next_moments(ids)
    promised = _promises(ids)
    contacts = {
        one.coupling_id: (one.happened_on, _with(ContactMoment.Kind(one.kind).label, Side(one.side).label))
        for one in ContactMoment.objects.filter(coupling__in=ids)
        .order_by("coupling", "-happened_on")
        .distinct("coupling")
    }
    held = {
        one.coupling_id: (one.held_on, str(MomentKind(one.kind).label))
        for one in GuidanceMoment.objects.filter(coupling__in=ids, status=MomentStatus.HELD)
        .order_by("coupling", "-held_on")
        .distinct("coupling")
        if one.held_on
    }
    lines = []
    for coupling in found:
        talks = [talk for talk in (contacts.get(coupling.pk), held.get(coupling.pk)) if talk]
        last = max(talks, key=lambda talk: talk[0]) if talks else None
        moment = upcoming.get(coupling.pk)
        lines.append(
            PackLine(
                title=_("%(family)s en %(support)s")
                % {
                    "family": capfirst(coupling.family.name),
                    "support": capfirst(coupling.support_family.name),
                },
                url=reverse("couplings:coupling_detail", args=[coupling.pk]),
                state=coupling.get_status_display(),
                last_on=last[0] if last else coupling.introduced_on,
                last_what=last[1] if last else _("kennismaking"),
                next_on=moment.due_on if moment else coupling.trial_ends_on,
                next_what=str(MomentKind(moment.kind).label)
                if moment
                else _("einde van de proefperiode")
                if coupling.trial_ends_on
                else "",
                promises=promised.get(coupling.pk, []),
            )
        )
    return lines


def _asking_lines(found: Sequence[RequestingFamily]) -> list[PackLine]:
    ids = [family.pk for family in found]
    last = _last_notes(ContactNote.objects.filter(requesting_family__in=ids), "requesting_family")
    promised, proposed = _promises(ids), _proposals()
    return [
        _family_line(family, "requesting", last, [*promised.get(family.pk, []), *proposed.get(family.pk, [])])
        for family in found
    ]


def _offering_lines(found: Sequence[SupportFamily]) -> list[PackLine]:
    ids = [family.pk for family in found]
    last = _last_notes(ContactNote.objects.filter(support_family__in=ids), "support_family")
    promised = _promises(ids)
    return [_family_line(family, "support", last, promised.get(family.pk, [])) for family in found]


def _family_line(
    family: AnyFamily, kind: str, last: dict[UUID, tuple[date, str]], promises: list[str]
) -> PackLine:
    talk = last.get(family.pk)
    if talk is None and family.first_contact_on:
        talk = (family.first_contact_on, _("eerste telefoongesprek"))
    to_call = family.status in {RequestingStatus.REGISTERED, SupportStatus.REGISTERED}
    visit = family.visit_on if family.visit_on and family.status in {"intake", "screening"} else None
    return PackLine(
        title=capfirst(family.name),
        url=reverse(f"families:{kind}_detail", args=[family.pk]),
        state=family.get_status_display(),
        last_on=talk[0] if talk else None,
        last_what=talk[1] if talk else "",
        next_on=family.call_by if to_call else visit,
        next_what=_("eerste telefoongesprek") if to_call else _("huisbezoek") if visit else "",
        promises=promises,
    )


def _last_notes(notes: QuerySet[ContactNote], column: str) -> dict[UUID, tuple[date, str]]:
    latest = notes.order_by(column, "-happened_on", "-created_at").distinct(column)
    return {
        getattr(note, f"{column}_id"): (note.happened_on, str(ContactNote.Kind(note.kind).label))
        for note in latest
    }


def _promises(ids: Collection[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for task in tasks_about(ids):
        if task.subject_id:
            found.setdefault(task.subject_id, []).append(
                _("%(task)s, uiterlijk %(day)s") % {"task": task.title, "day": short_date(task.due_on)}
            )
    return found


def _proposals() -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for proposal in proposals_unfinished():
        text = _("voorstel %(family)s: %(state)s") % {
            "family": proposal.support_family,
            "state": ProposalStatus(proposal.status).label,
        }
        found.setdefault(proposal.family_id, []).append(text)
    return found


def _with(kind: object, side: object) -> str:
    return _("%(kind)s met %(side)s") % {"kind": kind, "side": side}
