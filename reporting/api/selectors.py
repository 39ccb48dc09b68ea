"""What the API shows: released figures of the caller's municipality and of the country, put in the words of the API."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from reporting.dictionary.examples import EXAMPLES
from reporting.dictionary.measures import MEASURES, Attribute, Measure, Nature
from reporting.dictionary.periods import Period, PeriodKind
from reporting.disclosure.models import Release, Status
from reporting.disclosure.plan import NL
from reporting.disclosure.selectors import Figure, country_figures, latest_release, own_figures
from tenants.municipalities.models import Municipality, MunicipalityCode
from tenants.municipalities.selectors import code_on, municipality_by_id

KIND_NAMES = {PeriodKind.MONTH: "maand", PeriodKind.QUARTER: "kwartaal", PeriodKind.YEAR: "jaar"}
KINDS_BY_NAME = {name: kind for kind, name in KIND_NAMES.items()}
NATURE_NAMES = {
    Nature.FLOW: "stroom",
    Nature.STOCK: "stand",
    Nature.DISTINCT: "uniek",
    Nature.CUMULATIVE: "cumulatief",
    Nature.DERIVED: "afgeleid",
}
CLOSING_LAG = timedelta(days=60)
REPORT_KINDS = (PeriodKind.QUARTER, PeriodKind.YEAR)


@dataclass(frozen=True)
class OwnView:
    """The municipality a token belongs to, and the release it looks at."""

    municipality: Municipality

    @cached_property
    def release(self) -> Release | None:
        """The current release."""
        return latest_release()

    @cached_property
    def code(self) -> str:
        """The municipality's present code."""
        return code_on(self.municipality, timezone.localdate())

    def report_id(self, period: Period) -> UUID:
        """Return the id of a report: the same in every release, and nobody else's."""
        return uuid5(self.municipality.pk, f"{period.kind.value} {period.start}")


def own_view(municipality_id: UUID) -> OwnView:
    """Return what a token may see, or refuse when its municipality is gone."""
    municipality = municipality_by_id(municipality_id)
    if municipality is None:
        raise NotAllowed
    return OwnView(municipality)


def reports(
    view: OwnView, *, year: int | None = None, kind: PeriodKind | None = None
) -> list[dict[str, Any]]:
    """Return the municipality's reports, newest first."""
    periods = _report_periods(view, years=None if year is None else [year])
    chosen = [period for period in periods if kind in (None, period.kind)]
    return [_reference(view, period) for period in chosen]


def report(view: OwnView, report_id: UUID) -> dict[str, Any]:
    """Return one report of this municipality; another's does not exist."""
    period = next((p for p in _report_periods(view) if view.report_id(p) == report_id), None)
    if period is None or view.release is None:
        raise NotAllowed
    years, kinds = [period.start.year], [period.kind]
    own = {
        f.measure.name: f
        for f in own_figures(view.release, view.municipality.pk, kinds=kinds, years=years)
        if f.period == period
    }
    country = [f for f in country_figures(view.release, kinds=kinds, years=years) if f.period == period]
    totals = {f.measure.name: f for f in country if not f.attribute}
    return _reference(view, period) | {
        "gemeente": {"code": view.code, "naam": view.municipality.name},
        "vrijgave": release_reference(view.release),
        "kerncijfers": [
            {
                "maat": measure.api_name,
                "naam": str(measure.label),
                "eenheid": str(measure.unit),
                "gemeente": _value(own.get(name)),
                "nederland": _value(totals.get(name)),
            }
            for name, measure in MEASURES.items()
            if name in own or name in totals
        ],
        "uitsplitsingen": list(_splits(country)),
    }


def figures(
    view: OwnView,
    *,
    year: int | None = None,
    kind: PeriodKind | None = None,
    measure: str | None = None,
    area: str | None = None,
) -> list[dict[str, Any]]:
    """Return released figures: the municipality's own and the country's, nobody else's."""
    if view.release is None:
        return []
    years = None if year is None else [year]
    kinds = tuple(PeriodKind) if kind is None else (kind,)
    found: list[Figure] = []
    if area in (None, "gemeente"):
        found += own_figures(view.release, view.municipality.pk, kinds=kinds, years=years)
    if area in (None, "nederland"):
        found += country_figures(view.release, kinds=kinds, years=years)
    return [_line(view, figure) for figure in found if measure in (None, figure.measure.api_name)]


def municipality_details(view: OwnView) -> dict[str, Any]:
    """Return what the registry says of the municipality."""
    municipality = view.municipality
    return {
        "code": view.code,
        "naam": municipality.name,
        "fase": municipality.get_phase_display(),
        "startdatum": municipality.started_on,
        "einddatum": municipality.ended_on,
        "codes": list(MunicipalityCode.objects.filter(municipality=municipality)),
    }


def definitions() -> list[dict[str, Any]]:
    """Return the KPI dictionary."""
    return [
        {
            "maat": measure.api_name,
            "naam": str(measure.label),
            "definitie": str(measure.definition),
            "formule": str(EXAMPLES[measure.name].formula),
            "telt": str(measure.counts.label),
            "eenheid": str(measure.unit),
            "decimalen": measure.decimals,
            "soort": NATURE_NAMES[measure.nature],
            "versie": measure.version.number,
            "geldigVanaf": measure.version.valid_from,
            "eigenaar": str(measure.owner),
        }
        for measure in MEASURES.values()
    ]


def release_reference(release: Release) -> dict[str, Any]:
    """Return how an answer names the release it comes from."""
    return {
        "nummer": release.number,
        "gepubliceerdOp": release.published_at,
        "planversie": release.plan_version,
    }


def _report_periods(view: OwnView, *, years: list[int] | None = None) -> list[Period]:
    if view.release is None:
        return []
    own = own_figures(view.release, view.municipality.pk, kinds=REPORT_KINDS, years=years)
    present = {figure.period for figure in own if figure.status is not Status.NOT_APPLICABLE}
    return sorted(present, key=lambda period: (period.after, period.kind is PeriodKind.YEAR), reverse=True)


def _reference(view: OwnView, period: Period) -> dict[str, Any]:
    kind = _("Jaarrapport") if period.kind is PeriodKind.YEAR else _("Kwartaalrapport")
    return {
        "id": view.report_id(period),
        "titel": f"{kind} {view.municipality.name}, {period.label}",
        "soort": KIND_NAMES[period.kind],
        "periode": period.code,
        "begindatum": period.start,
        "einddatum": period.after - timedelta(days=1),
        "stand": _state(period, timezone.localdate()),
        "vrijgave": view.release.number if view.release else None,
    }


def _state(period: Period, today: date) -> str:
    return "afgesloten" if today >= period.after + CLOSING_LAG else "voorlopig"


def _value(figure: Figure | None) -> dict[str, Any]:
    if figure is None:
        return {"waarde": None, "status": Status.NOT_APPLICABLE.value}
    return {"waarde": figure.number, "status": figure.status.value}


def _line(view: OwnView, figure: Figure) -> dict[str, Any]:
    return _value(figure) | {
        "maat": figure.measure.api_name,
        "gebied": NL if figure.geography == NL else view.code,
        "soort": KIND_NAMES[figure.period.kind],
        "periode": figure.period.code,
        "kenmerk": _camel(figure.attribute) or None,
        "categorie": figure.category or None,
    }


def _splits(country: list[Figure]) -> list[dict[str, Any]]:
    splits = []
    for measure in MEASURES.values():
        for attribute in measure.attributes:
            cells = [f for f in country if f.measure is measure and f.attribute == attribute.name]
            if cells:
                splits.append(_split(measure, attribute, cells))
    return splits


def _split(measure: Measure, attribute: Attribute, cells: list[Figure]) -> dict[str, Any]:
    by_category = {figure.category: figure for figure in cells}
    return {
        "maat": measure.api_name,
        "kenmerk": _camel(attribute.name),
        "naam": str(attribute.label),
        "categorieen": [
            {
                "categorie": category,
                "naam": attribute.category_label(category),
                "nederland": _value(by_category.get(category)),
            }
            for category in attribute.categories()
        ],
    }


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)
