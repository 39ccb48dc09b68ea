"""Five municipalities, every pair of them, every table, view and sequence, every verb: PostgreSQL refuses.

Then what would make a refusal worthless: a name that stands in two schemas of one path, a function or a view that works
with the rights of its owner.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import permutations
from typing import Any, Final

import psycopg
import pytest
from django.db import connections
from psycopg import errors, sql

from tenants.context import municipality_role
from tenants.database import names
from tenants.database.roles import TOTALS_VIEW
from tenants.municipalities.models import Municipality
from tests.isolation.crowd import crowd
from tests.isolation.sizes import FULL
from tests.isolation.test_roles import become

TABLES: Final = (
    "SELECT * FROM {}",
    "INSERT INTO {} DEFAULT VALUES",
    "UPDATE {} SET {} = NULL",
    "DELETE FROM {}",
    "TRUNCATE {}",
)
SEQUENCES: Final = ("SELECT * FROM {}", "SELECT nextval('{}')", "SELECT setval('{}', 1)")
# Functions that work with the rights of their owner: none, and each new one has to be argued for here.
SECURITY_DEFINERS: Final[frozenset[str]] = frozenset()
# A view reads with the rights of its owner too.
VIEWS: Final = frozenset({TOTALS_VIEW})
PATHS: Final = (
    (names.TEMPLATE, names.PUBLIC),
    (names.FOUNDATION, names.RELEASES, names.PUBLIC),
    (names.VAULT, names.TEMPLATE, names.PUBLIC),
    (names.RELEASES, names.VAULT, names.PUBLIC),
)


def ask(statement: str, *values: Any) -> list[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def attempts(schema: str) -> Iterator[str]:
    """Return every statement that could read or write anything of a schema."""
    found = ask(
        "SELECT c.relname, c.relkind::text, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = 1)"
        " FROM pg_class c WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'S')",
        schema,
    )
    assert len(found) > 30
    for name, kind, column in found:
        for form in SEQUENCES if kind == "S" else TABLES:
            yield form.format(f'"{schema}"."{name}"', f'"{column}"')


def allowed(connection: psycopg.Connection[Any], statements: Iterable[str]) -> list[str]:
    """Return the statements that were not refused for want of a right."""
    got_through = []
    for statement in statements:
        try:
            connection.execute(statement)
        except errors.InsufficientPrivilege:
            continue
        except (
            errors.ObjectNotInPrerequisiteState,
            errors.WrongObjectType,
        ):  # nobody writes or empties a view
            continue
        except psycopg.Error:
            pass
        got_through.append(statement)
    return got_through


@pytest.fixture(scope="module")
def how_many() -> int:
    return 5 if FULL else 3


def test_no_role_reaches_anything_of_another(how_many: int, figures: Any) -> None:
    tried = 0
    with crowd(how_many) as places:
        statements = {place: list(attempts(place.schema_name)) for place in places}
        for own, other in permutations(places, 2):
            with become(own) as connection:
                assert allowed(connection, statements[other]) == []
                tried += len(statements[other])
        assert rights_at_others() == []
    pairs = how_many * (how_many - 1)
    figures(f"roles: {tried:,} statements in {pairs} pairs of {how_many} municipalities: all refused")


def test_a_municipality_reaches_its_own_so_that_the_test_above_means_something(
    purmerend: Municipality,
) -> None:
    with become(purmerend) as connection:
        reading = [text for text in attempts(purmerend.schema_name) if text.startswith("SELECT")]
        through = allowed(connection, reading)
    assert len(through) > len(reading) * 0.9, sorted(set(reading) - set(through))


@pytest.mark.parametrize("right", ["SELECT", "INSERT", "UPDATE", "DELETE"])
def test_twin_one_right_too_many_is_found_in_both_ways(
    purmerend: Municipality, zaanstad: Municipality, right: str
) -> None:
    table, role = f'"{zaanstad.schema_name}".tasks_task', municipality_role(purmerend.schema_name)
    with granted(f"USAGE ON SCHEMA {zaanstad.schema_name}", role), granted(f"{right} ON {table}", role):
        with become(purmerend) as connection:
            through = allowed(connection, attempts(zaanstad.schema_name))
        found = rights_at_others()
    assert {text.split()[0] for text in through} >= {right}
    assert all("tasks_task" in text for text in through)
    assert (role, zaanstad.schema_name, "tasks_task", right) in found


@contextmanager
def granted(right: str, role: str) -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'GRANT {right} TO "{role}"')
        try:
            yield
        finally:
            cursor.execute(f'REVOKE {right} FROM "{role}"')


def rights_at_others() -> list[Any]:
    """Return every right that stands in the catalogue for the role of one municipality, or for all, at another."""
    return ask(
        """
        WITH municipal AS (
            SELECT n.oid, n.nspname, r.oid AS own FROM pg_namespace n
            JOIN pg_roles r ON starts_with(r.rolname, current_database()) AND right(r.rolname, length(n.nspname) + 1)
                               = '_' || n.nspname
            WHERE starts_with(n.nspname, %s)
        ), given AS (
            SELECT m.nspname, m.own, c.relname AS name, (aclexplode(c.relacl)).* FROM municipal m
            JOIN pg_class c ON c.relnamespace = m.oid
            UNION ALL
            SELECT m.nspname, m.own, '', (aclexplode(n.nspacl)).* FROM municipal m JOIN pg_namespace n ON n.oid = m.oid
            UNION ALL
            SELECT m.nspname, m.own, a.attname, (aclexplode(a.attacl)).* FROM municipal m
            JOIN pg_class c ON c.relnamespace = m.oid JOIN pg_attribute a ON a.attrelid = c.oid
        )
        SELECT coalesce(r.rolname, 'everybody'), nspname, name, privilege_type FROM given
        LEFT JOIN pg_roles r ON r.oid = given.grantee
        WHERE given.grantee = 0 OR (given.grantee <> own AND given.grantee IN (SELECT own FROM municipal))
        """,
        names.MUNICIPALITY,
    )


# --------------------------------------------------------------------------------- what would make refusals worthless


def doubles(path: Iterable[str]) -> set[str]:
    """Return the names that stand in more than one schema of a path."""
    seen: set[str] = set()
    double: set[str] = set()
    for schema in path:
        here = {
            row[0]
            for row in ask(
                "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = ANY(%s)",
                schema,
                list("rvmpS"),
            )
        }
        double |= seen & here
        seen |= here
    return double - {
        "django_migrations",
        "django_migrations_id_seq",
    }  # of the owner, in every schema it migrates


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_no_name_stands_twice_in_a_path(path: tuple[str, ...]) -> None:
    assert doubles(path) == set()


def test_twin_a_table_in_public_with_the_name_of_a_municipal_one_is_found() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE public.tasks_task (id int)")
        try:
            assert doubles(PATHS[0]) == {"tasks_task"}
        finally:
            cursor.execute("DROP TABLE public.tasks_task")


def working_for_their_owner() -> set[str]:
    return {
        row[0]
        for row in ask(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )
    }


def test_no_function_works_for_its_owner_but_those_that_are_listed() -> None:
    assert working_for_their_owner() == SECURITY_DEFINERS


def test_twin_such_a_function_is_found() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION public.helpful() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"
        )
        try:
            assert working_for_their_owner() == SECURITY_DEFINERS | {"helpful"}
        finally:
            cursor.execute("DROP FUNCTION public.helpful()")


def test_the_only_view_is_the_one_that_counts_without_identity(purmerend: Municipality) -> None:
    views = ask(
        "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert {row[0] for row in views} == VIEWS


def test_what_the_catalogue_tells_everybody_names_no_municipality(purmerend: Municipality) -> None:
    # The names of schemas and the sizes of tables can be read by every role of a database.
    with become(purmerend) as connection:
        visible = connection.execute(
            sql.SQL("SELECT nspname FROM pg_namespace UNION SELECT rolname FROM pg_roles")
        ).fetchall()
    assert not [name for (name,) in visible if "zaanstad" in name or "purmerend" in name]
