"""How the order of candidates is weighed: points per factor, within which bounds a municipality may differ, distances.

Shape and rules of the content of a ``Standard`` of the kind WEIGHING. Pure: no database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from common.vocabulary import AreaKind, ScorePart

ALL_POINTS: Final = 100
FARTHEST_KM: Final = 50


@dataclass(frozen=True, slots=True)
class Band:
    """Up to where distance counts fully, and from where it does not count any more, in kilometres."""

    near_km: int
    far_km: int


@dataclass(frozen=True, slots=True)
class Weighing:
    """Whole points per factor, together a hundred, with the least and most that a municipality may give it."""

    points: Mapping[str, int]
    least: Mapping[str, int]
    most: Mapping[str, int]
    bands: Mapping[str, Band]

    def as_kept(self) -> dict[str, Any]:
        """Return the content of a version."""
        return {
            "points": {part.value: self.points[part] for part in ScorePart},
            "least": {part.value: self.least[part] for part in ScorePart},
            "most": {part.value: self.most[part] for part in ScorePart},
            "bands": {area.value: [self.bands[area].near_km, self.bands[area].far_km] for area in AreaKind},
        }


def weighing_of(content: Mapping[str, Any]) -> Weighing:
    """Return the weights of a version that was kept."""
    return Weighing(
        points=dict(content["points"]),
        least=dict(content["least"]),
        most=dict(content["most"]),
        bands={area: Band(*kilometres) for area, kilometres in content["bands"].items()},
    )


@dataclass(frozen=True, slots=True)
class WeighingLines:
    """Weights as a page shows them."""

    parts: list[tuple[str, int, int, int]]
    bands: list[tuple[str, int, int]]


def weighing_lines(weighing: Weighing) -> WeighingLines:
    """Return weights in words: per factor points, least and most; per kind of area both distances."""
    return WeighingLines(
        parts=[
            (str(part.label), weighing.points[part], weighing.least[part], weighing.most[part])
            for part in ScorePart
        ],
        bands=[
            (str(area.label), weighing.bands[area].near_km, weighing.bands[area].far_km) for area in AreaKind
        ],
    )


def problems_of_weighing(weighing: Weighing) -> Iterator[str]:
    """Yield what makes these weights impossible."""
    named = (weighing.points, weighing.least, weighing.most)
    if any(set(points) != set(ScorePart.values) for points in named) or set(weighing.bands) != set(
        AreaKind.values
    ):
        yield _("Elk onderdeel heeft punten en grenzen nodig, en elk soort gebied afstanden.")
        return
    yield from problems_of_points(weighing.points)
    for part in ScorePart:
        low, here, high = weighing.least[part], weighing.points[part], weighing.most[part]
        if not 0 <= low <= here <= high <= ALL_POINTS:
            yield _("%(part)s: het landelijke aantal punten ligt niet tussen de grenzen.") % {
                "part": str(part.label).capitalize()
            }
    for area in AreaKind:
        band = weighing.bands[area]
        if not 0 <= band.near_km < band.far_km <= FARTHEST_KM:
            yield _(
                "%(area)s: de verste afstand moet groter zijn dan de dichtste, en hoogstens %(km)d km."
            ) % {
                "area": str(area.label).capitalize(),
                "km": FARTHEST_KM,
            }


def problems_of_points(points: Mapping[str, int]) -> Iterator[str]:
    """Yield when points do not make a hundred."""
    total = sum(points.values())
    if total != ALL_POINTS:
        yield _("De punten zijn samen %(total)d; dat moet 100 zijn.") % {"total": total}


def problems_within(points: Mapping[str, int], national: Weighing) -> Iterator[tuple[ScorePart, str]]:
    """Yield where a municipality goes past the bounds of the foundation."""
    for part in ScorePart:
        if not national.least[part] <= points[part] <= national.most[part]:
            yield (
                part,
                _("Kies een aantal van %(least)d tot en met %(most)d punten.")
                % {
                    "least": national.least[part],
                    "most": national.most[part],
                },
            )


# Version 1: the advice of domain.md 5.4.
SHIPPED: Final = Weighing(
    points={
        ScorePart.DAYS.value: 25,
        ScorePart.DISTANCE.value: 20,
        ScorePart.FORM.value: 15,
        ScorePart.AGE.value: 15,
        ScorePart.WISHES.value: 10,
        ScorePart.EXPERIENCE.value: 10,
        ScorePart.TRANSPORT.value: 5,
    },
    least={
        ScorePart.DAYS.value: 15,
        ScorePart.DISTANCE.value: 10,
        ScorePart.FORM.value: 10,
        ScorePart.AGE.value: 5,
        ScorePart.WISHES.value: 5,
        ScorePart.EXPERIENCE.value: 5,
        ScorePart.TRANSPORT.value: 0,
    },
    most={
        ScorePart.DAYS.value: 35,
        ScorePart.DISTANCE.value: 30,
        ScorePart.FORM.value: 25,
        ScorePart.AGE.value: 25,
        ScorePart.WISHES.value: 20,
        ScorePart.EXPERIENCE.value: 20,
        ScorePart.TRANSPORT.value: 15,
    },
    bands={AreaKind.URBAN.value: Band(2, 10), AreaKind.RURAL.value: Band(2, 15)},
)
