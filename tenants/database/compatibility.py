"""Whether the version that still runs can work with the tables of the next one, and the next one with what is there.

Between the migration and the last process of the old version both are at work: expand, migrate, contract. So a
migration only adds; what the old version does not know it must not have to fill in; and what is no longer wanted is
first left alone, and taken away a version later.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import connections, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenants.database.operations import RunJob

_FINE: Final = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    ValidateConstraint,
    RunJob,
    operations.RunSQL,  # the statements themselves are judged when they are recorded
)
_RENAMES: Final = (
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
    operations.AlterUniqueTogether,
    operations.AlterIndexTogether,
)
_LATER: Final = (
    "Leave it out of the model first, with SeparateDatabaseAndState(state_operations=[…]), and drop it in a later"
    " version with RunSQL in a migration that says `contracts = '…'`"
)


def all_objections() -> Iterator[str]:
    """Judge every migration of the product but the first of each app, which no older version has met."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {app.label for app in apps.get_app_configs() if settings.SCHEMAS_OF_APP.get(app.name)}
    for key, migration in sorted(loader.disk_migrations.items()):
        if key[0] in ours and not key[1].startswith("0001_") and not _of_django(migration):
            before = loader.graph.make_state(nodes=[key], at_end=False)
            earlier = {name for app, name in loader.graph.forwards_plan(key) if app == key[0]} - {key[1]}
            yield from objections(migration, before, earlier)


def objections(migration: Migration, before: ProjectState, earlier: Iterable[str] = ()) -> Iterator[str]:
    """Judge one migration: what it would break, and what to do instead."""
    name = f"{migration.app_label}.{migration.name}"
    contracts = str(getattr(migration, "contracts", ""))
    if contracts and contracts not in earlier:
        yield f"{name}: `contracts` names {contracts}, no earlier migration. Name the one that left it unused."
    judge = _Judge(migration, before)
    for operation in migration.operations:
        for text in judge.of(operation):
            yield f"{name}: {text}."


class _Judge:
    """Goes through the operations of a migration with the state before each."""

    def __init__(self, migration: Migration, before: ProjectState) -> None:
        self._label = migration.app_label
        self._start = before
        self._now = before.clone()
        self._kept: dict[str, str] = getattr(migration, "old_code_keeps", {})

    def of(self, operation: Operation) -> Iterator[str]:
        """Judge one operation and go past it."""
        before = self._now
        self._now = before.clone()
        operation.state_forwards(self._label, self._now)
        model = getattr(operation, "model_name_lower", None)
        if model is not None and (self._label, model) not in self._start.models:
            return  # the same migration made it: no older version knows it
        if isinstance(operation, operations.SeparateDatabaseAndState):
            yield from self._separate(operation, before)
        elif isinstance(operation, operations.AddField):
            yield from _added(operation)
        elif isinstance(operation, operations.AlterField):
            yield from self._altered(operation, before)
        elif isinstance(operation, (operations.AddConstraint, AddConstraintNotValid)):
            yield from self._constrained(operation)
        else:
            yield from self._other(operation)

    def _other(self, operation: Operation) -> Iterator[str]:
        what = operation.describe()
        if isinstance(operation, (operations.RemoveField, operations.DeleteModel)):
            yield f"{what}: the version that still runs uses it. {_LATER}"
        elif isinstance(operation, _RENAMES):
            yield (
                f"{what}: the version that still runs knows the old name. Add the new one beside it, fill it by a"
                " job, and take the old one away in a later version"
            )
        elif isinstance(operation, operations.RunPython):
            if "municipality" in _kinds(self._label):
                yield (
                    "it runs Python in every municipality at once. Leave a job behind instead:"
                    " tenants.database.operations.RunJob"
                )
        elif not isinstance(operation, _FINE):
            yield f"{what}: this kind is not judged yet (tenants/database/compatibility.py)"

    def _separate(
        self, operation: operations.SeparateDatabaseAndState, before: ProjectState
    ) -> Iterator[str]:
        """Judge what is done to the tables; what only leaves the model must have a value without it."""
        inner = _Judge(Migration("", self._label), before)
        for part in operation.database_operations:
            yield from inner.of(part)
        for part in operation.state_operations:
            if isinstance(part, operations.RemoveField) and not operation.database_operations:
                field = before.models[self._label, part.model_name_lower].fields[part.name]
                if not _may_be_left_out(field):
                    yield (
                        f"{part.describe()} from the model alone: the next version would not fill in {part.name}. Let"
                        " it be empty, or give it a db_default, in the same migration"
                    )

    def _altered(self, operation: operations.AlterField, before: ProjectState) -> Iterator[str]:
        old: Any = before.models[self._label, operation.model_name_lower].fields[operation.name]
        new: Any = operation.field
        what = operation.describe()
        if old.null and not new.null:
            yield f"{what}: the version that still runs leaves it empty. Add a check constraint a version later"
        if new.unique and not old.unique:
            yield f"{what}: the version that still runs may write a value twice. Add a constraint a version later"
        if old.has_db_default() and not new.has_db_default() and not new.null:
            yield f"{what}: the version that still runs leaves it to the database. Keep the db_default"
        if not _fits(old, new):
            yield (
                f"{what}: the values of the version that still runs need not fit. Add a new column, fill it with a job,"
                " and take the old one away in a later version"
            )

    def _constrained(self, operation: Any) -> Iterator[str]:
        constraint = operation.constraint
        if constraint.name in self._kept:
            return
        there = self._start.models[self._label, operation.model_name_lower]
        replaced = next(
            (old for old in there.options.get("constraints", ()) if old.name == constraint.name), None
        )
        if replaced is not None and _is_wider(replaced, constraint):
            return
        named = _fields_of(constraint)
        if named and not named & set(there.fields):
            return
        yield (
            f"{operation.describe()}: the version that still runs may write what it forbids. If that cannot happen, say"
            f" why: `old_code_keeps = {{{constraint.name!r}: '…'}}` in the migration"
        )


def _added(operation: operations.AddField) -> Iterator[str]:
    field: Any = operation.field
    if not _may_be_left_out(field):
        yield (
            f"{operation.describe()}: the version that still runs does not fill it in. Let it be empty (null=True) or"
            " give it a db_default"
        )
    elif field.unique and field.has_db_default():
        yield f"{operation.describe()}: the version that still runs would give every row the same. Let it be empty"


def _may_be_left_out(field: Any) -> bool:
    return bool(
        field.many_to_many or field.null or field.has_db_default() or getattr(field, "generated", False)
    )


def _fits(old: Any, new: Any) -> bool:
    """Tell whether every value of the old column fits the new one."""
    if old.many_to_many or new.many_to_many:
        return bool(old.many_to_many and new.many_to_many)
    if (
        old.is_relation != new.is_relation
        or old.primary_key != new.primary_key
        or old.db_column != new.db_column
    ):
        return False
    if old.is_relation:
        # In a state of migrations the other model is named.
        return str(old.remote_field.model).lower() == str(new.remote_field.model).lower()
    connection = connections["owner"]
    before, after = old.db_type(connection), new.db_type(connection)
    if before == after:
        return True
    text = isinstance(old, (models.CharField, models.TextField)) and isinstance(
        new, (models.CharField, models.TextField)
    )
    return text and (
        new.max_length is None or isinstance(new, models.TextField) or _length(old) <= _length(new)
    )


def _length(field: Any) -> float:
    return (
        float("inf") if isinstance(field, models.TextField) or field.max_length is None else field.max_length
    )


def _is_wider(old: Any, new: Any) -> bool:
    """Tell whether a check allows all that the one it replaces allowed: longer lists of values, and nothing else."""
    if not isinstance(old, models.CheckConstraint) or not isinstance(new, models.CheckConstraint):
        return bool(old == new)
    return _allows(old.condition, new.condition, more=True)


def _allows(old: Any, new: Any, *, more: bool) -> bool:
    if isinstance(old, models.Q) and isinstance(new, models.Q):
        same = old.connector == new.connector and old.negated == new.negated
        # What is denied may only grow smaller.
        within = more != old.negated
        return (
            same
            and len(old.children) == len(new.children)
            and all(_allows(a, b, more=within) for a, b in zip(old.children, new.children, strict=True))
        )
    if (
        isinstance(old, tuple)
        and isinstance(new, tuple)
        and old[0] == new[0]
        and str(old[0]).endswith("__in")
    ):
        smaller, larger = (old[1], new[1]) if more else (new[1], old[1])
        return set(smaller) <= set(larger)
    return bool(old == new)


def _fields_of(constraint: Any) -> set[str]:
    """Return the columns a constraint speaks of; nothing when that cannot be told."""
    if isinstance(constraint, models.UniqueConstraint):
        return set(constraint.fields) if not constraint.expressions else set()
    if isinstance(constraint, models.CheckConstraint):
        return {name.partition("__")[0] for name in _names_in(constraint.condition)}
    return set()


def _names_in(condition: Any) -> Iterator[str]:
    if isinstance(condition, models.Q):
        for child in condition.children:
            yield from _names_in(child)
    elif isinstance(condition, tuple):
        yield str(condition[0])
        yield from _names_in(condition[1])
    elif isinstance(condition, models.F):
        yield condition.name


def _kinds(label: str) -> frozenset[str]:
    kinds: frozenset[str] = settings.SCHEMAS_OF_APP.get(apps.get_app_config(label).name, frozenset())
    return kinds


def _of_django(migration: Migration) -> bool:
    return type(migration).__module__.startswith("django.")
