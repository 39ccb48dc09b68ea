"""What matching knows of both sides: frozen, without names, except of adults who still have to do something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from common.vocabulary import SupportForm

EARTH_RADIUS_KM = 6371.0088
NIGHT = "-nacht"


@dataclass(frozen=True, slots=True)
class Point:
    """The middle of a postcode area, in degrees (WGS84)."""

    latitude: float
    longitude: float


class Availability(StrEnum):
    """Whether a support family can be asked at all."""

    AVAILABLE = "available"
    NOT_APPROVED = "not_approved"
    PAUSED = "paused"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an asking family needs, for the children that a proposal would be for. Empty or None means: not known."""

    age_bands: tuple[str, ...] = ()
    forms: frozenset[str] = frozenset()
    frequency: str = ""
    day_parts: frozenset[str] = frozenset()
    overnight: bool = False
    vetoes: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    needs_transport: bool | None = None
    max_distance_km: int | None = None
    place: Point | None = None
    waiting: bool = True
    has_custody_holder: bool = True
    parents_to_ask: tuple[str, ...] = ()
    # Support families with which a coupling of these children ended, without a closing talk with this family.
    talks_due: tuple[str, ...] = ()
    # Support families with which this family has a proposal or a coupling that is not over.
    together_with: frozenset[UUID] = frozenset()

    @property
    def wanted(self) -> int:
        """How many places are needed: one for each child."""
        return max(1, len(self.age_bands))

    @property
    def wants_overnight(self) -> bool:
        """Whether a child must be able to stay the night."""
        return self.overnight or self.forms == {SupportForm.OVERNIGHT}


@dataclass(frozen=True, slots=True)
class Offered:
    """What a support family offers. Empty or None means: not known."""

    availability: Availability = Availability.AVAILABLE
    paused_until: date | None = None
    # Places that nothing has without saying when; ``booked`` says how many of those are taken in a part of the week.
    free_places: int = 1
    booked: Mapping[str, int] = field(default_factory=dict)
    has_screened_adult: bool = True
    adults_without_vog: tuple[str, ...] = ()
    forms: frozenset[str] = frozenset()
    frequency: str = ""
    day_parts: frozenset[str] = frozenset()
    overnight: bool = False
    vetoes: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    strengths: frozenset[str] = frozenset()
    hopes: frozenset[str] = frozenset()
    age_bands: frozenset[str] = frozenset()
    own_children_age_bands: frozenset[str] = frozenset()
    has_transport: bool | None = None
    max_distance_km: int | None = None
    place: Point | None = None
    family: UUID | None = None
    # Of equal scores the one that waits longest comes first; no part of the score looks at it.
    approved_on: date | None = None

    @property
    def offers_overnight(self) -> bool:
        """Whether a child can stay the night."""
        return self.overnight or SupportForm.OVERNIGHT in self.forms

    @property
    def all_forms(self) -> frozenset[str]:
        """The forms offered, staying the night among them when there is a bed; empty when not known."""
        if self.forms and self.overnight:
            return self.forms | {SupportForm.OVERNIGHT}
        return self.forms

    def free_on(self, day_part: str) -> int:
        """Return how many places are free in a part of the week."""
        return self.free_places - self.booked.get(day_part, 0)


def parts_that_matter(asked: Asked, offered: Offered) -> frozenset[str]:
    """Return the parts of the week in which there must be room: what both name, or else what one of them names.

    Where staying the night is needed and a night is among them, only the nights matter.
    """
    parts = asked.day_parts & offered.day_parts or asked.day_parts or offered.day_parts
    if asked.wants_overnight:
        return frozenset(part for part in parts if part.endswith(NIGHT)) or parts
    return parts


def room_for(asked: Asked, offered: Offered) -> int:
    """Return how many children fit in the best part of the week for this family; at most that many are proposable."""
    parts = parts_that_matter(asked, offered) if offered.booked else frozenset()
    return max((offered.free_on(part) for part in parts), default=offered.free_places)


def usable_parts(asked: Asked, offered: Offered) -> frozenset[str]:
    """Return the parts of the week that both name and in which there is room for every child.

    Where there is no place at all a gate says so, and the score tells how well it would fit if there were.
    """
    shared = asked.day_parts & offered.day_parts
    if not offered.booked or offered.free_places < asked.wanted:
        return shared
    return frozenset(part for part in shared if offered.free_on(part) >= asked.wanted)


def distance_km(one: Point | None, other: Point | None) -> float | None:
    """Return the straight line between two points over the globe; None when either is not known."""
    if one is None or other is None:
        return None
    up = radians(other.latitude - one.latitude) / 2
    along = radians(other.longitude - one.longitude) / 2
    chord = sin(up) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(along) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
