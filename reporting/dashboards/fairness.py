"""Whether the programme helps every kind of family alike: shares of ended searches, from published figures alone.

A share is shown only when every figure behind it is, and of enough searches. Nothing is computed from a hidden one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from common.formats import number, percentage
from common.vocabulary import SearchOutcome
from reporting.dashboards.parts import Shown, definition_url
from reporting.dictionary.measures import (
    AREA,
    BETWEEN,
    HOUSEHOLD,
    INTERPRETER,
    OUTCOME,
    SEARCHES_ENDED,
    UNKNOWN,
    Crossed,
)
from reporting.dictionary.periods import Period, PeriodKind
from reporting.disclosure.models import Release, Status
from reporting.disclosure.selectors import Figure, country_figures, latest_release

# A share of fewer would tell of single families.
LEAST_FOR_SHARE: Final = 20
GAP: Final = "."
Find = Callable[[str, str], Figure | None]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One kind of family: how many searches ended, and how. A gap where the figures are not shown."""

    name: str
    searches: Shown
    matched: Shown
    soon: Shown

    @property
    def cells(self) -> tuple[Shown, ...]:
        """Return the three in their order."""
        return self.searches, self.matched, self.soon

    @property
    def has_gap(self) -> bool:
        """Tell whether something is not shown."""
        return any(cell.text == GAP for cell in self.cells)


@dataclass(frozen=True, slots=True)
class GroupTable:
    """All kinds of one attribute, with those of the whole country beneath."""

    title: str
    lines: tuple[GroupLine, ...]


@dataclass(frozen=True, slots=True)
class Fairness:
    """The page."""

    release: Release
    year: int
    everybody: GroupLine
    tables: tuple[GroupTable, ...]
    hides: bool
    definition_url: str


def fairness() -> Fairness | None:
    """Return the page of the last year that is over, or of this one; None before there is any figure."""
    release = latest_release()
    if release is None:
        return None
    figures = {
        (figure.period, figure.attribute, figure.category): figure
        for figure in country_figures(release)
        if figure.measure is SEARCHES_ENDED
    }
    for year in (release.counted_until.year - 1, release.counted_until.year):
        period = Period(date(year, 1, 1), PeriodKind.YEAR)

        def find(attribute: str, category: str, period: Period = period) -> Figure | None:
            return figures.get((period, attribute, category))

        total = find("", "")
        if total is not None and total.value:
            everybody = group_line(_("Alle gezinnen"), OUTCOME.name, _plain, find)
            tables = tuple(_table(attribute, find) for attribute in (HOUSEHOLD, INTERPRETER, AREA))
            hides = any(line.has_gap for table in tables for line in (*table.lines, everybody))
            return Fairness(release, year, everybody, tables, hides, definition_url(SEARCHES_ENDED))
    return None


def group_line(name: str, attribute: str, category: Callable[[str], str], find: Find) -> GroupLine:
    """Return one kind of family: gaps unless all three figures are published, shares from twenty searches on."""
    found = [find(attribute, category(outcome)) for outcome in SearchOutcome.values]
    values = [figure.value for figure in found if figure is not None and figure.value is not None]
    if len(values) < len(found):
        return _line(name)
    soon, later, _stopped = values
    searches = sum(values)
    if searches < LEAST_FOR_SHARE:
        return _line(name, f"{searches}")
    return _line(name, number(searches), percentage((soon + later) / searches), percentage(soon / searches))


def _line(name: str, searches: str = GAP, matched: str = GAP, soon: str = GAP) -> GroupLine:
    hidden = str(Status.CONFIDENTIAL.label)
    cells = zip(
        (searches, matched, soon), (_("Zoektochten"), _("Gekoppeld"), _("Binnen drie maanden")), strict=True
    )
    return GroupLine(name, *(Shown(text, hidden if text == GAP else "", column) for text, column in cells))


def _table(attribute: Crossed, find: Find) -> GroupTable:
    kinds = (*attribute.choices.values, UNKNOWN)
    lines = (
        group_line(
            str(attribute.choices(kind).label).capitalize() if kind != UNKNOWN else _("Niet bekend"),
            attribute.name,
            _crossed(kind),
            find,
        )
        for kind in kinds
    )
    titles = {HOUSEHOLD: _("Naar gezinsvorm"), INTERPRETER: _("Naar tolk"), AREA: _("Naar stad en land")}
    return GroupTable(titles[attribute], tuple(line for line in lines if line.searches.text != "0"))


def _plain(outcome: str) -> str:
    return outcome


def _crossed(kind: str) -> Callable[[str], str]:
    return lambda outcome: f"{kind}{BETWEEN}{outcome}"
