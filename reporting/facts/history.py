"""The ledger lines of one municipality, arranged so that every formula finds its own, and how lines are counted."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar
from uuid import UUID

from common.vocabulary import Goal, Review, ReviewSide
from reporting.dictionary.measures import UNKNOWN
from reporting.dictionary.periods import Period, PeriodKind, month_after

T = TypeVar("T")

# A talk every half year, and a month's room: calendar months, that of the end of the period included.
REVIEW_MONTHS = 7
OUTCOME_REVIEWS = frozenset({Review.MONTH_12.value, Review.MONTH_24.value})

# The events of the ledger that are counted here (core.ledger.models.Event; a test compares them).
FAMILY_REGISTERED = "family_registered"
SUPPORT_REGISTERED = "support_registered"
WAITING_STARTED = "waiting_started"
WAITING_ENDED = "waiting_ended"
TRIAL_STARTED = "trial_started"
TRIAL_STOPPED = "trial_stopped"
COUPLING_STARTED = "coupling_started"
COUPLING_ENDED = "coupling_ended"
COUPLING_REOPENED = "coupling_reopened"
OUT_OF_AREA = "out_of_area"
CONCERN_RAISED = "concern_raised"
INTAKE_DONE = "intake_done"
INTRODUCTION = "introduction"
SUPPORT_APPROVED = "support_approved"
SUPPORT_LEFT = "support_left"
EVALUATION_DONE = "evaluation_done"


class Line(Protocol):
    """What a formula reads of one ledger line."""

    @property
    def event(self) -> str:
        """What happened, a code of the ledger."""

    @property
    def month(self) -> date:
        """First day of the month in which it happened."""

    @property
    def municipality_code(self) -> str:
        """CBS code; of interest from elsewhere that of where people live."""

    @property
    def family(self) -> UUID | None:
        """Pseudonym of the asking family."""

    @property
    def support_family(self) -> UUID | None:
        """Pseudonym of the support family."""

    @property
    def coupling(self) -> UUID | None:
        """Pseudonym of the coupling."""

    @property
    def children(self) -> Sequence[UUID]:
        """Pseudonyms of the children."""

    @property
    def age_bands(self) -> Sequence[str]:
        """Age of each child, in the same order."""

    @property
    def support_form(self) -> str:
        """What kind of support."""

    @property
    def referral_source(self) -> str:
        """Who pointed the family to the programme."""

    @property
    def channel(self) -> str:
        """How the support family heard of it."""

    @property
    def ending_reason(self) -> str:
        """Why the coupling ended."""

    @property
    def household(self) -> str:
        """Of a search that ended: how the family is made up."""

    @property
    def interpreter(self) -> str:
        """Of a search that ended: whether the family needs an interpreter."""

    @property
    def area(self) -> str:
        """What kind of area the municipality says it is."""

    @property
    def days(self) -> int | None:
        """How long the step took; of an evaluation how many days after its day it was held."""

    @property
    def review(self) -> str:
        """Of an evaluation: which one."""

    @property
    def review_side(self) -> str:
        """Of an evaluation: which of the two families spoke."""

    @property
    def satisfaction(self) -> int | None:
        """Of an evaluation: the mark, 1 to 10."""

    @property
    def goal_scores(self) -> Sequence[int]:
        """Of an evaluation: the four goals in the order of ``Goal``, 1 to 5; or none."""


@dataclass(frozen=True, slots=True)
class Span:
    """A coupling from its start to its end, in whole months; `end` is None while it runs."""

    coupling: UUID
    family: UUID | None
    support_family: UUID | None
    children: tuple[tuple[UUID, str], ...]
    support_form: str
    days: int | None
    start: date
    end: date | None
    ending_reason: str


class History:
    """The lines of one municipality, arranged so that every formula finds its own."""

    def __init__(self, lines: Iterable[Line], *, until: date) -> None:
        """Arrange the lines up to the month of `until`; their order does not matter."""
        self.until = until
        self.by_event: dict[str, dict[date, list[Line]]] = defaultdict(lambda: defaultdict(list))
        self.first: date | None = None
        for line in (line for line in lines if line.month <= until):
            self.by_event[line.event][line.month].append(line)
            if self.first is None or line.month < self.first:
                self.first = line.month

    def during(self, event: str, period: Period) -> list[Line]:
        """Return the lines of an event in a period."""
        months = self.by_event.get(event, {})
        return [line for month in period.months for line in months.get(month, ())]

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Every coupling once: its first start, and its first end from that month on that was not taken back."""
        ends: dict[UUID, list[Line]] = defaultdict(list)
        for line in self.of(COUPLING_ENDED):
            if line.coupling is not None:
                ends[line.coupling].append(line)
        reopened: dict[UUID, int] = defaultdict(int)
        for line in self.of(COUPLING_REOPENED):
            if line.coupling is not None:
                reopened[line.coupling] += 1
        starts: dict[UUID, Line] = {}
        for line in self.of(COUPLING_STARTED):
            if line.coupling is not None:
                starts.setdefault(line.coupling, line)
        spans = []
        for coupling, start in starts.items():
            final = [line for line in ends[coupling] if line.month >= start.month][reopened[coupling] :]
            end = next(iter(final), None)
            spans.append(
                Span(
                    coupling=coupling,
                    family=start.family,
                    support_family=start.support_family,
                    children=tuple(zip(start.children, start.age_bands, strict=False)),
                    support_form=start.support_form,
                    days=start.days,
                    start=start.month,
                    end=end.month if end else None,
                    ending_reason=end.ending_reason if end else "",
                )
            )
        return tuple(sorted(spans, key=lambda span: (span.start, span.coupling)))

    @cached_property
    def started_in(self) -> Mapping[date, list[Span]]:
        """Spans by the month in which they start."""
        return _by_month((span.start, span) for span in self.spans)

    @cached_property
    def ended_in(self) -> Mapping[date, list[Span]]:
        """Spans by the month in which they end."""
        return _by_month((span.end, span) for span in self.spans if span.end is not None)

    @cached_property
    def waiting_changes(self) -> Mapping[UUID, Sequence[tuple[date, int]]]:
        """Per family: the months in which it began (1) or stopped (-1) waiting."""
        changes: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
        for event, step in ((WAITING_STARTED, 1), (WAITING_ENDED, -1)):
            for line in self.of(event):
                if line.family is not None:
                    changes[line.family].append((line.month, step))
        return changes

    @cached_property
    def approvals(self) -> Mapping[UUID, Mapping[date, int]]:
        """Per support family and month: how often it was approved less how often it left, months in order."""
        changes: dict[UUID, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        for event, step in ((SUPPORT_APPROVED, 1), (SUPPORT_LEFT, -1)):
            for line in self.of(event):
                if line.support_family is not None:
                    changes[line.support_family][line.month] += step
        return {family: dict(sorted(months.items())) for family, months in changes.items()}

    @cached_property
    def reviewed_in(self) -> Mapping[UUID, Sequence[date]]:
        """Per coupling the months in which one of its families was spoken to in an evaluation, oldest first."""
        months: dict[UUID, list[date]] = defaultdict(list)
        for line in self.of(EVALUATION_DONE):
            if line.coupling is not None:
                months[line.coupling].append(line.month)
        return months

    @cached_property
    def starting_scores(self) -> Mapping[UUID, tuple[date, Sequence[int]]]:
        """Per coupling the month and the scores of the asking family at the start: in the talk that ends the trial."""
        scores: dict[UUID, tuple[date, Sequence[int]]] = {}
        for line in self.of(EVALUATION_DONE):
            if line.coupling is not None and line.review == Review.TRIAL and is_scored(line):
                scores.setdefault(line.coupling, (line.month, line.goal_scores))
        return scores

    def running_at_end_of(self, period: Period) -> list[Span]:
        """Return the couplings that are running when the period ends."""
        last = period.last_month
        return [span for span in self.spans if span.start <= last and (span.end is None or span.end > last)]

    def touching(self, period: Period) -> list[Span]:
        """Return the couplings that ran at some time in the period."""
        first, last = period.start, period.last_month
        return [span for span in self.spans if span.start <= last and (span.end is None or span.end >= first)]

    def unreviewed_at_end_of(self, period: Period) -> list[Span]:
        """Return the running couplings of which neither the start nor an evaluation is of the last seven months."""
        # Of a period that is not over, the end is today.
        last = min(period.last_month, self.until)
        since = month_after(last, 1 - REVIEW_MONTHS)
        return [
            span
            for span in self.running_at_end_of(period)
            if span.start < since
            and not any(since <= month <= last for month in self.reviewed_in.get(span.coupling, ()))
        ]

    def approved_at_end_of(self, period: Period) -> set[UUID]:
        """Return the support families that were approved and had not left when the period ends."""
        return {family for family, months in self.approvals.items() if _stands(months, period.last_month)}

    def outcomes_in(self, period: Period) -> list[tuple[Line, Sequence[int]]]:
        """Return the talks after one or two years in which the goals got scores, each with the scores of the start."""
        found = []
        for line in self.during(EVALUATION_DONE, period):
            start = self.starting_scores.get(line.coupling) if line.coupling else None
            if start and start[0] <= line.month and line.review in OUTCOME_REVIEWS and is_scored(line):
                found.append((line, start[1]))
        return found

    def waiting_at_end_of(self, period: Period) -> set[UUID]:
        """Return the families that wait when the period ends."""
        last = period.last_month
        return {
            family
            for family, changes in self.waiting_changes.items()
            if sum(step for month, step in changes if month <= last) > 0
        }

    def of(self, event: str) -> Iterator[Line]:
        """Yield all lines of an event, oldest first and in a fixed order, so that twins cannot change an answer."""
        months = self.by_event.get(event, {})
        for month in sorted(months):
            yield from sorted(months[month], key=_line_key)


@dataclass(frozen=True, slots=True)
class Count:
    """What a formula finds for one category of one period."""

    attribute: str
    category: str
    value: int
    asking: frozenset[UUID]
    support: frozenset[UUID]


Formula = Callable[[History, Period], Iterable[Count]]
Valued = tuple[Line, Mapping[str, int]]
"""A line and what is averaged of it: a value per attribute."""


def values_of(valued: Collection[Valued], period: Period) -> Iterator[Count]:
    """Count how often each value of an attribute occurs, and the families behind them all; of quarters and years."""
    if period.kind is PeriodKind.MONTH:
        return
    yield count_lines("", "", [line for line, _values in valued])
    for attribute in sorted({name for _line, values in valued for name in values}):
        pairs = [(line, str(values[attribute])) for line, values in valued]
        for category, found in groups(pairs, lambda pair: pair[1]).items():
            yield count_lines(attribute, category, [line for line, _value in found])


def groups(items: Iterable[T], category_of: Callable[[T], str]) -> dict[str, list[T]]:
    """Return the items by category; what does not tell its own is unknown."""
    groups: dict[str, list[T]] = defaultdict(list)
    for item in items:
        groups[category_of(item) or UNKNOWN].append(item)
    return groups


def _by_month(pairs: Iterable[tuple[date, Span]]) -> dict[date, list[Span]]:
    months: dict[date, list[Span]] = defaultdict(list)
    for month, span in pairs:
        months[month].append(span)
    return months


def count_lines(attribute: str, category: str, lines: Collection[Line]) -> Count:
    """Count lines, and the different families on them."""
    return Count(
        attribute,
        category,
        len(lines),
        frozenset(line.family for line in lines if line.family is not None),
        frozenset(line.support_family for line in lines if line.support_family is not None),
    )


def count_spans(attribute: str, category: str, spans: Collection[Span]) -> Count:
    """Count couplings, and the different families in them."""
    return Count(attribute, category, len(spans), *families_of(spans))


def families_of(spans: Iterable[Span]) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Return the different asking and support families of couplings."""
    spans = list(spans)
    return (
        frozenset(span.family for span in spans if span.family is not None),
        frozenset(span.support_family for span in spans if span.support_family is not None),
    )


def _stands(changes: Mapping[date, int], last: date) -> bool:
    # Who leaves before any approval was never counted, so the balance does not go below zero.
    approved = 0
    for month, step in changes.items():
        if month <= last:
            approved = max(0, approved + step)
    return approved > 0


def is_scored(line: Line) -> bool:
    """Tell whether the asking family gave all four goals a score in this evaluation."""
    return line.review_side == ReviewSide.FAMILY and len(line.goal_scores) == len(Goal)


def _line_key(line: Line) -> tuple[str, ...]:
    return (
        str(line.family),
        str(line.support_family),
        str(line.coupling),
        line.ending_reason,
        line.review,
        line.review_side,
        str(line.days),
        str((line.satisfaction, *line.goal_scores)),
    )
