"""A municipality is made whole or not at all, and is exactly what the migrations would have made."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections, migrations
from django.db.migrations import Migration

from common.errors import Conflict, InvalidInput
from tenants import context
from tenants.accounts.models import SystemActor, User
from tenants.context import municipality_role
from tenants.database import catalogue, migrate, names
from tenants.database import roles as database_roles
from tenants.database.migrate import create_schema, replay, working_in
from tenants.database.statements import CannotBeReplayed
from tenants.municipalities.models import (
    Municipality,
    MunicipalityCode,
    OutboxEntry,
    Phase,
    SchemaScript,
    State,
)
from tenants.municipalities.runner import CatalogueDiffers
from tenants.municipalities.services import municipality_create, set_up_database

ACTOR = SystemActor("tests")


def create(slug: str = "edam", **changes: Any) -> Municipality:
    values: dict[str, Any] = {
        "slug": slug,
        "name": slug.title(),
        "codes": [("GM0385", date(2018, 1, 1), None)],
        "phase": Phase.PILOT,
        "contract_target_per_year": 8,
        "data_controller": "Gemeente",
        "started_on": date(2019, 1, 1),
        "actor": ACTOR,
    }
    return municipality_create(**(values | changes))


def ask(statement: str, *values: Any) -> list[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def schemas() -> set[str]:
    return {row[0] for row in ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'm\\_%%'")}


def roles() -> set[str]:
    return {
        row[0]
        for row in ask("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", settings.DATABASE_NAME)
    }


def slugs() -> set[str]:
    return {row[0] for row in ask("SELECT slug FROM municipalities_municipality")}


@pytest.fixture(autouse=True)
def _only_the_cast() -> Iterator[None]:
    """Take away what these tests make: the cleaning between tests knows rows only."""
    before = schemas(), roles()
    yield
    with connections["owner"].cursor() as cursor:
        for schema in schemas() - before[0]:
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
        for role in roles() - before[1]:
            cursor.execute(f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}"')
            cursor.execute(f'REVOKE ALL ON SCHEMA public FROM "{role}"')
            cursor.execute(f'DROP ROLE "{role}"')


# ------------------------------------------------------------------------------------------------------------- whole


def test_a_new_municipality_can_be_worked_in_at_once() -> None:
    made = create()
    assert made.state == State.LIVE
    with context.municipality(made):
        assert User.objects.count() == 0
        assert Municipality.objects.get().slug == "edam"
        assert MunicipalityCode.objects.get().code == "GM0385"


def test_work_is_left_for_the_national_figures() -> None:
    made = create()
    with context.dispatching():
        assert {(entry.job, entry.schema_name) for entry in OutboxEntry.objects.all()} == {
            (name, made.schema_name) for name in settings.JOBS_OF_A_NEW_MUNICIPALITY
        }


def test_its_schema_is_what_the_migrations_make() -> None:
    made = create()
    other = f"m_{uuid4().hex[:12]}"
    create_schema(other)
    migrate.migrate(other, "municipality")
    database_roles.create_municipality_role(other)
    database_roles.grant_municipality(other)
    assert catalogue.describe(made.schema_name) == catalogue.describe(other)
    assert catalogue.fingerprint(made.schema_name) == catalogue.fingerprint(names.TEMPLATE)


@pytest.mark.parametrize(
    "change",
    [
        'ALTER TABLE "{}".accounts_user ADD COLUMN extra int',
        'ALTER TABLE "{}".accounts_user ALTER COLUMN full_name TYPE varchar(121)',
        'ALTER TABLE "{}".accounts_user ALTER COLUMN full_name SET DEFAULT 1',
        'ALTER TABLE "{}".accounts_user DROP CONSTRAINT user_role_known',
        'CREATE INDEX extra ON "{}".accounts_user (full_name)',
        'ALTER INDEX "{}".audit_latest RENAME TO other_name',
        'CREATE VIEW "{}".extra AS SELECT 1',
        'CREATE SEQUENCE "{}".extra',
        "CREATE FUNCTION \"{}\".extra() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        'GRANT UPDATE ON "{}".audit_auditentry TO "{role}"',
        'GRANT SELECT ON "{}".accounts_user TO "{web}"',
        'REVOKE SELECT ON "{}".accounts_user FROM "{role}"',
        'ALTER TABLE "{}".accounts_user ENABLE ROW LEVEL SECURITY',
        "COMMENT ON TABLE \"{}\".accounts_user IS 'x'",
    ],
)
def test_the_fingerprint_sees_every_difference(change: str) -> None:
    made = create()
    before = catalogue.fingerprint(made.schema_name)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            change.format(
                made.schema_name,
                role=municipality_role(made.schema_name),
                web=names.role_name(settings.DATABASE_NAME, "web"),
            )
        )
    assert catalogue.fingerprint(made.schema_name) != before


def test_a_script_that_no_longer_fits_makes_nothing() -> None:
    last = ask("SELECT max(version) FROM municipalities_schemascript")[0][0]
    before = schemas()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE municipalities_schemascript SET statements = statements || %s::jsonb WHERE version = %s",
            ['["CREATE TABLE stray (id int)"]', last],
        )
    try:
        with pytest.raises(CatalogueDiffers):
            create()
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "UPDATE municipalities_schemascript SET statements = statements - -1 WHERE version = %s",
                [last],
            )
    assert schemas() == before
    create()


# ------------------------------------------------------------------------------------------------------ or not at all


class Killed(BaseException):
    """The process ends here."""


def test_killed_at_any_statement_it_leaves_nothing() -> None:
    before = schemas(), roles(), slugs()
    total = _statements(create)
    assert total > 20
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM municipalities_municipalitycode WHERE code = 'GM0385'")
        cursor.execute("DELETE FROM municipalities_municipality WHERE slug = 'edam'")
    made = schemas(), roles()
    for stop_at in range(total):
        with pytest.raises(Killed):
            _statements(create, stop_at=stop_at)
        connections["owner"].close()
        assert (schemas(), roles()) == made
        assert slugs() == before[2]
    assert create().state == State.LIVE


def test_in_separate_transactions_a_kill_would_leave_a_part() -> None:
    # The twin: the same steps without the one transaction around them do leave something behind.
    before = schemas()
    schema = f"m_{uuid4().hex[:12]}"
    create_schema(schema)
    assert schemas() - before == {schema}


def _statements(work: Callable[[], Any], stop_at: int | None = None) -> int:
    """Count the statements of some work on the owner's connection; end the process before one of them."""
    count = 0

    def watch(execute: Callable[..., Any], statement: str, params: Any, many: bool, info: Any) -> Any:
        nonlocal count
        if count == stop_at:
            # As a killed process: the server sees the connection close, nobody sends ROLLBACK.
            connections["owner"].connection.close()
            raise Killed
        count += 1
        return execute(statement, params, many, info)

    connections["owner"].ensure_connection()
    with connections["owner"].execute_wrapper(watch):
        work()
    return count


# ---------------------------------------------------------------------------------------------------------- refusals


def test_a_name_is_given_once() -> None:
    create()
    with pytest.raises(Conflict):
        create()


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "landelijk"},
        {"slug": "Met Spaties"},
        {"slug": ""},
        {"slug": "x" * 41},
        {"name": ""},
        {"phase": "unknown"},
        {"contract_target_per_year": -1},
    ],
)
def test_bad_values_make_nothing(changes: dict[str, Any]) -> None:
    before = schemas()
    with pytest.raises(InvalidInput) as refusal:
        create(**changes)
    assert refusal.value.fields
    assert schemas() == before


# ------------------------------------------------------------------------------------------------- catching up, set-up


def test_setting_up_again_changes_nothing() -> None:
    assert set_up_database() is False


def test_a_municipality_that_is_behind_catches_up() -> None:
    made = create()
    latest = ask("SELECT max(version) FROM municipalities_schemascript")[0][0]
    statement = "ALTER TABLE audit_transition ADD COLUMN extra integer"
    with working_in(names.TEMPLATE, "municipality"):
        replay([statement])
    with context.owning_registry():
        SchemaScript.objects.create(
            version=latest + 1,
            app="audit",
            migration="9999_extra",
            statements=[statement],
            fingerprint=catalogue.fingerprint(names.TEMPLATE),
        )
    try:
        assert set_up_database() is True
        assert catalogue.fingerprint(made.schema_name) == catalogue.fingerprint(names.TEMPLATE)
        assert set_up_database() is False
        assert create("volendam", codes=[]).schema_version == latest + 1
    finally:
        with context.owning_registry():
            SchemaScript.objects.filter(version=latest + 1).delete()
            Municipality.objects.filter(schema_version__gt=latest).update(schema_version=latest)
        live = ask("SELECT schema_name FROM municipalities_municipality")
        for schema in [names.TEMPLATE, *[row[0] for row in live]]:
            with working_in(schema, "municipality"):
                replay(["ALTER TABLE audit_transition DROP COLUMN extra"])


@pytest.mark.parametrize(
    "migration",
    [
        type("Migration", (Migration,), {"operations": [migrations.RunPython(migrations.RunPython.noop)]}),
        type("Migration", (Migration,), {"atomic": False}),
    ],
)
def test_a_migration_that_cannot_be_repeated_is_refused(migration: type[Migration]) -> None:
    with pytest.raises(CannotBeReplayed, match="cannot be replayed"):
        migrate._require_repeatable(migration("0002_x", "audit"))


def test_the_recorded_statements_name_no_schema() -> None:
    statements = [
        text for (found,) in ask("SELECT statements FROM municipalities_schemascript") for text in found
    ]
    assert len(statements) > 30
    assert not [text for text in statements if names.TEMPLATE in text or "search_path" in text]


# ---------------------------------------------------------------------------------------------------------- commands


def test_the_command_makes_a_municipality(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(
        "municipality_create",
        "beemster",
        "Purmerend en Beemster",
        "--code=GM0370:2018-01-01:2022-01-01",
        "--controller=Gemeente",
        "--started-on=2018-09-01",
    )
    assert "ingericht" in capsys.readouterr().out
    assert "beemster" in slugs()
    with pytest.raises(CommandError, match="platform"):
        call_command(
            "municipality_create",
            "landelijk",
            "X",
            "--code=GM0001",
            "--controller=X",
            "--started-on=2018-09-01",
        )


def test_the_command_makes_an_account(monkeypatch: pytest.MonkeyPatch, purmerend: Municipality) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "een lang wachtwoord")
    call_command("user_create", "purmerend", "nieuw@purmerend.example", "Nieuw", "deputy")
    with context.municipality(purmerend):
        assert User.objects.get(email="nieuw@purmerend.example").check_password("een lang wachtwoord")
    call_command("user_create", "landelijk", "nieuw@stichting.example", "Nieuw", "foundation_staff")
    for arguments in (
        ("landelijk", "x@stichting.example", "X", "coordinator"),
        ("purmerend", "nieuw@purmerend.example", "X", "deputy"),
        ("nergens", "x@example.org", "X", "deputy"),
        ("purmerend", "geen adres", "X", "deputy"),
    ):
        with pytest.raises(CommandError):
            call_command("user_create", *arguments)


def test_the_command_closes_an_account_of_one_municipality_only(
    purmerend: Municipality, coordinator: User
) -> None:
    for place in ("zaanstad", "landelijk", "nergens"):
        with pytest.raises(CommandError):
            call_command("user_deactivate", place, coordinator.email)
    call_command("user_deactivate", "purmerend", coordinator.email)
    with context.municipality(purmerend):
        assert not User.objects.get(email=coordinator.email).is_active
    with pytest.raises(CommandError):
        call_command("user_deactivate", "purmerend", coordinator.email)


def test_djangos_own_migrate_is_refused() -> None:
    with pytest.raises(CommandError, match="setup_database"):
        call_command("migrate")


def test_set_up_tells_whether_there_was_anything_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("setup_database")
    assert "was al bijgewerkt" in capsys.readouterr().out
