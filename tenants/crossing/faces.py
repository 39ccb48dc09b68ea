"""What a card says of a family: pure, closed lists in the order of the list, so that not even the order tells."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.db.models import TextChoices

from common.vocabulary import AgeBand, DayPart, SupportForm
from tenants.crossing.models import DistanceBand

_BANDS: Final = (
    (5, DistanceBand.UNDER_5),
    (10, DistanceBand.UNDER_10),
    (15, DistanceBand.UNDER_15),
    (25, DistanceBand.UNDER_25),
)


@dataclass(frozen=True, slots=True)
class Face:
    """All that another municipality may know of a family."""

    distance_band: str
    day_parts: tuple[str, ...]
    age_bands: tuple[str, ...]
    forms: tuple[str, ...]


class Shown(Protocol):
    """A row that holds the four lists: a card, or what one side keeps of its own."""

    distance_band: str
    day_parts: Any
    age_bands: Any
    forms: Any


def face(
    *,
    distance_band: str,
    day_parts: Collection[str],
    age_bands: Collection[str],
    forms: Collection[str],
) -> Face:
    """Return a face of these words; each once, so that the number of children does not show."""
    return Face(
        distance_band=DistanceBand(distance_band).value,
        day_parts=_in_order(DayPart, day_parts),
        age_bands=_in_order(AgeBand, age_bands),
        forms=_in_order(SupportForm, forms),
    )


def face_of(card: Shown) -> Face:
    """Return what a card says."""
    return face(
        distance_band=card.distance_band,
        day_parts=card.day_parts,
        age_bands=card.age_bands,
        forms=card.forms,
    )


def columns_of(shown: Face) -> dict[str, Any]:
    """Return a face as the columns of a card."""
    return {
        "distance_band": shown.distance_band,
        "day_parts": list(shown.day_parts),
        "age_bands": list(shown.age_bands),
        "forms": list(shown.forms),
    }


def band_of(km: float | None) -> DistanceBand:
    """Return the band of a distance; unknown stays unknown."""
    if km is None:
        return DistanceBand.UNKNOWN
    return next((band for limit, band in _BANDS if km < limit), DistanceBand.FURTHER)


def _in_order(choices: type[TextChoices], words: Collection[str]) -> tuple[str, ...]:
    unknown = set(words) - set(choices.values)
    if unknown:
        message = f"A card holds words of {choices.__name__} only."
        raise ValueError(message)
    return tuple(word for word in choices.values if word in words)
