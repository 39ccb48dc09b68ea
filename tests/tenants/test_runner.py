# ruff: noqa: S608  (the names of schemas and tables are our own)
"""Every municipality gets what the template got, while people work; whoever cannot have it now gets it later."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from tenants import context
from tenants.accounts.models import SystemActor
from tenants.database import catalogue, names
from tenants.database.statements import CannotBeReplayed, Index
from tenants.municipalities import runner
from tenants.municipalities.models import Municipality, OutboxEntry, Phase, Progress, SchemaJournal, State
from tenants.municipalities.runner import migrate_municipalities, municipalities_behind
from tenants.municipalities.services import MunicipalitiesLeft, municipality_create, set_up_database
from tests.factories.release import Release, released

ONE_COLUMN = 'migrations.AddField("task", "extra", models.IntegerField(null=True)),'
UNDO = [
    "ALTER TABLE tasks_task DROP COLUMN IF EXISTS extra",
    "ALTER TABLE tasks_task DROP COLUMN IF EXISTS more",
]
TASKS = "tasks_task"


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Release]:
    with released(tmp_path, UNDO) as found:
        yield found


@pytest.fixture
def made() -> Iterator[Callable[..., list[Municipality]]]:
    """Return a maker of municipalities that are gone after the test."""
    there: list[Municipality] = []

    def make(*slugs: str, phase: Phase = Phase.STRUCTURAL) -> list[Municipality]:
        rows = [
            municipality_create(
                slug=slug,
                name=slug.title(),
                codes=[],
                phase=phase,
                contract_target_per_year=1,
                data_controller="Gemeente",
                started_on=date(2019, 1, 1),
                actor=SystemActor("tests"),
            )
            for slug in slugs
        ]
        there.extend(rows)
        return rows

    yield make
    with connections["owner"].cursor() as cursor:
        for row in there:
            role = context.municipality_role(row.schema_name)
            cursor.execute(f'DROP SCHEMA "{row.schema_name}" CASCADE')
            cursor.execute(f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}"')
            cursor.execute(f'REVOKE ALL ON SCHEMA public FROM "{role}"')
            cursor.execute(f'DROP ROLE "{role}"')


@contextmanager
def another() -> Iterator[psycopg.Connection[Any]]:
    """Return a connection beside those of the product."""
    parameters = connections["owner"].get_connection_params()
    kept = {
        name: parameters[name]
        for name in ("dbname", "host", "port", "user", "password")
        if parameters.get(name)
    }
    with psycopg.connect(**kept) as connection:
        yield connection


@contextmanager
def holding(statement: str) -> Iterator[None]:
    """Hold what a statement holds: a reader or writer who takes long."""
    with another() as connection:
        connection.execute(statement)
        yield
        connection.rollback()


def owner(statement: str, *values: Any) -> list[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def states(version: int | None = None) -> dict[str, str]:
    """Return the journal of the last version."""
    with context.owning_registry():
        rows = SchemaJournal.objects.filter(**({"version": version} if version else {}))
        return dict(rows.values_list("municipality__slug", "state"))


def fingerprints() -> set[str]:
    found = owner("SELECT schema_name FROM municipalities_municipality")
    return {catalogue.fingerprint(schema) for (schema,) in [*found, (names.TEMPLATE,)]}


class Reader(threading.Thread):
    """Reads a table again and again, as pages do, and keeps how long the slowest read took."""

    def __init__(self, table: str) -> None:
        super().__init__(daemon=True)
        self.table, self.slowest, self.reads = table, 0.0, 0
        self._end = threading.Event()

    def run(self) -> None:
        with another() as connection:
            connection.autocommit = True
            while not self._end.is_set():
                started = time.monotonic()
                connection.execute(f"SELECT count(*) FROM {self.table}")
                self.slowest = max(self.slowest, time.monotonic() - started)
                self.reads += 1
                time.sleep(0.005)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self.join(10)


# ------------------------------------------------------------------------------------------- when all is well


def test_everybody_gets_what_the_template_got(release: Release) -> None:
    release.add(ONE_COLUMN)
    assert set_up_database() is True
    assert set(states().values()) == {Progress.DONE}
    assert set(states()) == {"purmerend", "zaanstad"}
    assert len(fingerprints()) == 1
    assert municipalities_behind() == []
    assert set_up_database() is False


def test_nothing_to_do_is_one_query() -> None:
    set_up_database()
    sent: list[str] = []

    def watch(execute: Callable[..., Any], statement: str, params: Any, many: bool, info: Any) -> Any:
        sent.append(statement)
        return execute(statement, params, many, info)

    with connections["owner"].execute_wrapper(watch):
        assert set_up_database() is False
    assert len([statement for statement in sent if not statement.startswith("SET search_path")]) == 1, sent


def test_new_tables_come_with_their_rights(release: Release, purmerend: Municipality) -> None:
    before = owner("SELECT rights_digest FROM municipalities_municipality WHERE slug = 'purmerend'")
    owner("UPDATE municipalities_municipality SET rights_digest = '' WHERE slug = 'purmerend'")
    role = context.municipality_role(purmerend.schema_name)
    owner(f'REVOKE SELECT ON "{purmerend.schema_name}".{TASKS} FROM "{role}"')
    assert migrate_municipalities().done == 1
    assert owner("SELECT rights_digest FROM municipalities_municipality WHERE slug = 'purmerend'") == before
    assert len(fingerprints()) == 1


# ------------------------------------------------------------------------------------ when something is wrong

# In the middle of the transaction of one municipality the server has no room left.
DISK_FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER no_room BEFORE UPDATE ON municipalities_municipality FOR EACH ROW
WHEN (NEW.slug = 'vol') EXECUTE FUNCTION no_room();
"""
LOCK_TIMEOUT = 0.4


def test_one_broken_one_locked_one_with_a_long_reader_and_one_without_room_stop_nobody_else(
    release: Release, made: Callable[..., list[Municipality]]
) -> None:
    made("aa", "ab", "ac", phase=Phase.PILOT)
    broken, locked, read, _full, _fine = made("kapot", "op-slot", "gelezen", "vol", "zz-goed")
    table = f'"{read.schema_name}".{TASKS}'
    owner(f'ALTER TABLE "{broken.schema_name}".{TASKS} ADD COLUMN extra text')
    release.add(ONE_COLUMN)
    release.record()
    owner(DISK_FULL)
    try:
        with (
            holding(f'LOCK TABLE "{locked.schema_name}".{TASKS} IN ACCESS EXCLUSIVE MODE'),
            holding(f"SELECT count(*) FROM {table}"),
            Reader(table) as reader,
        ):
            outcome = migrate_municipalities(patience=5, lock_timeout=LOCK_TIMEOUT)
    finally:
        owner("DROP TRIGGER no_room ON municipalities_municipality; DROP FUNCTION no_room()")
    assert outcome.failed == ["kapot"]
    assert sorted(outcome.put_off) == ["gelezen", "op-slot", "vol"]
    assert outcome.done == 6
    assert not outcome.stopped
    assert reader.reads > 20
    assert reader.slowest <= LOCK_TIMEOUT + 0.2
    assert states() == {
        **dict.fromkeys(("aa", "ab", "ac", "purmerend", "zaanstad", "zz-goed"), Progress.DONE),
        "kapot": Progress.FAILED,
        **dict.fromkeys(("gelezen", "op-slot", "vol"), Progress.PUT_OFF),
    }
    with context.owning_registry():
        errors = dict(SchemaJournal.objects.exclude(error="").values_list("municipality__slug", "error"))
        tries = SchemaJournal.objects.get(municipality__slug="gelezen").attempts
    assert "met de hand veranderd" in errors["kapot"]
    assert "te lang in gebruik" in errors["gelezen"]
    assert "schijf" in errors["vol"]
    assert tries > 1

    owner(f'ALTER TABLE "{broken.schema_name}".{TASKS} DROP COLUMN extra')
    again = migrate_municipalities()
    assert again.complete
    assert again.done == 4
    assert set(states().values()) == {Progress.DONE}
    assert len(fingerprints()) == 1


def test_twin_without_a_limit_a_reader_waits_as_long_as_the_other_one_reads(purmerend: Municipality) -> None:
    table = f'"{purmerend.schema_name}".{TASKS}'

    def plainly() -> None:
        with another() as connection:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN extra int")
            connection.rollback()

    with Reader(table) as reader:
        with holding(f"SELECT count(*) FROM {table}"):
            migrating = threading.Thread(target=plainly)
            migrating.start()
            time.sleep(LOCK_TIMEOUT * 2 + 0.3)
        migrating.join()
    assert reader.slowest > LOCK_TIMEOUT + 0.2


def test_when_a_canary_fails_nobody_else_is_touched(
    release: Release, made: Callable[..., list[Municipality]]
) -> None:
    (canary,) = made("kanarie", phase=Phase.PILOT)
    made("bb", "cc")
    owner(f'ALTER TABLE "{canary.schema_name}".{TASKS} ADD COLUMN extra text')
    release.add(ONE_COLUMN)
    release.record()
    outcome = migrate_municipalities(patience=1)
    assert outcome.stopped
    assert outcome.failed == ["kanarie"]
    assert "zaanstad" in outcome.put_off
    assert states()["kanarie"] == Progress.FAILED
    assert "zaanstad" not in states()


def test_a_second_failure_of_a_few_stops_the_run(
    release: Release, made: Callable[..., list[Municipality]]
) -> None:
    made("aa", "ab", "ac", phase=Phase.PILOT)
    for row in made("da", "db"):
        owner(f'ALTER TABLE "{row.schema_name}".{TASKS} ADD COLUMN extra text')
    release.add(ONE_COLUMN)
    release.record()
    outcome = migrate_municipalities(patience=1)
    assert outcome.stopped
    assert outcome.failed == ["da", "db"]
    assert outcome.put_off == ["purmerend", "zaanstad"]
    assert outcome.done == 3


def test_a_hand_made_difference_of_a_canary_stops_the_run(release: Release, purmerend: Municipality) -> None:
    owner(f'CREATE TABLE "{purmerend.schema_name}".stray (id int)')
    release.add(ONE_COLUMN)
    release.record()
    try:
        outcome = migrate_municipalities(patience=1)
        assert outcome.failed == ["purmerend"]
        assert outcome.stopped
    finally:
        owner(f'DROP TABLE "{purmerend.schema_name}".stray')


# ------------------------------------------------------------------------- rules and indexes on tables in use

RULE = """
migrations.AddField("task", "extra", models.IntegerField(null=True)),
migrations.AddConstraint("task", models.CheckConstraint(name="extra_small", condition=models.Q(extra__lt=9))),
migrations.AddIndex("task", models.Index(fields=["extra"], name="task_by_extra")),
"""


@pytest.mark.parametrize("large", [1, 10**9])
def test_a_rule_is_checked_and_a_large_index_is_built_beside_the_work(
    release: Release, monkeypatch: pytest.MonkeyPatch, large: int, in_place: None
) -> None:
    monkeypatch.setattr(runner, "LARGE_TABLE", large)
    sent: list[str] = []
    execute, beside = runner._execute, runner._build_beside

    def executed(statement: str, lock_timeout: float, work_timeout: float) -> None:
        sent.append(statement)
        execute(statement, lock_timeout, work_timeout)

    def built(schema: str, index: Index, lock_timeout: float) -> None:
        sent.append(index.concurrently)
        beside(schema, index, lock_timeout)

    monkeypatch.setattr(runner, "_execute", executed)
    monkeypatch.setattr(runner, "_build_beside", built)
    release.add(RULE)
    release.record()
    assert migrate_municipalities().complete
    assert any(text.endswith("NOT VALID") for text in sent)
    assert any("VALIDATE CONSTRAINT" in text for text in sent)
    assert len(fingerprints()) == 1


@pytest.fixture
def in_place(purmerend: Municipality) -> None:
    """Let there be something in the table, so that it has a size."""
    owner(
        f'INSERT INTO "{purmerend.schema_name}".{TASKS} (id, title, reason, due_on, status, subject_kind, created_at)'
        " SELECT gen_random_uuid(), 'x', '', current_date, 'open', '', now() FROM generate_series(1, 50)"
    )


def test_data_that_break_a_new_rule_are_named_and_the_rest_stays_done(
    release: Release, purmerend: Municipality, in_place: None
) -> None:
    release.add('migrations.AddField("task", "extra", models.IntegerField(db_default=10)),')
    release.add(RULE.split("\n", 2)[2])
    release.record()
    outcome = migrate_municipalities(patience=1)
    assert outcome.failed == ["purmerend"]
    assert states()["purmerend"] == Progress.HALF or "purmerend" in states()
    with context.owning_registry():
        entry = SchemaJournal.objects.filter(municipality=purmerend).exclude(error="").get()
    assert "extra_small" in entry.error
    owner(f'UPDATE "{purmerend.schema_name}".{TASKS} SET extra = 1')
    assert migrate_municipalities().complete
    assert len(fingerprints()) == 1


def test_an_index_that_was_left_unfinished_is_built_again(
    release: Release, monkeypatch: pytest.MonkeyPatch, purmerend: Municipality, in_place: None
) -> None:
    monkeypatch.setattr(runner, "LARGE_TABLE", 1)
    release.add(RULE)
    release.record()
    # Building beside the work waits for everybody who looks at the database as it was, and leaves a part behind.
    with another() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT count(*) FROM municipalities_municipality")
        outcome = migrate_municipalities(patience=0, lock_timeout=0.2, only=["purmerend"])
        connection.rollback()
    assert outcome.put_off == ["purmerend"]
    assert states()["purmerend"] == Progress.HALF
    index = f'"{purmerend.schema_name}".task_by_extra'
    assert owner("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", index) == [(False,)]
    assert migrate_municipalities().complete
    assert len(fingerprints()) == 1


# ------------------------------------------------------------------------------------------------------- jobs


def test_data_are_filled_in_by_a_job_in_every_municipality(
    release: Release, run_outbox: Callable[[], int], purmerend: Municipality
) -> None:
    release.add('RunJob("core.vog.jobs.expire_overdue"),')
    release.record()
    assert migrate_municipalities().complete
    with context.dispatching():
        waiting = OutboxEntry.objects.filter(job="core.vog.jobs.expire_overdue")
        assert waiting.count() == 2
        assert {entry.login for entry in waiting} == {"web"}
    run_outbox()


# --------------------------------------------------------------------------------------------------- refusals

REFUSED = {
    "runs Python": ("migrations.RunPython(migrations.RunPython.noop),", ""),
    "has no transaction": (ONE_COLUMN, "atomic = False"),
    "reads or writes data": ("""migrations.RunSQL("UPDATE tasks_task SET title = 'x'"),""", ""),
    "anew while nobody can read it": (
        'migrations.RunSQL("ALTER TABLE tasks_task ALTER COLUMN title TYPE char(300)"),', "",
    ),
    "reads the whole table": (
        'migrations.RunSQL("ALTER TABLE tasks_task ALTER COLUMN subject_id SET NOT NULL"),', "",
    ),
    "takes away what the version that still runs uses": ('migrations.RemoveField("task", "reason"),', ""),
    "not been done everywhere": (
        'migrations.RemoveField("task", "reason"),', 'contracts = "9001_not_there"',
    ),
    "names the schema template_municipality": (
        'migrations.RunSQL("COMMENT ON TABLE template_municipality.tasks_task IS NULL"),', "",
    ),
    "not on the list of what a migration may do": ('migrations.RunSQL("VACUUM FULL tasks_task"),', ""),
    "not on the list of what may be done to a table": (
        'migrations.RunSQL("ALTER TABLE tasks_task SET UNLOGGED"),', "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_migration_that_would_hold_people_up_is_refused_with_what_to_do(
    release: Release, sentence: str
) -> None:
    operations, attributes = REFUSED[sentence]
    before = catalogue.fingerprint(names.TEMPLATE)
    name = release.add(operations, attributes)
    if "VACUUM" in operations:
        # PostgreSQL itself refuses it in a transaction; the list is asked before that where it can be.
        with pytest.raises(Exception, match=r"(?i)vacuum|not on the list"):
            set_up_database()
        return
    with pytest.raises(CannotBeReplayed, match=sentence) as refusal:
        set_up_database()
    assert f"tasks.{name}" in str(refusal.value)
    assert catalogue.fingerprint(names.TEMPLATE) == before
    assert municipalities_behind() == []


def test_what_an_earlier_version_left_unused_may_be_taken_away(release: Release) -> None:
    first = release.add(ONE_COLUMN)
    release.record()
    release.add('migrations.RemoveField("task", "extra"),', f'contracts = "{first}"')
    with pytest.raises(CannotBeReplayed, match="not been done everywhere"):
        release.record()
    assert migrate_municipalities().complete
    release.record()
    assert migrate_municipalities().complete
    assert len(fingerprints()) == 1


@pytest.mark.parametrize(
    ("slug", "state", "sentence"),
    [("nergens", None, "Er is geen gemeente nergens"), ("zaanstad", State.ERASED, "zaanstad is gewist")],
)
def test_an_unknown_or_erased_municipality_is_refused(slug: str, state: State | None, sentence: str) -> None:
    if state:
        owner("UPDATE municipalities_municipality SET state = %s WHERE slug = %s", state, slug)
    with pytest.raises(CommandError, match=sentence):
        call_command("municipalities_migrate", "--only", slug)


def test_the_commands_tell_who_is_left_behind_and_why(
    release: Release, purmerend: Municipality, capsys: pytest.CaptureFixture[str]
) -> None:
    name = release.add(ONE_COLUMN)
    release.record()
    call_command("municipalities_migrate", "--plan")
    assert f"purmerend: tasks.{name}" in capsys.readouterr().out
    with (
        holding(f'SELECT count(*) FROM "{purmerend.schema_name}".{TASKS}'),
        pytest.raises(CommandError, match=r"uitgesteld: 1, mislukt: 0.*purmerend.*--status"),
    ):
        call_command("municipalities_migrate", "--patience", "0", "--lock-timeout", "0.1")
    call_command("municipalities_migrate", "--status")
    assert "Een tabel was te lang in gebruik" in capsys.readouterr().out
    call_command("municipalities_migrate", "--only", "purmerend")
    assert "1 gemeenten bijgewerkt" in capsys.readouterr().out
    call_command("municipalities_migrate")
    assert "al bijgewerkt" in capsys.readouterr().out


def test_the_set_up_says_when_somebody_is_left_and_goes_on_the_next_time(
    release: Release, purmerend: Municipality
) -> None:
    release.add(ONE_COLUMN)
    with (
        holding(f'SELECT count(*) FROM "{purmerend.schema_name}".{TASKS}'),
        pytest.raises(MunicipalitiesLeft),
    ):
        set_up_database(patience=0, lock_timeout=0.1)
    assert set_up_database() is True
    assert set_up_database() is False
