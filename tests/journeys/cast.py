"""The cases of the stories, put into the running municipality of a journey: `python -m tests.journeys.cast Dijk Kade`.

Every story has a family of its own at each width, so that stories need not wait for each other: families on the dyke
for the telephone, families on the quay for the laptop.
"""

import os
import sys
from collections.abc import Callable
from datetime import timedelta

import django
from django.db.models import F

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from common.vocabulary import RecruitmentChannel  # noqa: E402  (after the set-up)
from core.couplings.models import Coupling  # noqa: E402
from core.families.models import (  # noqa: E402
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.workflow import RequestingStatus, SupportStatus  # noqa: E402
from tenants import context  # noqa: E402
from tenants.municipalities.models import Municipality  # noqa: E402
from tests.factories import chain  # noqa: E402


def asking(name: str, status: str, *, days_ago: int) -> RequestingFamily:
    """Return an asking family of which nothing is known but what it wrote."""
    values = {
        "name": name,
        "postcode": "1441 BG",
        "place": "Purmerend",
        "municipality_code": "GM0439",
        "registered_on": chain.day(-days_ago),
        "registered_by": "self",
        "status": status,
        "safe_contact": "Na acht uur ’s avonds",
    }
    if status != RequestingStatus.REGISTERED:
        values |= {"first_contact_on": chain.day(-days_ago), "visit_on": chain.day()}
    family = chain.made(RequestingFamily, values)
    RequestingParent.objects.create(
        family=family, first_name="Samira", last_name=name, phone=chain.PHONE, is_contact=True
    )
    SupportedChild.objects.create(
        family=family, first_name="Sem", birth_year=chain.day().year - 2, birth_month=5
    )
    return family


def offering(name: str) -> SupportFamily:
    """Return a couple that answered an article in the newspaper and was called."""
    values = {
        "name": name,
        "postcode": "1441 CC",
        "place": "Purmerend",
        "municipality_code": "GM0439",
        "registered_on": chain.day(-6),
        "registered_by": "self",
        "first_contact_on": chain.day(-5),
        "status": SupportStatus.CONTACTED,
        "channel": RecruitmentChannel.PRESS,
    }
    family = chain.made(SupportFamily, values)
    for number, first_name in enumerate(("Ingrid", "Karel")):
        SupportAdult.objects.create(
            family=family,
            first_name=first_name,
            last_name=name,
            phone=chain.OTHER_PHONE,
            is_contact=number == 0,
        )
    return family


def fill(place: str) -> None:
    """Make the cases of all stories at one width."""
    for first in ("Ochtend", "Bel", "Verwijs"):
        asking(f"{first} {place}", RequestingStatus.REGISTERED, days_ago=4)
    asking(f"Keuken {place}", RequestingStatus.INTAKE, days_ago=9)
    offering(f"Krant {place}")
    chain.waiting_family(f"Wacht {place}", waits=70)
    chain.available_support(f"Vrij {place}")
    chain.waiting_family(f"Vraag {place}", waits=40)
    for name in ("Ja", "Nee"):
        chain.available_support(f"{name} {place}")
    couple(f"Proef {place}", chain.introduced, days_ago=3)
    for story in ("Terug", "Zorg", "Einde"):
        couple(f"{story} {place}", chain.coupled, days_ago=90)


def couple(name: str, make: Callable[..., Coupling], *, days_ago: int) -> None:
    """Bring a family and a support family of almost the same name together."""
    family, support = chain.waiting_family(name, waits=200), chain.available_support(f"Bij {name}")
    make(family, support, days_ago=days_ago)


def main() -> None:
    """Fill the municipality of the story."""
    with context.registry():
        town = Municipality.objects.get(slug="purmerend")
    with context.municipality(town):
        for place in sys.argv[1:]:
            fill(place)
        # They wrote days ago; as many in ten minutes would be a flood, and close the form to the next story.
        for families in (RequestingFamily.objects, SupportFamily.objects):
            families.update(created_at=F("created_at") - timedelta(days=3))
    sys.stdout.write("Everybody is there.\n")


if __name__ == "__main__":
    main()
