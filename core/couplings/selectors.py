"""Reading couplings."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet

from common.errors import NotAllowed
from common.permissions import Permission
from core.couplings.models import Coupling
from core.couplings.workflow import RUNNING, CouplingStatus
from core.families.models import RequestingFamily, SupportFamily
from tenants.accounts.models import User


def coupling_for(actor: User, public_id: UUID, permission: Permission = Permission.VIEW_CASES) -> Coupling:
    """Return a coupling that this person may see or change; absent and forbidden look alike."""
    found = couplings().filter(pk=public_id).first() if actor.may(permission) else None
    if found is None:
        raise NotAllowed
    return found


def couplings(*, statuses: Iterable[str] = ()) -> "QuerySet[Coupling]":
    """Return couplings with both families and the children, for pages."""
    found = Coupling.objects.select_related("family", "support_family", "proposal").prefetch_related(
        "children"
    )
    wanted = list(statuses)
    return found.filter(status__in=wanted) if wanted else found


def couplings_of(
    *, family: RequestingFamily | None = None, support_family: SupportFamily | None = None
) -> list[Coupling]:
    """Return the couplings of one family, latest first."""
    found = couplings()
    if family is not None:
        found = found.filter(family=family)
    if support_family is not None:
        found = found.filter(support_family=support_family)
    return list(found.order_by("-introduced_on", "-id"))


def running_couplings(
    *, family: RequestingFamily | None = None, support_family: SupportFamily | None = None
) -> list[Coupling]:
    """Return the couplings of one family that are not over: a file with one cannot be closed."""
    return [
        coupling
        for coupling in couplings_of(family=family, support_family=support_family)
        if coupling.status in RUNNING
    ]


def coupled_family_ids(family_ids: Collection[UUID]) -> set[UUID]:
    """Return which asking families have an introduction, trial or coupling going on."""
    running = Coupling.objects.filter(family__in=family_ids, status__in=RUNNING)
    return set(running.values_list("family", flat=True))


def couplings_with_talks_to_close() -> list[Coupling]:
    """Return ended couplings of which a closing talk has not taken place."""
    ended = couplings(statuses=[CouplingStatus.ENDED])
    without_family = ended.filter(closing_talk_family_on__isnull=True)
    return list((without_family | ended.filter(closing_talk_support_on__isnull=True)).order_by("ended_on"))
