"""Things to do inside the product, each in a process of its own: `python -m tests.faults.steps register 3`."""

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from celery import current_app  # noqa: E402  (needs the settings)
from django.utils import timezone  # noqa: E402

from config.celery import app  # noqa: E402
from core.families.models import RequestingFamily  # noqa: E402
from core.families.registration import (  # noqa: E402
    ChildData,
    FamilyData,
    PersonData,
    RequestingRegistration,
)
from core.families.services import requesting_family_register  # noqa: E402
from core.ledger.models import LedgerEntry  # noqa: E402
from reporting.extract.services import municipality_recount  # noqa: E402
from reporting.facts.models import Fact  # noqa: E402
from tenants import context  # noqa: E402
from tenants.accounts.models import SystemActor  # noqa: E402
from tenants.municipalities.jobs import queue_of  # noqa: E402
from tenants.municipalities.models import Municipality, OutboxEntry  # noqa: E402


def register(count: str) -> Any:
    """Register so many families, each in a transaction of its own; return the number in the municipality now."""
    municipality = _purmerend()
    for number in range(int(count)):
        with context.municipality(municipality):
            requesting_family_register(data=_registration(number), actor=TESTS)
    with context.municipality(municipality):
        return RequestingFamily.objects.count()


def totals() -> Any:
    """Return what the ledger says, what the vault says, and in how many figures a recount differs."""
    municipality = _purmerend()
    with context.municipality(municipality):
        ledger = LedgerEntry.objects.filter(event="family_registered").count()
    with context.aggregation(municipality):
        facts = Fact.objects.filter(
            municipality=municipality.pk,
            measure="registrations_asking",
            period_kind="year",
            period_start=date(timezone.localdate().year, 1, 1),
            attribute="",
        )
        counted = sum(fact.value for fact in facts)
        differences = municipality_recount(repair=False)
    return {"ledger": ledger, "counted": counted, "differences": differences}


def send(times: str) -> Any:
    """Put a message for everything in the outbox on the queues, so many times; return the number of messages."""
    municipality, sent = _purmerend(), 0
    with context.dispatching():
        waiting = list(OutboxEntry.objects.all())
    for _ in range(int(times)):
        for entry in waiting:
            arguments = (str(entry.pk), entry.job, str(municipality.pk))
            current_app.send_task("tenants.run", arguments, queue=queue_of(entry.login))
            sent += 1
    return sent


def _purmerend() -> Municipality:
    with context.registry():
        return Municipality.objects.get(slug="purmerend")


def _registration(number: int) -> RequestingRegistration:
    person = PersonData(
        first_name="Proef", last_name=f"Nummer {number}", email=f"proef{number}@voorbeeld.example"
    )
    return RequestingRegistration(
        family=FamilyData(postcode="1441 AB", place="Purmerend"),
        parents=[person],
        children=[ChildData(first_name="Kind", birth_year=timezone.localdate().year - 3, birth_month=1)],
        registered_on=timezone.localdate(),
    )


TESTS = SystemActor("tests")  # not the public form, which takes so many for a flood
STEPS: dict[str, Callable[..., Any]] = {"register": register, "totals": totals, "send": send}

if __name__ == "__main__":
    app.set_current()
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])) + "\n")
