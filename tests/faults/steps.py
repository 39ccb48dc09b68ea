"""Things to do inside the product, each in a process of its own: `python -m tests.faults.steps register 3`."""

import json
import os
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from common.permissions import Role  # noqa: E402  (needs the settings)
from config.celery import app  # noqa: E402
from core.families.models import RequestingFamily  # noqa: E402
from core.families.services import requesting_family_register  # noqa: E402
from core.ledger.models import LedgerEntry  # noqa: E402
from reporting.extract.services import municipality_recount  # noqa: E402
from reporting.facts.models import Fact  # noqa: E402
from tenants import context  # noqa: E402
from tenants.accounts.services import user_create  # noqa: E402
from tenants.municipalities.jobs import queue_of  # noqa: E402
from tenants.municipalities.models import Municipality, OutboxEntry  # noqa: E402
from tests.faults import crowd  # noqa: E402
from tests.faults.writing import TESTS, all_places, registration  # noqa: E402


def register(count: str) -> Any:
    """Register so many families, each in a transaction of its own; return the number in the municipality now."""
    municipality = _purmerend()
    for number in range(int(count)):
        with context.municipality(municipality):
            requesting_family_register(data=registration(number), actor=TESTS)
    with context.municipality(municipality):
        return RequestingFamily.objects.count()


def totals() -> Any:
    """Return what the ledger says, what the vault says, and in how many figures a recount differs."""
    municipality = _purmerend()
    with context.municipality(municipality):
        ledger = LedgerEntry.objects.filter(event="family_registered").count()
    with context.aggregation(municipality):
        counted = _counted(municipality)
        differences = municipality_recount(repair=False)
    return {"ledger": ledger, "counted": counted, "differences": differences}


def send(times: str) -> Any:
    """Send a message for everything in the outbox, so many times, in no order; return the number of messages."""
    messages = _waiting() * int(times)
    Random(7).shuffle(messages)  # noqa: S311  (an order, no secret)
    for entry, place in messages:
        app.send_task("tenants.run", (str(entry.pk), entry.job, place), queue=queue_of(entry.login))
    return len(messages)


def everything() -> Any:
    """Return for every municipality its families, what was counted, and how many buckets a recount finds wrong."""
    found = {}
    for place in all_places():
        families = _families(place)
        with context.aggregation(place):
            buckets = Fact.objects.filter(municipality=place.pk).count()
            found[place.slug] = {
                "families": families,
                "counted": _counted(place),
                "buckets": buckets,
                "wrong": municipality_recount(repair=False),
            }
    return found


def account(email: str, password: str) -> Any:
    """Make a coordinator of Purmerend."""
    with context.municipality(_purmerend()):
        user = user_create(
            email=email, full_name="Proef", role=Role.COORDINATOR, password=password, actor=TESTS
        )
        return str(user.pk)


def send_far(seconds: str) -> Any:
    """Send a message for everything in the outbox that is to be done only after so many seconds."""
    sent = 0
    for entry, place in _waiting():
        app.send_task("tenants.run", (str(entry.pk), entry.job, place), queue=queue_of(entry.login),
                      countdown=float(seconds))  # fmt: skip
        sent += 1
    return sent


def _waiting() -> list[tuple[OutboxEntry, str | None]]:
    with context.dispatching():
        ids = {schema: str(pk) for schema, pk in Municipality.objects.values_list("schema_name", "pk")}
        return [(entry, ids.get(entry.schema_name)) for entry in OutboxEntry.objects.all()]


def _families(place: Municipality) -> int:
    with context.municipality(place):
        return RequestingFamily.objects.count()


def _counted(place: Municipality) -> int:
    facts = Fact.objects.filter(
        municipality=place.pk,
        measure="registrations_asking",
        period_kind="year",
        attribute="",
    )
    return sum(fact.value for fact in facts)


def _purmerend() -> Municipality:
    with context.registry():
        return Municipality.objects.get(slug="purmerend")


STEPS: dict[str, Callable[..., Any]] = {
    "register": register,
    "totals": totals,
    "send": send,
    "send_far": send_far,
    "everything": everything,
    "account": account,
    "crowd": crowd.main,
}

if __name__ == "__main__":
    app.set_current()
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])) + "\n")
