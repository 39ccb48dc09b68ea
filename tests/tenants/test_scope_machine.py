"""Whatever is done in whatever order: PostgreSQL works in the schema and with the role of the scope, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any, ClassVar

import pytest
from django.db import DatabaseError, connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tenants import context
from tenants.accounts.models import User
from tenants.context import NestedScope, NoScope, municipality_role
from tenants.database.scoped.base import DatabaseWrapper
from tenants.municipalities.models import Municipality

PLACES = st.sampled_from(["purmerend", "zaanstad", "landelijk"])


class ScopeMachine(RuleBasedStateMachine):
    """Enters and leaves scopes, savepoints and threads, with errors and lost connections in between."""

    municipalities: ClassVar[dict[str, Municipality]]

    def __init__(self) -> None:
        super().__init__()
        # Each order of events begins with connections that have seen nothing.
        for alias in ("default", "national"):
            connections[alias].close()
        self.place: str | None = None
        self.scope: AbstractContextManager[None] | None = None
        self.savepoints: list[AbstractContextManager[None]] = []

    # ------------------------------------------------------------------------------------------------------- steps

    @precondition(lambda self: self.scope is None)
    @rule(place=PLACES)
    def enter(self, place: str) -> None:
        self.scope, self.place = self._scope_of(place), place
        self.scope.__enter__()

    @precondition(lambda self: self.scope is not None)
    @rule(failing=st.booleans())
    def leave(self, *, failing: bool) -> None:
        while self.savepoints:
            self.leave_savepoint(failing=failing)
        assert self.scope is not None
        self._exit(self.scope, failing=failing)
        self.scope = self.place = None

    @precondition(lambda self: self.scope is not None and len(self.savepoints) < 3)
    @rule()
    def enter_savepoint(self) -> None:
        savepoint = context.atomic()
        savepoint.__enter__()
        self.savepoints.append(savepoint)

    @precondition(lambda self: self.savepoints)
    @rule(failing=st.booleans())
    def leave_savepoint(self, *, failing: bool) -> None:
        self._exit(self.savepoints.pop(), failing=failing)

    @precondition(lambda self: self.scope is not None)
    @rule()
    def fail_in_a_savepoint(self) -> None:
        with pytest.raises(DatabaseError), context.atomic():
            self._ask("SELECT 1 / 0")

    @precondition(lambda self: self.scope is not None)
    @rule(place=PLACES)
    def nesting_is_refused(self, place: str) -> None:
        with pytest.raises(NestedScope), self._scope_of(place):
            pass

    @precondition(lambda self: self.scope is not None)
    @rule()
    def another_thread_has_nothing(self) -> None:
        def look() -> None:
            try:
                with pytest.raises(NoScope):
                    User.objects.count()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(copy_context().run, look).result()

    @precondition(lambda self: self.scope is None)
    @rule(place=PLACES)
    def another_thread_may_enter(self, place: str) -> None:
        def look() -> None:
            try:
                with self._scope_of(place):
                    assert self._where() == self._expected(place)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(look).result()

    @precondition(lambda self: self.scope is None)
    @rule(place=PLACES)
    def lose_the_idle_connection(self, place: str) -> None:
        raw = connections[self._alias(place)].connection
        if raw is not None:
            raw.pgconn.finish()

    @precondition(lambda self: self.scope is None)
    @rule(place=PLACES)
    def close_the_connection(self, place: str) -> None:
        connections[self._alias(place)].close()

    @precondition(lambda self: self.scope is None)
    @rule()
    def discard_what_the_session_knows(self) -> None:
        raw = connections["default"].connection
        if raw is not None and not raw.closed:
            raw.execute("DISCARD ALL")

    # -------------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def the_database_works_where_the_scope_says(self) -> None:
        if self.place is None:
            assert context.scope_or_none() is None
            with pytest.raises(NoScope):
                User.objects.count()
        else:
            assert self._where() == self._expected(self.place)

    def teardown(self) -> None:
        if self.scope is not None:
            self.leave(failing=True)

    def _scope_of(self, place: str) -> AbstractContextManager[None]:
        return (
            context.foundation() if place == "landelijk" else context.municipality(self.municipalities[place])
        )

    def _expected(self, place: str) -> tuple[str, str]:
        if place == "landelijk":
            return "foundation", connections["national"].settings_dict["USER"]
        schema = self.municipalities[place].schema_name
        return schema, municipality_role(schema)

    @staticmethod
    def _alias(place: str) -> str:
        return "national" if place == "landelijk" else "default"

    def _where(self) -> tuple[str, str]:
        found: tuple[str, str] = self._ask("SELECT current_schema(), current_user")
        return found

    @staticmethod
    def _ask(statement: str) -> Any:
        with connections[context.current_scope().alias].cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()

    @staticmethod
    def _exit(manager: AbstractContextManager[None], *, failing: bool) -> None:
        error = RuntimeError("as told") if failing else None
        manager.__exit__(type(error) if error else None, error, None)


def test_no_order_of_events_reaches_another_municipality(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    ScopeMachine.municipalities = {"purmerend": purmerend, "zaanstad": zaanstad}
    run_state_machine_as_test(
        ScopeMachine,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize("guarded", [True, False])
def test_with_settings_of_the_session_one_order_ends_elsewhere(
    purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    # The twin, as TENANT_LIMIT_SET_CALLS does it: set for the session, and only when it seems to change.
    ScopeMachine.municipalities = {"purmerend": purmerend, "zaanstad": zaanstad}

    def send_when_changed(self: Any, statement: Any) -> None:
        text = statement.as_string(self.connection).replace("SET LOCAL", "SET")
        changed = getattr(self, "_sent", None) != text
        self._sent = text
        with self.connection.cursor() as cursor:
            cursor.execute(text if changed else "BEGIN")

    if not guarded:
        monkeypatch.setattr(DatabaseWrapper, "_send", send_when_changed)
    machine = ScopeMachine()
    machine.enter("purmerend")
    machine.leave(failing=False)
    machine.discard_what_the_session_knows()
    machine.enter("purmerend")
    if guarded:
        machine.the_database_works_where_the_scope_says()
    else:
        with pytest.raises(AssertionError):
            machine.the_database_works_where_the_scope_says()
    machine.leave(failing=False)
    connections["default"].close()
