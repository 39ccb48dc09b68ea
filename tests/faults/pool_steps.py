"""What the tests of the worker pools do inside the product: `python -m tests.faults.pool_steps leave 100`."""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.celery import app  # noqa: E402  (needs the settings)
from tenants import context  # noqa: E402
from tenants.jobs import enqueue  # noqa: E402
from tenants.municipalities.jobs import queue_of  # noqa: E402
from tenants.municipalities.models import Municipality, OutboxEntry  # noqa: E402
from tests.faults.pool_jobs import as_signals_do, look_around  # noqa: E402

_NONE_LIKE_IT = str(uuid4())


def leave(count: str) -> Any:
    """Leave so many pieces of work in each municipality, in turns."""
    places = _places()
    for number in range(int(count)):
        for place in places:
            with context.municipality(place):
                enqueue(look_around, number=str(number), expected=place.schema_name)
    return len(places) * int(count)


def leave_and_mislead(count: str) -> Any:
    """Leave work, send messages that must not do it, and then the control its own: for one, the other and nobody."""
    left = leave(count)
    places = {place.schema_name: str(place.pk) for place in _places()}
    for entry in _waiting()[:6]:
        (stranger,) = {pk for schema, pk in places.items() if schema != entry.schema_name}
        own = places[entry.schema_name]
        for arguments in (
            (str(entry.pk), entry.job),  # no municipality
            (str(entry.pk), entry.job, None),
            (str(entry.pk), entry.job, _NONE_LIKE_IT),
            (str(entry.pk), entry.job, stranger),
            (str(entry.pk), entry.job, "no id at all"),
            ("no id at all", entry.job, own),
            (str(entry.pk), "tests.faults.pool_jobs.none", own),
            (_NONE_LIKE_IT, entry.job, own),
        ):
            app.send_task("tenants.run", arguments, queue=queue_of("web"))
    schemas = [*places, None]
    for _ in range(int(count)):
        for schema in schemas:
            as_signals_do.apply_async((schema,), queue=queue_of("web"))
    return {"left": left, "control": len(schemas) * int(count)}


def send_right() -> Any:
    """Send for everything that waits the message that the relay would."""
    ids = {place.schema_name: str(place.pk) for place in _places()}
    for entry in _waiting():
        app.send_task(
            "tenants.run", (str(entry.pk), entry.job, ids[entry.schema_name]), queue=queue_of("web")
        )
    return len(ids)


def revoke() -> Any:
    """Send the right messages for later, and take them back."""
    ids = {place.schema_name: str(place.pk) for place in _places()}
    sent = [
        app.send_task(
            "tenants.run",
            (str(entry.pk), entry.job, ids[entry.schema_name]),
            queue=queue_of("web"),
            countdown=2,
        ).id
        for entry in _waiting()
    ]
    time.sleep(1)  # a worker only knows what to leave alone once it was told, and it has to be there
    app.control.revoke(sent)
    return len(sent)


def queue_length() -> Any:
    """Return how many messages nobody has taken yet."""
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        return channel.client.llen(queue_of("web"))


def _places() -> list[Municipality]:
    with context.registry():
        return list(Municipality.objects.order_by("slug"))


def _waiting() -> list[OutboxEntry]:
    with context.dispatching():
        return list(OutboxEntry.objects.filter(job=look_around.name).order_by("created_at"))


STEPS: dict[str, Callable[..., Any]] = {
    "leave": leave,
    "leave_and_mislead": leave_and_mislead,
    "send_right": send_right,
    "revoke": revoke,
    "queue_length": queue_length,
}

if __name__ == "__main__":
    app.set_current()
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])) + "\n")
