"""More municipalities than the cast has, each with one account as its canary; taken away after use."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connections
from psycopg import sql

from common.permissions import Role
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.accounts.services import user_create
from tenants.municipalities.models import Municipality, Phase
from tenants.municipalities.services import municipality_create

_TESTS = SystemActor("tests")


@contextmanager
def crowd(count: int) -> Iterator[list[Municipality]]:
    """Make so many municipalities, with everything that belongs to one."""
    places: list[Municipality] = []
    try:
        places.extend(_make(number) for number in range(count))
        yield places
    finally:
        for place in places:
            _take_away(place)


def canary_of(place: Municipality) -> str:
    """Return the name of the only account there is."""
    return f"Kanarie {place.slug}"


def _make(number: int) -> Municipality:
    place = municipality_create(
        slug=f"gemeente-{number}",
        name=f"Gemeente {number}",
        codes=[(f"GM{9000 + number}", date(2018, 1, 1), None)],
        phase=Phase.STRUCTURAL,
        contract_target_per_year=10,
        data_controller=f"Gemeente {number}",
        started_on=date(2018, 9, 1),
        actor=_TESTS,
    )
    with context.municipality(place):
        user_create(
            email=f"kanarie@{place.slug}.example",
            full_name=canary_of(place),
            role=Role.COORDINATOR,
            password="een lang wachtwoord voor de proef",
            actor=_TESTS,
        )
    return place


def _take_away(place: Municipality) -> None:
    role = sql.Identifier(context.municipality_role(place.schema_name))
    with connections["owner"].cursor() as cursor:
        for statement in (
            sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(place.schema_name)),
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
            sql.SQL("REVOKE ALL ON SCHEMA public FROM {}").format(role),
            sql.SQL("DROP ROLE {}").format(role),
        ):
            cursor.execute(statement.as_string())
