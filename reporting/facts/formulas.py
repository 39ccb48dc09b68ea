"""How every measure is counted: pure functions from the ledger lines of one municipality to rows of counts.

The same lines give the same rows, in whatever order they come: a recount is a rebuild. Only counts above zero are
rows; the caller knows from which month on a missing row means zero.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar
from uuid import UUID

from common.vocabulary import SearchOutcome
from reporting.dictionary.measures import (
    AGE,
    BETWEEN,
    CHANNEL,
    CHILDREN_REACHED,
    CONCERNS,
    COUPLINGS_ENDED,
    COUPLINGS_RUNNING,
    COUPLINGS_STARTED,
    COUPLINGS_TOTAL,
    FAMILIES_REACHED,
    FORM,
    HOUSEHOLD,
    INTEREST,
    INTEREST_FROM,
    INTERPRETER,
    LEAD_TIME,
    LEAD_TIME_DAYS,
    OUTCOME,
    REASON,
    REFERRAL,
    REGISTRATIONS_ASKING,
    REGISTRATIONS_SUPPORT,
    SEARCHES_ENDED,
    TRIALS_STARTED,
    TRIALS_STOPPED,
    UNKNOWN,
    WAITING,
    Attribute,
)
from reporting.dictionary.periods import Period, PeriodKind, periods_between

T = TypeVar("T")

# Three months: what a family may hope for.
SOON_DAYS = 91

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
    def days(self) -> int | None:
        """How long the step took."""


@dataclass(frozen=True, slots=True, order=True)
class FactRow:
    """A count with the number of different families behind it, on either side."""

    measure: str
    period: Period
    attribute: str
    category: str
    value: int
    asking_families: int
    support_families: int


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

    def __init__(self, lines: Iterable[Line]) -> None:
        """Arrange the lines; their order does not matter."""
        self.by_event: dict[str, dict[date, list[Line]]] = defaultdict(lambda: defaultdict(list))
        self.first: date | None = None
        for line in lines:
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
        for line in self._of(COUPLING_ENDED):
            if line.coupling is not None:
                ends[line.coupling].append(line)
        reopened: dict[UUID, int] = defaultdict(int)
        for line in self._of(COUPLING_REOPENED):
            if line.coupling is not None:
                reopened[line.coupling] += 1
        starts: dict[UUID, Line] = {}
        for line in self._of(COUPLING_STARTED):
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
            for line in self._of(event):
                if line.family is not None:
                    changes[line.family].append((line.month, step))
        return changes

    def running_at_end_of(self, period: Period) -> list[Span]:
        """Return the couplings that are running when the period ends."""
        last = period.last_month
        return [span for span in self.spans if span.start <= last and (span.end is None or span.end > last)]

    def touching(self, period: Period) -> list[Span]:
        """Return the couplings that ran at some time in the period."""
        first, last = period.start, period.last_month
        return [span for span in self.spans if span.start <= last and (span.end is None or span.end >= first)]

    def waiting_at_end_of(self, period: Period) -> set[UUID]:
        """Return the families that wait when the period ends."""
        last = period.last_month
        return {
            family
            for family, changes in self.waiting_changes.items()
            if sum(step for month, step in changes if month <= last) > 0
        }

    def _of(self, event: str) -> Iterator[Line]:
        # Two lines of one event for the same coupling should not exist; a fixed order keeps the answer the same.
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


def _registrations(event: str, attribute: Attribute, field: str) -> Formula:
    def formula(history: History, period: Period) -> Iterator[Count]:
        lines = history.during(event, period)
        yield _count_lines("", "", lines)
        if period.kind is PeriodKind.YEAR:
            for category, group in _groups(lines, lambda line: getattr(line, field)).items():
                yield _count_lines(attribute.name, category, group)

    return formula


def _events(event: str) -> Formula:
    def formula(history: History, period: Period) -> Iterator[Count]:
        yield _count_lines("", "", history.during(event, period))

    return formula


def _waiting(history: History, period: Period) -> Iterator[Count]:
    families = frozenset(history.waiting_at_end_of(period))
    yield Count("", "", len(families), families, frozenset())


def _searches(history: History, period: Period) -> Iterator[Count]:
    lines = history.during(WAITING_ENDED, period)
    yield _count_lines("", "", lines)
    if period.kind is not PeriodKind.YEAR:
        return
    matched = {(line.family, line.month) for line in history.during(TRIAL_STARTED, period)}

    def outcome(line: Line) -> str:
        if (line.family, line.month) not in matched:
            return SearchOutcome.STOPPED.value
        soon = line.days is not None and line.days <= SOON_DAYS
        return SearchOutcome.SOON.value if soon else SearchOutcome.LATER.value

    for category, group in _groups(lines, outcome).items():
        yield _count_lines(OUTCOME.name, category, group)
    for attribute, told in ((HOUSEHOLD, _household), (INTERPRETER, _interpreter)):
        pairs = [(f"{told(line) or UNKNOWN}{BETWEEN}{outcome(line)}", line) for line in lines]
        for category, found in _groups(pairs, lambda pair: pair[0]).items():
            yield _count_lines(attribute.name, category, [line for _category, line in found])


def _household(line: Line) -> str:
    return line.household


def _interpreter(line: Line) -> str:
    return line.interpreter


def _started(history: History, period: Period) -> Iterator[Count]:
    spans = [span for month in period.months for span in history.started_in.get(month, ())]
    yield _count_spans("", "", spans)
    if period.kind is PeriodKind.YEAR:
        for category, group in _groups(spans, lambda span: span.support_form).items():
            yield _count_spans(FORM.name, category, group)


def _ended(history: History, period: Period) -> Iterator[Count]:
    spans = [span for month in period.months for span in history.ended_in.get(month, ())]
    yield _count_spans("", "", spans)
    if period.kind is PeriodKind.YEAR:
        for category, group in _groups(spans, lambda span: span.ending_reason).items():
            yield _count_spans(REASON.name, category, group)


def _running(history: History, period: Period) -> Iterator[Count]:
    yield _count_spans("", "", history.running_at_end_of(period))


def _since_start(history: History, period: Period) -> Iterator[Count]:
    last = period.last_month
    yield _count_spans("", "", [span for span in history.spans if span.start <= last])


def _families(history: History, period: Period) -> Iterator[Count]:
    spans = history.touching(period)
    asking, support = _families_of(spans)
    yield Count("", "", len(asking), asking, support)


def _children(history: History, period: Period) -> Iterator[Count]:
    spans = history.touching(period)
    # A child with two couplings counts once, with its age at the last start.
    bands: dict[UUID, str] = {}
    of_child: dict[UUID, list[Span]] = defaultdict(list)
    for span in spans:
        for child, band in span.children:
            bands[child] = band
            of_child[child].append(span)
    yield _count_children("", "", bands, of_child)
    if period.kind is PeriodKind.YEAR:
        for category, children in _groups(bands, bands.__getitem__).items():
            yield _count_children(AGE.name, category, children, of_child)


def _lead_time(history: History, period: Period) -> Iterator[Count]:
    if period.kind is PeriodKind.MONTH:
        return
    spans = [
        span for month in period.months for span in history.started_in.get(month, ()) if span.days is not None
    ]
    for category, group in _groups(spans, lambda span: str(span.days)).items():
        yield _count_spans(LEAD_TIME_DAYS, category, group)


def _interest(history: History, period: Period) -> Iterator[Count]:
    if period.kind is PeriodKind.YEAR:
        lines = history.during(OUT_OF_AREA, period)
        for code, group in _groups(lines, lambda line: line.municipality_code).items():
            yield _count_lines(INTEREST_FROM, code, group)


def _concerns(history: History, period: Period) -> Iterator[Count]:
    if period.kind is PeriodKind.YEAR:
        yield _count_lines("", "", history.during(CONCERN_RAISED, period))


FORMULAS: dict[str, Formula] = {
    REGISTRATIONS_ASKING.name: _registrations(FAMILY_REGISTERED, REFERRAL, "referral_source"),
    REGISTRATIONS_SUPPORT.name: _registrations(SUPPORT_REGISTERED, CHANNEL, "channel"),
    WAITING.name: _waiting,
    SEARCHES_ENDED.name: _searches,
    TRIALS_STARTED.name: _events(TRIAL_STARTED),
    TRIALS_STOPPED.name: _events(TRIAL_STOPPED),
    COUPLINGS_STARTED.name: _started,
    COUPLINGS_RUNNING.name: _running,
    COUPLINGS_ENDED.name: _ended,
    COUPLINGS_TOTAL.name: _since_start,
    FAMILIES_REACHED.name: _families,
    CHILDREN_REACHED.name: _children,
    LEAD_TIME: _lead_time,
    INTEREST: _interest,
    CONCERNS: _concerns,
}
# Raised whenever a formula changes its answers: the nightly recount then replaces every row.
FORMULAS_VERSION = 2


def facts_of(lines: Iterable[Line], *, until: date) -> list[FactRow]:
    """Count every measure for every month, quarter and year up to the month of `until`; rows in a fixed order."""
    history = History(line for line in lines if line.month <= until)
    if history.first is None:
        return []
    rows: list[FactRow] = []
    for kind in PeriodKind:
        for period in periods_between(history.first, until, kind):
            for measure, formula in FORMULAS.items():
                rows.extend(
                    FactRow(
                        measure=measure,
                        period=period,
                        attribute=count.attribute,
                        category=count.category,
                        value=count.value,
                        asking_families=len(count.asking),
                        support_families=len(count.support),
                    )
                    for count in formula(history, period)
                    if count.value
                )
    return sorted(rows)


def _groups(items: Iterable[T], category_of: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for item in items:
        groups[category_of(item) or UNKNOWN].append(item)
    return groups


def _by_month(pairs: Iterable[tuple[date, Span]]) -> dict[date, list[Span]]:
    months: dict[date, list[Span]] = defaultdict(list)
    for month, span in pairs:
        months[month].append(span)
    return months


def _count_lines(attribute: str, category: str, lines: Collection[Line]) -> Count:
    return Count(
        attribute,
        category,
        len(lines),
        frozenset(line.family for line in lines if line.family is not None),
        frozenset(line.support_family for line in lines if line.support_family is not None),
    )


def _count_spans(attribute: str, category: str, spans: Collection[Span]) -> Count:
    return Count(attribute, category, len(spans), *_families_of(spans))


def _count_children(
    attribute: str, category: str, children: Collection[UUID], of_child: Mapping[UUID, Collection[Span]]
) -> Count:
    spans = [span for child in children for span in of_child[child]]
    return Count(attribute, category, len(children), *_families_of(spans))


def _families_of(spans: Iterable[Span]) -> tuple[frozenset[UUID], frozenset[UUID]]:
    spans = list(spans)
    return (
        frozenset(span.family for span in spans if span.family is not None),
        frozenset(span.support_family for span in spans if span.support_family is not None),
    )


def _line_key(line: Line) -> tuple[str, ...]:
    return (
        str(line.family),
        str(line.support_family),
        str(line.coupling),
        line.ending_reason,
        str(line.days),
    )
