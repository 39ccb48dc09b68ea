"""What families say of the support, and how guidance is kept up: marks, the four goals, evaluations, waiting time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common.vocabulary import Change, Goal
from reporting.dashboards.parts import Column, Headline, Shown, column_of, definition_url, shown
from reporting.dictionary import measures as m
from reporting.dictionary.measures import Measure
from reporting.dictionary.periods import Period, PeriodKind
from reporting.disclosure.selectors import Figure

Found = Mapping[tuple[str, Period, str, str], Figure]
"""National figures by measure, period, attribute and category."""


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One of the four goals: the mean score at the start and later, and how many scores rose, stayed or fell."""

    name: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Guidance:
    """The part of the national page about guidance."""

    year: int
    headlines: tuple[Headline, ...]
    measured: Headline
    goals: tuple[GoalLine, ...]
    columns: tuple[Column, ...]
    hides: bool


def guidance(figures: Iterable[Figure], *, year: int, until: date) -> Guidance:
    """Return what the national figures say of guidance: over `year`, and as it stood at the end of `until`."""
    found = {(f.measure.name, f.period, f.attribute, f.category): f for f in figures}
    over = Period(date(year, 1, 1), PeriodKind.YEAR)
    now = Period.around(until, PeriodKind.MONTH)
    in_year, today = _("in %(year)s") % {"year": year}, _("op dit moment")
    goals = tuple(_goal_line(goal, found, over) for goal in Goal)
    return Guidance(
        year=year,
        headlines=tuple(
            _headline(found, measure, period, note)
            for measure, period, note in (
                (m.SATISFACTION, over, in_year),
                (m.WAITING_TIME, over, in_year),
                (m.REVIEW_TALKS, over, in_year),
                (m.REVIEWS_OVERDUE, now, today),
                (m.SUPPORT_FAMILIES, now, today),
            )
        ),
        measured=_headline(found, m.OUTCOMES_MEASURED, over, in_year),
        goals=goals,
        columns=tuple(column_of(name, measure) for measure, name in _columns()),
        hides=any(cell.text == "." for goal in goals for cell in goal.cells),
    )


def _columns() -> tuple[tuple[Measure, str], ...]:
    return (
        (m.GOALS_AT_START, _("Score bij de start")),
        (m.GOALS_AFTER, _("Score later")),
        (m.OUTCOMES_MEASURED, _("Beter")),
        (m.OUTCOMES_MEASURED, _("Gelijk")),
        (m.OUTCOMES_MEASURED, _("Lager")),
    )


def _goal_line(goal: Goal, found: Found, period: Period) -> GoalLine:
    change = m.CHANGES[goal].name
    addresses = (
        (m.GOALS_AT_START.name, period, m.GOAL.name, goal.value),
        (m.GOALS_AFTER.name, period, m.GOAL.name, goal.value),
        *((m.OUTCOMES_MEASURED.name, period, change, kind.value) for kind in Change),
    )
    cells = (
        shown(found.get(address), name)
        for address, (_measure, name) in zip(addresses, _columns(), strict=True)
    )
    return GoalLine(str(goal.label).capitalize(), tuple(cells))


def _headline(found: Found, measure: Measure, period: Period, note: str) -> Headline:
    figure = shown(found.get((measure.name, period, "", "")))
    if measure.nature is m.Nature.DERIVED:
        note = f"{measure.unit}, {note}"
    return Headline(
        label=str(measure.label).capitalize(),
        value=figure.text,
        note=f"{note}: {figure.explanation}" if figure.explanation else note,
        definition=str(measure.definition),
        url=definition_url(measure),
    )
