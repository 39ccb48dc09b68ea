"""Work that looks where it runs, for workers of every kind: `celery worker --include tests.faults.pool_jobs`."""

import os
import time
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import connections

from tenants.audit.models import AuditEntry
from tenants.context import current_scope
from tenants.jobs import job

LOOKED = "looked"
_PAUSE = 0.005  # long enough for the others to come in between


@job(scope="municipality")
def look_around(*, number: str, expected: str) -> None:
    """Write down where this runs, before and after others had their turn; and for whom it was meant."""
    seen = [_where()]
    time.sleep(_PAUSE)
    seen.append(_where())
    AuditEntry.objects.create(actor_name=expected, action=LOOKED, origin=number, purpose=" ".join(seen))


def _where() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_schema() || ' ' || right(current_user, length(current_schema()))")
        return f"{cursor.fetchone()[0]} {current_scope().schema}"


@shared_task(name="tests.as_signals_do", bind=True, ignore_result=True)
def as_signals_do(self: Any, expected: str | None) -> None:
    """Do what tenant-schemas-celery does: keep the tenant on the task, and on the connection afterwards."""
    self.tenant = expected or getattr(self, "tenant", None)
    time.sleep(_PAUSE)
    connection: Any = connections["owner"]
    if expected is not None:
        connection.set_schema(self.tenant)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        found = cursor.fetchone()[0]
    line = f"{expected or 'nobody'} {found}\n".encode()
    file = os.open(settings.VAR / "as-signals-do", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, line)
    os.close(file)
