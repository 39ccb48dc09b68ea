"""What the processes of the fault tests write."""

from datetime import timedelta

from django.utils import timezone

from core.families.registration import ChildData, FamilyData, PersonData, RequestingRegistration
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality

TESTS = SystemActor("tests")  # not the public form, which takes so many for a flood
MONTHS = 40
PLACES = ("purmerend", "zaanstad")


def all_places() -> list[Municipality]:
    """Return the municipalities that families are registered in."""
    with context.registry():
        return list(Municipality.objects.filter(slug__in=PLACES).order_by("slug"))


def registration(number: int) -> RequestingRegistration:
    person = PersonData(
        first_name="Proef", last_name=f"Nummer {number}", email=f"proef{number}@voorbeeld.example"
    )
    return RequestingRegistration(
        family=FamilyData(postcode="1441 AB", place="Purmerend"),
        parents=[person],
        children=[ChildData(first_name="Kind", birth_year=timezone.localdate().year - 3, birth_month=1)],
        registered_on=timezone.localdate() - timedelta(days=31 * (number % MONTHS)),
    )
