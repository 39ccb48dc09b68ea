"""Django's migrations, run once per kind of schema; for municipalities the SQL is written down to be done again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from tenants.database import names, statements
from tenants.database.statements import CannotBeReplayed

GoneOut = Callable[[str, str], bool]
"""Tells whether a migration (app, name) has been done in every municipality already."""
_JOURNAL = "django_migrations"
_NOT_RECORDED = ("SELECT", "SHOW", "SAVEPOINT", "RELEASE", "SET search_path")


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


def migrate(schema: str, kind: str, gone_out: GoneOut = lambda _app, _migration: True) -> list[Recorded]:
    """Bring one schema up to date with Django's migrations; return what was sent, migration by migration.

    Of the kind whose migrations are done again in every municipality, one that cannot be is refused.
    """
    with working_in(schema, kind if kind != "registry" else names.PUBLIC):
        connection = connections["owner"]
        recorder = _Recorder(schema, gone_out if kind == "municipality" else None)
        executor = MigrationExecutor(connection, recorder.progress)  # type: ignore[arg-type]  # the stubs know fewer arguments
        labels = {app.label for app in apps.get_app_configs() if app.name in settings.SCHEMA_APPS[kind]}
        targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] in labels]
        plan = executor.migration_plan(targets)
        if not plan:
            return []
        with connection.execute_wrapper(recorder):
            executor.migrate(targets, plan)
    return [done for done in recorder.done if done.app in labels]


def replay(texts: list[str]) -> None:
    """Send recorded statements in one message, within the caller's transaction and schema."""
    if texts:
        with connections["owner"].cursor() as cursor:
            # The line ends the mark of a job, which is a comment; an empty statement is none.
            cursor.execute("\n;\n".join(texts))


class _Recorder:
    """Writes down what a migration sends, except reads and the journal of Django itself."""

    def __init__(self, schema: str, gone_out: GoneOut | None) -> None:
        self.done: list[Recorded] = []
        self._schema = schema
        self._gone_out = gone_out
        self._current: Recorded | None = None
        self._files: dict[str, int] = {}

    def progress(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:  # noqa: FBT001, FBT002
        """Follow Django from migration to migration."""
        del fake
        if action == "apply_start" and migration is not None:
            if self._gone_out is not None:
                _require_repeatable(migration)
                self._files = _files(self._schema)
            self._current = Recorded(migration.app_label, migration.name)
            self.done.append(self._current)
        elif action == "apply_success" and migration is not None and self._current is not None:
            recorded, self._current = self._current, None
            if self._gone_out is not None:
                self._require_replayable(migration, recorded, self._gone_out)

    def _require_replayable(self, migration: Migration, recorded: Recorded, gone_out: GoneOut) -> None:
        before, after = self._files, _files(self._schema)
        contracts = str(getattr(migration, "contracts", ""))
        if contracts and not gone_out(migration.app_label, contracts):
            raise CannotBeReplayed(
                f"{migration.app_label}.{migration.name} takes away what {contracts} left unused, and {contracts} has"
                " not been done everywhere yet. Let the version with it go out first, then run this again."
            )
        statements.require_replayable(
            f"{migration.app_label}.{migration.name}",
            recorded.statements,
            rewritten=[table for table, file in before.items() if after.get(table, file) != file],
            may_rewrite=getattr(migration, "rewrites", ()),
            may_take_away=bool(contracts),
            schemas=(names.PUBLIC, names.FOUNDATION, names.VAULT, names.RELEASES, names.TEMPLATE),
        )

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


def _files(schema: str) -> dict[str, int]:
    """Return the file of every table: a table that is written anew gets another."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname, relfilenode FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'",
            [schema],
        )
        return dict(cursor.fetchall())


def _require_repeatable(migration: Migration) -> None:
    name = f"{migration.app_label}.{migration.name}"
    if any(isinstance(operation, RunPython) for operation in migration.operations):
        raise CannotBeReplayed(
            f"{name} cannot be replayed in every municipality: it runs Python. Change the tables here and the data with"
            " a job per municipality: tenants.database.operations.RunJob."
        )
    if not migration.atomic:
        raise CannotBeReplayed(
            f"{name} cannot be replayed in every municipality: it has no transaction (atomic = False). Leave that out;"
            " the runner itself builds indexes on large tables beside the work."
        )
