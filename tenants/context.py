"""The scope: which schema, login and role the present transaction belongs to.

A scope lives exactly as long as one transaction. There is no default, no decorator form and no switch inside a
transaction: django-tenants keeps its tenant on the connection and loses it on sixteen ordinary paths.
"""

from contextlib import AbstractContextManager, ContextDecorator
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

from tenants.database import names


class SchemaKind(StrEnum):
    """What a scope may reach."""

    REGISTRY = "registry"
    MUNICIPALITY = "municipality"
    FOUNDATION = "foundation"
    RELEASES = "releases"
    AGGREGATION = "aggregation"
    RELEASING = "releasing"


class NoScope(Exception):
    """A query, a row or a cache key was asked for while no scope was open."""


class WrongScope(Exception):
    """A row or a queryset of one scope was used in another."""


class NestedScope(Exception):
    """A scope was entered inside another one."""


class Tenant(Protocol):
    """What the context needs to know of a municipality."""

    id: UUID
    schema_name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Where queries of the present transaction go."""

    kind: SchemaKind
    schema: str
    alias: str
    role: str | None = None
    tenant_id: UUID | None = None
    search_path: tuple[str, ...] = field(default=(names.PUBLIC,))
    tenant_schema: str | None = None


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope:
    """Return the open scope, or raise `NoScope`."""
    scope = _scope.get()
    if scope is None:
        message = "No scope is open: enter one with `with municipality(m):` or one of its siblings."
        raise NoScope(message)
    return scope


def scope_or_none() -> Scope | None:
    """Return the open scope if there is one: for log lines and guards, never to choose where a query goes."""
    return _scope.get()


def municipality(tenant: Tenant) -> AbstractContextManager[None]:
    """Work in one municipality: its schema, with its role's rights and no others."""
    return _enter(
        Scope(
            kind=SchemaKind.MUNICIPALITY,
            schema=tenant.schema_name,
            alias="default",
            role=municipality_role(tenant.schema_name),
            tenant_id=tenant.id,
            tenant_schema=tenant.schema_name,
            search_path=(tenant.schema_name, names.PUBLIC),
        )
    )


def foundation() -> AbstractContextManager[None]:
    """Work in the foundation: its people, the releases and the registry."""
    return _enter(
        Scope(
            kind=SchemaKind.FOUNDATION,
            schema=names.FOUNDATION,
            alias="national",
            search_path=(names.FOUNDATION, names.RELEASES, names.PUBLIC),
        )
    )


def releases() -> AbstractContextManager[None]:
    """Work with published figures and the registry: the API."""
    return _enter(
        Scope(
            kind=SchemaKind.RELEASES,
            schema=names.RELEASES,
            alias="national",
            search_path=(names.RELEASES, names.PUBLIC),
        )
    )


def registry() -> AbstractContextManager[None]:
    """Read the registry, with whichever login this process has."""
    return _enter(Scope(kind=SchemaKind.REGISTRY, schema=names.PUBLIC, alias=_first_alias()))


def dispatching() -> AbstractContextManager[None]:
    """Read the registry and the outbox with the aggregator's login: the relay and the clock."""
    return _enter(Scope(kind=SchemaKind.REGISTRY, schema=names.PUBLIC, alias="aggregator"))


def aggregation(tenant: Tenant) -> AbstractContextManager[None]:
    """Count one municipality: read its totals view, write the vault."""
    return _enter(
        Scope(
            kind=SchemaKind.AGGREGATION,
            schema=names.VAULT,
            alias="aggregator",
            tenant_id=tenant.id,
            tenant_schema=tenant.schema_name,
            search_path=(names.VAULT, tenant.schema_name, names.PUBLIC),
        )
    )


def releasing() -> AbstractContextManager[None]:
    """Publish: read the vault, write the releases."""
    return _enter(
        Scope(
            kind=SchemaKind.RELEASING,
            schema=names.RELEASES,
            alias="releaser",
            search_path=(names.RELEASES, names.VAULT, names.PUBLIC),
        )
    )


def owning_registry() -> AbstractContextManager[None]:
    """Change the registry as the owner of the database: provisioning and set-up only."""
    return _enter(Scope(kind=SchemaKind.REGISTRY, schema=names.PUBLIC, alias="owner"))


def municipality_role(schema: str) -> str:
    """Return the name of the PostgreSQL role of one municipality."""
    return names.role_name(settings.DATABASE_NAME, schema)


class atomic(ContextDecorator):  # noqa: N801  (it stands where Django's `atomic` would)
    """A savepoint on the connection of the current scope, which is looked up at the call, never at the import."""

    def __init__(self) -> None:
        """Prepare for one use as a context manager, or for any number as a decorator."""
        self._savepoint: transaction.Atomic | None = None

    def _recreate_cm(self) -> Self:
        return type(self)()

    def __enter__(self) -> None:
        """Set the savepoint."""
        self._savepoint = transaction.atomic(using=current_scope().alias)
        self._savepoint.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the savepoint, or go back to it."""
        if self._savepoint is not None:
            self._savepoint.__exit__(kind, error, trace)


def roll_back() -> None:
    """Let the transaction of the current scope end without effect."""
    transaction.set_rollback(True, using=current_scope().alias)


class _Entry(AbstractContextManager[None]):
    """One visit to a scope: a transaction from begin to end. Not a generator, which could be used as a decorator."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._token: Token[Scope | None] | None = None
        self._transaction: transaction.Atomic | None = None

    def __enter__(self) -> None:
        opened = _scope.get()
        if opened is not None:
            message = (
                f"A scope ({opened.kind}) is open; a transaction belongs to one scope from begin to end."
            )
            raise NestedScope(message)
        alias = self._scope.alias
        if alias not in connections.settings:
            message = (
                f"This process has no login for {self._scope.kind}: {alias!r} is not among its databases."
            )
            raise NoScope(message)
        if connections[alias].in_atomic_block:
            message = f"A transaction is open on {alias!r}; a scope opens its own."
            raise NestedScope(message)
        self._token = _scope.set(self._scope)
        self._transaction = transaction.atomic(using=alias, durable=True)
        try:
            self._transaction.__enter__()
        except BaseException:
            _scope.reset(self._token)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transaction is None or self._token is None:
            return
        try:
            self._transaction.__exit__(kind, error, trace)
        finally:
            _scope.reset(self._token)


def _enter(scope: Scope) -> AbstractContextManager[None]:
    return _Entry(scope)


def _first_alias() -> str:
    for login in settings.DATABASE_LOGINS:
        return names.ALIAS_OF_LOGIN[login]
    message = "This process has no database login at all (DATABASE_LOGINS is empty)."
    raise NoScope(message)
