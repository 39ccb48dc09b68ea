"""A next version of the product: migrations that stand in a folder of the test and are found as if they were ours."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from pathlib import Path
from textwrap import dedent, indent

from django.db import connections
from django.db.migrations import loader
from django.db.models import F
from django.db.models.functions import Least

from tenants import context
from tenants.database import catalogue, names
from tenants.database.migrate import replay, working_in
from tenants.database.roles import remember_digest
from tenants.municipalities.models import Municipality, SchemaScript, State
from tenants.municipalities.services import _record_template
from tenants.municipalities.versions import migrations_in_code

APP = "tasks"
_PACKAGE = "core.tasks.migrations"
_SOURCE = """
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from tenants.database.operations import RunJob

class Migration(migrations.Migration):
    dependencies = [("tasks", "{before}")]
{attributes}
    operations = [
{operations}
    ]
"""


class Release:
    """Migrations of the app `tasks` that are only there for one test."""

    def __init__(self, folder: Path) -> None:
        """Begin after the last migration of the app."""
        self.folder = folder
        self.names: list[str] = []
        self.before = max(name for app, name in migrations_in_code() if app == APP)

    def add(self, operations: str, attributes: str = "") -> str:
        """Write one more migration; return its name."""
        name = f"{9000 + len(self.names)}_of_a_test"
        source = _SOURCE.format(
            before=self.names[-1] if self.names else self.before,
            attributes=indent(dedent(attributes), "    "),
            operations=indent(dedent(operations), "        "),
        )
        (self.folder / f"{name}.py").write_text(source)
        self.names.append(name)
        migrations_in_code.cache_clear()
        invalidate_caches()
        return name

    def record(self) -> None:
        """Do what a set-up does before it comes to the municipalities: migrate the template and write it down."""
        with context.owning_registry():
            _record_template()
            SchemaScript.objects.update(fingerprint=catalogue.fingerprint(names.TEMPLATE))


@contextmanager
def released(folder: Path, undo: list[str]) -> Iterator[Release]:
    """Let the app `tasks` have migrations in a folder as well; afterwards `undo` takes away what they made."""
    with context.owning_registry():
        base = SchemaScript.objects.count()
    package = import_module(_PACKAGE)
    package.__path__.append(str(folder))
    release = Release(folder)
    # Django reads the package anew each time, which would forget the folder.
    reload, loader.reload = loader.reload, lambda module: module  # type: ignore[attr-defined]
    try:
        yield release
    finally:
        loader.reload = reload  # type: ignore[attr-defined]
        package.__path__.remove(str(folder))
        for name in release.names:
            sys.modules.pop(f"{_PACKAGE}.{name}", None)
        migrations_in_code.cache_clear()
        _undo(release, base, undo)


def _undo(release: Release, base: int, undo: list[str]) -> None:
    connections["owner"].close()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'm\\_%'")
        schemas = [names.TEMPLATE, *(row[0] for row in cursor.fetchall())]
    for schema in schemas:
        with working_in(schema, "municipality"):
            replay(undo)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {names.TEMPLATE}.django_migrations WHERE name = ANY(%s)",  # noqa: S608
            [release.names],
        )
    # The next test has a migration of the same name.
    remember_digest("")
    with context.owning_registry():
        SchemaScript.objects.filter(version__gt=base).delete()
        SchemaScript.objects.update(fingerprint=catalogue.fingerprint(names.TEMPLATE))
        Municipality.objects.exclude(state=State.ERASED).update(
            schema_version=Least(F("schema_version"), base)
        )
