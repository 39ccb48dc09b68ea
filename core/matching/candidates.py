"""Who could support a family: every support family seen beside it, in an order that anybody can check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from common.errors import NotAllowed
from common.permissions import Permission
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.families.workflow import SupportStatus
from core.matching.changes import Lift, best_lift
from core.matching.gates import OF_THE_FAMILY
from core.matching.gather import asked_by, offered_by_each
from core.matching.matrix import GATE_BITS, assess_all
from core.matching.models import MatchProposal
from core.matching.rules import FIRST_SHOWN, Assessment, assess
from core.matching.selectors import children_sought
from core.matching.sides import Asked, Offered, room_for
from core.matching.weighing import weights_now
from core.matching.weights import Weights
from tenants.accounts.models import User

# Families that can be asked, and those that would be if a gate opened.
LOOKED_AT = (SupportStatus.AVAILABLE, SupportStatus.PAUSED, SupportStatus.SCREENING)

OF_THE_FAMILY_BITS = sum(GATE_BITS[gate] for gate in OF_THE_FAMILY)


@dataclass(frozen=True)
class Candidate:
    """A support family seen beside one asking family. What stands in words is looked at only where it is shown."""

    pk: UUID
    asked: Asked
    offered: Offered
    weights: Weights
    # What the matrix says of this pair; `assessment` says the same in words.
    gates: int
    changes: int
    score: int
    days_available: int | None
    times_proposed: int

    @cached_property
    def assessment(self) -> Assessment:
        """What the rules say of these two."""
        return assess(self.asked, self.offered, self.weights)

    @property
    def proposable(self) -> bool:
        """Whether every gate is open."""
        return not self.gates

    @property
    def fits(self) -> bool:
        """Whether every gate is open that is not about the asking family alone."""
        return not self.gates & ~OF_THE_FAMILY_BITS

    @property
    def free_places(self) -> int:
        """How many children there is room for, at the best moment for this family."""
        return max(0, room_for(self.asked, self.offered))

    @property
    def never_proposed(self) -> bool:
        """Whether this family was passed over so far."""
        return self.times_proposed == 0

    @property
    def lift(self) -> Lift | None:
        """The one change that would lift the score most."""
        return best_lift(self.asked, self.offered, self.weights)


def candidates_for(
    family: RequestingFamily,
    actor: User,
    *,
    children: Sequence[SupportedChild] | None = None,
    on: date | None = None,
) -> list[Candidate]:
    """Return every support family that could be thought of, as :func:`ranked` orders them."""
    if not actor.may(Permission.VIEW_CASES):
        raise NotAllowed
    sought = children_sought(family) if children is None else list(children)
    return ranked(family, sought, on=on or timezone.localdate())


def ranked(family: RequestingFamily, children: Sequence[SupportedChild], *, on: date) -> list[Candidate]:
    """Return those that can be proposed by score; then those that cannot, by how little would have to change.

    Of equal scores the support family that has waited longest comes first.
    """
    families = SupportFamily.objects.filter(status__in=LOOKED_AT, offer__isnull=False)
    return sorted(_look_at(families, asked_by(family, children, on), on), key=_rank)


def look_at(
    family: RequestingFamily, support_family: SupportFamily, children: Sequence[SupportedChild], *, on: date
) -> Candidate | None:
    """Return one support family seen beside one asking family, whatever its state; None without an intake."""
    families = SupportFamily.objects.filter(pk=support_family.pk, offer__isnull=False)
    return next(iter(_look_at(families, asked_by(family, children, on), on)), None)


def place_of(support_family: SupportFamily, found: Sequence[Candidate]) -> int | None:
    """Return the place of a support family among those that can be proposed, from 1; None when it cannot be."""
    fitting = (candidate for candidate in found if candidate.proposable)
    for place, candidate in enumerate(fitting, start=1):
        if candidate.pk == support_family.pk:
            return place
    return None


def outside(place: int) -> bool:
    """Tell whether somebody at this place is chosen past the list that is shown first."""
    return place > FIRST_SHOWN


def _look_at(families: "QuerySet[SupportFamily]", asked: Asked, on: date) -> list[Candidate]:
    weights = weights_now()
    offers = offered_by_each(families, on)
    found = assess_all([asked], list(offers.values()), weights)
    counted = MatchProposal.objects.values_list("support_family").annotate(times=Count("pk")).order_by()
    proposed: dict[UUID, int] = dict(counted)
    seen = zip(found.gates[0].tolist(), found.changes[0].tolist(), found.score[0].tolist(), strict=True)
    return [
        Candidate(
            pk=pk,
            asked=asked,
            offered=offered,
            weights=weights,
            gates=gates,
            changes=changes,
            score=score,
            days_available=(on - offered.approved_on).days if offered.approved_on else None,
            times_proposed=proposed.get(pk, 0),
        )
        for (pk, offered), (gates, changes, score) in zip(offers.items(), seen, strict=True)
    ]


def _rank(candidate: Candidate) -> tuple[int, int, int, int]:
    return (
        candidate.changes,
        -candidate.score,
        -(candidate.days_available or 0),
        candidate.pk.int,
    )
