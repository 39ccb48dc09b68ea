"""PostgreSQL where the tenant lives exactly as long as one transaction.

django-tenants sends `SET search_path` with every cursor, for the session. Here nothing is sent with a cursor: the
message that begins the transaction also sets path, role and time limit, all LOCAL, so that PostgreSQL itself forgets
them at the end. A cursor outside such a transaction is refused; the login has no rights there either.

A backend of PostgreSQL never gives back what it learned of a schema. So a connection is closed and opened again when
it is old, and when it would meet one municipality more than it may.
"""

import time
from functools import lru_cache
from typing import Any, Never

import psycopg
from django.conf import settings
from django.db.backends.utils import debug_transaction  # type: ignore[attr-defined]  # not in the stubs
from django.utils.functional import cached_property
from django_tenants.postgresql_backend import base as django_tenants_base
from psycopg import sql

from tenants import context
from tenants.database.lockwall import LockWall


@lru_cache(maxsize=4096)
def begin(scope: context.Scope, limit: int) -> bytes:
    """Return the message that begins a transaction in a scope. Kept, for composing it takes longer than sending it."""
    parts = [
        sql.SQL("BEGIN; SET LOCAL search_path TO {}").format(
            sql.SQL(", ").join(map(sql.Identifier, scope.search_path))
        )
    ]
    if scope.role is not None:
        parts.append(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(scope.role)))
    parts.append(sql.SQL("SET LOCAL statement_timeout TO {}").format(sql.Literal(f"{limit}s")))
    parts.append(sql.SQL("SET LOCAL lock_timeout TO {}").format(sql.Literal(f"{limit}s")))
    return sql.SQL("; ").join(parts).as_bytes()


class DatabaseWrapper(LockWall, django_tenants_base.DatabaseWrapper):  # type: ignore[misc]  # django-tenants has no types
    """One login's connection; its search path and role come with BEGIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start without an open scope."""
        self._open_scope: context.Scope | None = None
        self._met: set[str] = set()
        self._constructed = False
        super().__init__(*args, **kwargs)
        self._constructed = True

    # -------------------------------------------------------------------------------- the transaction and its scope

    def _start_transaction_under_autocommit(self) -> None:
        """Begin: Django calls this instead of turning autocommit off."""
        scope = self._scope_for_this_connection()
        self._recycle_before(scope)
        statement = begin(scope, settings.DATABASE_STATEMENT_TIMEOUTS[self.alias])
        with debug_transaction(self, "BEGIN"), self.wrap_database_errors:
            try:
                self._send(statement)
            except psycopg.OperationalError:
                if not self.connection.closed:
                    self._abandon()
                    raise
                # The server dropped an idle connection. Nothing has been done yet, so one new try is safe.
                self.close()
                self.connect()
                self._send(statement)
            except psycopg.Error:
                self._abandon()
                raise
        self._open_scope = scope
        if scope.tenant_schema is not None:
            self._met.add(scope.tenant_schema)

    def _recycle_before(self, scope: context.Scope) -> None:
        """Open the connection anew when it is old or has met as many municipalities as it may.

        Django looks at the age between requests only; threads and commands that live long have none.
        """
        old = self.close_at is not None and time.monotonic() >= self.close_at
        limit: int = settings.DATABASE_MUNICIPALITIES_PER_CONNECTION
        full = bool(limit) and len(self._met) >= limit and scope.tenant_schema not in {None, *self._met}
        if old or full:
            self.close()
            self.connect()

    def set_autocommit(
        self,
        autocommit: bool,  # noqa: FBT001  (Django's signature)
        force_begin_transaction_with_broken_autocommit: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Refuse a transaction that would begin by itself, at the first statement and without a scope."""
        if not autocommit and not force_begin_transaction_with_broken_autocommit:
            message = "A transaction begins by entering a scope, never by turning autocommit off."
            raise context.NoScope(message)
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)

    def commit(self) -> None:
        """End the transaction; path and role are gone with it."""
        try:
            super().commit()
        finally:
            self._open_scope = None

    def rollback(self) -> None:
        """End the transaction without effect; path and role are gone with it."""
        try:
            super().rollback()
        finally:
            self._open_scope = None

    def close(self) -> None:
        """Close the connection; the next one has met nobody."""
        self._open_scope = None
        self._met.clear()
        super().close()

    def _send(self, statement: bytes) -> None:
        # Without parameters and unprepared: one message of the simple protocol.
        with self.connection.cursor() as cursor:
            cursor.execute(statement, prepare=False)

    def _abandon(self) -> None:
        """Leave the transaction that BEGIN opened before a later part of the message failed."""
        if self.connection.closed:
            return
        try:
            self.connection.rollback()
        except psycopg.Error:
            self.close()

    @cached_property
    def pg_version(self) -> int:
        """Return the server's version, which the connection knows without a cursor."""
        self.ensure_connection()
        return int(self.connection.info.server_version)

    # ------------------------------------------------------------------------------------------------------ cursors

    def _cursor(self, name: str | None = None) -> Any:
        """Hand out a cursor, only inside the transaction of the current scope."""
        scope = self._scope_for_this_connection()
        if self._open_scope is None:
            message = f"No transaction is open on {self.alias!r} in this thread; enter a scope here."
            raise context.NoScope(message)
        if self._open_scope is not scope and self._open_scope != scope:
            message = f"The transaction on {self.alias!r} belongs to another scope."
            raise context.WrongScope(message)
        return super()._cursor(name)

    def create_cursor(self, name: str | None = None) -> Any:
        """Make a cursor; a named one ends with its transaction (Django would let it outlive the tenant)."""
        if name is None:
            return super().create_cursor()
        return self.connection.cursor(name, scrollable=False, withhold=False)

    def _handle_search_path(self, cursor: Any = None) -> None:
        """Send nothing: the path came with BEGIN."""

    def _scope_for_this_connection(self) -> context.Scope:
        scope = context.current_scope()
        if scope.alias != self.alias:
            message = f"The current scope works on {scope.alias!r}, not on {self.alias!r}."
            raise context.WrongScope(message)
        return scope

    # --------------------------------------------------------------------------------- django-tenants' own switches

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:  # noqa: FBT001, FBT002
        """Refuse the switch that lives on the connection; only the constructor of django-tenants may use it."""
        if self._constructed:
            self._refuse_switch()
        super().set_tenant(tenant, include_public)

    def _refuse_switch(self) -> Never:
        message = (
            "The tenant is not a property of the connection: enter a scope with `with municipality(m):`."
        )
        raise context.WrongScope(message)
