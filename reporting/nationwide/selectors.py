"""Reading the counts of the whole country."""

from dataclasses import dataclass

from common.gemeenten import GEMEENTEN
from reporting.nationwide.models import Counted, NationwideCount
from tenants.municipalities.models import Kind, MunicipalityCode


@dataclass(frozen=True, slots=True)
class InterestLine:
    """How many families of one municipality asked elsewhere."""

    name: str
    total: int
    latest: int
    takes_part: bool


def interest_since(year: int) -> list[InterestLine]:
    """Return the interest since a year, per municipality where people live; who asks most comes first."""
    totals: dict[str, int] = {}
    latest: dict[str, int] = {}
    for row in NationwideCount.objects.filter(kind=Counted.INTEREST, year__gte=year):
        totals[row.lives_in] = totals.get(row.lives_in, 0) + (row.value or 0)
        latest[row.lives_in] = max(row.year, latest.get(row.lives_in, row.year))
    open_codes = MunicipalityCode.objects.filter(
        code__in=list(totals), valid_to__isnull=True, municipality__kind=Kind.REGULAR
    )
    taking_part = set(open_codes.values_list("code", flat=True))
    lines = [
        InterestLine(GEMEENTEN.get(code, code), total, latest[code], code in taking_part)
        for code, total in totals.items()
    ]
    return sorted(lines, key=lambda line: (-line.total, line.name))


def concerns_by_year() -> list[NationwideCount]:
    """Return how many concerns there were in the country, latest year first; without a value it may not be said."""
    return list(NationwideCount.objects.filter(kind=Counted.CONCERNS).order_by("-year"))
