# ruff: noqa: S608  (the names of tables and columns are our own)
"""Between two versions both are at work: the old one with the new tables, the new one with what was there."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections, migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Q
from django.test import Client

from core.tasks.models import Task
from tenants import context, middleware
from tenants.database.compatibility import all_objections, objections
from tenants.database.migrate import working_in
from tenants.database.operations import RunJob
from tenants.jobs import enqueue_by_name, run
from tenants.municipalities.models import Municipality, OutboxEntry, SchemaScript
from tenants.municipalities.selectors import forget_hosts
from tenants.municipalities.versions import required_version
from tests.isolation import world as worlds

NOTE = "task"


def test_the_old_version_can_work_with_every_migration_of_the_product() -> None:
    assert list(all_objections()) == []


def before() -> ProjectState:
    """Return a table as an older version knows it."""
    state = ProjectState()
    state.add_model(
        ModelState(
            "tasks",
            "Task",
            [
                ("id", models.UUIDField(primary_key=True)),
                ("title", models.CharField(max_length=20)),
                ("status", models.CharField(max_length=8)),
                ("reason", models.CharField(max_length=20, blank=True)),
                ("level", models.IntegerField(db_default=1)),
                ("until", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(name="known", condition=Q(status__in=["open", "done"])),
                    models.CheckConstraint(
                        name="reasoned", condition=~Q(status__in=["done"]) | ~Q(reason="")
                    ),
                ]
            },
        )
    )
    return state


def judged(*operations: Any, **attributes: Any) -> list[str]:
    migration = type("Migration", (Migration,), {"operations": list(operations), **attributes})(
        "0002_x", "tasks"
    )
    return list(objections(migration, before(), earlier=["0001_initial"]))


CHAR = models.CharField
RIGHT: list[tuple[Any, ...]] = [
    (migrations.AddField(NOTE, "extra", models.IntegerField(null=True)),),
    (migrations.AddField(NOTE, "extra", CHAR(max_length=5, db_default="")),),
    (
        migrations.CreateModel(
            "Other", [("id", models.UUIDField(primary_key=True)), ("x", models.IntegerField())]
        ),
    ),
    (migrations.AlterField(NOTE, "title", CHAR(max_length=40)),),
    (migrations.AlterField(NOTE, "title", models.TextField()),),
    (migrations.AlterField(NOTE, "title", CHAR("naam", max_length=20, choices=[("a", "b")])),),
    (migrations.AlterField(NOTE, "title", CHAR(max_length=20, null=True)),),
    (migrations.AddIndex(NOTE, models.Index(fields=["title"], name="by_title")),),
    (migrations.RemoveConstraint(NOTE, "known"),),
    (
        migrations.RemoveConstraint(NOTE, "known"),
        migrations.AddConstraint(
            NOTE, models.CheckConstraint(name="known", condition=Q(status__in=["open", "done", "late"]))
        ),
    ),
    (
        migrations.AddField(NOTE, "extra", models.IntegerField(null=True)),
        migrations.AddConstraint(
            NOTE, models.CheckConstraint(name="small", condition=Q(extra__isnull=True) | Q(extra__lt=9))
        ),
    ),
    (migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(NOTE, "level")]),),
    (migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(NOTE, "until")]),),
    (RunJob("core.tasks.jobs.fill"),),
]


@pytest.mark.parametrize("operations", RIGHT)
def test_what_only_adds_is_right(operations: tuple[Any, ...]) -> None:
    assert judged(*operations) == []


WRONG: dict[str, Any] = {
    "does not fill it in": migrations.AddField(NOTE, "extra", models.IntegerField(default=1)),
    "every row the same": migrations.AddField(NOTE, "extra", models.IntegerField(db_default=1, unique=True)),
    "still runs uses it": migrations.RemoveField(NOTE, "reason"),
    "Delete model Task: the version": migrations.DeleteModel("Task"),
    "knows the old name": migrations.RenameField(NOTE, "reason", "why"),
    "Rename model": migrations.RenameModel("Task", "Todo"),
    "Rename table": migrations.AlterModelTable("Task", "todo"),
    "leaves it empty": migrations.AlterField(NOTE, "until", models.DateField()),
    "a value twice": migrations.AlterField(NOTE, "title", CHAR(max_length=20, unique=True)),
    "leaves it to the database": migrations.AlterField(NOTE, "level", models.IntegerField()),
    "need not fit": migrations.AlterField(NOTE, "title", CHAR(max_length=10)),
    "field level on task: the values": migrations.AlterField(
        NOTE, "level", models.BigIntegerField(db_default=1)
    ),
    "may write what it forbids": migrations.AddConstraint(
        NOTE, models.CheckConstraint(name="titled", condition=~Q(title=""))
    ),
    "Create constraint once": migrations.AddConstraint(NOTE, models.UniqueConstraint("title", name="once")),
    "runs Python": migrations.RunPython(migrations.RunPython.noop),
    "would not fill in title": migrations.SeparateDatabaseAndState(
        state_operations=[migrations.RemoveField(NOTE, "title")]
    ),
    "is not judged yet": migrations.AlterOrderWithRespectTo(NOTE, None),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_twin_what_would_break_the_old_version_is_refused_with_what_to_do(sentence: str) -> None:
    (said,) = judged(WRONG[sentence])
    assert said.startswith("tasks.0002_x: ")
    assert sentence in said


@pytest.mark.parametrize(
    "condition",
    [
        Q(status__in=["open"]),
        Q(status__in=["open", "late"]),
        Q(status__in=["open", "done"]) & Q(title="x"),
    ],
)
def test_a_narrower_rule_in_the_place_of_an_old_one_is_refused(condition: Q) -> None:
    rule = models.CheckConstraint(name="known", condition=condition)
    (said,) = judged(migrations.RemoveConstraint(NOTE, "known"), migrations.AddConstraint(NOTE, rule))
    assert "may write what it forbids" in said


def test_denying_more_is_narrower_and_denying_less_is_wider() -> None:
    more = models.CheckConstraint(name="reasoned", condition=~Q(status__in=["done", "open"]) | ~Q(reason=""))
    less = models.CheckConstraint(name="reasoned", condition=~Q(status__in=[]) | ~Q(reason=""))
    assert judged(migrations.RemoveConstraint(NOTE, "reasoned"), migrations.AddConstraint(NOTE, more))
    assert not judged(migrations.RemoveConstraint(NOTE, "reasoned"), migrations.AddConstraint(NOTE, less))


def test_a_rule_that_the_old_version_keeps_anyway_says_why() -> None:
    rule = models.CheckConstraint(name="titled", condition=~Q(title=""))
    assert not judged(migrations.AddConstraint(NOTE, rule), old_code_keeps={"titled": "the form asks for it"})


def test_what_is_taken_away_names_the_migration_that_left_it_unused() -> None:
    assert judged(contracts="0009_never") != []
    assert judged(contracts="0001_initial") == []


# --------------------------------------------------------------------------------------------- for real, with rows


def columns_of_the_first_version() -> dict[str, list[str]]:
    """Return the tables of a municipality with their columns, as the first migrations made them."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {
        apps.get_app_config(name.rpartition(".")[2]).label for name in settings.SCHEMA_APPS["municipality"]
    }
    first = [key for key in loader.graph.nodes if key[0] in ours and key[1] == "0001_initial"]
    state = loader.graph.make_state(nodes=sorted(first), at_end=True)
    order = [name.rpartition(".")[2] for name in settings.SCHEMA_APPS["municipality"]]
    models_of_then = [model for model in state.apps.get_models() if model._meta.app_label in order]
    return {
        model._meta.db_table: [field.column for field in model._meta.local_concrete_fields]
        for model in sorted(models_of_then, key=lambda model: order.index(model._meta.app_label))
        if (model._meta.app_label, "0001_initial") in first
    }


def written_by_the_first_version(schema: str, change: str = "") -> dict[str, int]:
    """Empty every table and write its rows again with the columns of the first version alone; leave no trace."""
    written = {}
    with (
        context.owning_registry(),
        working_in(schema, "municipality"),
        connections["owner"].cursor() as cursor,
    ):
        tables = columns_of_the_first_version()
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE of_{table} ON COMMIT DROP AS TABLE {table}")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        if change:
            cursor.execute(change)
        for table, columns in tables.items():
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM of_{table}")
            written[table] = cursor.rowcount
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        context.roll_back()
    return written


def test_rows_as_the_first_version_writes_them_are_taken_by_the_tables_of_today(
    purmerend: Municipality,
) -> None:
    worlds.fill(purmerend)
    written = written_by_the_first_version(purmerend.schema_name)
    empty = {table for table, rows in written.items() if not rows}
    assert len(written) > 20
    assert empty <= {"django_session"}


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE tasks_task ADD COLUMN extra integer NOT NULL",
        "ALTER TABLE tasks_task DROP COLUMN reason",
        "ALTER TABLE tasks_task RENAME COLUMN reason TO why",
        "ALTER TABLE tasks_task ADD COLUMN extra text, ADD CONSTRAINT filled CHECK (extra IS NOT NULL)",
    ],
)
def test_twin_rows_of_the_first_version_do_not_fit_what_the_check_refuses(
    purmerend: Municipality, change: str
) -> None:
    with context.municipality(purmerend):
        Task.objects.create(title="Bellen", due_on=date(2026, 1, 1))
    with pytest.raises(DatabaseError):
        written_by_the_first_version(purmerend.schema_name, change)


# ------------------------------------------------------------------------------- the next version, before its turn


def left_behind(slug: str) -> None:
    with context.owning_registry():
        Municipality.objects.filter(slug=slug).update(schema_version=1)
    forget_hosts()


def test_the_next_version_waits_for_a_municipality_that_was_put_off_and_serves_the_others(
    client_for: Callable[..., Client], purmerend: Municipality, zaanstad: Municipality
) -> None:
    left_behind("purmerend")
    waiting = client_for(purmerend).get("/aanmelden")
    assert waiting.status_code == 503
    assert waiting["Retry-After"] == "60"
    assert "werken deze site bij" in waiting.content.decode()
    assert client_for(zaanstad).get("/aanmelden").status_code == 200


def test_twin_without_waiting_it_would_work_with_tables_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, client_for: Callable[..., Client], purmerend: Municipality
) -> None:
    left_behind("purmerend")
    monkeypatch.setattr(middleware, "is_behind", lambda _municipality: False)
    assert client_for(purmerend).get("/aanmelden").status_code == 200


def test_work_for_a_municipality_that_was_put_off_stays_until_it_has_had_its_turn(
    run_outbox: Callable[[], int], purmerend: Municipality
) -> None:
    with context.dispatching():
        enqueue_by_name("core.vog.jobs.expire_overdue", municipality=purmerend)
        (entry,) = OutboxEntry.objects.all()
    left_behind("purmerend")
    run(str(entry.pk), entry.job, str(purmerend.pk))
    with context.dispatching():
        assert OutboxEntry.objects.count() == 1
    with context.owning_registry():
        Municipality.objects.update(schema_version=SchemaScript.objects.count())
    forget_hosts()
    assert run_outbox() == 1


def test_the_old_version_does_not_wait_for_what_it_does_not_know(purmerend: Municipality) -> None:
    with context.owning_registry():
        latest = SchemaScript.objects.count()
        script = list(SchemaScript.objects.values_list("version", "app", "migration"))
    assert required_version(script) == latest
    assert required_version([*script, (latest + 1, "tasks", "9999_of_the_next_version")]) == latest
