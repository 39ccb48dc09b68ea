"""How much each part of the score counts: data with a version. A proposal keeps the score that was shown then."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FULL_SCORE = 1000


class Part(TextChoices):
    """The parts of the score (domain.md 5.4)."""

    DAYS = "days", _("dagen en hoe vaak")
    DISTANCE = "distance", _("afstand")
    FORM = "form", _("steunvorm")
    AGE = "age", _("leeftijd en gezin")
    WISHES = "wishes", _("wensen en rol")
    EXPERIENCE = "experience", _("ervaring")
    TRANSPORT = "transport", _("halen en brengen")


@dataclass(frozen=True, slots=True)
class Weights:
    """Tenths of a point per part; together always 1000 tenths, which is 100 points."""

    version: str
    parts: Mapping[Part, int]
    near_km: float
    far_km: float

    def __post_init__(self) -> None:
        """Refuse weights with which a score would not be out of a hundred."""
        complete = set(self.parts) == set(Part) and all(weight >= 0 for weight in self.parts.values())
        if not complete or sum(self.parts.values()) != FULL_SCORE or not 0 <= self.near_km < self.far_km:
            message = (
                f"The weights {self.version!r} do not name every part, or do not add up to {FULL_SCORE}."
            )
            raise ValueError(message)


WEIGHTS = Weights(
    version="2026-1",
    parts=MappingProxyType(
        {
            Part.DAYS: 250,
            Part.DISTANCE: 200,
            Part.FORM: 150,
            Part.AGE: 150,
            Part.WISHES: 100,
            Part.EXPERIENCE: 100,
            Part.TRANSPORT: 50,
        }
    ),
    near_km=2.0,
    far_km=10.0,
)
