"""The base of every table that lives in a schema of its own: rows and querysets that know their scope."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import wraps
from typing import Any, ClassVar, Never, Self, TypeVar, cast
from uuid import uuid4

from django.db import models
from django.db.models import sql

from tenants.context import NoScope, Scope, WrongScope, current_scope, scope_or_none
from tenants.stamps import stamp, stamp_of

T = TypeVar("T", bound=models.Model)


class ScopedQuery(sql.Query):
    """A query that belongs to the scope it was made in; one made outside any scope is bound when it is copied."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Bind to the open scope, if there is one."""
        super().__init__(*args, **kwargs)
        self.scope: Scope | None = scope_or_none()

    def check_scope(self) -> None:
        """Raise unless the query is used in the scope it was made in."""
        if self.scope is None:
            message = "This queryset was made outside any scope; make a new one with .all() inside."
            raise NoScope(message)
        scope = current_scope()
        if scope is not self.scope and scope != self.scope:
            message = "This queryset was made in another scope."
            raise WrongScope(message)

    def chain(self, klass: type[sql.Query] | None = None) -> Any:
        """Copy the query; updates and deletes begin here too."""
        if self.scope is not None:
            self.check_scope()
        copy: Any = super().chain(klass)
        if self.scope is None:
            copy.scope = scope_or_none()
        return copy

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        """Turn the query into SQL, in its own scope only."""
        self.check_scope()
        return super().get_compiler(*args, **kwargs)

    def resolve_lookup_value(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse to look for a row of another scope."""
        check_stamp(value)
        return super().resolve_lookup_value(value, *args, **kwargs)


class ScopedQuerySet(models.QuerySet[T]):
    """A queryset over a `ScopedQuery`: it and its rows can only be used in the scope it was made in."""

    def __init__(
        self,
        model: type[T] | None = None,
        query: sql.Query | None = None,
        using: str | None = None,
        hints: dict[str, models.Model] | None = None,
    ) -> None:
        """Use a query that knows its scope."""
        if query is None and model is not None:
            query = ScopedQuery(model)
        super().__init__(model, query, using, hints)

    def _fetch_all(self) -> None:
        self._check()
        super()._fetch_all()

    def _iterator(self, *args: Any, **kwargs: Any) -> Iterator[T]:
        for row in super()._iterator(*args, **kwargs):  # type: ignore[misc]
            self._check()
            yield row

    def _insert(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super()._insert(*args, **kwargs)  # type: ignore[misc]

    def create(self, **values: Any) -> T:
        """Insert a row, in the scope the queryset was made in."""
        self._check()
        return super().create(**values)

    def bulk_create(self, objs: Iterable[T], *args: Any, **kwargs: Any) -> list[T]:
        """Insert rows that belong to this scope or to none yet."""
        rows = list(objs)
        for row in rows:
            check_stamp(row)
        made = super().bulk_create(rows, *args, **kwargs)
        schema = current_scope().schema
        for row in made:
            stamp(row, schema)
        return made

    def bulk_update(self, objs: Iterable[T], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        """Update rows of this scope."""
        rows = list(objs)
        for row in rows:
            check_stamp(row)
        return super().bulk_update(rows, fields, *args, **kwargs)

    def raw(self, *_args: Any, **_kwargs: Any) -> Never:
        """Refuse: a raw query is not bound to a scope. Use a cursor inside the scope."""
        message = "Raw querysets are not bound to a scope; use a cursor inside one."
        raise NoScope(message)

    def _check(self) -> None:
        # A union of empty querysets and the like may hand in Django's own query; then the compiler has checked.
        query = self.query
        if isinstance(query, ScopedQuery):
            query.check_scope()


class ScopedModel(models.Model):
    """A row in a municipality's schema or in one of the others; stamped when read or saved."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    objects = models.Manager.from_queryset(ScopedQuerySet)()

    append_only: ClassVar[bool] = False
    """Rows are never changed or deleted: the role of the municipality may only read and insert."""

    restricted: ClassVar[bool] = False
    """Only its own app may show anything of these rows, what the log says about them included."""
    erasable: ClassVar[bool] = False
    """Rows of an append-only table that hold personal data: never changed, but they go with what they are about."""

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let no row tell its name in another scope."""
        super().__init_subclass__(**kwargs)
        if "__str__" in cls.__dict__:
            cls.__str__ = _checked(cls.__str__)  # type: ignore[method-assign]

    def __getstate__(self) -> dict[str, Any]:
        """Leave the process (a cache, a queue) only from the row's own scope."""
        check_stamp(self)
        return cast("dict[str, Any]", super().__getstate__())

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        """Make and stamp an instance from a row."""
        row = super().from_db(db, field_names, values)
        stamp(row, current_scope().schema)
        return row

    def check_scope(self) -> None:
        """Raise unless this row belongs to the current scope, or to none yet."""
        check_stamp(self)

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Write the row in its own scope."""
        check_stamp(self)
        super().save_base(*args, **kwargs)
        stamp(self, current_scope().schema)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row in its own scope."""
        check_stamp(self)
        return super().delete(*args, **kwargs)

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """Read the row again in its own scope."""
        check_stamp(self)
        super().refresh_from_db(using, fields, from_queryset)


def check_stamp(value: object) -> None:
    """Raise `WrongScope` when the value is a row of another scope than the current one."""
    mark = stamp_of(value)
    if mark is None:
        return
    scope = scope_or_none()
    if scope is None or scope.schema != mark:
        message = f"A row of {type(value).__name__} was used outside the scope it belongs to."
        raise WrongScope(message)


def _checked(describe: Callable[[Any], str]) -> Callable[[Any], str]:
    @wraps(describe)
    def checked(row: Any) -> str:
        check_stamp(row)
        return describe(row)

    return checked
