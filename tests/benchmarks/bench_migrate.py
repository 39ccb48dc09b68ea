"""A deploy that adds one column in every municipality, and one that changes nothing.

T6: the product's runner at least forty times as fast as both executors of django-tenants. T7: with nothing to do at
most a second, and at most a fiftieth of the standard executor. Each way has its own schemas, with the same tables.
"""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from tenants.context import owning_registry
from tenants.database.migrate import create_schema, replay, working_in
from tenants.municipalities.models import Municipality, SchemaScript
from tests.benchmarks import frame
from tests.benchmarks.bench_provision import migrate_schema
from tests.benchmarks.frame import Bench, Process

THEIRS = ("standard", "multiprocessing")
MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "{before}")]
    operations = [migrations.AddField("task", "bench_{number}", models.IntegerField(null=True))]
"""


def main(*, quick: bool) -> int:
    """Measure and print."""
    bench = Bench("migrate", quick)
    sizes = [2, 4] if quick else [50, 342]
    with frame.database(), tempfile.TemporaryDirectory() as name:
        bench.say(frame.machine())
        folder = Path(name)
        found: dict[int, dict[str, float]] = {}
        idle: dict[int, dict[str, float]] = {}
        schemas: dict[str, list[str]] = {way: [] for way in THEIRS}
        migrate_schema("x_base")
        for size in sizes:
            _grow(bench, size, schemas)
            found[size] = _one_column(bench, folder, size, schemas)
            idle[size] = _nothing(bench, folder, size, schemas["standard"])
        _tables(bench, found, idle)
        most = sizes[-1]
        for way in THEIRS:
            bench.at_least(f"T6-{way}-over-runner", found[most][way] / found[most]["runner"], 40)
        bench.at_least(
            "T7-standard-over-runner-nothing-to-do", idle[most]["standard"] / idle[most]["runner"], 50
        )
        bench.at_most("T7-seconds-with-nothing-to-do", idle[most]["runner"], 1)
    return bench.finish()


def _grow(bench: Bench, size: int, schemas: dict[str, list[str]]) -> None:
    with owning_registry():
        there = Municipality.objects.count()
    bench.step(f"from {there} to {size} municipalities, and as many schemas for each other way")
    for _ in frame.municipalities(there + 1, size):
        pass
    with owning_registry():
        statements = [text for step in SchemaScript.objects.all() for text in step.statements]
    # The column of an earlier round is in the script by now, and in the journal of the schemas that were there.
    for made in schemas.values():
        like = made[0] if made else "x_base"
        while len(made) < size:
            made.append(_copy(statements, like))


def _copy(statements: list[str], like: str) -> str:
    """Make a schema with every table and with Django's own journal, which says that nothing is to be done."""
    schema = f"x_{secrets.token_hex(6)}"
    with owning_registry():
        create_schema(schema)
        with working_in(schema, "municipality"):
            replay(statements)
            frame.owner_execute(
                f"CREATE TABLE {schema}.django_migrations (LIKE {like}.django_migrations INCLUDING ALL)"
            )
            columns = "app, name, applied"
            rows = f"SELECT {columns} FROM {like}.django_migrations"  # noqa: S608  (our own names)
            frame.owner_execute(f"INSERT INTO {schema}.django_migrations ({columns}) {rows}")
    return schema


def _one_column(bench: Bench, folder: Path, size: int, schemas: dict[str, list[str]]) -> dict[str, float]:
    """Add one column by each way, and see that it is there."""
    column = _write_migration(folder)
    found = {}
    for way in ("runner", *THEIRS):
        bench.step(f"one column in {size} schemas: {way}")
        with _deploy(folder) as process:
            found[way] = process.ask(way, **({} if way == "runner" else {"schemas": schemas[way]}))
    # In every municipality, in the template, and in as many schemas of either other way.
    there = frame.rows_of("owner", "SELECT count(*) FROM pg_attribute WHERE attname = %s", column)[0][0]
    if there != size * 3 + 1:
        message = f"The column is in {there} schemas and not in {size * 3 + 1}."
        raise RuntimeError(message)
    return found


def _nothing(bench: Bench, folder: Path, size: int, schemas: list[str]) -> dict[str, float]:
    """Deploy again, when there is nothing to do."""
    bench.step(f"nothing to do in {size} schemas")
    with _deploy(folder) as process:
        runner = process.ask("runner")
    with _deploy(folder) as process:
        return {"runner": runner, "standard": process.ask("standard", schemas=schemas)}


@contextmanager
def _deploy(folder: Path) -> Iterator[Process]:
    process = Process("tests.benchmarks.deploy_worker", BENCH_MIGRATIONS=str(folder))
    try:
        yield process
    finally:
        process.stop()


def _write_migration(folder: Path) -> str:
    """Write the next migration, after the last of the app or of the round before; return the name of its column."""
    own = sorted(folder.glob("9*.py"))
    before = own[-1].stem if own else _last_of_tasks()
    number = 9001 + len(own)
    text = MIGRATION.format(before=before, number=number)
    (folder / f"{number}_bench.py").write_text(text, encoding="utf-8")
    return f"bench_{number}"


def _last_of_tasks() -> str:
    loader = MigrationLoader(connections["owner"])
    return str(loader.graph.leaf_nodes("tasks")[0][1])


def _tables(bench: Bench, found: dict[int, dict[str, float]], idle: dict[int, dict[str, float]]) -> None:
    bench.table(
        "One added column",
        (
            "schemas",
            "runner",
            "per schema",
            "standard",
            "multiprocessing",
            "standard / runner",
            "multiprocessing / runner",
        ),
        [
            [
                size,
                frame.duration(taken["runner"]),
                frame.duration(taken["runner"] / size),
                frame.duration(taken["standard"]),
                frame.duration(taken["multiprocessing"]),
                f"{taken['standard'] / taken['runner']:.0f}",
                f"{taken['multiprocessing'] / taken['runner']:.0f}",
            ]
            for size, taken in found.items()
        ],
    )
    bench.table(
        "Nothing to do",
        ("schemas", "runner", "standard", "standard / runner"),
        [
            [
                size,
                frame.duration(taken["runner"]),
                frame.duration(taken["standard"]),
                f"{taken['standard'] / taken['runner']:.0f}",
            ]
            for size, taken in idle.items()
        ],
    )
