"""What matching knows of both sides: frozen, without names, except of adults who still have to do something."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088


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
    needs_transport: bool | None = None
    max_distance_km: int | None = None
    place: Point | None = None
    waiting: bool = True
    has_custody_holder: bool = True
    parents_to_ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """What a support family offers. Empty or None means: not known."""

    availability: Availability = Availability.AVAILABLE
    paused_until: date | None = None
    free_places: int = 1
    has_screened_adult: bool = True
    adults_without_vog: tuple[str, ...] = ()
    forms: frozenset[str] = frozenset()
    frequency: str = ""
    day_parts: frozenset[str] = frozenset()
    overnight: bool = False
    vetoes: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    strengths: frozenset[str] = frozenset()
    age_bands: frozenset[str] = frozenset()
    own_children_age_bands: frozenset[str] = frozenset()
    has_transport: bool | None = None
    max_distance_km: int | None = None
    place: Point | None = None


def distance_km(one: Point | None, other: Point | None) -> float | None:
    """Return the straight line between two points over the globe; None when either is not known."""
    if one is None or other is None:
        return None
    up = radians(other.latitude - one.latitude) / 2
    along = radians(other.longitude - one.longitude) / 2
    chord = sin(up) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(along) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
