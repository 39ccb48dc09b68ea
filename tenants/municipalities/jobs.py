"""The relay, which sends what stands in the outbox, and the clock, which leaves scheduled work in it."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import current_app, shared_task
from celery.schedules import crontab
from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now

from tenants.context import current_scope, dispatching
from tenants.jobs import JOB_LOGINS, enqueue, job, job_by_name, run, scheduled_jobs
from tenants.municipalities.likeness import schema_check
from tenants.municipalities.models import Municipality, OutboxEntry
from tenants.municipalities.selectors import live_municipalities

_log = structlog.get_logger(__name__)
_AT_ONCE = 200
# A message that went out and left no trace is sent again after this time, and each next time after twice as long. With
# an empty queue it is lost or being done (then it is left alone, see `tenants.jobs`); in a line it only has to wait.
_LOST_AFTER = timedelta(seconds=1)
_LOST_IN_LINE_AFTER = timedelta(minutes=1)
_FIRST_RETRY = timedelta(seconds=5)
_LONGEST_RETRY = timedelta(hours=1)
_MANY_ATTEMPTS = 12


@shared_task(name="tenants.relay", ignore_result=True)
def relay() -> int:
    """Send a message for every outbox row whose time has come; return how many.

    The clock is that of the database: machines whose clocks differ agree on what was sent when.
    """
    sent = 0
    in_line = {queue for queue in map(queue_of, JOB_LOGINS) if _length(queue)}
    with dispatching():
        ids = dict(Municipality.objects.values_list("schema_name", "pk"))
        waiting = (
            OutboxEntry.objects.select_for_update(skip_locked=True)
            .annotate(now=Now())
            .filter(Q(sent_at=None) | Q(sent_at__lt=Now() - _LOST_AFTER))
            .order_by("created_at")
        )
        for entry in waiting.iterator(chunk_size=_AT_ONCE):
            queue = queue_of(entry.login)
            if not _is_due(entry, entry.now, in_line=queue in in_line):
                continue
            municipality_id = ids.get(entry.schema_name)
            run.apply_async(
                (str(entry.pk), entry.job, str(municipality_id) if municipality_id else None),
                queue=queue,
            )
            OutboxEntry.objects.filter(pk=entry.pk).update(sent_at=Now(), attempts=F("attempts") + 1)
            sent += 1
            if sent == _AT_ONCE:
                break
    return sent


@shared_task(name="tenants.clock", ignore_result=True)
def clock(name: str) -> None:
    """Leave scheduled work behind: once, or once per live municipality."""
    work = job_by_name(name)
    with dispatching():
        if work.per_municipality:
            for municipality in live_municipalities():
                enqueue(work, municipality=municipality)
        else:
            enqueue(work)


@job(scope="aggregation", schedule=crontab(hour=3, minute=40))
def schema_compare() -> None:
    """Compare the schema of the municipality with the template: what was changed by hand is found the next morning."""
    schema_check(Municipality.objects.get(schema_name=current_scope().tenant_schema))


def timetable() -> dict[str, Any]:
    """Return what beat has to send: the relay every second, and the jobs that have a schedule of their own."""
    queue = queue_of("aggregator")
    scheduled: dict[str, Any] = {
        work.name: {
            "task": "tenants.clock",
            "args": (work.name,),
            "schedule": work.schedule,
            "options": {"queue": queue},
        }
        for work in scheduled_jobs()
    }
    return scheduled | {
        "relay": {"task": "tenants.relay", "schedule": 1.0, "options": {"queue": queue, "expires": 5}}
    }


def queue_of(login: str) -> str:
    """Return the queue of the workers that have a login; two databases on one broker do not share it."""
    return f"{settings.DATABASE_NAME}.{login}"


def _length(queue: str) -> int:
    """Return how many messages wait in a queue of the broker."""
    with current_app.connection_for_read() as connection:
        channel: Any = connection.default_channel  # of the transport for Valkey: it speaks its language
        waiting: int = channel.client.llen(queue)
    return waiting


def _is_due(entry: OutboxEntry, now: datetime, *, in_line: bool) -> bool:
    if entry.sent_at is None:
        return True
    times = min(entry.attempts, _MANY_ATTEMPTS)
    lost = _LOST_IN_LINE_AFTER if in_line else _LOST_AFTER
    wait = (_FIRST_RETRY if entry.last_error else lost) * 2 ** max(0, times - 1)
    due: bool = now - entry.sent_at >= min(wait, _LONGEST_RETRY)
    return due
