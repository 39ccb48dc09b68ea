"""What PostgreSQL itself refuses, whatever the code does. Each login is tried on a connection of its own."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import errors, sql

from tenants import context
from tenants.accounts.models import User
from tenants.audit.services import audit_log
from tenants.context import municipality_role
from tenants.database import names
from tenants.municipalities.models import Municipality, OutboxEntry

DENIED = (errors.InsufficientPrivilege,)
# Without USAGE on a schema PostgreSQL skips it in the search path, so the table is not found at all.
DENIED_OR_HIDDEN = (errors.InsufficientPrivilege, errors.UndefinedTable, errors.InvalidSchemaName)


@contextmanager
def connected(login: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect as a login, with nothing set: as code that forgot everything would."""
    database = settings.DATABASES["owner"]
    with closing(
        psycopg.connect(
            dbname=database["NAME"],
            host=database["HOST"],
            port=database["PORT"] or None,
            user=names.role_name(settings.DATABASE_NAME, login),
            password=settings.DATABASE_PASSWORDS[login] or None,
            autocommit=True,
        )
    ) as connection:
        yield connection


@contextmanager
def become(municipality: Municipality) -> Iterator[psycopg.Connection[Any]]:
    """Connect as the municipal pages and become the role of one municipality."""
    with connected("web") as connection:
        role, schema = municipality_role(municipality.schema_name), municipality.schema_name
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        connection.execute(sql.SQL("SET search_path TO {}, public").format(sql.Identifier(schema)))
        yield connection


def relations(schema: str, kinds: str = "rvmpS") -> list[tuple[str, str]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND position(c.relkind::text in %s) > 0 ORDER BY 1",
            [schema, kinds],
        )
        return list(cursor.fetchall())


def tables(schema: str) -> list[str]:
    return [name for name, _kind in relations(schema, "rvmp")]


def read(connection: psycopg.Connection[Any], schema: str, table: str) -> list[Any]:
    return connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))).fetchall()


# -------------------------------------------------------------------------------------------------- context forgotten


@pytest.mark.parametrize("login", ["web", "shared_web", "aggregator", "releaser"])
def test_no_login_reads_any_table_of_a_municipality(purmerend: Municipality, login: str) -> None:
    found = tables(purmerend.schema_name)
    assert len(found) > 10
    with connected(login) as connection:
        for table in found:
            if (login, table) == ("aggregator", "report_totals"):
                continue
            with pytest.raises(DENIED):
                read(connection, purmerend.schema_name, table)


@pytest.mark.parametrize("login", ["web", "shared_web", "aggregator", "releaser"])
def test_a_poisoned_search_path_gives_no_login_a_municipality(purmerend: Municipality, login: str) -> None:
    with connected(login) as connection:
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(purmerend.schema_name)))
        with pytest.raises(DENIED_OR_HIDDEN):
            connection.execute("SELECT * FROM accounts_user")


def test_with_a_right_too_many_the_forgotten_context_would_read(purmerend: Municipality) -> None:
    # The twin: the same reads succeed as soon as the login itself has the right, so the tests above can fail.
    web = names.role_name(settings.DATABASE_NAME, "web")
    with (
        granted(
            f'USAGE ON SCHEMA "{purmerend.schema_name}"',
            f'SELECT ON "{purmerend.schema_name}".accounts_user',
            to=web,
        ),
        connected("web") as connection,
    ):
        assert len(read(connection, purmerend.schema_name, "accounts_user")) == 3
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(purmerend.schema_name)))
        assert connection.execute("SELECT * FROM accounts_user").fetchall()


@contextmanager
def granted(*rights: str, to: str) -> Iterator[None]:
    """Give rights for a moment."""
    with connections["owner"].cursor() as cursor:
        for right in rights:
            cursor.execute(f'GRANT {right} TO "{to}"')
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            for right in rights:
                cursor.execute(f'REVOKE {right} FROM "{to}"')


# ------------------------------------------------------------------------------------- one municipality and the other


def test_the_role_of_one_municipality_reads_its_own_and_no_table_or_sequence_of_another(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    for own, other in ((purmerend, zaanstad), (zaanstad, purmerend)):
        with become(own) as connection:
            assert len(read(connection, own.schema_name, "accounts_user")) == 3
            for name, kind in relations(other.schema_name):
                with pytest.raises(DENIED):
                    read(connection, other.schema_name, name)
                if kind in "rp":
                    with pytest.raises(DENIED):
                        connection.execute(
                            sql.SQL("DELETE FROM {}").format(sql.Identifier(other.schema_name, name))
                        )


def test_the_role_of_one_municipality_cannot_move_to_another(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with become(purmerend) as connection:
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(zaanstad.schema_name)))
        with pytest.raises(DENIED_OR_HIDDEN):
            connection.execute("SELECT * FROM accounts_user")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE extra (id int)",
        "ALTER TABLE accounts_user ADD COLUMN extra int",
        "DROP TABLE accounts_user",
        "TRUNCATE accounts_user",
        "CREATE FUNCTION extra() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA extra",
        "CREATE TEMPORARY TABLE extra (id int)",
        "CREATE ROLE extra",
    ],
)
def test_the_role_of_a_municipality_cannot_change_the_structure(
    purmerend: Municipality, statement: str
) -> None:
    with become(purmerend) as connection, pytest.raises(DENIED):
        connection.execute(statement)


@pytest.mark.parametrize("schema", [names.VAULT, names.RELEASES, names.FOUNDATION, names.TEMPLATE])
def test_the_role_of_a_municipality_reaches_no_shared_schema(purmerend: Municipality, schema: str) -> None:
    with become(purmerend) as connection:
        for table in tables(schema):
            with pytest.raises(DENIED):
                read(connection, schema, table)


def test_what_is_appended_can_neither_be_changed_nor_deleted(
    purmerend: Municipality, coordinator: User
) -> None:
    with context.municipality(purmerend):
        audit_log(action="test", subject=coordinator, actor=coordinator)
    with become(purmerend) as connection:
        assert len(read(connection, purmerend.schema_name, "audit_auditentry")) == 1
        for table in ("audit_auditentry", "audit_transition", "ledger_ledgerentry"):
            with pytest.raises(DENIED):
                connection.execute(sql.SQL("UPDATE {} SET id = id").format(sql.Identifier(table)))
            with pytest.raises(DENIED):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def test_with_the_right_to_change_the_log_could_be_rewritten(
    purmerend: Municipality, coordinator: User
) -> None:
    with context.municipality(purmerend):
        audit_log(action="test", subject=coordinator, actor=coordinator)
    role = municipality_role(purmerend.schema_name)
    with (
        granted(f'UPDATE ON "{purmerend.schema_name}".audit_auditentry', to=role),
        become(purmerend) as connection,
    ):
        assert connection.execute("UPDATE audit_auditentry SET action = 'other'").rowcount == 1


# --------------------------------------------------------------------------------------- the registry and the outbox


def test_a_municipality_sees_only_itself_in_the_registry(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with become(purmerend) as connection:
        found = connection.execute("SELECT slug FROM municipalities_municipality").fetchall()
        codes = connection.execute("SELECT code FROM municipalities_municipalitycode").fetchall()
    assert found == [("purmerend",)]
    assert codes == [("GM0439",)]


def test_without_row_level_security_a_municipality_would_see_all_in_the_registry(
    purmerend: Municipality,
) -> None:
    with without_row_security("municipalities_municipality"), become(purmerend) as connection:
        assert len(connection.execute("SELECT slug FROM municipalities_municipality").fetchall()) == 2


@contextmanager
def without_row_security(table: str) -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY")


LEAVE = """
    INSERT INTO municipalities_outboxentry (id, role_name, schema_name, login, job, arguments)
    VALUES (gen_random_uuid(), %s, %s, 'aggregator', 'reporting.extract.jobs.recompute', '{}')
"""


def test_a_municipality_leaves_work_in_its_own_name_only(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    own, other = (municipality_role(place.schema_name) for place in (purmerend, zaanstad))
    with become(purmerend) as connection:
        connection.execute(LEAVE, [own, purmerend.schema_name])
        for role, schema in (
            (other, zaanstad.schema_name),
            (own, zaanstad.schema_name),
            (other, purmerend.schema_name),
            (own, names.RELEASES),
        ):
            with pytest.raises(DENIED):
                connection.execute(LEAVE, [role, schema])


def test_without_row_level_security_work_could_be_left_in_another_name(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with without_row_security("municipalities_outboxentry"), become(purmerend) as connection:
        connection.execute(LEAVE, [municipality_role(zaanstad.schema_name), zaanstad.schema_name])


def test_a_municipality_neither_sees_nor_removes_the_work_of_another(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with become(zaanstad) as connection:
        connection.execute(LEAVE, [municipality_role(zaanstad.schema_name), zaanstad.schema_name])
    with become(purmerend) as connection:
        assert connection.execute("SELECT * FROM municipalities_outboxentry").fetchall() == []
        assert connection.execute("DELETE FROM municipalities_outboxentry").rowcount == 0
        assert connection.execute("UPDATE municipalities_outboxentry SET last_error = 'x'").rowcount == 0
    with context.dispatching():
        assert OutboxEntry.objects.count() == 1


@pytest.mark.parametrize("login", ["shared_web", "releaser"])
def test_nobody_outside_leaves_work_that_runs_inside_a_municipality(
    purmerend: Municipality, login: str
) -> None:
    own = names.role_name(settings.DATABASE_NAME, login)
    with connected(login) as connection:
        connection.execute(LEAVE, [own, purmerend.schema_name])
        with pytest.raises(DENIED):
            connection.execute(LEAVE.replace("'aggregator'", "'web'"), [own, purmerend.schema_name])


def test_the_municipal_login_itself_does_not_reach_the_outbox() -> None:
    with connected("web") as connection, pytest.raises(DENIED):
        connection.execute("SELECT * FROM municipalities_outboxentry")


@pytest.mark.parametrize("login", ["web", "shared_web", "aggregator", "releaser", "backup"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET slug = slug", "DELETE FROM {}"])
def test_no_login_changes_the_registry(login: str, statement: str) -> None:
    with connected(login) as connection, pytest.raises(DENIED):
        connection.execute(statement.format("public.municipalities_municipality"))


# -------------------------------------------------------------------------------------------------- the shared schemas


def test_the_aggregator_reads_the_totals_of_a_municipality_and_nothing_else_of_it(
    purmerend: Municipality,
) -> None:
    with connected("aggregator") as connection:
        assert read(connection, purmerend.schema_name, "report_totals") == []
        with pytest.raises(DENIED):
            connection.execute(
                sql.SQL("DELETE FROM {}").format(sql.Identifier(purmerend.schema_name, "report_totals"))
            )
        with pytest.raises(DENIED):
            read(connection, purmerend.schema_name, "ledger_ledgerentry")


REFUSED = [
    ("web", names.VAULT),
    ("web", names.RELEASES),
    ("web", names.FOUNDATION),
    ("web", names.TEMPLATE),
    ("shared_web", names.VAULT),
    ("shared_web", names.TEMPLATE),
    ("aggregator", names.RELEASES),
    ("aggregator", names.FOUNDATION),
    ("releaser", names.FOUNDATION),
    ("releaser", names.TEMPLATE),
]


@pytest.mark.parametrize(("login", "schema"), REFUSED)
def test_a_login_reaches_only_the_shared_schemas_of_its_work(login: str, schema: str) -> None:
    with connected(login) as connection:
        for table in tables(schema):
            with pytest.raises(DENIED):
                read(connection, schema, table)


def test_the_releaser_reads_the_vault_without_writing_it() -> None:
    with connected("releaser") as connection:
        for table in tables(names.VAULT):
            if table == "django_migrations":
                continue
            read(connection, names.VAULT, table)
            with pytest.raises(DENIED):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(names.VAULT, table)))


def test_the_backup_reads_everything_and_writes_nothing(purmerend: Municipality) -> None:
    with connected("backup") as connection:
        for schema in (purmerend.schema_name, names.FOUNDATION, names.VAULT, names.RELEASES, names.PUBLIC):
            for table in tables(schema):
                if table == "django_migrations":
                    continue
                read(connection, schema, table)
                with pytest.raises((*DENIED, errors.ObjectNotInPrerequisiteState)):
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(schema, table)))
        assert len(read(connection, names.PUBLIC, "municipalities_municipality")) == 2


# ------------------------------------------------------------------------------------------------ the roles themselves


def test_logins_own_nothing_and_may_nothing_special() -> None:
    logins = [names.role_name(settings.DATABASE_NAME, login) for login in names.LOGINS]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = ANY(%s)"
            " OR (relkind = 'r' AND pg_get_userbyid(relowner) LIKE %s)",
            [logins, f"{settings.DATABASE_NAME}\\_m\\_%"],
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)"
            " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolinherit OR rolreplication)",
            [f"{settings.DATABASE_NAME}_"],
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("login", ["shared_web", "aggregator", "releaser", "backup"])
def test_only_the_municipal_login_becomes_a_municipality(purmerend: Municipality, login: str) -> None:
    role = sql.Identifier(municipality_role(purmerend.schema_name))
    with connected(login) as connection, pytest.raises(DENIED):
        connection.execute(sql.SQL("SET ROLE {}").format(role))
    with connected("web") as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(role))


@pytest.mark.parametrize("login", [*names.LOGINS])
@pytest.mark.parametrize("schema", [names.PUBLIC, names.VAULT, names.RELEASES, names.FOUNDATION])
def test_no_login_makes_a_table(login: str, schema: str) -> None:
    with connected(login) as connection, pytest.raises(DENIED):
        connection.execute(sql.SQL("CREATE TABLE {} (id int)").format(sql.Identifier(schema, "extra")))


def test_no_table_name_stands_both_in_public_and_in_a_municipality(purmerend: Municipality) -> None:
    assert set(tables(purmerend.schema_name)).isdisjoint(tables(names.PUBLIC))


def test_no_function_runs_with_the_rights_of_its_owner() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )
        assert cursor.fetchall() == []


def test_schema_names_tell_nothing(purmerend: Municipality) -> None:
    assert "purmerend" not in purmerend.schema_name


def test_a_second_statement_smuggled_along_with_values_is_refused(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    other = municipality_role(zaanstad.schema_name)
    with context.municipality(purmerend), connections["default"].cursor() as cursor:
        with pytest.raises(Exception, match="cannot insert multiple commands"), context.atomic():
            cursor.execute(f'SELECT %s; RESET ROLE; SET ROLE "{other}"', ["x"])
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (municipality_role(purmerend.schema_name),)


def test_names_of_roles_stay_within_what_postgresql_keeps() -> None:
    longest = names.role_name("d" * 63, "m_0123456789ab")
    assert len(longest) == 63
    assert longest.endswith("_m_0123456789ab")
    assert longest != names.role_name("d" * 62 + "e", "m_0123456789ab")
