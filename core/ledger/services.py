"""Writing the ledger: called inside the transaction of the change that an entry tells of."""

from collections.abc import Iterable, Sequence
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
    """What an evaluation adds: the four goals in the order of ``Goal`` (all or none) and a mark."""

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
    days: int | None = None,
    scores: Scores | None = None,
    actor: Actor,  # noqa: ARG001  (no write without somebody behind it; the ledger itself may not know who)
) -> LedgerEntry:
    """Append an entry and ask for the year to be counted again.

    ``municipality_code`` is the code on the family; the entry gets the one that was valid in the month of the event.
    """
    concerned = list(children)
    month = happened_on.replace(day=1)
    entry = LedgerEntry.objects.create(
        event=event,
        month=month,
        municipality_code=code_in_month(municipality_code, month),
        family=family.pseudonym if family else None,
        support_family=support_family.pseudonym if support_family else None,
        coupling=coupling.pseudonym if coupling else None,
        children=[child.pseudonym for child in concerned],
        age_bands=[age_band_on(child, happened_on) for child in concerned],
        support_form=support_form,
        referral_source=referral_source,
        channel=channel,
        ending_reason=ending_reason,
        close_reason=close_reason,
        days=max(0, days) if days is not None else None,
        satisfaction=scores.satisfaction if scores else None,
        goal_scores=list(scores.goals) if scores else [],
        recorded_month=timezone.localdate().replace(day=1),
    )
    enqueue_by_name(EXTRACTION, year=str(happened_on.year))
    return entry
