"""A scope lives as long as one transaction; every way of losing it ends in an error, never in another municipality."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any, cast

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, OperationalError, ProgrammingError, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper as PlainWrapper
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from tenants import context
from tenants.accounts.models import User
from tenants.context import (
    NestedScope,
    NoScope,
    SchemaKind,
    Scope,
    WrongScope,
    atomic,
    current_scope,
    municipality_role,
)
from tenants.database.scoped import base
from tenants.municipalities.models import Municipality


def where() -> tuple[str, str]:
    """Return the schema and the role PostgreSQL itself works with."""
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user")
        found: tuple[str, str] = cursor.fetchone()
        return found


def ask(statement: str) -> Any:
    """Send plain SQL in the open scope; return the first value, if there is one."""
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def in_thread(work: Callable[[], Any]) -> Any:
    """Run in another thread, which gets the context of this one, as pools that copy it do."""

    def run() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(copy_context().run, run).result()


# --------------------------------------------------------------------------------------------------------- one scope


def test_schema_and_role_are_those_of_the_municipality(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    for place in (purmerend, zaanstad, purmerend):
        with context.municipality(place):
            assert where() == (place.schema_name, municipality_role(place.schema_name))


def test_path_role_and_time_limit_come_in_one_message_with_begin(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection: Any = connections["default"]
    with context.municipality(purmerend):
        pass
    sent: list[str] = []
    send = connection._send

    def watch(statement: Any) -> None:
        sent.append(statement.decode())
        send(statement)

    monkeypatch.setattr(connection, "_send", watch)
    with context.municipality(purmerend), CaptureQueriesContext(connection) as captured:
        User.objects.count()
    assert len(sent) == 1
    assert sent[0].startswith("BEGIN; SET LOCAL search_path")
    assert len(captured) == 1


def test_nothing_of_the_scope_stays_on_the_connection(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        pass
    raw = connections["default"].connection
    assert raw.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert raw.execute("SELECT current_user").fetchone()[0].endswith("_web")
    assert raw.execute("SHOW search_path").fetchone()[0] == '"$user", public'
    assert raw.execute("SHOW statement_timeout").fetchone()[0] == "0"


@pytest.mark.parametrize(
    ("enter", "schema", "alias"),
    [
        (context.foundation, "foundation", "national"),
        (context.releases, "releases", "national"),
        (context.releasing, "releases", "releaser"),
        (context.registry, "public", "default"),
        (context.dispatching, "public", "aggregator"),
    ],
)
def test_each_kind_has_its_schema_and_login(
    enter: Callable[[], AbstractContextManager[None]], schema: str, alias: str
) -> None:
    with enter():
        assert where()[0] == schema
        assert current_scope().alias == alias


def test_counting_works_in_the_vault_with_the_totals_of_one_municipality(purmerend: Municipality) -> None:
    with context.aggregation(purmerend):
        assert where()[0] == "vault"
        assert current_scope().tenant_id == purmerend.id
        with connections["aggregator"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM report_totals")
            assert cursor.fetchone() == (0,)


def test_a_time_limit_ends_what_takes_too_long(purmerend: Municipality, settings: Any) -> None:
    settings.DATABASE_STATEMENT_TIMEOUTS = {**settings.DATABASE_STATEMENT_TIMEOUTS, "default": 1}
    with pytest.raises(OperationalError, match="statement timeout"), context.municipality(purmerend):
        ask("SELECT pg_sleep(3)")


# ------------------------------------------------------------------------------------------------------- no scope


@pytest.mark.parametrize("alias", ["default", "national", "aggregator", "releaser"])
def test_without_a_scope_nothing_can_be_asked(alias: str) -> None:
    with pytest.raises(NoScope), connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
    with pytest.raises(NoScope):
        User.objects.count()
    with pytest.raises(NoScope), transaction.atomic(using=alias):
        pass
    with pytest.raises(NoScope):
        connections[alias].set_autocommit(False)
    with pytest.raises(NoScope), atomic():
        pass


def test_a_plain_connection_with_the_same_login_would_answer_without_a_scope() -> None:
    # The twin of the test above: it is our backend that refuses, not PostgreSQL.
    plain = PlainWrapper(connections["default"].settings_dict, "default")
    try:
        with plain.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            assert cursor.fetchone() == ("public",)
    finally:
        plain.close()


def test_another_connection_than_the_scopes_is_refused(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        with pytest.raises(WrongScope), connections["national"].cursor():
            pass
        with pytest.raises(WrongScope), transaction.atomic(using="national"):
            pass


def test_the_switches_of_django_tenants_are_refused(purmerend: Municipality) -> None:
    with pytest.raises(WrongScope):
        cast("Any", connections["default"]).set_schema(purmerend.schema_name)
    with pytest.raises(WrongScope):
        purmerend.activate()
    with pytest.raises(WrongScope), purmerend:
        pass


def test_a_process_without_the_login_cannot_enter(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases = {alias: values for alias, values in connections.settings.items() if alias != "national"}
    monkeypatch.setattr(connections, "_settings", databases, raising=False)
    monkeypatch.setitem(connections.__dict__, "settings", databases)
    with pytest.raises(NoScope), context.foundation():
        pass
    with context.municipality(purmerend):
        assert User.objects.count() == 3


# ----------------------------------------------------------------------------------------------------------- nesting


def test_no_scope_opens_inside_another(purmerend: Municipality, zaanstad: Municipality) -> None:
    for inner in (purmerend, zaanstad):
        with context.municipality(purmerend):
            with pytest.raises(NestedScope), context.municipality(inner):
                pass
            with pytest.raises(NestedScope), context.registry():
                pass
            assert where()[0] == purmerend.schema_name


def test_there_is_no_decorator_form(purmerend: Municipality) -> None:
    entry = context.municipality(purmerend)
    assert not callable(entry)


def test_the_decorator_form_of_django_tenants_takes_two_threads_to_one_tenant(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    # The twin: what the missing decorator form prevents. The object is shared, and so is what it remembers.
    entry = schema_context(purmerend.schema_name, database="owner")
    first = entry._recreate_cm() if hasattr(entry, "_recreate_cm") else entry
    assert first is entry
    with schema_context(zaanstad.schema_name, database="owner"):
        assert callable(entry)
    cast("Any", connections["owner"]).set_schema_to_public()


def test_recursion_is_refused(purmerend: Municipality) -> None:
    def again(depth: int) -> None:
        with context.municipality(purmerend):
            again(depth - 1)

    with pytest.raises(NestedScope):
        again(2)
    assert context.scope_or_none() is None


# ------------------------------------------------------------------------------------------------------- transactions


def test_an_error_undoes_the_work_and_closes_the_scope(purmerend: Municipality) -> None:
    def fail() -> None:
        with context.municipality(purmerend):
            User.objects.update(full_name="iemand anders")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert context.scope_or_none() is None
    with context.municipality(purmerend):
        assert not User.objects.filter(full_name="iemand anders").exists()


def test_a_savepoint_that_rolls_back_keeps_schema_and_role(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        expected = where()
        with pytest.raises(ProgrammingError), atomic(), connections["default"].cursor() as cursor:
            cursor.execute("SELECT no_such_column")
        assert where() == expected
        with atomic(), atomic():
            assert where() == expected
    with context.municipality(purmerend):
        assert where() == expected


def test_a_service_with_the_decorator_looks_its_scope_up_at_the_call(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    @atomic()
    def service() -> str:
        return where()[0]

    for place in (purmerend, zaanstad):
        with context.municipality(place):
            assert service() == place.schema_name
    with pytest.raises(NoScope):
        service()


def test_a_commit_in_plain_sql_leaves_a_connection_without_rights(purmerend: Municipality) -> None:
    def commit_by_hand() -> None:
        with context.municipality(purmerend):
            ask("COMMIT")
            ask("SELECT * FROM accounts_user")

    with pytest.raises(ProgrammingError):
        commit_by_hand()


def test_what_runs_after_the_commit_has_no_database(purmerend: Municipality) -> None:
    seen: list[str] = []

    def after() -> None:
        try:
            User.objects.count()
        except NoScope:
            seen.append("refused")

    with context.municipality(purmerend):
        transaction.on_commit(after, using="default")
    assert seen == ["refused"]


def test_a_begin_that_fails_half_way_leaves_nothing_behind(purmerend: Municipality) -> None:
    missing = Scope(
        SchemaKind.MUNICIPALITY, "m_none", "default", role="no_such_role", search_path=("m_none", "public")
    )
    with pytest.raises(DatabaseError), context._enter(missing):
        pass
    assert context.scope_or_none() is None
    with context.municipality(purmerend):
        assert where()[0] == purmerend.schema_name


def test_without_the_clean_up_a_failed_begin_would_poison_the_connection(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base.DatabaseWrapper, "_abandon", lambda _self: None)
    missing = Scope(
        SchemaKind.MUNICIPALITY, "m_none", "default", role="no_such_role", search_path=("m_none", "public")
    )
    with pytest.raises(DatabaseError), context._enter(missing):
        pass
    with pytest.raises(Exception, match="aborted"), context.municipality(purmerend):
        where()
    connections["default"].close()


def test_a_connection_that_was_dropped_while_idle_is_opened_again(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        pid = ask("SELECT pg_backend_pid()")
    kill(pid)
    with context.municipality(purmerend):
        assert where()[0] == purmerend.schema_name


def test_a_connection_that_breaks_half_way_is_an_error_and_never_goes_on_elsewhere(
    purmerend: Municipality,
) -> None:
    def lose_the_server() -> None:
        with context.municipality(purmerend):
            kill(ask("SELECT pg_backend_pid()"))
            User.objects.count()

    with pytest.raises(OperationalError):
        lose_the_server()
    assert context.scope_or_none() is None
    with context.municipality(purmerend):
        assert User.objects.count() == 3


def kill(pid: int) -> None:
    with psycopg.connect(**as_web()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


def as_web() -> dict[str, Any]:
    settings_dict = connections["default"].settings_dict
    return {
        "dbname": settings_dict["NAME"],
        "host": settings_dict["HOST"],
        "port": settings_dict["PORT"] or None,
        "user": settings_dict["USER"],
        "password": settings_dict["PASSWORD"] or None,
    }


# ------------------------------------------------------------------------------------------------- threads, generators


def test_a_helper_thread_has_no_transaction(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        with pytest.raises(NoScope):
            in_thread(User.objects.count)
        with pytest.raises(NestedScope):
            in_thread(lambda: context.municipality(purmerend).__enter__())


def test_threads_in_several_municipalities_never_meet(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    wrong: list[str] = []

    def work(place: Municipality) -> None:
        for _round in range(100):
            with context.municipality(place):
                if where() != (place.schema_name, municipality_role(place.schema_name)):
                    wrong.append(place.slug)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(place,)) for place in (purmerend, zaanstad) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_threads_that_keep_the_tenant_on_a_shared_object_do_meet(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    # The control: the habit that the ContextVar replaces goes wrong under the same load.
    shared: dict[str, str] = {}
    wrong: list[str] = []
    start = threading.Barrier(2)

    def work(place: Municipality) -> None:
        start.wait(5)
        for _round in range(200):
            shared["schema"] = place.schema_name
            threading.Event().wait(0.0001)
            if shared["schema"] != place.schema_name:
                wrong.append(place.slug)

    threads = [threading.Thread(target=work, args=(place,)) for place in (purmerend, zaanstad)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong


def test_a_generator_read_after_its_scope_is_refused(purmerend: Municipality, zaanstad: Municipality) -> None:
    def names_of_people() -> Iterator[str]:
        for user in User.objects.iterator(chunk_size=1):
            yield user.full_name

    with context.municipality(purmerend):
        people = names_of_people()
        next(people)
    # The cursor ended with its transaction: PostgreSQL refuses before our own guard is asked.
    lost = (NoScope, WrongScope, ProgrammingError)
    with pytest.raises(lost):
        next(people)
    with context.municipality(purmerend):
        people = names_of_people()
        next(people)
    with pytest.raises(lost), context.municipality(zaanstad):
        next(people)


def test_async_code_is_refused_by_the_thread_it_runs_in(purmerend: Municipality) -> None:
    async def count() -> int:
        return int(await sync_to_async(User.objects.count, thread_sensitive=False)())

    with context.municipality(purmerend), pytest.raises((NoScope, RuntimeError)):
        asyncio.run(count())
