"""Making a municipality: the product's script against Django's migrations and against django-tenants' `clone_schema`.

T4: the script, with its registry row, role, rights and comparison, at least ten times as fast as the migrations alone.
T5: as fast among 1,000 municipalities as among 50. And its catalogue differs from the template's in nothing.
"""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django_tenants.clone import CLONE_SCHEMA_FUNCTION
from django_tenants.migration_executors.base import run_migrations

from tenants import context
from tenants.database import catalogue, names
from tenants.municipalities.models import Municipality
from tests.benchmarks import frame
from tests.benchmarks.frame import Bench

WAYS = ("script", "migrations", "clone_schema")


def main(*, quick: bool) -> int:
    """Measure and print."""
    bench = Bench("provision", quick)
    sizes = [2, 4] if quick else [50, 342, 1000]
    with frame.database():
        bench.say(frame.machine())
        found, processor = {}, {}
        for size in sizes:
            _grow(bench, size)
            worked: list[float] = []
            found[size] = frame.take_turns(
                {"script": partial(_script, worked), "migrations": _migrations, "clone_schema": _clone},
                rounds=bench.number(7, 2),
            )
            processor[size] = frame.median(worked)
        bench.table(
            "Making one municipality (median)",
            (
                "schemas there",
                *WAYS,
                "migrations / script",
                "clone_schema / script",
                "script, processor time",
            ),
            [
                [
                    size,
                    *(frame.duration(frame.median(taken[way])) for way in WAYS),
                    frame.spread(taken["migrations"], taken["script"]),
                    frame.spread(taken["clone_schema"], taken["script"]),
                    frame.duration(processor[size]),
                ]
                for size, taken in found.items()
            ],
        )
        _compare(bench)
        middle = found[sizes[-2]]
        bench.at_least("T4-migrations-over-script", frame.ratio(middle["migrations"], middle["script"]), 10)
        # Between two sizes lie minutes, in which a machine may have become busier: so not by the clock.
        bench.at_most("T5-script-flat", processor[sizes[-1]] / processor[sizes[0]], 1.5)
    return bench.finish()


def _grow(bench: Bench, size: int) -> None:
    with context.owning_registry():
        there = Municipality.objects.count()
    bench.step(f"from {there} to {size} municipalities")
    for _ in frame.municipalities(there + 1, size):
        pass
    frame.owner_execute("VACUUM (ANALYZE) pg_class, pg_attribute, pg_depend, pg_constraint, pg_index")


def _script(worked: list[float]) -> float:
    """Make a whole municipality, as `municipality_create` does; note the processor time of both sides."""
    with context.owning_registry():
        number = Municipality.objects.count() + 1
    backend = frame.rows_of("owner", "SELECT pg_backend_pid()")[0][0]
    before = frame.processor_time(backend)
    seconds = frame.timed(lambda: frame.make_municipality(f"bench-{number}", number))
    worked.append(frame.processor_time(backend) - before)
    return seconds


def _migrations() -> float:
    """Make the tables only, as `migrate_schemas` does for a new tenant: without registry row, role and rights."""
    return _tables(migrate_schema)


def _clone() -> float:
    """Make the tables only, as django-tenants does with a tenant to copy from."""
    return _tables(clone_schema)


def _tables(make: Callable[[str], None]) -> float:
    schema = f"x_{secrets.token_hex(6)}"
    seconds = frame.timed(lambda: make(schema))
    connections["owner"].set_schema_to_public()  # type: ignore[attr-defined]  # django-tenants'
    frame.owner_execute(f"DROP SCHEMA {schema} CASCADE")
    return seconds


def migrate_schema(schema: str) -> None:
    """Make a schema and run all migrations in it, the way of django-tenants."""
    frame.owner_execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    run_migrations((), migrate_options(), "standard", schema, tenant_type="municipality", allow_atomic=False)


def migrate_options() -> dict[str, Any]:
    """Return what `migrate` would read from its command line."""
    parser = Migrate().create_parser("manage.py", "migrate")
    options = vars(parser.parse_args(["--database", "owner", "--verbosity", "0", "--skip-checks"]))
    options.pop("args", None)
    return options


def clone_schema(schema: str) -> None:
    """Copy the template with the statements of django-tenants' CloneSchema, on the owner's connection."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(CLONE_SCHEMA_FUNCTION.format(db_user=settings.DATABASES["owner"]["USER"]))
        cursor.execute("SELECT clone_schema(%s, %s, 'DATA')", [names.TEMPLATE, schema])


def _compare(bench: Bench) -> None:
    """Compare what each way made with the template, object by object."""
    template = catalogue.describe(names.TEMPLATE)
    with context.owning_registry():
        newest = Municipality.objects.order_by("slug").last()
    rows, differences = [], {}
    for way in WAYS:
        schema = newest.schema_name if way == "script" and newest else f"x_{secrets.token_hex(6)}"
        if way != "script":
            (migrate_schema if way == "migrations" else clone_schema)(schema)
        connections["owner"].set_schema_to_public()  # type: ignore[attr-defined]  # django-tenants'
        made = catalogue.describe(schema)
        found = {
            sort: len(_as_set(template[sort]) ^ _as_set(made[sort]))
            for sort in template
            if way == "script" or sort != "grants"
        }
        differences[way] = sum(found.values())
        rows.append(
            [way, differences[way], ", ".join(f"{sort} {count}" for sort, count in found.items() if count)]
        )
    bench.table(
        "The catalogue against the template (without grants, but for the script)",
        ("way", "differences", "in"),
        rows,
    )
    bench.at_most("catalogue-differences", differences["script"], 0)


def _as_set(rows: list[list[object]]) -> set[str]:
    return {repr(row) for row in rows}
