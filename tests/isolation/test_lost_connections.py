"""Connections are ended by the server at any moment, under load: an error or the right municipality, nothing else."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections

from tenants import context
from tenants.accounts.models import User
from tenants.context import NoScope
from tenants.municipalities.models import Municipality
from tests.isolation.crowd import canary_of, crowd
from tests.isolation.sizes import FULL
from tests.isolation.test_pooler import REFUSED, RIGHT, THREADS, WRONG, connect, in_a_scope, read_by_turns

pytestmark = pytest.mark.slow

READS = THREADS * (1_000 if FULL else 100)


@contextmanager
def somebody_who_ends_connections() -> Iterator[Counter[str]]:
    """End connections of the municipal pages, one after another, as a restart or a firewall would."""
    stop, done = threading.Event(), Counter[str]()

    def work() -> None:
        with connect() as connection:
            while not stop.wait(0.01):
                ended = connection.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE"
                    " usename = session_user AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) one"
                ).fetchone()
                done["times"] += ended[0] if ended else 0

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()


def test_under_load_a_lost_connection_never_ends_in_another_municipality(figures: Any) -> None:
    with crowd(4) as places:
        with somebody_who_ends_connections() as ended:
            outcomes = read_by_turns(places, READS, in_a_scope)
        figures(
            f"{ended['times']} connections ended under load: {outcomes[RIGHT]:,} reads right,"
            f" {outcomes[WRONG]} of another municipality, {outcomes[REFUSED]} refused"
        )
        assert ended["times"] > 5
        assert outcomes[WRONG] == 0
        assert outcomes[RIGHT] > READS / 2
        assert read_by_turns(places, THREADS * 4, in_a_scope) == {RIGHT: THREADS * 4}, "and all is well again"


def test_nothing_is_left_on_a_connection_that_is_opened_anew(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        User.objects.count()
    end_connection("default")
    with pytest.raises(NoScope):
        User.objects.count()
    with context.municipality(purmerend):
        assert User.objects.count() == 3


def test_twin_django_tenants_goes_on_in_the_last_tenant(purmerend: Municipality) -> None:
    # The tenant is an attribute of the connection object: who asks next without saying for whom is answered from there.
    connection: Any = connections["owner"]
    connection.set_schema(purmerend.schema_name)
    try:
        end_connection("owner")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_user")
            assert cursor.fetchone() == (3,)
    finally:
        connection.set_schema_to_public()


def end_connection(alias: str) -> None:
    """Lose the connection, as between two requests."""
    connections[alias].close()


def test_the_canaries_of_these_tests_differ(purmerend: Municipality, zaanstad: Municipality) -> None:
    assert canary_of(purmerend) != canary_of(zaanstad)
