"""How evaluations are counted: talks, marks, and the scores on the four goals against those of the start."""

from collections.abc import Iterator

from common.vocabulary import Change, Goal, MarkBand, Timeliness
from reporting.dictionary.measures import (
    CHANGES,
    MARK,
    MARKS,
    MARKS_GIVEN,
    OUTCOMES_MEASURED,
    REVIEW_TALKS,
    REVIEWS_OVERDUE,
    SCORES_AFTER,
    SCORES_AT_START,
    SPOKEN,
    TIMELINESS,
    VALUE,
)
from reporting.dictionary.periods import Period, PeriodKind
from reporting.facts.history import (
    EVALUATION_DONE,
    Count,
    Formula,
    History,
    Line,
    count_lines,
    count_spans,
    groups,
    values_of,
)

# Later than this after its day an evaluation is late (domain.md 2.5).
GRACE_DAYS = 14
HIGH_FROM, MIDDLE_FROM = 8, 6


def _talks(history: History, period: Period) -> Iterator[Count]:
    lines = history.during(EVALUATION_DONE, period)
    yield count_lines("", "", lines)
    if period.kind is PeriodKind.YEAR:
        for category, group in groups(lines, _timeliness).items():
            yield count_lines(TIMELINESS.name, category, group)
        for category, group in groups(lines, lambda line: line.review_side).items():
            yield count_lines(SPOKEN.name, category, group)


def _timeliness(line: Line) -> str:
    if line.days is None:
        return ""
    return (Timeliness.ON_TIME if line.days <= GRACE_DAYS else Timeliness.LATE).value


def _overdue(history: History, period: Period) -> Iterator[Count]:
    yield count_spans("", "", history.unreviewed_at_end_of(period))


def _marks(history: History, period: Period) -> list[tuple[Line, int]]:
    lines = history.during(EVALUATION_DONE, period)
    return [(line, line.satisfaction) for line in lines if line.satisfaction is not None]


def _marks_given(history: History, period: Period) -> Iterator[Count]:
    marks = _marks(history, period)
    yield count_lines("", "", [line for line, _mark in marks])
    if period.kind is PeriodKind.YEAR:
        for category, group in groups(marks, lambda pair: _band(pair[1])).items():
            yield count_lines(MARK.name, category, [line for line, _mark in group])


def _band(mark: int) -> str:
    if mark >= HIGH_FROM:
        return MarkBand.HIGH.value
    return (MarkBand.MIDDLE if mark >= MIDDLE_FROM else MarkBand.LOW).value


def _mark_values(history: History, period: Period) -> Iterator[Count]:
    yield from values_of([(line, {VALUE: mark}) for line, mark in _marks(history, period)], period)


def _outcomes(history: History, period: Period) -> Iterator[Count]:
    found = history.outcomes_in(period)
    yield count_lines("", "", [line for line, _start in found])
    if period.kind is not PeriodKind.YEAR:
        return
    for place, goal in enumerate(Goal):
        changed = [(line, _change(start[place], line.goal_scores[place])) for line, start in found]
        for category, group in groups(changed, lambda pair: pair[1]).items():
            yield count_lines(CHANGES[goal].name, category, [line for line, _change in group])


def _change(before: int, after: int) -> str:
    if after == before:
        return Change.SAME.value
    return (Change.BETTER if after > before else Change.WORSE).value


def _scores_at_start(history: History, period: Period) -> Iterator[Count]:
    found = history.outcomes_in(period)
    yield from values_of(
        [(line, dict(zip(Goal.values, start, strict=True))) for line, start in found], period
    )


def _scores_after(history: History, period: Period) -> Iterator[Count]:
    found = history.outcomes_in(period)
    yield from values_of(
        [(line, dict(zip(Goal.values, line.goal_scores, strict=True))) for line, _start in found], period
    )


EVALUATION_FORMULAS: dict[str, Formula] = {
    REVIEW_TALKS.name: _talks,
    REVIEWS_OVERDUE.name: _overdue,
    MARKS_GIVEN.name: _marks_given,
    OUTCOMES_MEASURED.name: _outcomes,
    MARKS: _mark_values,
    SCORES_AT_START: _scores_at_start,
    SCORES_AFTER: _scores_after,
}
