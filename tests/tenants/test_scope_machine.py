"""Whatever is done in whatever order: PostgreSQL works in the schema and with the role of the scope, or not at all.

Two people work at a time, each in a thread of their own. `NAOBER_ISOLATION=full` tries twelve times as many orders.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import Context, copy_context
from typing import Any, ClassVar, TypeVar

import pytest
from django.db import DatabaseError, InterfaceError, connections
from django.db.transaction import TransactionManagementError
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
from tenants.audit.models import AuditEntry
from tenants.context import NestedScope, NoScope, municipality_role
from tenants.database.scoped.base import DatabaseWrapper
from tenants.municipalities.models import Municipality

T = TypeVar("T")
EXAMPLES, STEPS = (300, 40) if os.environ.get("NAOBER_ISOLATION") == "full" else (25, 25)
PLACES = st.sampled_from(["purmerend", "zaanstad", "landelijk"])
PEOPLE = st.integers(0, 1)
REFUSED = (DatabaseError, InterfaceError, NoScope, TransactionManagementError)


class Person:
    """Somebody at work: a thread with a context and connections of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._context: Context = copy_context()
        self.place: str | None = None
        self.scope: AbstractContextManager[None] | None = None
        self.savepoints: list[AbstractContextManager[None]] = []

    def do(self, work: Callable[[], T]) -> T:
        """Do it in the person's own thread."""
        return self._thread.submit(self._context.run, work).result()

    def go_home(self) -> None:
        self.do(connections.close_all)
        self._thread.shutdown()


class ScopeMachine(RuleBasedStateMachine):
    """Enters and leaves scopes, savepoints and threads, with errors and lost connections in between."""

    municipalities: ClassVar[dict[str, Municipality]]

    def __init__(self) -> None:
        super().__init__()
        self.people = (Person(), Person())

    def inside(self) -> list[Person]:
        return [person for person in self.people if person.scope is not None]

    # ------------------------------------------------------------------------------------------- switching, savepoints

    @rule(who=PEOPLE, place=PLACES)
    def enter(self, who: int, place: str) -> None:
        """Enter a scope; where one is open already it is refused."""
        person = self.people[who]
        scope = self._scope_of(place)
        if person.scope is not None:
            with pytest.raises(NestedScope):
                person.do(scope.__enter__)
            return
        person.do(scope.__enter__)
        person.scope, person.place = scope, place

    @rule(who=PEOPLE, failing=st.booleans())
    def leave(self, who: int, *, failing: bool) -> None:
        self._leave(self.people[who], failing=failing)

    @precondition(lambda self: self.inside())
    @rule(who=PEOPLE)
    def enter_savepoint(self, who: int) -> None:
        person = self.people[who]
        if person.scope is None or len(person.savepoints) > 2:
            return
        savepoint = context.atomic()
        person.do(savepoint.__enter__)
        person.savepoints.append(savepoint)

    @rule(who=PEOPLE, failing=st.booleans())
    def leave_savepoint(self, who: int, *, failing: bool) -> None:
        person = self.people[who]
        if person.savepoints:
            self._exit(person, person.savepoints.pop(), failing=failing)

    # ----------------------------------------------------------------------------------------------- queries and errors

    @precondition(lambda self: self.inside())
    @rule(who=PEOPLE)
    def write_and_read(self, who: int) -> None:
        """Write the name of the place, and read what everybody wrote here."""
        person = self.people[who]
        if person.place is None:
            return
        place = person.place

        def work() -> set[str]:
            AuditEntry.objects.create(actor_name="machine", action=place)
            assert all(
                user.email.split("@")[1].split(".")[0] in {place, "stichting"} for user in User.objects.all()
            )
            return set(AuditEntry.objects.filter(actor_name="machine").values_list("action", flat=True))

        assert person.do(work) == {place}

    @precondition(lambda self: self.inside())
    @rule(who=PEOPLE)
    def fail_in_a_savepoint(self, who: int) -> None:
        person = self.people[who]
        if person.scope is None:
            return

        def work() -> None:
            with pytest.raises(DatabaseError), context.atomic():
                _ask("SELECT 1 / 0")

        person.do(work)

    @precondition(lambda self: self.inside())
    @rule(
        who=PEOPLE,
        how=st.sampled_from(
            ["error", "rollback", "commit by hand", "rollback by hand", "close", "lose", "set by hand"]
        ),
    )
    def end_the_transaction_in_another_way(self, who: int, how: str) -> None:
        """Lose the transaction half way: nothing answers from then on until the scope is left."""
        person = self.people[who]
        if person.scope is None:
            return

        def work() -> None:
            connection: Any = connections[context.current_scope().alias]
            if how == "error":
                with pytest.raises(DatabaseError):
                    _ask("SELECT 1 / 0")
            elif how == "rollback":
                context.roll_back()
            elif how == "close":
                connection.close()
            elif how == "lose":
                connection.connection.pgconn.finish()
            elif how == "set by hand":
                _ask("SET LOCAL ROLE none")
            else:
                _ask(how.split(maxsplit=1)[0].upper())
            if person.place != "landelijk":
                with pytest.raises(REFUSED):
                    User.objects.count()

        person.do(work)
        self._leave(person, failing=True)

    # ----------------------------------------------------------------------------------------- threads, connections

    @rule(who=PEOPLE)
    def a_helper_thread_has_nothing(self, who: int) -> None:
        """Hop to another thread with all that the context holds, as pools that copy it do."""
        person = self.people[who]

        def look() -> None:
            try:
                with pytest.raises(NoScope):
                    User.objects.count()
            finally:
                connections.close_all()

        def hop() -> None:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(copy_context().run, look).result()

        person.do(hop)

    @rule(who=PEOPLE, place=PLACES, how=st.sampled_from(["close", "lose", "discard", "wear out"]))
    def disturb_an_idle_connection(self, who: int, place: str, how: str) -> None:
        person = self.people[who]
        if person.scope is not None:
            return

        def work() -> None:
            connection: Any = connections["national" if place == "landelijk" else "default"]
            raw = connection.connection
            if raw is None or raw.closed:
                return
            if how == "close":
                connection.close()
            elif how == "lose":
                raw.pgconn.finish()
            elif how == "discard":
                raw.execute("DISCARD ALL")
            else:
                connection.close_at = 0

        person.do(work)

    # -------------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def the_database_works_where_the_scope_says(self) -> None:
        for person in self.people:
            if person.place is None:
                assert person.do(context.scope_or_none) is None
                with pytest.raises(NoScope):
                    person.do(User.objects.count)
            else:
                found = person.do(lambda: _ask("SELECT current_schema(), current_user"))
                assert found == self._expected(person.place)

    def teardown(self) -> None:
        for person in self.people:
            self._leave(person, failing=True)
            person.go_home()

    def _leave(self, person: Person, *, failing: bool) -> None:
        if person.scope is None:
            return
        while person.savepoints:
            self._exit(person, person.savepoints.pop(), failing=failing)
        self._exit(person, person.scope, failing=failing)
        person.scope = person.place = None

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
    def _exit(person: Person, manager: AbstractContextManager[None], *, failing: bool) -> None:
        error = RuntimeError("as told") if failing else None
        person.do(lambda: manager.__exit__(type(error) if error else None, error, None))


def _ask(statement: str) -> Any:
    with connections[context.current_scope().alias].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


@pytest.mark.timeout(1800)
def test_no_order_of_events_reaches_another_municipality(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    ScopeMachine.municipalities = {"purmerend": purmerend, "zaanstad": zaanstad}
    run_state_machine_as_test(
        ScopeMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("guarded", [True, False])
def test_with_settings_of_the_session_one_order_ends_elsewhere(
    purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    # The twin, as TENANT_LIMIT_SET_CALLS does it: set for the session, and only when it seems to change.
    ScopeMachine.municipalities = {"purmerend": purmerend, "zaanstad": zaanstad}

    def send_when_changed(self: Any, statement: Any) -> None:
        whole = statement.decode() if isinstance(statement, bytes) else statement.as_string(self.connection)
        text = whole.replace("SET LOCAL", "SET")
        changed = getattr(self, "_sent", None) != text
        self._sent = text
        with self.connection.cursor() as cursor:
            cursor.execute(text if changed else "BEGIN")

    if not guarded:
        monkeypatch.setattr(DatabaseWrapper, "_send", send_when_changed)
    machine = ScopeMachine()
    machine.enter(0, "purmerend")
    machine.leave(0, failing=False)
    machine.disturb_an_idle_connection(0, "purmerend", "discard")
    machine.enter(0, "purmerend")
    if guarded:
        machine.the_database_works_where_the_scope_says()
    else:
        with pytest.raises(AssertionError):
            machine.the_database_works_where_the_scope_says()
    machine.teardown()
