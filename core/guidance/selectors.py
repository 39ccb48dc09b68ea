"""Reading guidance: what is planned, what was said."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from common.errors import NotAllowed
from common.permissions import Permission
from core.couplings.models import Coupling
from core.guidance.models import ContactMoment, Evaluation, GuidanceMoment, MomentKind, Side
from core.guidance.workflow import MomentStatus
from tenants.accounts.models import User


def moment_for(
    actor: User, public_id: UUID, permission: Permission = Permission.VIEW_CASES
) -> GuidanceMoment:
    """Return a moment with its coupling that this person may see or change; absent and forbidden look alike."""
    found = _moments().filter(pk=public_id).first() if actor.may(permission) else None
    if found is None:
        raise NotAllowed
    return found


def moments_of(coupling: Coupling) -> list[GuidanceMoment]:
    """Return every moment of a coupling in order of time, with its evaluations."""
    return list(coupling.moments.prefetch_related("evaluations").order_by("due_on"))


def moments_planned(*, until: date) -> list[GuidanceMoment]:
    """Return what is planned up to a day, of every coupling."""
    planned = _moments().filter(status=MomentStatus.PLANNED, due_on__lte=until)
    return list(planned.prefetch_related("evaluations").order_by("due_on"))


def moments_due_by(day: date) -> QuerySet[GuidanceMoment]:
    """Return the same as `moments_planned`, to be counted."""
    return GuidanceMoment.objects.filter(status=MomentStatus.PLANNED, due_on__lte=day)


def moments_with_coupling(ids: Collection[UUID]) -> list[GuidanceMoment]:
    """Return these moments with both families and what was said."""
    return list(_moments().filter(pk__in=ids).prefetch_related("evaluations"))


def next_moments(coupling_ids: Collection[UUID]) -> dict[UUID, GuidanceMoment]:
    """Return the first planned moment of each coupling that has one."""
    first: dict[UUID, GuidanceMoment] = {}
    planned = GuidanceMoment.objects.filter(coupling__in=coupling_ids, status=MomentStatus.PLANNED)
    for moment in planned.order_by("due_on"):
        first.setdefault(moment.coupling_id, moment)
    return first


def trials_to_evaluate(coupling_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these trials have their evaluation still to come."""
    planned = GuidanceMoment.objects.filter(
        coupling__in=coupling_ids, kind=MomentKind.TRIAL_EVALUATION, status=MomentStatus.PLANNED
    )
    return set(planned.values_list("coupling", flat=True))


def earlier_goals(moment: GuidanceMoment, side: str) -> Evaluation | None:
    """Return what a side of this coupling said about the goals the last time before a moment."""
    known = Evaluation.objects.filter(moment__coupling=moment.coupling_id, side=side).exclude(moment=moment)
    return known.filter(goal_relief__isnull=False).order_by("-held_on").first()


def planned_talks(coupling: OuterRef) -> QuerySet[GuidanceMoment]:
    """Return what is planned, as a part of a query over couplings."""
    return GuidanceMoment.objects.filter(coupling=coupling, status=MomentStatus.PLANNED)


def last_contact() -> tuple[Subquery, Subquery]:
    """Return, for a query over couplings, the last contact in between and the last talk with a side, or none."""
    return (
        _day_of(ContactMoment.objects.all(), Max("happened_on")),
        _day_of(GuidanceMoment.objects.all(), Max("held_on")),
    )


def silent_since(day: date) -> Q:
    """Return, for a query over couplings, those without contact in between or a talk with a side after a day."""
    contacts = ContactMoment.objects.filter(coupling=OuterRef("pk"), happened_on__gt=day)
    talks = GuidanceMoment.objects.filter(coupling=OuterRef("pk"), held_on__gt=day)
    return Q(~Exists(contacts), ~Exists(talks))


def _day_of(moments: "QuerySet[Any]", day: Max) -> Subquery:
    """Return one day per coupling, for a query over couplings."""
    of_coupling = moments.filter(coupling=OuterRef("pk")).order_by().values("coupling")
    return Subquery(of_coupling.values(day=day))


def contacts_of(coupling: Coupling) -> list[ContactMoment]:
    """Return the contact in between, latest first."""
    return list(coupling.contacts.all())


def sides_to_speak(moment: GuidanceMoment, evaluations: Iterable[Evaluation] | None = None) -> list[Side]:
    """Return with whom no evaluation was recorded yet at this moment."""
    done = {
        evaluation.side for evaluation in (moment.evaluations.all() if evaluations is None else evaluations)
    }
    return [side for side in Side if side not in done]


def _moments() -> "QuerySet[GuidanceMoment]":
    return GuidanceMoment.objects.select_related("coupling__family", "coupling__support_family")
