"""One deploy for `bench_migrate`, as a process that has just started: with the migrations of a folder added."""

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "platform"))
django.setup()

from django_tenants.migration_executors.base import MigrationExecutor  # noqa: E402
from django_tenants.migration_executors.multiproc import MultiprocessingExecutor  # noqa: E402
from django_tenants.migration_executors.standard import StandardExecutor  # noqa: E402

from core.tasks import migrations  # noqa: E402  (after django.setup)
from tenants.municipalities.services import set_up_database  # noqa: E402
from tests.benchmarks import frame  # noqa: E402
from tests.benchmarks.bench_provision import migrate_options  # noqa: E402


def runner() -> float:
    """Deploy with the product's own runner: what is shared, the template, then every municipality."""
    return frame.timed(set_up_database)


def standard(schemas: list[str]) -> float:
    """Deploy with the standard executor of django-tenants."""
    return _executed(StandardExecutor, schemas)


def multiprocessing(schemas: list[str]) -> float:
    """Deploy with its executor of two processes."""
    return _executed(MultiprocessingExecutor, schemas)


def _executed(executor: type[MigrationExecutor], schemas: list[str]) -> float:
    tenants = [(schema, "municipality") for schema in schemas]
    return frame.timed(lambda: executor((), migrate_options()).run_multi_type_migrations(tenants))


if __name__ == "__main__":
    migrations.__path__.append(os.environ["BENCH_MIGRATIONS"])
    frame.obey({"runner": runner, "standard": standard, "multiprocessing": multiprocessing})
