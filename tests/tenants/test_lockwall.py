"""No transaction goes through many municipalities: it would fill PostgreSQL's table of locks, and stop everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext
from psycopg import sql

from tenants import context
from tenants.accounts.models import User
from tenants.database import names
from tenants.database.lockwall import TooManyMunicipalities
from tenants.municipalities.models import Municipality, State

MANY = 51


@contextmanager
def limit_of(settings: Any, count: int) -> Iterator[None]:
    before = settings.DATABASE_MUNICIPALITIES_PER_TRANSACTION
    settings.DATABASE_MUNICIPALITIES_PER_TRANSACTION = count
    try:
        yield
    finally:
        settings.DATABASE_MUNICIPALITIES_PER_TRANSACTION = before


def count_everywhere(places: list[Municipality]) -> int:
    """Count as code does that was written with two municipalities in mind: all of them in one transaction."""
    tables = " UNION ALL ".join(f'SELECT * FROM "{place.schema_name}".report_totals' for place in places)  # noqa: S608
    with context.dispatching(), connections["aggregator"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({tables}) everywhere")  # noqa: S608
        return int(cursor.fetchone()[0])


def test_reading_two_municipalities_in_one_transaction_is_refused(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    assert count_everywhere([purmerend]) == 0
    with pytest.raises(TooManyMunicipalities, match="visited 2 municipalities; 1 is the limit"):
        count_everywhere([purmerend, zaanstad])
    assert count_everywhere([zaanstad]) == 0


def test_twin_without_the_wall_nobody_would_notice(
    purmerend: Municipality, zaanstad: Municipality, settings: Any
) -> None:
    with limit_of(settings, 0):
        assert count_everywhere([purmerend, zaanstad]) == 0


def test_the_owner_too_is_refused_and_nothing_is_kept(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    def mark_everybody() -> None:
        with context.owning_registry(), connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE municipalities_municipality SET state = 'moving'")
            for place in (purmerend, zaanstad):
                accounts = sql.Identifier(place.schema_name, "accounts_user")
                cursor.execute(sql.SQL("UPDATE {} SET full_name = 'iedereen'").format(accounts).as_string())

    with pytest.raises(TooManyMunicipalities):
        mark_everybody()
    assert context.scope_or_none() is None
    with context.municipality(purmerend):
        assert not User.objects.filter(full_name="iedereen").exists()
        assert Municipality.objects.get().state == State.LIVE


def test_one_municipality_after_another_is_what_a_clock_or_a_migration_does(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    for place in (purmerend, zaanstad, purmerend):
        with context.municipality(place):
            assert User.objects.count() == 3


@pytest.mark.parametrize("count", [MANY - 1, MANY])
def test_the_limit_outside_the_tests_is_fifty(count: int, settings: Any) -> None:
    schemas = [f"{names.MUNICIPALITY}wall{number}" for number in range(count)]
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            "; ".join(f"CREATE SCHEMA {name}; CREATE TABLE {name}.wall (id int)" for name in schemas)
        )

    def visit_all() -> None:
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            for name in schemas:
                cursor.execute(f"TABLE {name}.wall")

    try:
        with limit_of(settings, 50):
            if count > 50:
                with pytest.raises(TooManyMunicipalities, match=f"visited {count} "):
                    visit_all()
            else:
                visit_all()
    finally:
        with owner.cursor() as cursor:
            for name in schemas:
                cursor.execute(f"DROP SCHEMA {name} CASCADE")


def test_real_schemas_carry_the_name_that_the_wall_looks_for(purmerend: Municipality) -> None:
    assert purmerend.schema_name.startswith(names.MUNICIPALITY)
    for shared in (names.PUBLIC, names.FOUNDATION, names.VAULT, names.RELEASES, names.TEMPLATE):
        assert not shared.startswith(names.MUNICIPALITY)


def test_counting_is_no_query_of_the_page(purmerend: Municipality, settings: Any) -> None:
    sent = []
    for limit in (1, 0):
        with limit_of(settings, limit), CaptureQueriesContext(connections["default"]) as captured:
            with context.municipality(purmerend):
                User.objects.count()
            sent.append(len(captured))
    assert sent[0] == sent[1]
