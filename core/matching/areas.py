"""Postcode areas: reading them from a file, and keeping them in a municipality for distances.

Two kinds of files are read: the postal codes of GeoNames (tab separated, no heads) and a CSV with a head row that names
the code, the place and the coordinates. A six-character code counts for its four digits; their mean is the middle.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.errors import InvalidInput
from core.families.models import PostcodeArea
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log
from tenants.context import atomic

GEONAMES_COLUMNS = 12
CODE, PLACE, LATITUDE, LONGITUDE = 1, 2, 9, 10
HEADS = {
    "code": ("pc4", "code", "postcode"),
    "place": ("plaats", "place", "woonplaats"),
    "latitude": ("lat", "latitude", "breedtegraad"),
    "longitude": ("lon", "lng", "longitude", "lengtegraad"),
}
# A generous box around the European part of the Kingdom.
SOUTH, NORTH, WEST, EAST = 50, 54, 3, 8
DIGITS = 4
PLACE_LENGTH = 80
PRECISION = Decimal("0.00001")


@dataclass(frozen=True, slots=True)
class Area:
    """A postcode area with its middle."""

    code: str
    place: str
    latitude: Decimal
    longitude: Decimal


def areas_read(lines: Iterable[str]) -> list[Area]:
    """Read areas from the lines of a file; a line that cannot be right refuses the whole file."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first = next(numbered, None)
    if first is None:
        raise InvalidInput(_("Dit bestand is leeg."))
    tabs = "\t" in first[1]
    found = _geonames(first, numbered) if tabs else _csv(first[1], numbered)
    points: dict[str, list[Area]] = defaultdict(list)
    for area in found:
        points[area.code].append(area)
    return [_middle(areas) for areas in points.values()]


@atomic()
def postcode_areas_load(*, areas: Iterable[Area], actor: Actor) -> int:
    """Keep areas in this municipality; those that were known get their new middle."""
    rows = [
        PostcodeArea(code=area.code, place=area.place, latitude=area.latitude, longitude=area.longitude)
        for area in areas
    ]
    PostcodeArea.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["place", "latitude", "longitude"]
    )
    audit_log(action="postcode_areas_loaded", subject=None, actor=actor)
    return len(rows)


def _geonames(first: tuple[int, str], rest: Iterator[tuple[int, str]]) -> Iterator[Area]:
    for number, line in (first, *rest):
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) < GEONAMES_COLUMNS - 1:
            raise _refusal(number)
        yield _area(number, cells[CODE], cells[PLACE], cells[LATITUDE], cells[LONGITUDE])


def _csv(head: str, rest: Iterator[tuple[int, str]]) -> Iterator[Area]:
    names = [name.strip().lower().lstrip("\ufeff") for name in next(csv.reader([head]))]
    places = {}
    for wanted, aliases in HEADS.items():
        place = next((names.index(alias) for alias in aliases if alias in names), None)
        if place is None:
            raise InvalidInput(
                _("De kop van het bestand mist een kolom: %(names)s.") % {"names": ", ".join(aliases)}
            )
        places[wanted] = place
    for number, line in rest:
        cells = next(csv.reader([line]))
        if len(cells) < len(names):
            raise _refusal(number)
        yield _area(number, *(cells[places[wanted]] for wanted in HEADS))


def _area(number: int, code: str, place: str, latitude: str, longitude: str) -> Area:
    digits = code.strip()[:DIGITS]
    try:
        north, east = Decimal(latitude.strip()), Decimal(longitude.strip())
    except ArithmeticError as error:
        raise _refusal(number) from error
    inside = north.is_finite() and east.is_finite() and SOUTH <= north <= NORTH and WEST <= east <= EAST
    if not (inside and len(digits) == DIGITS and digits.isascii() and digits.isdigit()):
        raise _refusal(number)
    return Area(digits, place.strip()[:PLACE_LENGTH], north, east)


def _middle(areas: list[Area]) -> Area:
    count = len(areas)
    return Area(
        code=areas[0].code,
        place=areas[0].place,
        latitude=(sum((area.latitude for area in areas), Decimal()) / count).quantize(PRECISION),
        longitude=(sum((area.longitude for area in areas), Decimal()) / count).quantize(PRECISION),
    )


def _refusal(number: int) -> InvalidInput:
    return InvalidInput(_("Regel %(n)d is niet te lezen als postcodegebied.") % {"n": number})
