"""One deploy for `bench_migrate`, as a process that has just started: with the migrations of a folder added."""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "platform"))


class WithMore:
    """Finds the migrations of an app in their own folder and in one more, also when Django loads them again."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Add the folder to the package of migrations; leave everything else to Python."""
        if name != "core.tasks.migrations":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(os.environ["BENCH_MIGRATIONS"])
        return spec


sys.meta_path.insert(0, WithMore)
django.setup()

from django_tenants.migration_executors.base import MigrationExecutor  # noqa: E402  (after django.setup)
from django_tenants.migration_executors.multiproc import MultiprocessingExecutor  # noqa: E402
from django_tenants.migration_executors.standard import StandardExecutor  # noqa: E402

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
    frame.obey({"runner": runner, "standard": standard, "multiprocessing": multiprocessing})
