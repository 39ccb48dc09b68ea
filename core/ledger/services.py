"""Writing the ledger: called inside the transaction of the change that an entry tells of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from django.utils import timezone

from common.vocabulary import AgeBand, age_band
from core.ledger.models import Event, LedgerEntry
from core.ledger.selectors import code_in_month
from tenants.accounts.models import Actor
from tenants.context import atomic
from tenants.jobs import enqueue_by_name

EXTRACTION = "reporting.extract.jobs.recompute"
# A statement of PostgreSQL takes 65,535 values; an entry has fewer than twenty.
IN_ONE_STATEMENT = 1_000


class Pseudonymous(Protocol):
    """A family or coupling: the ledger takes its random pseudonym and nothing else."""

    pseudonym: UUID


class CountedChild(Protocol):
    """A child: the ledger takes a pseudonym and an age band."""

    pseudonym: UUID
    birth_year: int | None
    birth_month: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Scores:
    """What an evaluation adds: which and with whom, a mark, the four goals in the order of ``Goal`` (all or none)."""

    review: str = ""
    side: str = ""
    satisfaction: int | None = None
    goals: Sequence[int] = ()


def age_on(child: CountedChild, day: date) -> int:
    """Return whole years, 0 before birth. Only year and month of birth are known, so the first of the month counts."""
    if child.birth_year is not None and child.birth_month is not None:
        born = date(child.birth_year, child.birth_month, 1)
    else:
        born = child.due_on or day
    return max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def age_band_on(child: CountedChild, day: date) -> AgeBand:
    """Return the age band of a child on a day."""
    return age_band(age_on(child, day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What one entry tells: objects go in, pseudonyms and bands come out."""

    event: Event
    happened_on: date
    municipality_code: str
    family: Pseudonymous | None = None
    support_family: Pseudonymous | None = None
    coupling: Pseudonymous | None = None
    children: Sequence[CountedChild] = ()
    support_form: str = ""
    referral_source: str = ""
    channel: str = ""
    ending_reason: str = ""
    close_reason: str = ""
    household: str = ""
    interpreter: str = ""
    days: int | None = None
    scores: Scores | None = None


@atomic()
def record(  # noqa: PLR0913  (one keyword per column that an event can fill)
    *,
    event: Event,
    happened_on: date,
    municipality_code: str,
    family: Pseudonymous | None = None,
    support_family: Pseudonymous | None = None,
    coupling: Pseudonymous | None = None,
    children: Iterable[CountedChild] = (),
    support_form: str = "",
    referral_source: str = "",
    channel: str = "",
    ending_reason: str = "",
    close_reason: str = "",
    household: str = "",
    interpreter: str = "",
    days: int | None = None,
    scores: Scores | None = None,
    actor: Actor,
) -> LedgerEntry:
    """Append one entry; see `record_all`."""
    happening = Happening(
        event=event,
        happened_on=happened_on,
        municipality_code=municipality_code,
        family=family,
        support_family=support_family,
        coupling=coupling,
        children=list(children),
        support_form=support_form,
        referral_source=referral_source,
        channel=channel,
        ending_reason=ending_reason,
        close_reason=close_reason,
        household=household,
        interpreter=interpreter,
        days=days,
        scores=scores,
    )
    return record_all([happening], actor=actor)[0]


@atomic()
def record_all(
    happenings: Iterable[Happening],
    *,
    actor: Actor,  # noqa: ARG001  (no write without somebody behind it; the ledger itself may not know who)
) -> list[LedgerEntry]:
    """Append entries and ask for their years to be counted again.

    ``municipality_code`` is the code on the family; the entry gets the one that was valid in the month of the event.
    """
    told = list(happenings)
    codes: dict[tuple[str, date], str] = {}
    for happening in told:
        known = (happening.municipality_code, happening.happened_on.replace(day=1))
        if known not in codes:
            codes[known] = code_in_month(*known)
    entries = LedgerEntry.objects.bulk_create(
        [_entry(happening, codes) for happening in told], batch_size=IN_ONE_STATEMENT
    )
    for year in sorted({happening.happened_on.year for happening in told}):
        enqueue_by_name(EXTRACTION, year=str(year))
    return entries


def _entry(happening: Happening, codes: Mapping[tuple[str, date], str]) -> LedgerEntry:
    month = happening.happened_on.replace(day=1)
    scores = happening.scores
    return LedgerEntry(
        event=happening.event,
        month=month,
        municipality_code=codes[happening.municipality_code, month],
        family=happening.family.pseudonym if happening.family else None,
        support_family=happening.support_family.pseudonym if happening.support_family else None,
        coupling=happening.coupling.pseudonym if happening.coupling else None,
        children=[child.pseudonym for child in happening.children],
        age_bands=[age_band_on(child, happening.happened_on) for child in happening.children],
        support_form=happening.support_form,
        referral_source=happening.referral_source,
        channel=happening.channel,
        ending_reason=happening.ending_reason,
        close_reason=happening.close_reason,
        household=happening.household,
        interpreter=happening.interpreter,
        days=max(0, happening.days) if happening.days is not None else None,
        review=scores.review if scores else "",
        review_side=scores.side if scores else "",
        satisfaction=scores.satisfaction if scores else None,
        goal_scores=list(scores.goals) if scores else [],
        recorded_month=timezone.localdate().replace(day=1),
    )


@atomic()
def interest_record(*, lives_in: str, happened_on: date, actor: Actor) -> LedgerEntry:  # noqa: ARG001  (as `record`)
    """Append that somebody asked who lives elsewhere: the code of their municipality and the month, and no more."""
    entry = LedgerEntry.objects.create(
        event=Event.OUT_OF_AREA,
        month=happened_on.replace(day=1),
        municipality_code=lives_in,
        recorded_month=timezone.localdate().replace(day=1),
    )
    count_again(year=happened_on.year)
    return entry


def count_again(*, year: int) -> None:
    """Ask for another year to be counted again: one of which an earlier line now means something else."""
    enqueue_by_name(EXTRACTION, year=str(year))


@atomic()
def entries_undo(*, families: Sequence[Pseudonymous], asking: bool, actor: Actor) -> None:
    """Say that all entries of these families were a mistake: what they counted is counted no more.

    The entries stay; nothing links them to anybody once the families are gone.
    """
    _say_of_all(Event.ENTRY_UNDONE, families, asking=asking, actor=actor)


@atomic()
def entries_restore(*, families: Sequence[Pseudonymous], asking: bool, actor: Actor) -> None:
    """Take back one `entries_undo`: the entries of these families count again."""
    _say_of_all(Event.ENTRY_RESTORED, families, asking=asking, actor=actor)


def _say_of_all(event: Event, families: Sequence[Pseudonymous], *, asking: bool, actor: Actor) -> None:
    """Append a line about all other lines of these families, and count their years again."""
    pseudonyms = [family.pseudonym for family in families]
    column = "family" if asking else "support_family"
    years: dict[int, tuple[date, str]] = {}
    for month, code in LedgerEntry.objects.filter(**{f"{column}__in": pseudonyms}).values_list(
        "month", "municipality_code"
    ):
        years.setdefault(month.year, (month, code))
    if not years:
        return
    month, code = next(iter(years.values()))
    record_all(
        [
            Happening(
                event=event,
                happened_on=month,
                municipality_code=code,
                family=family if asking else None,
                support_family=None if asking else family,
            )
            for family in families
        ],
        actor=actor,
    )
    for year in years:
        count_again(year=year)
