"""Keeping the books of one municipality in memory: states, history, audit log and ledger, by the rules of the services.

A change of state is looked up in the same workflow tables; what the services would refuse raises here too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import inf
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models

from common.workflow import WorkflowTable, check
from config.synthesis.codes import Codes
from config.synthesis.copying import Row, Table, Tables
from config.synthesis.randomness import Stream, first_of_month
from core.ledger.models import Event, LedgerEntry
from core.ledger.services import Scores, age_band_on
from tenants.audit.models import AuditEntry, Transition

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE_OPENS = time(8, 40)
FIRST_WITHIN, NEXT_WITHIN = 330, 17  # minutes
ORIGIN = "proefgegevens"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who acts: a member of staff with an account, or a system without one."""

    id: UUID | None
    full_name: str


@dataclass(slots=True)
class ChildFacts:
    """What the ledger takes of a child."""

    id: UUID
    pseudonym: UUID
    first_name: str
    birth_year: int | None
    birth_month: int | None
    due_on: date | None

    @property
    def place(self) -> tuple[float, float, str]:
        """Return the place among the siblings: the order in which the database gives them."""
        return self.birth_year or inf, self.birth_month or inf, self.first_name


class Book:
    """Everything that is written in one municipality."""

    def __init__(self, *, key: Sequence[object], codes: Codes, last_day: date) -> None:
        """Start empty; ``key`` makes the identifiers and the hours."""
        self.tables = Tables()
        self.codes = codes
        self._ids = Stream(*key, "rows")
        self._pace = Stream(*key, "pace")
        self._last_day = last_day
        self._now = datetime(2000, 1, 1, tzinfo=AMSTERDAM)

    def new_id(self) -> UUID:
        """Return the next identifier."""
        return self._ids.uuid()

    def open_day(self, day: date) -> None:
        """Let the next thing happen some minutes after the last, or some time after the office opens."""
        opens = datetime.combine(day, OFFICE_OPENS, AMSTERDAM)
        if self._now < opens:
            # On the last day, which may be today, nothing happens later than now.
            wait = 1 if day == self._last_day else FIRST_WITHIN
            self._now = opens + timedelta(minutes=self._pace.randrange(wait))
        else:
            self._now += timedelta(seconds=self._pace.randint(40, 60 * NEXT_WITHIN))

    @property
    def now(self) -> datetime:
        """Return the moment of what happens now."""
        return self._now

    def table(self, model: type[models.Model]) -> Table:
        """Return the rows of a model."""
        return self.tables[model]

    def add(self, model: type[models.Model], **values: Any) -> Row:
        """Add a row with a new identifier, unless one is given."""
        return self.tables[model].add(**({"id": self.new_id()} | values))

    def change(
        self, model: type[models.Model], row: Row, to: str, allowed: WorkflowTable, who: Who, reason: str = ""
    ) -> None:
        """Change a state as `tenants.audit.services.change_state` does: table, history, audit."""
        old, new = row["status"], str(to)
        check(allowed, old, new)
        row["status"] = new
        kind = model._meta.label_lower  # noqa: SLF001  (documented by Django)
        self.tables[Transition].add(
            id=self.new_id(),
            object_kind=kind,
            object_id=row["id"],
            from_state=old,
            to_state=new,
            at=self._now,
            actor_id=who.id,
            actor_name=who.full_name,
            reason=reason,
        )
        self._audit(f"{kind}.status", kind, row["id"], who, reason[:200])

    def audit(
        self,
        action: str,
        model: type[models.Model],
        row: Row,
        who: Who,
        purpose: str = "",
        at: datetime | None = None,
    ) -> None:
        """Write in the audit log as `tenants.audit.services.audit_log` does."""
        self._audit(action, model._meta.label_lower, row["id"], who, purpose, at)  # noqa: SLF001

    def _audit(
        self, action: str, kind: str, row_id: UUID, who: Who, purpose: str, at: datetime | None = None
    ) -> None:
        self.tables[AuditEntry].add(
            id=self.new_id(),
            at=at or self._now,
            actor_id=who.id,
            actor_name=who.full_name,
            action=action,
            object_kind=kind,
            object_id=row_id,
            origin=ORIGIN,
            purpose=purpose,
        )

    def record(  # noqa: PLR0913  (one keyword per column that an event can fill)
        self,
        event: Event,
        on: date,
        *,
        code: str,
        family: UUID | None = None,
        support_family: UUID | None = None,
        coupling: UUID | None = None,
        children: Iterable[ChildFacts] = (),
        days: int | None = None,
        scores: Scores | None = None,
        **categories: str,
    ) -> None:
        """Append to the ledger as `core.ledger.services.record` does; ``categories`` are its columns with a code."""
        month = first_of_month(on)
        concerned = list(children)
        self.tables[LedgerEntry].add(
            id=self.new_id(),
            event=event.value,
            month=month,
            municipality_code=self.codes.in_month(code, month),
            family=family,
            support_family=support_family,
            coupling=coupling,
            children=[child.pseudonym for child in concerned],
            age_bands=[age_band_on(child, on).value for child in concerned],
            days=max(0, days) if days is not None else None,
            review=scores.review if scores else "",
            review_side=scores.side if scores else "",
            satisfaction=scores.satisfaction if scores else None,
            goal_scores=list(scores.goals) if scores else [],
            recorded_month=month,
            **categories,
        )
