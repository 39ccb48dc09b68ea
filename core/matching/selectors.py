"""Reading for matching: where proposals stand."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, QuerySet

from common.errors import NotAllowed
from common.permissions import Permission
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.matching.models import MatchProposal
from core.matching.workflow import HOLDS_PLACES, OPEN, ProposalStatus
from tenants.accounts.models import User


def proposal_for(
    actor: User, public_id: UUID, permission: Permission = Permission.VIEW_CASES
) -> MatchProposal:
    """Return a proposal that this person may see or change; absent and forbidden look alike."""
    found = proposals().filter(pk=public_id).first() if actor.may(permission) else None
    if found is None:
        raise NotAllowed
    return found


def proposals() -> "QuerySet[MatchProposal]":
    """Return proposals with both families and the children, for pages."""
    return MatchProposal.objects.select_related("family", "support_family").prefetch_related("children")


def proposals_of(
    *, family: RequestingFamily | None = None, support_family: SupportFamily | None = None
) -> list[MatchProposal]:
    """Return the proposals of one family, latest first."""
    found = proposals()
    if family is not None:
        found = found.filter(family=family)
    if support_family is not None:
        found = found.filter(support_family=support_family)
    return list(found.order_by("-proposed_on", "-id"))


def proposals_unfinished() -> list[MatchProposal]:
    """Return proposals that wait for somebody: an answer, or an introduction."""
    return list(proposals().filter(status__in=OPEN | {ProposalStatus.ACCEPTED}).order_by("proposed_on"))


def has_unfinished_proposal(
    *, family: RequestingFamily | None = None, support_family: SupportFamily | None = None
) -> bool:
    """Tell whether a proposal of one family still waits for an answer or an introduction."""
    unfinished = OPEN | {ProposalStatus.ACCEPTED}
    found = MatchProposal.objects.filter(status__in=unfinished)
    if family is not None:
        found = found.filter(family=family)
    if support_family is not None:
        found = found.filter(support_family=support_family)
    return found.exists()


def last_proposed(family_ids: Collection[UUID]) -> dict[UUID, MatchProposal]:
    """Return the latest proposal of each asking family that had one."""
    found = MatchProposal.objects.filter(family__in=family_ids).order_by("proposed_on", "id")
    return {proposal.family_id: proposal for proposal in found}


def taken_places(support_families: Collection[UUID]) -> dict[UUID, int]:
    """Return how many children proposals and couplings already bring to each support family."""
    held = (
        MatchProposal.objects.filter(
            support_family__in=support_families, status__in=HOLDS_PLACES, places_freed_on__isnull=True
        )
        .values_list("support_family")
        .annotate(places=Count("children"))
        .order_by()
    )
    return dict(held)


def children_sought(family: RequestingFamily) -> list[SupportedChild]:
    """Return the children for whom the intake asks support."""
    return list(SupportedChild.objects.filter(needs__family=family))
