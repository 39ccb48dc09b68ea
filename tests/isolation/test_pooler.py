"""Twelve threads read twelve municipalities, directly and through a pooler of three connections: never another's row.

In the same run django-tenants' own backend reads through the same pooler, and gets the rows of others; and a client
that sets path and role for the session poisons the connections that all share.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connections
from psycopg import sql

from tenants import context
from tenants.accounts.models import User
from tenants.context import municipality_role
from tenants.municipalities.models import Municipality
from tests.isolation.crowd import canary_of, crowd
from tests.isolation.poolers import PORT, pgbouncer, small_pooler, through
from tests.isolation.sizes import FULL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

THREADS = PLACES = 12
# In full a little over 100,000 of each of the four kinds; the control needs few to be wrong.
READS = THREADS * (8_334 if FULL else 100)
CONTROLS = 12_000 if FULL else 1_200
RIGHT, WRONG, REFUSED = "right", "of another municipality", "refused"

Read = Callable[[Municipality], str]
Poolers = Callable[..., AbstractContextManager[str]]
Figures = Callable[[str], None]


# ----------------------------------------------------------------------------------------------------- ways of reading


def in_a_scope(place: Municipality) -> str:
    with context.municipality(place):
        return str(User.objects.values_list("full_name", flat=True).get())


def as_django_tenants_does(place: Municipality) -> str:
    """Switch the tenant on the connection, then read: autocommit, as its middleware and `schema_context` do."""
    connection: Any = connections["owner"]
    connection.set_schema(place.schema_name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT full_name FROM accounts_user")
        return str(cursor.fetchone()[0])


class WithoutAnything:
    """Read as code that forgot everything would: the login of the municipal pages, on a connection per thread."""

    def __init__(self) -> None:
        self._here = threading.local()
        self._opened: list[psycopg.Connection[Any]] = []

    def __call__(self, _place: Municipality) -> str:
        if not hasattr(self._here, "connection"):
            self._here.connection = connect()
            self._opened.append(self._here.connection)
        row = self._here.connection.execute("SELECT full_name FROM accounts_user").fetchone()
        return str(row[0])

    def close(self) -> None:
        for connection in self._opened:
            connection.close()


def connect() -> psycopg.Connection[Any]:
    """Sign in as the municipal pages do; nothing is prepared, for a pooler would not know it."""
    values = settings.DATABASES["default"]
    return psycopg.connect(
        dbname=values["NAME"],
        host=values["HOST"],
        port=values["PORT"] or None,
        user=values["USER"],
        password=values["PASSWORD"] or None,
        autocommit=True,
        prepare_threshold=None,
    )


def read_by_turns(places: list[Municipality], reads: int, read: Read) -> Counter[str]:
    """Have each thread read each municipality in turn; count what came back."""
    outcomes: Counter[str] = Counter()
    lock, start = threading.Lock(), threading.Barrier(THREADS)

    def work(number: int) -> None:
        own: Counter[str] = Counter()
        start.wait(30)
        for turn in range(number, number + reads // THREADS):
            place = places[turn % len(places)]
            try:
                found = read(place)
            except (DatabaseError, psycopg.Error):
                own[REFUSED] += 1
            else:
                own[RIGHT if found == canary_of(place) else WRONG] += 1
        connections.close_all()
        with lock:
            outcomes.update(own)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.total() == reads
    return outcomes


def read_without_anything(places: list[Municipality]) -> Counter[str]:
    with closing(WithoutAnything()) as read:
        return read_by_turns(places, CONTROLS, read)


# ------------------------------------------------------------------------------------------------------------- poison


def poison(connection: psycopg.Connection[Any], place: Municipality) -> None:
    """Set path and role for the session, as a script would that was never meant to share its connection."""
    statement = sql.SQL("SET search_path TO {schema}, public; SET ROLE {role}").format(
        schema=sql.Identifier(place.schema_name), role=sql.Identifier(municipality_role(place.schema_name))
    )
    connection.execute(statement)


@contextmanager
def a_poisoner(places: list[Municipality]) -> Iterator[Counter[str]]:
    """Keep poisoning whatever connection of the pool comes by."""
    stop, done = threading.Event(), Counter[str]()
    choice = random.Random(3)  # noqa: S311

    def work() -> None:
        with connect() as connection:
            while not stop.wait(0.001):
                poison(connection, choice.choice(places))
                done["times"] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()
    assert done["times"] > 10


def poisoning_its_own_connection(places: list[Municipality]) -> Read:
    """Read in a scope on a connection that somebody poisoned just before: the worst there is without a pooler."""
    choice = random.Random(5)  # noqa: S311

    def read(place: Municipality) -> str:
        raw = connections["default"].connection
        if raw is not None:
            poison(raw, choice.choice(places))
        return in_a_scope(place)

    return read


# -------------------------------------------------------------------------------------------------------------- proofs


def test_twelve_threads_never_read_another_municipality(figures: Figures) -> None:
    with crowd(PLACES) as places:
        for name, read in (
            ("direct, clean", in_a_scope),
            ("direct, poisoned", poisoning_its_own_connection(places)),
        ):
            began = time.monotonic()
            outcomes = read_by_turns(places, READS, read)
            figures(told(name, outcomes, began))
            assert outcomes == {RIGHT: READS}


@pytest.mark.parametrize("pooler", [pgbouncer if FULL else small_pooler])
def test_through_a_pooler_of_three_connections_neither(pooler: Poolers, figures: Figures) -> None:
    with crowd(PLACES) as places, pooler("default", "owner") as folder, through(folder, "default", "owner"):
        assert settings.DATABASES["default"]["PORT"] == str(PORT)
        began = time.monotonic()
        clean = read_by_turns(places, READS, in_a_scope)
        figures(told(f"{pooler.__name__}, clean", clean, began))
        assert clean == {RIGHT: READS}

        began = time.monotonic()
        forgotten = read_without_anything(places)
        figures(told(f"{pooler.__name__}, clean, everything forgotten", forgotten, began))
        assert forgotten == {REFUSED: CONTROLS}, "without a scope there are no rights"

        began = time.monotonic()
        control = read_by_turns(places, CONTROLS, as_django_tenants_does)
        figures(told(f"{pooler.__name__}, clean, CONTROL django-tenants' backend", control, began))
        assert control[WRONG] > CONTROLS / 2, "the pooler does mix connections, so 0 above means something"

        with a_poisoner(places):
            began = time.monotonic()
            poisoned = read_by_turns(places, READS, in_a_scope)
            figures(told(f"{pooler.__name__}, poisoned", poisoned, began))
            assert poisoned == {RIGHT: READS}

            began = time.monotonic()
            control = read_without_anything(places)
            figures(told(f"{pooler.__name__}, poisoned, CONTROL everything forgotten", control, began))
            assert control[WRONG] > CONTROLS / 2, "the poison works, so 0 above means something"


@pytest.mark.parametrize("pooler", [pgbouncer if FULL else small_pooler])
def test_what_is_discarded_in_between_changes_nothing(pooler: Poolers) -> None:
    """`DISCARD ALL` by another client, on the connections that all share (test 16)."""
    with crowd(2) as places, pooler("default") as folder, through(folder, "default"):
        stop = threading.Event()

        def discard() -> None:
            with connect() as connection:
                while not stop.wait(0.001):
                    connection.execute("DISCARD ALL")

        thread = threading.Thread(target=discard)
        thread.start()
        try:
            outcomes = read_by_turns(places, CONTROLS, in_a_scope)
        finally:
            stop.set()
            thread.join()
    assert outcomes == {RIGHT: CONTROLS}


def test_a_missing_pgbouncer_is_a_failure_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_program, **_where: None)
    with pytest.raises(pytest.fail.Exception, match="make isolation"), pgbouncer("default"):
        pass


def told(name: str, outcomes: Counter[str], began: float) -> str:
    parts = ", ".join(f"{outcomes[kind]:,} {kind}" for kind in (RIGHT, WRONG, REFUSED))
    return (
        f"{name}: {outcomes.total():,} reads by {THREADS} threads: {parts} ({time.monotonic() - began:.0f} s)"
    )
