"""Reading concerns. Every way in goes through `visible_concerns`: one's own, as a deputy, or all of an officer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.permissions import Permission, Role
from core.couplings.models import Coupling
from core.families.models import AnyFamily, RequestingFamily, SupportedChild, SupportFamily
from core.safeguarding.models import STEPS, Concern, ConcernEntry, EntryKind
from core.safeguarding.workflow import ConcernStatus
from tenants.accounts.models import Actor, User

# What a concern can be about.
Subject = AnyFamily | Coupling
HANDLERS = (Role.COORDINATOR, Role.DEPUTY, Role.SAFEGUARDING_OFFICER)


def visible_concerns(actor: Actor) -> QuerySet[Concern]:
    """Return the concerns that this person may know of; for everybody else there are none."""
    found = Concern.objects.select_related(
        "family", "support_family", "coupling__family", "coupling__support_family", "coordinator", "deputy"
    )
    if actor.may(Permission.OVERSEE_CONCERNS):
        return found
    if not actor.may(Permission.HANDLE_CONCERNS):
        return found.none()
    return found.filter(Q(coordinator=actor.id) | Q(deputy=actor.id))


def concern_for(actor: Actor, public_id: UUID) -> Concern:
    """Return a concern that this person may know of; absent and forbidden look alike."""
    found = visible_concerns(actor).filter(pk=public_id).first()
    if found is None:
        raise NotAllowed
    return found


def concerns(actor: Actor, *, status: str) -> QuerySet[Concern]:
    """Return the visible concerns in a state: what must be done first on top."""
    return (
        visible_concerns(actor)
        .filter(status=status)
        .prefetch_related("entries")
        .order_by(F("next_on").asc(nulls_last=True), "raised_on", "pk")
    )


def concerns_about(actor: Actor, subject: Subject) -> list[Concern]:
    """Return the visible open concerns about one family or coupling."""
    return list(concerns(actor, status=ConcernStatus.OPEN).filter(**about(subject)))


def about(subject: Subject) -> dict[str, Subject]:
    """Return the column in which the subject of a concern stands."""
    if isinstance(subject, RequestingFamily):
        return {"family": subject}
    return {"support_family" if isinstance(subject, SupportFamily) else "coupling": subject}


def subject_of(concern: Concern) -> Subject:
    """Return what a concern is about."""
    subject = concern.family or concern.support_family or concern.coupling
    if subject is None:
        message = "a concern is about one of three, says the database"
        raise TypeError(message)
    return subject


def subject_name(subject: Subject) -> str:
    """Return the words for what a concern is about."""
    if isinstance(subject, Coupling):
        return _("Koppeling %(family)s en %(support)s") % {
            "family": capfirst(subject.family.name),
            "support": capfirst(subject.support_family.name),
        }
    kind = _("Vraaggezin") if isinstance(subject, RequestingFamily) else _("Steungezin")
    return _("%(kind)s %(name)s") % {"kind": kind, "name": capfirst(subject.name)}


def children_concerned(concern: Concern) -> list[SupportedChild]:
    """Return the children whom it can be about; of a support family those in its couplings."""
    children = SupportedChild.objects.all()
    if concern.family_id:
        return list(children.filter(family=concern.family_id))
    if concern.coupling_id:
        return list(children.filter(couplings=concern.coupling_id))
    return list(children.filter(couplings__support_family=concern.support_family_id).distinct())


def handlers(*, roles: Iterable[Role]) -> QuerySet[User]:
    """Return the people to whom a concern can be given."""
    found: QuerySet[User] = User.objects.filter(is_active=True, role__in=[role.value for role in roles])
    return found


@dataclass(frozen=True, slots=True)
class StepState:
    """One of the five steps: whether it was taken, and when for the last time."""

    kind: EntryKind
    number: int
    entries: list[ConcernEntry]

    @property
    def done_on(self) -> date | None:
        """Return the last day on which this step was taken."""
        return self.entries[-1].happened_on if self.entries else None


def steps_of(entries: Iterable[ConcernEntry]) -> list[StepState]:
    """Return the five steps with what was written down at each."""
    known = list(entries)
    return [
        StepState(kind, number, [entry for entry in known if entry.kind == kind])
        for number, kind in enumerate(STEPS, start=1)
    ]


def next_step(entries: Iterable[ConcernEntry]) -> StepState | None:
    """Return the first step after the furthest one that was taken; in an emergency steps are passed over."""
    steps = steps_of(entries)
    taken = [step.number for step in steps if step.entries]
    left = [step for step in steps if step.number > max(taken, default=0)]
    return left[0] if left else None
