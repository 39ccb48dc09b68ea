"""Ways in which ordinary code loses its tenant: each ends in an error or in the right municipality, never in another.

Those with querysets, threads, nesting and generators stand in `test_context.py` and `test_models.py`. Each control
shows what django-tenants' own connection does with the same code.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DatabaseError, InterfaceError, ProgrammingError, connections, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.test import RequestFactory
from django_tenants.utils import schema_context

from tenants import context
from tenants.accounts.models import User
from tenants.context import NestedScope, NoScope, WrongScope
from tenants.middleware import TenantMiddleware
from tenants.municipalities.models import Municipality

LOST = (NoScope, WrongScope, ProgrammingError)


@pytest.fixture(autouse=True)
def _owner_in_public() -> Iterator[None]:
    yield
    owner().set_schema_to_public()


def owner() -> Any:
    """Return the connection of this thread as django-tenants' own works with it."""
    return connections["owner"]


def schema_of_owner() -> str:
    with owner().cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


# ------------------------------------------------------------------------------------------ an answer that is streamed


def people() -> Iterator[str]:
    for user in User.objects.iterator(chunk_size=1):
        yield user.email


def test_an_answer_that_is_streamed_after_the_request_reads_nothing(
    purmerend: Municipality, settings: Any
) -> None:
    def view(_request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(people())

    request = RequestFactory(headers={"host": f"{purmerend.slug}.{settings.BASE_DOMAIN}"}).get("/")
    response = TenantMiddleware(view)(request)
    assert context.scope_or_none() is None
    with pytest.raises(LOST):
        list(response)


def test_nor_does_it_read_in_the_scope_of_somebody_else(
    purmerend: Municipality, zaanstad: Municipality, settings: Any
) -> None:
    request = RequestFactory(headers={"host": f"{purmerend.slug}.{settings.BASE_DOMAIN}"}).get("/")
    response = TenantMiddleware(lambda _request: StreamingHttpResponse(people()))(request)
    with context.municipality(zaanstad):
        outcome = []
        with suppress(*LOST):
            outcome = [line.decode() for line in response]
        # A generator begins when it is first asked: this one only now, and so in the scope that is open now.
        assert all(zaanstad.slug in email for email in outcome)
        assert not any(purmerend.slug in email for email in outcome)


def test_control_django_tenants_streams_from_whoever_came_next(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    def names() -> Iterator[str]:
        with owner().cursor() as cursor:
            cursor.execute("SELECT email FROM accounts_user")
            yield from (row[0] for row in cursor.fetchall())

    with schema_context(purmerend.schema_name, database="owner"):
        answer = StreamingHttpResponse(names())
    with schema_context(zaanstad.schema_name, database="owner"):
        assert all(zaanstad.slug in line.decode() for line in answer)


# --------------------------------------------------------------------------------------------- an error while leaving


def lose_connection() -> None:
    connections["default"].connection.pgconn.finish()


def test_an_error_at_the_commit_closes_the_scope(purmerend: Municipality) -> None:
    def work() -> None:
        with context.municipality(purmerend):
            User.objects.update(full_name="iemand anders")
            lose_connection()

    with pytest.raises((DatabaseError, InterfaceError)):
        work()
    assert context.scope_or_none() is None
    with context.municipality(purmerend):
        assert not User.objects.filter(full_name="iemand anders").exists()


def test_an_error_on_top_of_an_error_closes_the_scope(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    def work() -> None:
        with context.municipality(purmerend):
            lose_connection()
            raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, DatabaseError, InterfaceError)):
        work()
    assert context.scope_or_none() is None
    with context.municipality(zaanstad):
        assert all(zaanstad.slug in user.email for user in User.objects.all())


def test_control_a_scope_that_is_not_closed_in_the_end_stays_open(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = context.municipality(purmerend)

    def leave_without_finally(self: Any, *error: Any) -> None:
        self._transaction.__exit__(*error)
        context._scope.reset(self._token)

    monkeypatch.setattr(context._Entry, "__exit__", leave_without_finally)
    entry.__enter__()
    lose_connection()
    with pytest.raises((DatabaseError, InterfaceError)):
        entry.__exit__(None, None, None)
    assert context.scope_or_none() is not None
    context._scope.set(None)
    connections["default"].close()


# -------------------------------------------------------------------------------------------- async, threads, callbacks


def test_an_async_view_works_in_its_own_municipality_or_not_at_all(purmerend: Municipality) -> None:
    async def straight() -> int:
        return int(User.objects.count())

    async def in_the_thread_of_the_request() -> list[str]:
        return await sync_to_async(lambda: [user.email for user in User.objects.all()])()

    async def elsewhere() -> int:
        return int(await sync_to_async(User.objects.count, thread_sensitive=False)())

    with context.municipality(purmerend):
        with pytest.raises(SynchronousOnlyOperation):
            async_to_sync(straight)()
        assert all(purmerend.slug in email for email in async_to_sync(in_the_thread_of_the_request)())
        with pytest.raises((NoScope, RuntimeError)):
            async_to_sync(elsewhere)()


def test_control_a_helper_thread_of_django_tenants_works_in_public(purmerend: Municipality) -> None:
    found: list[str] = []

    def work() -> None:
        found.append(schema_of_owner())
        connections.close_all()

    with schema_context(purmerend.schema_name, database="owner"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == ["public"]


def test_control_a_callback_of_django_tenants_works_where_the_commit_happens(purmerend: Municipality) -> None:
    found: list[str] = []
    with transaction.atomic(using="owner"), schema_context(purmerend.schema_name, database="owner"):
        transaction.on_commit(lambda: found.append(schema_of_owner()), using="owner")
    assert found == ["public"]


def test_control_the_decorator_of_django_tenants_stays_in_the_inner_schema(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    entry: Any = schema_context(purmerend.schema_name, database="owner")

    @entry  # type: ignore[untyped-decorator]
    def again(depth: int) -> None:
        if depth:
            again(depth - 1)

    with schema_context(zaanstad.schema_name, database="owner"):
        again(1)
        assert schema_of_owner() != zaanstad.schema_name


def test_a_scope_object_is_for_one_visit(purmerend: Municipality) -> None:
    entry = context.municipality(purmerend)
    with entry, pytest.raises(NestedScope):
        entry.__enter__()
    assert context.scope_or_none() is None
    with context.municipality(purmerend):
        assert User.objects.count() == 3
