"""Relays, workers and a writer at work together, of which one after the other is killed: step `crowd`.

Beside them works the usual way of counting, as a control: take an event, add one, remove the event. All of them are
forked from a process that knows Django already, so that a kill costs no start of Python.
"""

import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any, Final, LiteralString

import psycopg
from django.db import connections
from psycopg import errors

from config.celery import app
from core.families.services import requesting_family_register
from tenants import context
from tenants.municipalities.jobs import relay
from tests.faults.writing import TESTS, all_places, registration

RELAYS: Final = 2
WORKERS: Final = 2
BUCKETS: Final = 20
_TABLES: Final = """
    CREATE SCHEMA control;
    CREATE TABLE control.event (id bigint GENERATED ALWAYS AS IDENTITY, bucket int NOT NULL);
    CREATE TABLE control.total (bucket int PRIMARY KEY, n int NOT NULL DEFAULT 0);
    CREATE TABLE control.written (bucket int PRIMARY KEY, n int NOT NULL DEFAULT 0);
    INSERT INTO control.total SELECT generate_series(0, 19);
    INSERT INTO control.written SELECT generate_series(0, 19);
"""
_WAITING: Final = "SELECT count(*) FROM municipalities_outboxentry"
_WRONG: Final = "SELECT count(*) FROM control.total t JOIN control.written w USING (bucket) WHERE t.n <> w.n"
# Locks are what every login may see of the others: of a job its own, of the relay the rows it sends.
_AT_WORK: Final = {
    "worker": "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted",
    "relay": """
        SELECT count(*) FROM pg_locks
        WHERE relation = 'municipalities_outboxentry'::regclass AND mode = 'RowShareLock'
    """,
}


class Crowd:
    """Processes by what they do, each in a group of its own."""

    def __init__(self, url: str) -> None:
        """Look into the database as its owner; nobody works yet."""
        self.url = url
        self.look = psycopg.connect(url, autocommit=True)
        self.look.execute("SET lock_timeout = '200ms'")
        self.chance = Random(11)  # noqa: S311  (moments at which to kill)
        self.members: dict[str, list[int]] = {"relay": [], "worker": [], "control": [], "writer": []}
        self.killed = dict.fromkeys(self.members, 0)
        self.at_work = 0
        self.lag = 0.0
        self.doing: dict[str, Callable[[], None]] = {
            "relay": _relay, "worker": _work, "control": self._count, "writer": self._write,
        }  # fmt: skip

    def hire(self, role: str) -> None:
        """Let one more work."""
        pid = os.fork()
        if pid == 0:
            os.setsid()
            try:
                self.doing[role]()
            finally:
                traceback.print_exc()
                os._exit(1)
        self.members[role].append(pid)

    def kill(self, role: str) -> None:
        """Kill one at once, with everything below it."""
        victim = self.members[role].pop(self.chance.randrange(len(self.members[role])))
        self.at_work += role in _AT_WORK and self.value(_AT_WORK[role]) > 0
        with suppress(ProcessLookupError):
            os.killpg(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        self.killed[role] += 1

    def let_time_pass(self) -> None:
        """Age what was sent, so that what was lost goes out again now, and what was not goes out twice."""
        with suppress(errors.LockNotAvailable, errors.DeadlockDetected):
            self.look.execute("UPDATE municipalities_outboxentry SET sent_at = sent_at - interval '1 day'")

    def run(self, times: int) -> None:
        """Kill relays, workers and counters so many times each while families come in."""
        for role, number in (("relay", RELAYS), ("worker", WORKERS), ("control", 1), ("writer", 1)):
            for _ in range(number):
                self.hire(role)
        time.sleep(2)  # the workers have to begin
        for number in range(times):
            for role in ("relay", "control", "worker"):
                self._wait_for_work(role)
                self.kill(role)
                self.hire(role)
            if number % 5 == 0:
                self.let_time_pass()
        self.kill("writer")
        self._finish_control()
        for _ in range(max(1, times // 6)):
            self.lag = max(self.lag, self._lag())
        for role in ("relay", "worker", "control"):
            while self.members[role]:
                self.kill(role)
                self.killed[role] -= 1  # an end, no fault

    def _lag(self) -> float:
        """Kill a worker at work; return after how many seconds whoever is left has done all that was left behind."""
        self.let_time_pass()
        while self.value(_WAITING):
            time.sleep(0.01)
        self.hire("writer")
        self._wait_for_work("worker")
        self.kill("worker")
        self.kill("writer")
        begun = time.monotonic()
        while self.value(_WAITING):
            time.sleep(0.01)
        self.hire("worker")
        return time.monotonic() - begun

    def _wait_for_work(self, role: str) -> None:
        """Let them work for a moment, and if possible wait until one of them is in the middle of something."""
        time.sleep(self.chance.uniform(0.05, 0.3))
        deadline = time.monotonic() + 3
        while role in _AT_WORK and time.monotonic() < deadline and not self.value(_AT_WORK[role]):
            time.sleep(0.001)

    # ----------------------------------------------------------------------------------------------------- the work

    def _write(self) -> None:
        places = all_places()
        with psycopg.connect(self.url, autocommit=True) as control:
            for number in range(1_000_000):
                place = places[number % len(places)]
                with context.municipality(place):
                    requesting_family_register(data=registration(number), actor=TESTS)
                with control.transaction():
                    control.execute("INSERT INTO control.event (bucket) VALUES (%s)", [number % BUCKETS])
                    control.execute(
                        "UPDATE control.written SET n = n + 1 WHERE bucket = %s", [number % BUCKETS]
                    )

    def _count(self) -> None:
        """Count as many do: two statements, each of which is kept at once."""
        with psycopg.connect(self.url, autocommit=True) as control:
            while True:
                row = control.execute("SELECT id, bucket FROM control.event ORDER BY id LIMIT 1").fetchone()
                if row is None:
                    time.sleep(0.005)
                    continue
                control.execute("UPDATE control.total SET n = n + 1 WHERE bucket = %s", [row[1]])
                time.sleep(0.03)  # what is done between the two
                control.execute("DELETE FROM control.event WHERE id = %s", [row[0]])

    def _finish_control(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.value("SELECT count(*) FROM control.event"):
            time.sleep(0.1)

    def value(self, query: LiteralString) -> int:
        """Return the single value of a query."""
        row = self.look.execute(query).fetchone()
        return int(row[0]) if row and row[0] is not None else 0


def _relay() -> None:
    while True:
        relay()
        time.sleep(0.01)


def _work() -> None:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "CRITICAL")
    app.worker_main(["worker", "--pool", "solo", *quiet])


@contextmanager
def _control(url: str) -> Iterator[None]:
    """Keep the tables of the control for the block, apart from those of the product."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_TABLES)
        try:
            yield
        finally:
            connection.execute("DROP SCHEMA control CASCADE")


def main(url: str, times: str) -> dict[str, Any]:
    """Let them work and die; return who was killed how often, what was written, and what became of the control."""
    connections.close_all()
    with _control(url):
        crowd = Crowd(url)
        try:
            crowd.run(int(times))
            return {
                "killed": crowd.killed,
                "at_work": crowd.at_work,
                "lag": round(crowd.lag, 2),
                "written": crowd.value("SELECT sum(n) FROM control.written"),
                "control_wrong": crowd.value(_WRONG),
            }
        finally:
            for pids in crowd.members.values():
                for pid in pids:
                    with suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
