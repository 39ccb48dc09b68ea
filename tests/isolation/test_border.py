"""Between two municipalities: what a third, the foundation and every login find there, and what PostgreSQL refuses.

Each refusal has a twin beside it that shows the same statement at work for who may.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connections
from django.test import Client
from psycopg import errors

from common.permissions import Role
from tenants import context
from tenants.accounts.models import User
from tenants.database.crossing import POLICIES
from tenants.database.roles import role
from tenants.municipalities.models import Municipality
from tests.factories import border
from tests.isolation.crowd import crowd
from tests.isolation.test_roles import become, connected, granted

TABLES = tuple(POLICIES)
Clients = Callable[..., Client]
A_CARD = (
    "INSERT INTO public.crossing_card (id, municipality_id, partner_id, expires_on, distance_band, day_parts,"
    " age_bands, forms) VALUES (%s, %s, %s, CURRENT_DATE + 5, '0-5', '{}', '{}', '{}')"
)
AN_ASSENT = (
    "INSERT INTO public.crossing_assent (id, counter_id, municipality_id, who) VALUES (%s, %s, %s, 'family')"
)
A_COUNTER = (
    "INSERT INTO public.crossing_countercard (id, card_id, distance_band, day_parts, age_bands, forms)"
    " VALUES (%s, %s, '0-5', '{}', '{}', '{}')"
)
REFUSED = (errors.InsufficientPrivilege,)


@pytest.fixture
def third() -> Iterator[Municipality]:
    """Return a municipality that is no neighbour of anybody, taken away after use."""
    with crowd(1) as places:
        yield places[0]


def count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM public.{table}").fetchone()  # noqa: S608
    return int(row[0]) if row else -1


def counter_id() -> Any:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id FROM crossing_countercard")
        return cursor.fetchone()[0]


# --------------------------------------------------------------------------------------------------- who sees nothing


def test_a_third_municipality_finds_no_row_and_the_two_find_theirs(
    purmerend: Municipality, zaanstad: Municipality, third: Municipality
) -> None:
    border.complete(purmerend, zaanstad)
    expected = {"crossing_neighbour": 2, "crossing_card": 1, "crossing_countercard": 1, "crossing_assent": 4}
    for place, rows in ((purmerend, expected), (zaanstad, expected), (third, dict.fromkeys(TABLES, 0))):
        with become(place) as connection:
            assert {table: count(connection, table) for table in TABLES} == rows, place


def test_a_third_that_allows_both_is_still_no_part_of_it(
    purmerend: Municipality, zaanstad: Municipality, third: Municipality
) -> None:
    border.offered(purmerend, zaanstad)
    for neighbour in (purmerend, zaanstad):
        border.neighbours(third, neighbour)
    with become(third) as connection:
        assert count(connection, "crossing_neighbour") == 4
        assert [count(connection, table) for table in TABLES[1:]] == [0, 0, 0]


@pytest.mark.parametrize("login", ["web", "shared_web", "aggregator", "releaser"])
@pytest.mark.parametrize("table", TABLES)
def test_no_login_reads_or_writes_between_municipalities(
    purmerend: Municipality, zaanstad: Municipality, login: str, table: str
) -> None:
    border.offered(purmerend, zaanstad)
    with connected(login) as connection:
        for statement in ("SELECT * FROM {}", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(REFUSED):
                connection.execute(statement.format(f"public.{table}"))


def test_even_with_a_right_too_many_the_foundation_finds_no_row(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    border.offered(purmerend, zaanstad)
    shared_web = role("shared_web")
    rights = [f"SELECT ON public.{table}" for table in TABLES]
    with granted(*rights, to=shared_web), connected("shared_web") as connection:
        assert [count(connection, table) for table in TABLES] == [0, 0, 0, 0]


def test_without_row_level_security_that_right_would_show_everything(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    border.offered(purmerend, zaanstad)
    shared_web = role("shared_web")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE public.crossing_card DISABLE ROW LEVEL SECURITY")
    try:
        with granted("SELECT ON public.crossing_card", to=shared_web), connected("shared_web") as connection:
            assert count(connection, "crossing_card") == 1
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE public.crossing_card ENABLE ROW LEVEL SECURITY")


# ---------------------------------------------------------------------------------------------- who may write what


def test_nobody_publishes_in_the_name_of_another(
    purmerend: Municipality, zaanstad: Municipality, third: Municipality
) -> None:
    border.neighbours(purmerend, zaanstad)
    with become(purmerend) as connection:
        connection.execute(A_CARD, [uuid4(), purmerend.pk, zaanstad.pk])
    for place in (zaanstad, third):
        with become(place) as connection, pytest.raises(REFUSED):
            connection.execute(A_CARD, [uuid4(), purmerend.pk, zaanstad.pk])


def test_nobody_publishes_to_who_does_not_allow_it(purmerend: Municipality, zaanstad: Municipality) -> None:
    border.allow(purmerend, zaanstad)
    with become(purmerend) as connection:
        with pytest.raises(REFUSED):
            connection.execute(A_CARD, [uuid4(), purmerend.pk, zaanstad.pk])
        border.allow(zaanstad, purmerend)
        connection.execute(A_CARD, [uuid4(), purmerend.pk, zaanstad.pk])


def test_nobody_allows_in_the_name_of_another(purmerend: Municipality, zaanstad: Municipality) -> None:
    allow = "INSERT INTO public.crossing_neighbour (id, municipality_id, partner_id) VALUES (%s, %s, %s)"
    with become(zaanstad) as connection:
        with pytest.raises(REFUSED):
            connection.execute(allow, [uuid4(), purmerend.pk, zaanstad.pk])
        connection.execute(allow, [uuid4(), zaanstad.pk, purmerend.pk])


def test_a_card_disappears_for_the_neighbour_the_moment_either_stops(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    for stops in (purmerend, zaanstad):
        border.published(purmerend, zaanstad)
        with become(zaanstad) as looking:
            assert count(looking, "crossing_card") >= 1
            with become(stops) as connection:
                connection.execute(
                    "DELETE FROM public.crossing_neighbour WHERE municipality_id = %s", [stops.pk]
                )
            assert count(looking, "crossing_card") == 0


def test_nobody_says_yes_for_the_other_side(
    purmerend: Municipality, zaanstad: Municipality, third: Municipality
) -> None:
    border.offered(purmerend, zaanstad)
    counter = counter_id()
    with become(zaanstad) as connection:
        with pytest.raises(REFUSED):
            connection.execute(AN_ASSENT, [uuid4(), counter, purmerend.pk])
        connection.execute(AN_ASSENT, [uuid4(), counter, zaanstad.pk])
    with become(third) as connection, pytest.raises(REFUSED):
        connection.execute(AN_ASSENT, [uuid4(), counter, third.pk])


def test_only_the_neighbour_of_the_card_offers_on_it(
    purmerend: Municipality, zaanstad: Municipality, third: Municipality
) -> None:
    both = border.published(purmerend, zaanstad)
    for place in (purmerend, third):
        with become(place) as connection, pytest.raises(REFUSED):
            connection.execute(A_COUNTER, [uuid4(), both.card])
    with become(zaanstad) as connection:
        connection.execute(A_COUNTER, [uuid4(), both.card])


@pytest.mark.parametrize("table", TABLES)
def test_what_was_written_is_never_changed(
    purmerend: Municipality, zaanstad: Municipality, table: str
) -> None:
    border.complete(purmerend, zaanstad)
    for place in (purmerend, zaanstad):
        with become(place) as connection, pytest.raises(REFUSED):
            connection.execute(f"UPDATE public.{table} SET id = id")  # noqa: S608


def test_the_neighbour_cannot_take_the_card_itself_away(
    purmerend: Municipality, zaanstad: Municipality, third: Municipality
) -> None:
    border.published(purmerend, zaanstad)
    take = "DELETE FROM public.crossing_card"
    for place, taken in ((zaanstad, 0), (third, 0), (purmerend, 1)):
        with become(place) as connection:
            assert connection.execute(take).rowcount == taken


def test_a_practice_municipality_never_meets_a_real_one(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    border.published(purmerend, zaanstad)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE municipalities_municipality SET kind = 'practice' WHERE id = %s", [zaanstad.pk]
        )
    with become(zaanstad) as connection:
        assert [count(connection, table) for table in TABLES] == [0, 0, 0, 0]
        with pytest.raises(REFUSED):
            connection.execute(A_CARD, [uuid4(), zaanstad.pk, purmerend.pk])


# ----------------------------------------------------------------------------------------- forbidden looks like absent


def test_for_a_third_municipality_a_card_and_an_exchange_look_as_if_they_were_not_there(
    purmerend: Municipality, zaanstad: Municipality, third: Municipality, client_for: Clients
) -> None:
    both = border.told(purmerend, zaanstad)
    with context.municipality(third):
        stranger = User.objects.get()
    client = client_for(third, stranger)
    nothing = {address: client.get(address.format(id=uuid4())) for address in _ADDRESSES}
    for address, absent in nothing.items():
        for pk in (both.card, both.asking, both.offering):
            there = client.get(address.format(id=pk))
            assert there.status_code == absent.status_code == 404
            assert len(there.content) == len(absent.content)
    page = client.get("/over-de-grens").content.decode()
    for secret in (str(both.card), border.NAME, "Zaanstad", "Purmerend"):
        assert secret not in page


_ADDRESSES = (
    "/over-de-grens/{id}",
    "/over-de-grens/kaarten/{id}",
    "/over-de-grens/kaarten/{id}/aanbieden/{id}",
    "/over-de-grens/{id}/gezin-ja",
    "/over-de-grens/{id}/gegevens",
)


@pytest.mark.parametrize("who", [Role.COORDINATOR, Role.DEPUTY, Role.SAFEGUARDING_OFFICER])
def test_the_own_row_of_the_other_side_is_not_there_for_anybody_of_the_neighbour(
    purmerend: Municipality, zaanstad: Municipality, cast: Any, client_for: Clients, who: Role
) -> None:
    both = border.told(purmerend, zaanstad)
    client = client_for(zaanstad, cast.user("zaanstad", who))
    absent = client.get(f"/over-de-grens/{uuid4()}")
    there = client.get(f"/over-de-grens/{both.asking}")
    assert there.status_code == absent.status_code == 404
    assert len(there.content) == len(absent.content)


def test_the_foundation_has_no_page_over_the_border(
    purmerend: Municipality, zaanstad: Municipality, foundation_user: User, client_for: Clients
) -> None:
    both = border.told(purmerend, zaanstad)
    client = client_for("landelijk", foundation_user)
    for address in ("/over-de-grens", *(one.format(id=both.card) for one in _ADDRESSES)):
        assert client.get(address).status_code == 404
