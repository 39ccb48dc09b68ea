"""Reading releases. Every figure on a page, in a report or in the API comes from here, as it was released."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from common import formats
from reporting.dictionary.measures import MEASURES, Measure
from reporting.dictionary.periods import Period, PeriodKind
from reporting.disclosure.models import Audience, Cell, Release, Status


@dataclass(frozen=True, slots=True)
class Figure:
    """A released figure: a number, or the reason why there is none."""

    measure: Measure
    geography: str
    period: Period
    attribute: str
    category: str
    value: int | None
    status: Status

    @property
    def number(self) -> int | float | None:
        """The value as the number it stands for: of a figure with one decimal ten of them are kept as one."""
        return None if self.value is None else self.measure.number(self.value)

    @property
    def text(self) -> str:
        """How a page shows it: never a zero for want of a number."""
        return {
            Status.FREE: formats.number(self.number, self.measure.decimals)
            if self.number is not None
            else "",
            Status.CONFIDENTIAL: ".",
            Status.NOT_APPLICABLE: "",
            Status.MISSING: "..",
        }[self.status]

    @property
    def is_hidden(self) -> bool:
        """Tell whether the figure is withheld to protect families."""
        return self.status is Status.CONFIDENTIAL


def latest_release() -> Release | None:
    """Return the release that is current."""
    return Release.objects.order_by("-number").first()


def release_known_on(day: date) -> Release | None:
    """Return the release that was current at the end of a day: what was known then, as it was said then."""
    return Release.objects.filter(published_at__date__lte=day).order_by("-number").first()


def country_figures(
    release: Release,
    *,
    kinds: Iterable[PeriodKind] = tuple(PeriodKind),
    years: Iterable[int] | None = None,
    measures: Iterable[Measure] | None = None,
) -> list[Figure]:
    """Return the national figures, splits included, oldest first; of all measures unless some are named."""
    cells = _cells(release, Audience.ALL, years).filter(period_kind__in=[kind.value for kind in kinds])
    if measures is not None:
        cells = cells.filter(measure__in=[measure.name for measure in measures])
    return _figures(cells)


def municipal_figures(release: Release, *, years: Iterable[int]) -> list[Figure]:
    """Return the figures of every municipality as the foundation may see them."""
    return _figures(_cells(release, Audience.FOUNDATION, years))


def own_figures(
    release: Release,
    municipality_id: UUID,
    *,
    kinds: Iterable[PeriodKind] = tuple(PeriodKind),
    years: Iterable[int] | None = None,
) -> list[Figure]:
    """Return the exact totals of one municipality: only ever for that municipality itself."""
    cells = _cells(release, Audience.OWN, years).filter(
        geography=str(municipality_id),
        block__area=str(municipality_id),
        period_kind__in=[k.value for k in kinds],
    )
    return _figures(cells)


def _cells(release: Release, audience: Audience, years: Iterable[int] | None) -> QuerySet[Cell]:
    cells = Cell.objects.filter(block__releases=release, block__audience=audience)
    return cells if years is None else cells.filter(block__year__in=list(years))


def _figures(cells: QuerySet[Cell]) -> list[Figure]:
    rows = cells.order_by(
        "period_start", "period_kind", "measure", "geography", "attribute", "category"
    ).values_list(
        "measure", "geography", "period_start", "period_kind", "attribute", "category", "value", "status"
    )
    # A measure that has left the dictionary stays in old releases and is no longer shown.
    return [
        Figure(
            MEASURES[measure],
            geography,
            Period(start, PeriodKind(kind)),
            attribute,
            category,
            value,
            Status(status),
        )
        for measure, geography, start, kind, attribute, category, value, status in rows
        if measure in MEASURES
    ]
