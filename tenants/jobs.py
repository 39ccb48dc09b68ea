"""Jobs: work that a transaction leaves behind in the outbox and that a worker does later, effectively once.

Nothing is sent to the broker inside a transaction. `enqueue` writes an outbox row. The relay sends a message with the
id of the row, the name of the job and the municipality. The worker enters the scope, deletes the row together with
all rows that ask for the same, and does the work in the same transaction: a message that comes twice finds nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from json import dumps
from typing import Literal
from uuid import UUID

import structlog
from celery import shared_task
from celery.schedules import BaseSchedule
from django.db import DatabaseError, connections

from common.language import in_dutch
from tenants import context
from tenants.context import NoScope, Tenant, current_scope
from tenants.database import names
from tenants.municipalities.models import OutboxEntry, State
from tenants.municipalities.selectors import is_behind, municipality_by_id
from tenants.origin import coming_from

ScopeName = Literal["municipality", "aggregation", "releasing", "foundation"]

_log = structlog.get_logger(__name__)
# Which login does the work of a scope. The queues of the broker are named after the logins too.
_LOGIN: dict[ScopeName, str] = {
    "municipality": "web",
    "aggregation": "aggregator",
    "releasing": "releaser",
    "foundation": "shared_web",
}
JOB_LOGINS = tuple(_LOGIN.values())
_SHARED_SCHEMA: dict[ScopeName, str] = {"releasing": names.RELEASES, "foundation": names.FOUNDATION}
_jobs: dict[str, "Job"] = {}


class JobRefused(Exception):
    """The municipality of a message is missing, unknown, moving, erased or behind. The work stays in the outbox."""


@dataclass(frozen=True, slots=True)
class Job:
    """A function that can be left behind as work."""

    name: str
    scope: ScopeName
    body: Callable[..., None]
    schedule: BaseSchedule | None = None

    def __call__(self, **arguments: str) -> None:
        """Do the work here and now, in the scope that is open; in Dutch, for what it writes is read by others."""
        with in_dutch():
            self.body(**arguments)

    @property
    def login(self) -> str:
        """Return the login that does it."""
        return _LOGIN[self.scope]

    @property
    def per_municipality(self) -> bool:
        """Tell whether each municipality has work of its own."""
        return self.scope not in _SHARED_SCHEMA


def job(*, scope: ScopeName, schedule: BaseSchedule | None = None) -> Callable[[Callable[..., None]], Job]:
    """Make a function of a `jobs` module into a job; its arguments are ids and plain strings, by keyword.

    With a schedule the clock leaves it behind by itself, for every live municipality where there is one.
    """

    def make(body: Callable[..., None]) -> Job:
        made = Job(f"{body.__module__}.{body.__name__}", scope, body, schedule)
        _jobs[made.name] = made
        return made

    return make


def job_by_name(name: str) -> Job:
    """Return a job, importing its module when nobody has yet."""
    if name not in _jobs:
        import_module(name.rpartition(".")[0])
    return _jobs[name]


def scheduled_jobs() -> list[Job]:
    """Return the jobs the clock knows, of the modules that were imported."""
    return [found for found in _jobs.values() if found.schedule is not None]


def enqueue(work: Job, *, municipality: Tenant | None = None, **arguments: str) -> None:
    """Leave work behind in the present transaction: for the municipality of the scope, or for the one named."""
    OutboxEntry.objects.create(
        schema_name=_schema_for(work, municipality), login=work.login, job=work.name, arguments=arguments
    )


def enqueue_by_name(name: str, *, municipality: Tenant | None = None, **arguments: str) -> None:
    """Leave work behind that belongs to a higher layer, which must not be imported from here."""
    enqueue(job_by_name(name), municipality=municipality, **arguments)


@shared_task(name="tenants.run", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def run(outbox_id: str, name: str, municipality_id: str | None = None) -> None:
    """Do the work that one outbox row asks for: the only task of Celery that reaches a schema."""
    with coming_from(f"job {outbox_id}"):
        try:
            work, entry_id = job_by_name(name), UUID(outbox_id)
            scope = _scope_of(work, municipality_id)
        except (JobRefused, KeyError, ImportError, ValueError) as error:
            _log.warning("job_refused", job=name, reason=str(error))
            return
        try:
            with scope:
                outcome = _work(work, entry_id)
        except Exception as error:  # noqa: BLE001  (whatever went wrong: the work stays in the outbox)
            _log.exception("job_failed", job=name)
            _note(work, municipality_id, entry_id, type(error).__name__)
        else:
            _log.info(outcome, job=name)


def _work(work: Job, outbox_id: UUID) -> Literal["job_done", "job_was_done", "job_is_under_way"]:
    entry = OutboxEntry.objects.filter(pk=outbox_id, job=work.name).first()
    if entry is None:
        return "job_was_done"
    # The same work never runs twice at a time. Whoever comes second does not wait, for that keeps a worker from other
    # work: when the first one fails, or the row came after it began, the row is still there and the relay sends again.
    with connections[current_scope().alias].cursor() as cursor:
        same = dumps([entry.schema_name, entry.job, entry.arguments], sort_keys=True)
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [same])
        if cursor.fetchone() == (False,):
            return "job_is_under_way"
    deleted, _by_model = OutboxEntry.objects.filter(
        schema_name=entry.schema_name, login=work.login, job=entry.job, arguments=entry.arguments
    ).delete()
    if not deleted:
        return "job_was_done"
    work(**entry.arguments)
    return "job_done"


def _note(work: Job, municipality_id: str | None, outbox_id: UUID, error: str) -> None:
    """Write the kind of failure at the row, so that the relay tries again sooner and the operator sees it."""
    try:
        with _scope_of(work, municipality_id):
            OutboxEntry.objects.filter(pk=outbox_id).update(last_error=error[:80])
    except (DatabaseError, JobRefused):
        _log.warning("job_failure_not_noted", job=work.name)


def _scope_of(work: Job, municipality_id: str | None) -> AbstractContextManager[None]:
    """Return the scope of a message; the municipality is looked up anew each time, before the work begins."""
    if work.scope == "releasing":
        return context.releasing()
    if work.scope == "foundation":
        return context.foundation()
    if municipality_id is None:
        raise JobRefused("no municipality")
    with context.registry():
        tenant = municipality_by_id(UUID(municipality_id))
    if tenant is None:
        raise JobRefused("unknown municipality")
    if tenant.state != State.LIVE:
        raise JobRefused(f"municipality is {tenant.state}")
    if is_behind(tenant):
        raise JobRefused("municipality is behind")
    return context.municipality(tenant) if work.scope == "municipality" else context.aggregation(tenant)


def _schema_for(work: Job, municipality: Tenant | None) -> str:
    if work.scope in _SHARED_SCHEMA:
        return _SHARED_SCHEMA[work.scope]
    if municipality is not None:
        return municipality.schema_name
    scope = current_scope()
    if scope.tenant_schema is None:
        message = f"{work.name} works for one municipality; name it with municipality=…"
        raise NoScope(message)
    return scope.tenant_schema
