"""Jobs: work that a transaction leaves behind in the outbox and that a worker does later, effectively once.

Nothing sends to the broker inside a transaction. `enqueue` writes an outbox row; the relay sends a message with the
row's id, the name of the job and the municipality; the worker enters the scope, deletes the row and all rows that ask
for the same, and does the work in the same transaction. A message that comes twice finds nothing to delete.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, ParamSpec
from uuid import UUID

import structlog
from celery import Task, shared_task
from celery.schedules import crontab
from django.db import DatabaseError

from tenants import context
from tenants.context import NoScope, Tenant, current_scope
from tenants.database import names
from tenants.municipalities.models import Municipality, OutboxEntry, State
from tenants.origin import coming_from

P = ParamSpec("P")
ScopeName = Literal["municipality", "aggregation", "releasing", "foundation"]

_log = structlog.get_logger(__name__)
# Which login does the work of a scope; it is also the name of the queue.
_LOGIN: dict[ScopeName, str] = {
    "municipality": "web",
    "aggregation": "aggregator",
    "releasing": "releaser",
    "foundation": "shared_web",
}
_SHARED_SCHEMA: dict[ScopeName, str] = {"releasing": names.RELEASES, "foundation": names.FOUNDATION}


class JobRefused(Exception):
    """The municipality of a message is missing, unknown, moving or erased; the work stays in the outbox."""


@dataclass(frozen=True, slots=True)
class Job(Generic[P]):
    """A function that can be enqueued."""

    name: str
    scope: ScopeName
    body: Callable[P, None]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run the body here and now, in the scope that is open: for tests and for other jobs."""
        self.body(*args, **kwargs)

    @property
    def login(self) -> str:
        """Return the login that does it."""
        return _LOGIN[self.scope]


class ScopedTask(Task[..., None]):
    """The base of every job: reads the municipality from the message, refuses or enters it, then works."""

    abstract = True
    acks_late = True
    reject_on_worker_lost = True
    ignore_result = True
    job: ClassVar[Job[Any]]

    def __call__(self, outbox_id: str, municipality_id: str | None = None) -> None:
        """Do the work that one outbox row asks for, once."""
        with coming_from(f"job {outbox_id}"):
            scope = self._scope(municipality_id)
            try:
                with scope:
                    done = self._work(UUID(outbox_id))
            except Exception as error:
                _log.exception("job_failed", job=self.job.name)
                self._note(UUID(outbox_id), municipality_id, type(error).__name__)
                return
            _log.info("job_done" if done else "job_already_done", job=self.job.name)

    def _scope(self, municipality_id: str | None) -> AbstractContextManager[None]:
        kind = self.job.scope
        if kind == "releasing":
            return context.releasing()
        if kind == "foundation":
            return context.foundation()
        tenant = _live_municipality(municipality_id)
        return context.municipality(tenant) if kind == "municipality" else context.aggregation(tenant)

    def _work(self, outbox_id: UUID) -> bool:
        entry = OutboxEntry.objects.filter(pk=outbox_id, job=self.job.name).first()
        if entry is None:
            return False
        same = OutboxEntry.objects.filter(
            schema_name=entry.schema_name, login=self.job.login, job=entry.job, arguments=entry.arguments
        )
        # Another worker with the same message waits here for the first one's commit, and then finds nothing.
        if not same.delete()[0]:
            return False
        self.job.body(**entry.arguments)
        return True

    def _note(self, outbox_id: UUID, municipality_id: str | None, error: str) -> None:
        try:
            with self._scope(municipality_id):
                OutboxEntry.objects.filter(pk=outbox_id).update(last_error=error[:80])
        except (DatabaseError, JobRefused):
            _log.warning("job_failure_not_noted", job=self.job.name)


def job(*, scope: ScopeName) -> Callable[[Callable[P, None]], Job[P]]:
    """Make a function of a `jobs` module into a job. Its arguments are ids and plain strings, by keyword."""

    def make(body: Callable[P, None]) -> Job[P]:
        made = Job(name=f"{body.__module__}.{body.__qualname__}", scope=scope, body=body)
        base = type("Task", (ScopedTask,), {"job": made, "abstract": True, "__module__": body.__module__})
        shared_task(name=made.name, base=base)(body)
        _JOBS[made.name] = made
        return made

    return make


def enqueue(work: Job[P], /, *args: P.args, **kwargs: P.kwargs) -> None:
    """Leave work behind in the present transaction, for the municipality of the scope."""
    _leave(work, None, args, kwargs)


def enqueue_for(municipality: Tenant, work: Job[P], /, *args: P.args, **kwargs: P.kwargs) -> None:
    """Leave work behind for a municipality, from a scope that has none."""
    _leave(work, municipality, args, kwargs)


_JOBS: dict[str, Job[Any]] = {}
