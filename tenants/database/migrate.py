"""Django's migrations, run once per kind of schema; for municipalities the SQL is written down to be done again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from tenants.database import names

_JOURNAL = "django_migrations"
_NOT_RECORDED = ("SELECT", "SAVEPOINT", "RELEASE", "SET search_path")


@dataclass(slots=True)
class Recorded:
    """One migration with the statements it sent."""

    app: str
    migration: str
    statements: list[str] = field(default_factory=list)


@contextmanager
def working_in(schema: str, kind: str) -> Iterator[None]:
    """Let the owner's connection work in one schema: django-tenants' path of the session, owner only."""
    connection: Any = connections["owner"]
    connection.set_schema(schema, tenant_type=kind)
    try:
        yield
    finally:
        connection.set_schema_to_public()


def create_schema(schema: str) -> None:
    """Make an empty schema if it is not there."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)).as_string())


def migrate(schema: str, kind: str) -> list[Recorded]:
    """Bring one schema up to date with Django's migrations; return what was sent, migration by migration."""
    with working_in(schema, kind if kind != "registry" else names.PUBLIC):
        connection = connections["owner"]
        recorder = _Recorder(repeatable=kind == "municipality")
        executor = MigrationExecutor(connection, recorder.progress)  # type: ignore[arg-type]  # the stubs know fewer arguments
        labels = {app.label for app in apps.get_app_configs() if app.name in settings.SCHEMA_APPS[kind]}
        targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] in labels]
        plan = executor.migration_plan(targets)
        if not plan:
            return []
        with connection.execute_wrapper(recorder):
            executor.migrate(targets, plan)
    return [done for done in recorder.done if done.app in labels]


def replay(statements: list[str]) -> None:
    """Send recorded statements in one message, within the caller's transaction and schema."""
    if statements:
        with connections["owner"].cursor() as cursor:
            cursor.execute(";\n".join(statements))


class _Recorder:
    """Writes down what a migration sends, except reads and the journal of Django itself."""

    def __init__(self, *, repeatable: bool) -> None:
        self.done: list[Recorded] = []
        self._repeatable = repeatable
        self._current: Recorded | None = None

    def progress(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:  # noqa: FBT001, FBT002
        """Follow Django from migration to migration."""
        del fake
        if action == "apply_start" and migration is not None:
            if self._repeatable:
                _require_repeatable(migration)
            self._current = Recorded(migration.app_label, migration.name)
            self.done.append(self._current)
        elif action == "apply_success":
            self._current = None

    def __call__(
        self,
        execute: Callable[..., Any],
        statement: str,
        params: Any,
        many: bool,  # noqa: FBT001  (Django's signature)
        context: dict[str, Any],
    ) -> Any:
        """Send a statement and write it down."""
        if self._current is not None and _changes(statement):
            text = statement
            if params:
                text = connections["owner"].ops.compose_sql(statement, params)  # type: ignore[attr-defined]
            self._current.statements.append(text.strip().rstrip(";"))
        return execute(statement, params, many, context)


def _changes(statement: str) -> bool:
    """Tell whether a statement belongs to the migration; the path is set anew for each schema."""
    text = statement.lstrip()
    return bool(text) and not text.startswith(_NOT_RECORDED) and f'"{_JOURNAL}"' not in text


def _require_repeatable(migration: Migration) -> None:
    if not migration.atomic or any(isinstance(operation, RunPython) for operation in migration.operations):
        message = (
            f"{migration.app_label}.{migration.name} cannot be repeated in every municipality: it runs Python or has no"
            " transaction. Use SQL for the schema and a job per municipality for the data."
        )
        raise ImproperlyConfigured(message)
