"""What the national pages show, from the current release and the registry. Templates compute nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from common import charts
from common.formats import number
from reporting.dashboards.growth import THOUSAND, Growth, Life, Totals, growth
from reporting.dashboards.guidance import Guidance, guidance
from reporting.dashboards.parts import Column, Headline, Shown, column_of, definition_url, shown
from reporting.dictionary import measures
from reporting.dictionary.measures import MEASURES, Measure
from reporting.dictionary.periods import Period, PeriodKind
from reporting.disclosure.models import Status
from reporting.disclosure.selectors import Figure, country_figures, latest_release, municipal_figures
from tenants.municipalities.models import Kind, Municipality, MunicipalityCode, Phase, State

# Searches have a page of their own, and the four goals a table.
SHOWN_APART = (
    measures.SEARCHES_ENDED,
    measures.OUTCOMES_MEASURED,
    measures.GOALS_AT_START,
    measures.GOALS_AFTER,
)
PHASES = {
    Phase.PILOT: _lazy("Gemeenten die het programma een afgesproken tijd uitproberen."),
    Phase.STRUCTURAL: _lazy("Gemeenten waar het programma voor langere tijd loopt."),
    Phase.WINDING_DOWN: _lazy("Gemeenten die stoppen: lopende koppelingen worden nog begeleid."),
    Phase.CLOSED: _lazy("Gemeenten waar het programma is gestopt."),
    Phase.MERGED: _lazy("Gemeenten die zijn opgegaan in een andere gemeente."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A municipality in a table."""

    name: str
    phase: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class MunicipalTable:
    """The table of all municipalities: number columns with their definitions, and rows by name."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    hides: bool
    misses: bool


@dataclass(frozen=True, slots=True)
class Split:
    """How a national figure of a year is divided."""

    title: str
    definition: str
    url: str
    rows: tuple[tuple[str, Shown], ...]
    hides: bool


@dataclass(frozen=True, slots=True)
class National:
    """The national page."""

    number: int
    published_at: datetime
    until: date
    year: int
    headlines: tuple[Headline, ...]
    chart: charts.Chart
    chart_columns: tuple[Column, ...]
    guidance: Guidance
    growth: Growth
    growth_columns: tuple[Column, ...]
    table: MunicipalTable
    splits: tuple[Split, ...]
    split_year: int
    missing: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A municipality in the list by phase."""

    name: str
    codes: str
    started_on: date
    ended_on: date | None
    target: int
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class PhaseGroup:
    """The municipalities in one phase."""

    phase: str
    definition: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Municipalities:
    """The page of municipalities by phase."""

    number: int | None
    published_at: datetime | None
    columns: tuple[Column, ...]
    groups: tuple[PhaseGroup, ...]


def national() -> National | None:
    """Return the national page, or None before the first release."""
    release = latest_release()
    if release is None:
        return None
    until = release.counted_until
    figures = country_figures(release)
    country = _index(figures)
    municipal = municipal_figures(release, years=[until.year - 1, until.year])
    split_year = until.year - 1 if any(key[1].start.year == until.year - 1 for key in country) else until.year
    return National(
        number=release.number,
        published_at=release.published_at,
        until=until,
        year=until.year,
        headlines=_headlines(country, until),
        chart=_chart(country, until),
        chart_columns=(column_of(str(measures.COUPLINGS_STARTED.label), measures.COUPLINGS_STARTED),),
        guidance=guidance(figures, year=split_year, until=until),
        growth=growth(_totals(country), _lives(), release.counted_until),
        growth_columns=(
            column_of(_("Nieuwe koppelingen"), measures.COUPLINGS_STARTED),
            column_of(_("Sinds de start"), measures.COUPLINGS_TOTAL),
            Column(_("Gemeenten"), _("Gemeenten die op de laatste dag van het jaar meededen.")),
        ),
        table=_table(municipal, until.year),
        splits=tuple(_splits(country, split_year)),
        split_year=split_year,
        missing=len(
            {
                f.geography
                for f in municipal
                if f.status is Status.MISSING and f.period.start.year == until.year
            }
        ),
    )


def municipalities_by_phase() -> Municipalities:
    """Return every municipality of the registry by phase, with its released figures of this year and the last."""
    release = latest_release()
    year = release.counted_until.year if release else timezone.localdate().year
    figures = _index(municipal_figures(release, years=[year - 1, year])) if release else {}
    codes: dict[object, list[str]] = {}
    for code in MunicipalityCode.objects.filter(valid_to=None):
        codes.setdefault(code.municipality_id, []).append(code.code)
    columns = (
        (measures.COUPLINGS_STARTED, year, _("Nieuw in %(year)s") % {"year": year}),
        (measures.COUPLINGS_STARTED, year - 1, _("Nieuw in %(year)s") % {"year": year - 1}),
        (measures.FAMILIES_REACHED, year, _("Bereikte gezinnen in %(year)s") % {"year": year}),
    )
    regular = Municipality.objects.filter(kind=Kind.REGULAR)
    rows = list(regular.exclude(state__in=(State.ERASED, State.PROVISIONING)).order_by("name"))
    groups = []
    for phase in Phase:
        entries = tuple(
            Entry(
                name=row.name,
                codes=", ".join(codes.get(row.pk, ())),
                started_on=row.started_on,
                ended_on=row.ended_on,
                target=row.contract_target_per_year,
                cells=tuple(
                    shown(_figure_of_year(figures, measure, str(row.pk), of_year), name)
                    for measure, of_year, name in columns
                ),
            )
            for row in rows
            if row.phase == phase
        )
        if entries:
            groups.append(PhaseGroup(str(phase.label).capitalize(), str(PHASES[phase]), entries))
    return Municipalities(
        number=release.number if release else None,
        published_at=release.published_at if release else None,
        columns=tuple(column_of(name, measure) for measure, _year, name in columns),
        groups=tuple(groups),
    )


# ------------------------------------------------------------------------------------------------------------ the parts

Index = dict[tuple[str, Period, str, str, str], Figure]


def _index(figures: Iterable[Figure]) -> Index:
    return {(f.measure.name, f.period, f.geography, f.attribute, f.category): f for f in figures}


def _country(index: Index, measure: Measure, period: Period) -> int | None:
    figure = index.get((measure.name, period, "NL", "", ""))
    return figure.value if figure else None


def _headlines(country: Index, until: date) -> tuple[Headline, ...]:
    this_year = Period.around(until, PeriodKind.YEAR)
    month = Period.around(until, PeriodKind.MONTH)
    last = _country(country, measures.COUPLINGS_STARTED, this_year.previous)
    so_far = _("in %(year)s tot nu toe") % {"year": until.year}
    was = (
        _("%(year)s: %(count)s") % {"year": until.year - 1, "count": number(last)} if last is not None else ""
    )
    notes = (
        (measures.COUPLINGS_TOTAL, month, _milestone(country)),
        (measures.COUPLINGS_STARTED, this_year, "; ".join(filter(None, (so_far, was)))),
        (measures.COUPLINGS_RUNNING, month, _("op dit moment")),
        (measures.WAITING, month, _("op dit moment")),
        (measures.FAMILIES_REACHED, this_year, so_far),
        (measures.CHILDREN_REACHED, this_year, so_far),
    )
    return tuple(
        Headline(
            label=str(measure.label).capitalize(),
            value=_country(country, measure, period),
            note=note,
            definition=str(measure.definition),
            url=definition_url(measure),
        )
        for measure, period, note in notes
    )


def _milestone(country: Index) -> str:
    """Say in which month the last thousand was reached, and how many the next one still asks."""
    totals = _totals(country)
    now = totals[-1][1] if totals else 0
    reached = now // THOUSAND * THOUSAND
    to_go = reached + THOUSAND - now
    ahead = ngettext("nog %(count)s tot de %(next)se", "nog %(count)s tot de %(next)se", to_go) % {
        "count": number(to_go),
        "next": number(reached + THOUSAND),
    }
    if not reached:
        return ahead
    month = next(start for start, total in totals if total >= reached)
    label = Period(month, PeriodKind.MONTH).label
    return _("de %(reached)se in %(month)s; %(ahead)s") % {
        "reached": number(reached),
        "month": label,
        "ahead": ahead,
    }


def _totals(country: Index) -> Totals:
    return sorted(
        (period.start, figure.value)
        for (name, period, _place, _attribute, _category), figure in country.items()
        if name == measures.COUPLINGS_TOTAL.name
        and period.kind is PeriodKind.MONTH
        and figure.value is not None
    )


def _lives() -> list[Life]:
    taking_part = Municipality.objects.filter(kind=Kind.REGULAR).exclude(state=State.PROVISIONING)
    return [
        Life(started_on, ended_on)
        for started_on, ended_on in taking_part.values_list("started_on", "ended_on")
    ]


def _chart(country: Index, until: date) -> charts.Chart:
    years = sorted(
        period.start.year
        for (name, period, _place, attribute, _category) in country
        if name == measures.COUPLINGS_STARTED.name and period.kind is PeriodKind.YEAR and not attribute
    )
    values = []
    for year in years:
        value = _country(country, measures.COUPLINGS_STARTED, Period(date(year, 1, 1), PeriodKind.YEAR))
        label = _("%(year)s tot nu") % {"year": year} if year == until.year else str(year)
        values.append(charts.Value(label, value, "" if value is not None else _("geen gegevens")))
    return charts.bar_chart(
        chart_id="nieuw-per-jaar",
        finding=_finding(values),
        description=_("Staafdiagram van het aantal nieuwe koppelingen per jaar, in heel Nederland."),
        columns=(_("Jaar"), _("Nieuwe koppelingen")),
        values=values,
    )


def _finding(values: Sequence[charts.Value]) -> str:
    """Say what the chart shows: the last whole year against the one before."""
    whole = [(value.label, value.value) for value in values[:-1] if value.value is not None]
    if len(whole) < 2:  # noqa: PLR2004  (two years to compare)
        return _("Nieuwe koppelingen per jaar")
    (before, old), (year, new) = whole[-2:]
    words = {"year": year, "new": number(new), "before": before, "old": number(old)}
    if new > old:
        return _("In %(year)s kwamen er %(new)s koppelingen bij, meer dan in %(before)s (%(old)s)") % words
    if new < old:
        return _("In %(year)s kwamen er %(new)s koppelingen bij, minder dan in %(before)s (%(old)s)") % words
    return _("In %(year)s kwamen er %(new)s koppelingen bij, evenveel als in %(before)s") % words


def _table(figures: Iterable[Figure], year: int) -> MunicipalTable:
    index = _index(figures)
    columns = (
        (measures.COUPLINGS_STARTED, year, _("Nieuw in %(year)s") % {"year": year}),
        (measures.COUPLINGS_STARTED, year - 1, _("Nieuw in %(year)s") % {"year": year - 1}),
        (measures.COUPLINGS_RUNNING, year, _("Lopend")),
        (measures.WAITING, year, _("Wachtend")),
    )
    present = {figure.geography for figure in index.values() if figure.status is not Status.NOT_APPLICABLE}
    rows = []
    found: list[Figure | None] = []
    regular = Municipality.objects.filter(kind=Kind.REGULAR)
    for municipality in regular.exclude(state=State.PROVISIONING).order_by("name"):
        if str(municipality.pk) not in present:
            continue
        cells = [
            (name, _figure_of_year(index, measure, str(municipality.pk), of_year))
            for measure, of_year, name in columns
        ]
        found += [figure for _name, figure in cells]
        texts = tuple(shown(figure, name) for name, figure in cells)
        rows.append(Row(municipality.name, municipality.get_phase_display(), texts))
    return MunicipalTable(
        columns=tuple(column_of(name, measure) for measure, _year, name in columns),
        rows=tuple(rows),
        hides=any(figure is not None and figure.is_hidden for figure in found),
        misses=any(figure is not None and figure.status is Status.MISSING for figure in found),
    )


def _splits(country: Index, year: int) -> Iterable[Split]:
    period = Period(date(year, 1, 1), PeriodKind.YEAR)
    for measure in MEASURES.values():
        for attribute in () if measure in SHOWN_APART else measure.attributes:
            cells = [
                (
                    attribute.category_label(category),
                    country.get((measure.name, period, "NL", attribute.name, category)),
                )
                for category in attribute.categories()
            ]
            rows = tuple(
                (label, shown(figure)) for label, figure in cells if figure is not None and figure.value != 0
            )
            if rows:
                title = _("%(measure)s naar %(attribute)s") % {
                    "measure": str(measure.label).capitalize(),
                    "attribute": attribute.label,
                }
                yield Split(
                    title,
                    str(measure.definition),
                    definition_url(measure),
                    rows,
                    any(figure is not None and figure.is_hidden for _label, figure in cells),
                )


def _figure_of_year(index: Index, measure: Measure, geography: str, year: int) -> Figure | None:
    return index.get((measure.name, Period(date(year, 1, 1), PeriodKind.YEAR), geography, "", ""))
