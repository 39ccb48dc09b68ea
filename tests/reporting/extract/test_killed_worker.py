"""A real worker that counts and publishes is killed at any moment: nothing is lost, nothing doubled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from django.db import connections

from config.celery import app
from core.ledger.models import Event
from core.ledger.services import record
from reporting.disclosure.models import Release
from reporting.extract.rebuild import rebuild_totals
from reporting.facts.models import Fact
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.jobs import relay
from tenants.municipalities.models import Municipality, OutboxEntry
from tests.reporting.conftest import NOW, some_lines, write_ledger

ROOT = Path(__file__).parents[3]
ROUNDS = 5


class Pseudonymous:
    def __init__(self) -> None:
        self.pseudonym = uuid4()


@contextmanager
def worker(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker for the database of this test; killed at the end, whatever happens."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "--app",
        "config",
        "worker",
        "--pool",
        "solo",
        "--loglevel",
        "WARNING",
    ]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    path = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_test", "PYTHONPATH": path}
    with log.open("ab") as out:
        process = subprocess.Popen([*command, *quiet], cwd=ROOT, env=environment, stdout=out, stderr=out)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)


def leave_work(municipality: Municipality) -> None:
    with context.municipality(municipality):
        record(
            event=Event.COUPLING_STARTED,
            happened_on=NOW,
            municipality_code="GM0439",
            family=Pseudonymous(),
            support_family=Pseudonymous(),
            coupling=Pseudonymous(),
            support_form="overnight",
            days=60,
            actor=SystemActor("tests"),
        )


def send_again() -> None:
    """Do what the relay does after a while by itself: send what is still there."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE municipalities_outboxentry SET sent_at = NULL")
    relay()


def waiting() -> int:
    with context.dispatching():
        return OutboxEntry.objects.count()


def is_busy() -> bool:
    """Tell whether the worker is in the middle of a job: every job holds an advisory lock, which all may see."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND d.datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def totals() -> tuple[dict[str, int], int]:
    """Return how many couplings each municipality has in the vault, and the number of the latest release."""
    with context.releasing():
        facts = Fact.objects.filter(
            measure="couplings_total", period_kind="month", period_start=NOW, attribute=""
        )
        counts = {str(fact.municipality): fact.value for fact in facts}
        latest = Release.objects.order_by("number").last()
        return counts, latest.number if latest else 0


@pytest.fixture
def _empty_queues() -> Iterator[None]:
    app.set_default()
    app.control.purge()
    yield
    app.control.purge()


@pytest.mark.slow
@pytest.mark.usefixtures("_empty_queues")
@pytest.mark.timeout(900)
def test_a_worker_killed_while_counting_loses_and_doubles_nothing(
    purmerend: Municipality, zaanstad: Municipality, tmp_path: Path
) -> None:
    rng = Random(5)  # noqa: S311  (moments at which to kill)
    write_ledger(purmerend, some_lines(1, per_year=150))
    write_ledger(zaanstad, some_lines(2, per_year=30))
    rebuild_totals()
    begin, _number = totals()
    here, there = str(purmerend.pk), str(zaanstad.pk)
    killed_at_work = 0
    for number in range(1, ROUNDS + 1):
        leave_work(purmerend)
        before = totals()[0][here]
        with worker(tmp_path / "worker.log") as process:
            send_again()
            deadline = time.monotonic() + 90
            while not is_busy() and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(rng.random() * 0.06)
            killed_at_work += is_busy()
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)
        # All that was left behind so far is in, or nothing new is: never half of it, never twice.
        assert totals()[0][here] in {before, begin[here] + number}
    with worker(tmp_path / "worker.log"):
        send_again()
        deadline = time.monotonic() + 120
        while waiting() and time.monotonic() < deadline:
            time.sleep(0.5)
            relay()
    assert waiting() == 0, (tmp_path / "worker.log").read_text()
    end, published = totals()
    assert (end[here], end[there]) == (begin[here] + ROUNDS, begin[there])
    again = rebuild_totals()
    assert (again.differences, again.release) == (0, None), "the totals equal a recount from the ledger"
    assert published > 1
    assert killed_at_work > 0, "no kill came during the work; make the ledger larger"
