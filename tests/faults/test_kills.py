"""kill -9 in the middle of the work, five times each: after a restart nothing is lost, doubled or half done.

The moment is chosen by a lock that a test holds on a table the work comes to: there the work stands still, and dies.
"""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import connections
from django.utils import timezone
from psycopg import sql

from common.forms import SpamGuardMixin
from config.celery import app
from core.families.models import RequestingFamily
from core.ledger.models import LedgerEntry
from reporting.extract.jobs import recompute
from reporting.extract.services import municipality_recount
from reporting.facts.models import Fact
from tenants import context
from tenants.audit.models import AuditEntry
from tenants.jobs import enqueue
from tenants.municipalities.jobs import relay
from tenants.municipalities.models import Municipality, OutboxEntry
from tests.reporting.conftest import some_lines, write_ledger

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def wait_for(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@contextmanager
def process(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of the product with its real settings, in a group of its own; end all of the group."""
    running = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
        | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield running
    finally:
        kill(running)


def kill(running: subprocess.Popen[bytes]) -> None:
    """Kill the process and its children, as the kernel does when memory runs out."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait(10)


@contextmanager
def standing_still_at(schema: str, table: str) -> Iterator[Callable[[], bool]]:
    """Lock a table; hand over a question: is somebody waiting for it?"""
    name = sql.Identifier(schema, table)
    with closing(psycopg.connect(os.environ["DATABASE_URL"])) as holder:
        holder.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name))

        def somebody_waits() -> bool:
            with connections["owner"].cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
                    " JOIN pg_namespace n ON n.oid = c.relnamespace"
                    " WHERE NOT l.granted AND n.nspname = %s AND c.relname = %s",
                    [schema, table],
                )
                return bool(cursor.fetchone()[0])

        yield somebody_waits
        holder.rollback()


# ------------------------------------------------------------------------------------------------ the web, while saving


class Visitor:
    """Somebody with a browser, at the host of Purmerend."""

    host = "purmerend.naober.test"

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Host": self.host,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(connection):
            connection.request(method, path, urlencode(body) if body is not None else None, headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _sign, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()


def typed(page: str, number: int) -> dict[str, str]:
    """Return a filled-in registration, with the hidden fields of the page."""
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)
        for name in ("csrfmiddlewaretoken", "shown_at", "submission_key")
    }
    assert all(hidden.values()), hidden
    return {name: found[1] for name, found in hidden.items() if found} | {
        "parents-TOTAL_FORMS": "1",
        "parents-INITIAL_FORMS": "0",
        "parents-0-first_name": "Mira",
        "parents-0-last_name": f"Nummer {number}",
        "parents-0-phone": "06 12345678",
        "parents-0-email": "mira@voorbeeld.example",
        "children-TOTAL_FORMS": "1",
        "children-INITIAL_FORMS": "0",
        "children-0-first_name": "Sem",
        "children-0-born_in_maand": "3",
        "children-0-born_in_jaar": str(timezone.localdate().year - 4),
        "street": "Koestraat 1",
        "postcode": "1441 AB",
        "place": "Purmerend",
        "household": "single_parent",
    }


@contextmanager
def web(port: int) -> Iterator[subprocess.Popen[bytes]]:
    with process(
        "gunicorn",
        *(
            "--config",
            "deploy/gunicorn.conf.py",
            "--workers",
            "1",
            "--bind",
            f"127.0.0.1:{port}",
            "config.wsgi",
        ),
        DATABASE_LOGINS="web",
    ) as running:
        wait_for(lambda: answers(port))
        yield running


def answers(port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return Visitor(port).ask("GET", "/gezondheid/gereed")[0] == HTTPStatus.OK
    return False


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def written(place: Municipality) -> dict[str, int]:
    """Count what a registration consists of."""
    with context.municipality(place):
        return {
            "families": RequestingFamily.objects.count(),
            "ledger": LedgerEntry.objects.count(),
            "audit": AuditEntry.objects.filter(action="family_registered").count(),
            "confirmations": OutboxEntry.objects.filter(job__endswith="send_confirmation").count(),
        }


SAVING = (
    ("", "families_requestingfamily"),
    ("", "families_requestingparent"),
    ("", "audit_auditentry"),
    ("", "ledger_ledgerentry"),
    ("public", "municipalities_outboxentry"),
)


def test_a_web_process_killed_while_saving_leaves_all_or_nothing(purmerend: Municipality) -> None:
    visitor = Visitor(free_port())
    expected = written(purmerend)
    for number, (schema, table) in enumerate(SAVING):
        with web(visitor.port) as running:
            _status, page = visitor.ask("GET", "/aanmelden/vraaggezin")
            form = typed(page, number)
            time.sleep(SpamGuardMixin.MIN_SECONDS + 0.2)
            with standing_still_at(schema or purmerend.schema_name, table) as somebody_waits:
                sending = threading.Thread(target=swallow, args=(visitor, form))
                sending.start()
                wait_for(somebody_waits)
                kill(running)
                sending.join()
            wait_for(lambda: not anybody_works())
        assert written(purmerend) == expected, table
        with web(visitor.port):
            # The mother presses the button again, and once more.
            for _again in range(2):
                assert visitor.ask("POST", "/aanmelden/vraaggezin", form)[0] == HTTPStatus.FOUND
        expected = {name: count + 1 for name, count in expected.items()}
        assert written(purmerend) == expected, table


def swallow(visitor: Visitor, form: dict[str, str]) -> None:
    with suppress(OSError, http.client.HTTPException):
        visitor.ask("POST", "/aanmelden/vraaggezin", form)


def anybody_works() -> bool:
    """Tell whether a transaction of a killed process is still open."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND pid <> pg_backend_pid()"
            " AND database IS NULL AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


# ------------------------------------------------------------------------------------------- the worker, while counting


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    with process(
        "celery",
        *("--app", "config", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"),
        DATABASE_LOGINS="web,shared_web,aggregator,releaser",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    ) as running:
        yield running


def later() -> None:
    """Let so much time pass that the relay sends everything once more."""
    with context.dispatching():
        OutboxEntry.objects.exclude(sent_at=None).update(sent_at=timezone.now() - timedelta(hours=2))
    app.set_current()
    relay()


def waiting() -> int:
    with context.dispatching():
        return OutboxEntry.objects.count()


def facts(place: Municipality) -> list[Any]:
    with context.releasing():
        return sorted(
            map(
                str,
                Fact.objects.filter(municipality=place.pk).values_list("measure", "period_start", "value"),
            )
        )


def test_a_worker_killed_while_counting_loses_and_doubles_nothing(purmerend: Municipality) -> None:
    lines = some_lines(1)
    part = len(lines) // 5
    for number in range(5):
        write_ledger(purmerend, lines[number * part : (number + 1) * part if number < 4 else None])
        with context.municipality(purmerend):
            enqueue(recompute, year="2000")
        table = "facts_fact" if number % 2 else "facts_fill"
        with standing_still_at("vault", table) as somebody_waits, worker() as running:
            later()
            wait_for(somebody_waits)
            kill(running)
        assert waiting() > 0
    with worker():

        def finished() -> bool:
            later()
            time.sleep(1)
            return waiting() == 0

        wait_for(finished, patience=120)
    counted = facts(purmerend)
    assert counted
    with context.aggregation(purmerend):
        assert municipality_recount(repair=False) == 0
        municipality_recount()
    assert facts(purmerend) == counted


# ------------------------------------------------------------------------------ PostgreSQL, while making a municipality


@pytest.fixture
def own_server() -> Iterator[dict[str, str]]:
    """Give a server of one's own to kill, with its environment."""
    folder = Path(tempfile.mkdtemp(prefix="naober-kill-"))
    folder.chmod(0o755)
    hidden = {"DATABASE_URL", "BROKER_URL", "CACHE_URL", "NAOBER_FAST_DATABASE"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | {
        "NAOBER_VAR": str(folder),
        "DATABASE_LOGINS": "owner",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    yield environment
    subprocess.run(
        [sys.executable, "-m", "config.servers", "remove"],
        cwd=ROOT / "platform",
        env=environment,
        check=False,
    )
    shutil.rmtree(folder, ignore_errors=True)


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def make(environment: dict[str, str], slug: str) -> subprocess.CompletedProcess[str]:
    return command(
        environment,
        *("municipality_create", slug, slug, "--code", f"GM000{slug[-1]}"),
        *("--controller", "X", "--started-on", "2019-01-01"),
    )


def server_process(environment: dict[str, str]) -> int:
    (pid_file,) = Path(environment["NAOBER_VAR"]).rglob("postmaster.pid")
    return int(pid_file.read_text().splitlines()[0])


@contextmanager
def connected(environment: dict[str, str]) -> Iterator[psycopg.Connection[Any]]:
    """Connect as the owner; starts the server when it does not run."""
    url = subprocess.run(
        [sys.executable, "-c", "from config import servers; print(servers.postgres_url())"],
        cwd=ROOT / "platform",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    with closing(psycopg.connect(url)) as connection:
        yield connection


def found_in(environment: dict[str, str]) -> tuple[set[str], set[str], set[str], set[str]]:
    """Return the municipalities by name, their schemas by the registry, the schemas and the roles there are."""
    with connected(environment) as connection:
        slugs, registered = (
            {
                row[0]
                for row in connection.execute(
                    sql.SQL("SELECT {} FROM municipalities_municipality").format(column)
                )
            }
            for column in (sql.Identifier("slug"), sql.Identifier("schema_name"))
        )
        schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'm\\_%'").fetchall()
        roles = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'naober\\_m\\_%'"
        ).fetchall()
    return slugs, registered, {row[0] for row in schemas}, {row[0].removeprefix("naober_") for row in roles}


def test_postgresql_killed_while_making_a_municipality_leaves_all_or_nothing(
    own_server: dict[str, str],
) -> None:
    assert command(own_server, "setup_database").returncode == 0
    moments = ("municipality", "municipalitycode", "schemascript", "outboxentry", None)
    for number, table in enumerate(moments):
        slug = f"plaats-{number}"
        outcomes: list[int] = []
        making = threading.Thread(target=lambda: outcomes.append(make(own_server, slug).returncode))  # noqa: B023
        with connected(own_server) as holder:
            pid = server_process(own_server)
            if table is None:
                making.start()
                time.sleep(Random(number).uniform(1.0, 2.0))  # noqa: S311
            else:
                holder.execute(
                    sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(
                        sql.Identifier(f"municipalities_{table}")
                    )
                )
                making.start()
                wait_for(
                    lambda: (
                        holder.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (0,)
                    )
                )
            os.kill(pid, signal.SIGKILL)
            making.join()
        slugs, registered, schemas, roles = found_in(own_server)
        assert registered == schemas == roles, table
        assert (slug in slugs) == (outcomes == [0]), table
        if slug not in slugs:
            assert make(own_server, slug).returncode == 0
    slugs, registered, schemas, roles = found_in(own_server)
    assert len(slugs) == len(moments)
    assert registered == schemas == roles
    assert command(own_server, "setup_database").returncode == 0
