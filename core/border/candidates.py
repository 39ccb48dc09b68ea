"""How well two families fit as far as the four lists of a card tell: the gates and the score of matching itself.

A card says nothing of wishes, transport or where exactly a family lives. Those parts of the score are left out and
named as unknown, so that the order rests on what is known and on nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.matching.candidates import LOOKED_AT
from core.matching.gates import ClosedGate, closed_gates
from core.matching.gather import asked_by, offered_by_each
from core.matching.rules import Assessment, assess, family_gates
from core.matching.score import PartScore
from core.matching.selectors import children_sought
from core.matching.sides import Asked, Offered
from core.matching.weighing import weights_now
from tenants.crossing.faces import Face

# The parts of the score about which a card says something.
TOLD: Final = frozenset({"days", "form", "age"})


@dataclass(frozen=True, slots=True)
class Fit:
    """What the lists of a card tell of one combination."""

    gates: tuple[ClosedGate, ...]
    parts: tuple[PartScore, ...]
    untold: tuple[str, ...]

    @property
    def points(self) -> int:
        """Tenths of a point: exactly the sum of the parts shown."""
        return sum(part.points for part in self.parts)

    @property
    def most(self) -> int:
        """What the parts shown can give together."""
        return sum(part.weight for part in self.parts)

    @property
    def reasons_for(self) -> tuple[str, ...]:
        """What speaks for it."""
        return tuple(str(text) for part in self.parts for text in part.reasons_for)

    @property
    def reasons_against(self) -> tuple[str, ...]:
        """What speaks against it."""
        return tuple(str(text) for part in self.parts for text in part.reasons_against)

    @property
    def questions(self) -> tuple[str, ...]:
        """What is worth asking."""
        return tuple(str(text) for part in self.parts for text in part.questions)


@dataclass(frozen=True, slots=True)
class Possible:
    """An own support family beside the card of a neighbour."""

    support_family: SupportFamily
    fit: Fit
    days_available: int | None


def asked_on(shown: Face) -> Asked:
    """Return what a card asks. That the parents agreed was looked at where the card was made."""
    return Asked(
        age_bands=shown.age_bands,
        forms=frozenset(shown.forms),
        day_parts=frozenset(shown.day_parts),
    )


def offered_on(shown: Face) -> Offered:
    """Return what a counter-card offers. VOG and room were looked at where it was made."""
    return Offered(
        free_places=len(shown.age_bands) or 1,
        forms=frozenset(shown.forms),
        day_parts=frozenset(shown.day_parts),
        age_bands=frozenset(shown.age_bands),
    )


def possible_for(shown: Face, on: date, *, only: UUID | None = None) -> list[Possible]:
    """Return the own support families beside a card: those that can be offered first, best first."""
    families = SupportFamily.objects.filter(status__in=LOOKED_AT, offer__isnull=False).select_related("offer")
    if only is not None:
        families = families.filter(pk=only)
    found, asked, weights = list(families), asked_on(shown), weights_now()
    offered = offered_by_each(families, on)
    possible = (
        Possible(
            support_family=family,
            fit=_fit(assess(asked, offered[family.pk], weights)),
            days_available=(on - family.approved_on).days if family.approved_on else None,
        )
        for family in found
        if family.pk in offered
    )
    return sorted(possible, key=_rank)


def fit_of(family: RequestingFamily, shown: Face, on: date) -> Fit:
    """Return how well a counter-card fits an own family."""
    asked = asked_by(family, children_sought(family) or list(family.children.all()), on)
    return _fit(assess(asked, offered_on(shown), weights_now()))


def in_the_way(
    family: RequestingFamily, children: Sequence[SupportedChild], on: date
) -> tuple[ClosedGate, ...]:
    """Return why no card can be made of a family now: no agreement of the parents, or not looking."""
    return family_gates(closed_gates(asked_by(family, children, on), Offered()))


def _fit(assessment: Assessment) -> Fit:
    told = tuple(part for part in assessment.parts if part.part.value in TOLD)
    return Fit(
        gates=assessment.gates_of_support_family,
        parts=told,
        untold=tuple(str(part.part.label) for part in assessment.parts if part not in told),
    )


def _rank(possible: Possible) -> tuple[bool, int, int, str]:
    return (
        bool(possible.fit.gates),
        -possible.fit.points,
        -(possible.days_available or 0),
        str(possible.support_family.pk),
    )
