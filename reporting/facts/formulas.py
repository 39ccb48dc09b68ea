"""How every measure is counted: pure functions from the ledger lines of one municipality to rows of counts.

The same lines give the same rows, in whatever order they come: a recount is a rebuild. Only counts above zero are
rows; the caller knows from which month on a missing row means zero.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.vocabulary import SearchOutcome
from reporting.dictionary.measures import (
    AGE,
    AREA,
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
    INTAKES_DONE,
    INTEREST,
    INTEREST_FROM,
    INTERPRETER,
    INTRODUCTION_DAYS,
    INTRODUCTIONS,
    LEAD_TIME,
    LEAD_TIME_DAYS,
    OUTCOME,
    REASON,
    REFERRAL,
    REGISTRATIONS_ASKING,
    REGISTRATIONS_SUPPORT,
    SEARCHES_ENDED,
    SUPPORT_APPROVALS,
    SUPPORT_FAMILIES,
    TRIALS_STARTED,
    TRIALS_STOPPED,
    UNKNOWN,
    VALUE,
    WAITING,
    WAITING_DAYS,
    Attribute,
)
from reporting.dictionary.periods import Period, PeriodKind, periods_between
from reporting.facts.evaluations import EVALUATION_FORMULAS
from reporting.facts.history import (
    CONCERN_RAISED,
    FAMILY_REGISTERED,
    INTAKE_DONE,
    INTRODUCTION,
    OUT_OF_AREA,
    SUPPORT_APPROVED,
    SUPPORT_REGISTERED,
    TRIAL_STARTED,
    TRIAL_STOPPED,
    WAITING_ENDED,
    Count,
    Formula,
    History,
    Line,
    Span,
    Valued,
    count_lines,
    count_spans,
    families_of,
    groups,
    values_of,
)

# Three months: what a family may hope for.
SOON_DAYS = 91


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


def _of_category(event: str, attribute: Attribute, field: str) -> Formula:
    def formula(history: History, period: Period) -> Iterator[Count]:
        lines = history.during(event, period)
        yield count_lines("", "", lines)
        if period.kind is PeriodKind.YEAR:
            for category, group in groups(lines, lambda line: getattr(line, field)).items():
                yield count_lines(attribute.name, category, group)

    return formula


def _events(event: str) -> Formula:
    def formula(history: History, period: Period) -> Iterator[Count]:
        yield count_lines("", "", history.during(event, period))

    return formula


def _waiting(history: History, period: Period) -> Iterator[Count]:
    families = frozenset(history.waiting_at_end_of(period))
    yield Count("", "", len(families), families, frozenset())


def _searches(history: History, period: Period) -> Iterator[Count]:
    lines = history.during(WAITING_ENDED, period)
    yield count_lines("", "", lines)
    if period.kind is not PeriodKind.YEAR:
        return
    matched = _matched(history, period)

    def outcome(line: Line) -> str:
        if (line.family, line.month) not in matched:
            return SearchOutcome.STOPPED.value
        soon = line.days is not None and line.days <= SOON_DAYS
        return SearchOutcome.SOON.value if soon else SearchOutcome.LATER.value

    for category, group in groups(lines, outcome).items():
        yield count_lines(OUTCOME.name, category, group)
    for attribute, told in ((HOUSEHOLD, _household), (INTERPRETER, _interpreter), (AREA, _area)):
        pairs = [(f"{told(line) or UNKNOWN}{BETWEEN}{outcome(line)}", line) for line in lines]
        for category, found in groups(pairs, lambda pair: pair[0]).items():
            yield count_lines(attribute.name, category, [line for _category, line in found])


def _matched(history: History, period: Period) -> set[tuple[UUID | None, date]]:
    """A search that ends in the month in which a trial of that family begins, ended by it."""
    return {(line.family, line.month) for line in history.during(TRIAL_STARTED, period)}


def _household(line: Line) -> str:
    return line.household


def _interpreter(line: Line) -> str:
    return line.interpreter


def _area(line: Line) -> str:
    return line.area


def _started(history: History, period: Period) -> Iterator[Count]:
    spans = [span for month in period.months for span in history.started_in.get(month, ())]
    yield count_spans("", "", spans)
    if period.kind is PeriodKind.YEAR:
        for category, group in groups(spans, lambda span: span.support_form).items():
            yield count_spans(FORM.name, category, group)


def _ended(history: History, period: Period) -> Iterator[Count]:
    spans = [span for month in period.months for span in history.ended_in.get(month, ())]
    yield count_spans("", "", spans)
    if period.kind is PeriodKind.YEAR:
        for category, group in groups(spans, lambda span: span.ending_reason).items():
            yield count_spans(REASON.name, category, group)


def _running(history: History, period: Period) -> Iterator[Count]:
    yield count_spans("", "", history.running_at_end_of(period))


def _since_start(history: History, period: Period) -> Iterator[Count]:
    last = period.last_month
    yield count_spans("", "", [span for span in history.spans if span.start <= last])


def _families(history: History, period: Period) -> Iterator[Count]:
    spans = history.touching(period)
    asking, support = families_of(spans)
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
        for category, children in groups(bands, bands.__getitem__).items():
            yield _count_children(AGE.name, category, children, of_child)


def _approved(history: History, period: Period) -> Iterator[Count]:
    families = frozenset(history.approved_at_end_of(period))
    yield Count("", "", len(families), frozenset(), families)


def _lead_time(history: History, period: Period) -> Iterator[Count]:
    if period.kind is PeriodKind.MONTH:
        return
    spans = [
        span for month in period.months for span in history.started_in.get(month, ()) if span.days is not None
    ]
    for category, group in groups(spans, lambda span: str(span.days)).items():
        yield count_spans(LEAD_TIME_DAYS, category, group)


def _waiting_days(history: History, period: Period) -> Iterator[Count]:
    matched = _matched(history, period)
    lines = [line for line in history.during(WAITING_ENDED, period) if (line.family, line.month) in matched]
    yield from values_of(_with_days(lines), period)


def _introduction_days(history: History, period: Period) -> Iterator[Count]:
    yield from values_of(_with_days(history.during(INTRODUCTION, period)), period)


def _with_days(lines: Iterable[Line]) -> list[Valued]:
    return [(line, {VALUE: line.days}) for line in lines if line.days is not None]


def _interest(history: History, period: Period) -> Iterator[Count]:
    if period.kind is PeriodKind.YEAR:
        lines = history.during(OUT_OF_AREA, period)
        for code, group in groups(lines, lambda line: line.municipality_code).items():
            yield count_lines(INTEREST_FROM, code, group)


def _concerns(history: History, period: Period) -> Iterator[Count]:
    if period.kind is PeriodKind.YEAR:
        yield count_lines("", "", history.during(CONCERN_RAISED, period))


FORMULAS: dict[str, Formula] = {
    REGISTRATIONS_ASKING.name: _of_category(FAMILY_REGISTERED, REFERRAL, "referral_source"),
    REGISTRATIONS_SUPPORT.name: _of_category(SUPPORT_REGISTERED, CHANNEL, "channel"),
    INTAKES_DONE.name: _events(INTAKE_DONE),
    WAITING.name: _waiting,
    SEARCHES_ENDED.name: _searches,
    INTRODUCTIONS.name: _events(INTRODUCTION),
    TRIALS_STARTED.name: _events(TRIAL_STARTED),
    TRIALS_STOPPED.name: _events(TRIAL_STOPPED),
    COUPLINGS_STARTED.name: _started,
    COUPLINGS_RUNNING.name: _running,
    COUPLINGS_ENDED.name: _ended,
    COUPLINGS_TOTAL.name: _since_start,
    FAMILIES_REACHED.name: _families,
    CHILDREN_REACHED.name: _children,
    SUPPORT_APPROVALS.name: _of_category(SUPPORT_APPROVED, CHANNEL, "channel"),
    SUPPORT_FAMILIES.name: _approved,
    LEAD_TIME: _lead_time,
    INTRODUCTION_DAYS: _introduction_days,
    WAITING_DAYS: _waiting_days,
    **EVALUATION_FORMULAS,
    INTEREST: _interest,
    CONCERNS: _concerns,
}
# Raised whenever a formula changes its answers: the nightly recount then replaces every row.
FORMULAS_VERSION = 3


def facts_of(lines: Iterable[Line], *, until: date) -> list[FactRow]:
    """Count every measure for every month, quarter and year up to the month of `until`; rows in a fixed order."""
    history = History(lines, until=until)
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


def _count_children(
    attribute: str, category: str, children: Collection[UUID], of_child: Mapping[UUID, Collection[Span]]
) -> Count:
    spans = [span for child in children for span in of_child[child]]
    return Count(attribute, category, len(children), *families_of(spans))
