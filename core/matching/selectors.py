"""Reading for matching: who could support this family, and where its proposals stand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from common.errors import NotAllowed
from common.permissions import Permission
from core.families.models import PostcodeArea, RequestingFamily, SupportAdult, SupportedChild, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.intake.models import SupportNeed, SupportOffer
from core.ledger.services import age_band_on
from core.matching.models import MatchProposal
from core.matching.rules import Assessment, assess
from core.matching.sides import Asked, Availability, Offered, Point
from core.matching.workflow import HOLDS_PLACES, OPEN, ProposalStatus
from core.vog.selectors import families_without_valid_vog
from tenants.accounts.models import User

# Families that can be asked, and those that would be if a gate opened.
LOOKED_AT = (SupportStatus.AVAILABLE, SupportStatus.PAUSED, SupportStatus.SCREENING)
SEARCHING = (RequestingStatus.WAITING, RequestingStatus.SUPPORTED)
AVAILABILITY = {
    SupportStatus.AVAILABLE: Availability.AVAILABLE,
    SupportStatus.PAUSED: Availability.PAUSED,
    SupportStatus.LEFT: Availability.LEFT,
    SupportStatus.MERGED: Availability.LEFT,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A support family seen beside one asking family."""

    support_family: SupportFamily
    offer: SupportOffer
    assessment: Assessment
    free_places: int
    adults_without_vog: tuple[str, ...]
    days_available: int | None
    times_proposed: int

    @property
    def never_proposed(self) -> bool:
        """Whether this family was passed over so far."""
        return self.times_proposed == 0


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


def proposals_to_close(children: Collection[SupportedChild]) -> list[MatchProposal]:
    """Return what led to a coupling of one of these children that ended without a closing talk with its family.

    A child that is matched again without a good ending is worse off; the coupling itself stands in a higher app.
    """
    ended = MatchProposal.objects.filter(
        children__in=[child.pk for child in children],
        coupling__status="ended",
        coupling__closing_talk_family_on__isnull=True,
    )
    return list(ended.select_related("support_family").distinct())


def children_sought(family: RequestingFamily) -> list[SupportedChild]:
    """Return the children for whom the intake asks support."""
    return list(SupportedChild.objects.filter(needs__family=family))


def candidates_for(
    family: RequestingFamily,
    actor: User,
    *,
    children: Sequence[SupportedChild] | None = None,
    on: date | None = None,
) -> list[Candidate]:
    """Return every support family that could be thought of: those that can be proposed first, best score first.

    The score decides the order, nothing else; of equal scores the family that has waited longest comes first.
    """
    if not actor.may(Permission.VIEW_CASES):
        raise NotAllowed
    day = on or timezone.localdate()
    sought = children_sought(family) if children is None else list(children)
    families = list(
        SupportFamily.objects.filter(status__in=LOOKED_AT, offer__isnull=False)
        .select_related("offer")
        .annotate(times_proposed=Count("proposals"))
    )
    return sorted(_look_at(families, asked_by(family, sought, day), day), key=_rank)


def look_at(
    family: RequestingFamily, support_family: SupportFamily, children: Sequence[SupportedChild], *, on: date
) -> Candidate | None:
    """Return one support family seen beside one asking family, whatever its state; None without an intake."""
    families = SupportFamily.objects.filter(pk=support_family.pk, offer__isnull=False)
    found = families.select_related("offer").annotate(times_proposed=Count("proposals"))
    return next(iter(_look_at(list(found), asked_by(family, children, on), on)), None)


def asked_by(family: RequestingFamily, children: Sequence[SupportedChild], on: date) -> Asked:
    """Return what an asking family needs, for some of its children."""
    parents = list(family.parents.all())
    custody = [parent for parent in parents if parent.has_custody]
    need = SupportNeed.objects.filter(family=family).first()
    people = Asked(
        age_bands=tuple(age_band_on(child, on) for child in children),
        place=points([family.postcode_area]).get(family.postcode_area),
        waiting=family.status in SEARCHING and need is not None,
        has_custody_holder=bool(custody),
        parents_to_ask=tuple(
            parent.first_name for parent in custody if parent.agreed_on is None or parent.agreed_on > on
        ),
    )
    if need is None:
        return people
    return replace(
        people,
        forms=frozenset(need.forms),
        frequency=need.frequency,
        day_parts=frozenset(need.day_parts),
        overnight=need.overnight,
        vetoes=frozenset(need.vetoes),
        traits=frozenset(need.traits),
        wishes=frozenset(need.wishes),
        needs_transport=need.needs_transport,
        max_distance_km=need.max_distance_km,
    )


def points(postcode_areas: Iterable[str]) -> dict[str, Point]:
    """Return the middle of each postcode area that is known."""
    areas = PostcodeArea.objects.filter(code__in=set(postcode_areas))
    return {area.code: Point(float(area.latitude), float(area.longitude)) for area in areas}


def _look_at(families: Sequence[SupportFamily], asked: Asked, on: date) -> list[Candidate]:
    ids = [family.pk for family in families]
    gaps, taken = families_without_valid_vog(ids, on), taken_places(ids)
    screened = set(
        SupportAdult.objects.filter(Q(left_household_on__isnull=True) | Q(left_household_on__gt=on))
        .filter(family__in=ids, needs_vog=True)
        .values_list("family", flat=True)
    )
    places = points(family.postcode_area for family in families)
    found = []
    for family in families:
        without_vog = tuple(adult.first_name for adult in gaps.get(family.pk, ()))
        offer: SupportOffer | None = getattr(family, "offer", None)
        if offer is None:
            continue
        free = offer.capacity - taken.get(family.pk, 0)
        offered = Offered(
            availability=AVAILABILITY.get(SupportStatus(family.status), Availability.NOT_APPROVED),
            paused_until=family.paused_until,
            free_places=free,
            has_screened_adult=family.pk in screened,
            adults_without_vog=without_vog,
            forms=frozenset(offer.forms),
            frequency=offer.frequency,
            day_parts=frozenset(offer.day_parts),
            overnight=offer.overnight,
            vetoes=frozenset(offer.vetoes),
            traits=frozenset(offer.traits),
            strengths=frozenset(offer.strengths),
            age_bands=frozenset(offer.age_bands),
            own_children_age_bands=frozenset(offer.own_children_age_bands),
            has_transport=offer.has_transport,
            max_distance_km=offer.max_distance_km,
            place=places.get(family.postcode_area),
        )
        found.append(
            Candidate(
                support_family=family,
                offer=offer,
                assessment=assess(asked, offered),
                free_places=max(0, free),
                adults_without_vog=without_vog,
                days_available=(on - family.approved_on).days if family.approved_on else None,
                times_proposed=getattr(family, "times_proposed", 0),
            )
        )
    return found


def _rank(candidate: Candidate) -> tuple[bool, bool, int, int, str]:
    found = candidate.assessment
    return (
        not found.proposable,
        found.forbidden,
        -found.score,
        -(candidate.days_available or 0),
        str(candidate.support_family.pk),
    )
