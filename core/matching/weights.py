"""How much each part of the score counts. A proposal keeps the version with which it was scored."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.vocabulary import AreaKind, ScorePart
from tenants.standards.weighing import SHIPPED, Band, Weighing

FULL_SCORE = 1000
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Weights:
    """Tenths of a point per part; together always 1000 tenths, which is 100 points."""

    version: str
    parts: Mapping[ScorePart, int]
    near_km: float
    far_km: float

    def __post_init__(self) -> None:
        """Refuse weights with which a score would not be out of a hundred."""
        complete = set(self.parts) == set(ScorePart) and all(weight >= 0 for weight in self.parts.values())
        if not complete or sum(self.parts.values()) != FULL_SCORE or not 0 <= self.near_km < self.far_km:
            message = (
                f"The weights {self.version!r} do not name every part, or do not add up to {FULL_SCORE}."
            )
            raise ValueError(message)


def weights_of(
    national: Weighing, area: AreaKind, *, version: str, points: Mapping[str, int] | None = None
) -> Weights:
    """Return national weights for one kind of area, with the points of a municipality in their place if it has any."""
    band: Band = national.bands[area]
    counted = points or national.points
    return Weights(
        version=version,
        parts={part: TENTHS * counted[part] for part in ScorePart},
        near_km=band.near_km,
        far_km=band.far_km,
    )


# What the product comes with: version 1 of the foundation, in a town.
WEIGHTS = weights_of(SHIPPED, AreaKind.URBAN, version="1")
