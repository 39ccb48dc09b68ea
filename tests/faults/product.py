"""A whole installation in a folder of its own: servers, web process, worker and clock, each of which can be killed."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from tests.isolation.forms import CSRF, forms_in

ROOT: Final = Path(__file__).resolve().parents[2]
FULL: Final = os.environ.get("NAOBER_FAULTS") == "full"
TIMES: Final = 5 if FULL else 1
KILLS: Final = 30 if FULL else 3  # where a kill costs no start of a process
LOGINS: Final = "web,shared_web,aggregator,releaser"
HOST: Final = "purmerend.naober.test"
PATIENCE: Final = 120.0
_NOT_PASSED_ON: Final = {
    "DATABASE_URL", "BROKER_URL", "CACHE_URL", "DATABASE_LOGINS", "DJANGO_SETTINGS_MODULE", "NAOBER_VAR", "DEMO",
}  # fmt: skip


class Product:
    """An installation that shares nothing with the tests around it."""

    def __init__(self, folder: Path) -> None:
        """Describe it; nothing runs yet."""
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON
        } | {
            "NAOBER_VAR": str(folder),
            "NAOBER_FAST_DATABASE": "1",
            "SECRET_KEY": "only-for-fault-tests-which-sign-nothing-that-anybody-else-would-ever-read",
            "BASE_DOMAIN": "naober.test",
            "HTTPS": "no",
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "LOG_LEVEL": "WARNING",
        }
        self.url = ""
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Begin with an empty folder."""
        self._remove()
        self.folder.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no process and no file behind."""
        for process in self._running:
            kill(process)
        self._remove()

    def _remove(self) -> None:
        if self.folder.exists():
            self.python("-m", "config.servers", "remove")
            shutil.rmtree(self.folder, ignore_errors=True)

    def set_up(self) -> None:
        """Make the database and Purmerend."""
        self.start_servers()
        self.manage("setup_database")
        self.manage(*self.municipality("purmerend"))

    # ----------------------------------------------------------------------------------------------------- commands

    def python(
        self, *arguments: str, check: bool = True, logins: str = f"owner,{LOGINS}", patience: float = PATIENCE
    ) -> str:
        """Run Python to its end and return what it said."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment | {"DATABASE_LOGINS": logins},
            capture_output=True,
            text=True,
            check=False,
            timeout=patience,
        )
        if check and done.returncode != 0:
            message = f"{arguments} failed:\n{done.stdout}\n{done.stderr}"
            raise AssertionError(message)
        return done.stdout

    def manage(self, *arguments: str, check: bool = True) -> str:
        """Run a command of the product."""
        return self.python("manage.py", *arguments, check=check)

    def step(self, *arguments: str, patience: float = PATIENCE) -> Any:
        """Run one of the steps of `tests.faults.steps` and return its answer."""
        said = self.python("-m", "tests.faults.steps", *arguments, patience=patience)
        return json.loads(said.splitlines()[-1])

    @staticmethod
    def municipality(slug: str, code: str = "GM0439") -> tuple[str, ...]:
        """Return the command that makes a municipality."""
        given = ("--code", code, "--controller", "Gemeente", "--started-on", "2018-09-01")
        return ("municipality_create", slug, slug.title(), *given)

    # ------------------------------------------------------------------------------------------------------ servers

    def start_servers(self) -> None:
        """Start the embedded servers that do not run, as every process of the product does by itself."""
        said = self.python(
            "-c", "from config import servers; print(servers.postgres_url()); servers.broker_url()"
        )
        self.url = said.split()[0]

    def kill_server(self, name: str) -> None:
        """Kill PostgreSQL or Valkey with everything that belongs to it, at once."""
        code = f"from config import servers as s; print(s.{name}(s._home()).pid())"
        pid = int(self.python("-c", code))
        for process in [pid, *children_of(pid)]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        wait_until(lambda: not alive(pid), f"{name} is gone")

    @contextmanager
    def connection(self, *, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
        """Look into the database as its owner."""
        with psycopg.connect(self.url, autocommit=autocommit) as connection:
            yield connection

    def value(self, query: Any, *parameters: Any) -> Any:
        """Return the single value of a query."""
        with self.connection() as connection:
            row = connection.execute(query, parameters).fetchone()
            return row[0] if row else None

    @contextmanager
    def holding(self, statement: str) -> Iterator[None]:
        """Hold what a statement holds until the end of the block: whoever needs it waits there."""
        connection = psycopg.connect(self.url)
        try:
            connection.execute(statement)
            yield
        finally:
            with suppress(psycopg.Error):  # its server may be the one that was killed
                connection.rollback()
            connection.close()

    def wait_for_somebody_waiting(self) -> None:
        """Wait until a process of the product has come to what is being held."""
        wait_until(
            lambda: self.value("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0,
            "somebody waits for a lock",
        )

    def schema(self) -> str:
        """Return the schema of Purmerend."""
        return str(self.value("SELECT schema_name FROM municipalities_municipality WHERE slug = 'purmerend'"))

    def rows(self, table: str) -> int:
        """Return the number of rows of a table of Purmerend."""
        names = sql.Identifier(self.schema(), table)
        return int(self.value(sql.SQL("SELECT count(*) FROM {}").format(names)))

    def all_rows(self) -> dict[str, int]:
        """Return the number of rows of every table of Purmerend."""
        with self.connection() as connection:
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s", [self.schema()]
            )
            tables = [row[0] for row in found.fetchall()]
        return {table: self.rows(table) for table in tables if table != "django_session"}

    def waiting_work(self) -> int:
        """Return the number of rows in the outbox."""
        return int(self.value("SELECT count(*) FROM municipalities_outboxentry"))

    def let_time_pass(self) -> None:
        """Age what was sent, so that the relay sees now that it was lost, and not after a minute."""
        with self.connection() as connection:
            connection.execute("UPDATE municipalities_outboxentry SET sent_at = sent_at - interval '1 day'")

    def mails(self) -> int:
        """Return how many mails were sent."""
        folder = self.folder / "mail"
        text = "".join(path.read_text() for path in folder.glob("*.log")) if folder.exists() else ""
        return len(re.findall(r"^Message-ID:", text, re.MULTILINE))

    # ---------------------------------------------------------------------------------------------------- processes

    def start(self, *command: str, logins: str = LOGINS, **more: str) -> "subprocess.Popen[bytes]":
        """Start a process of the product in a group of its own."""
        log = (self.folder / f"{Path(command[1] if len(command) > 1 else command[0]).name}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [str(Path(sys.executable).with_name(command[0])), *command[1:]],
                cwd=ROOT,
                env=self.environment | {"DATABASE_LOGINS": logins} | more,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Start a worker for all queues, as the process file does."""
        return self.start("celery", "--app", "config", "worker", "--concurrency", "2", "--without-gossip",
                          "--without-mingle", "--loglevel", "WARNING")  # fmt: skip

    def start_beat(self) -> "subprocess.Popen[bytes]":
        """Start the clock, which has the relay look at the outbox every second."""
        return self.start("celery", "--app", "config", "beat", "--schedule", str(self.folder / "beat"), "--pidfile=",
                          "--loglevel", "WARNING")  # fmt: skip

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let worker and clock run for the block."""
        processes = [self.start_worker(), self.start_beat()]
        try:
            yield
        finally:
            for process in processes:
                kill(process)

    def finish_work(self, patience: float = PATIENCE) -> None:
        """Let everything that waits be done."""
        with self.working():
            wait_until(lambda: self.waiting_work() == 0, "the outbox is empty", patience)

    def start_web(self, port: int, processes: int = 1) -> "subprocess.Popen[bytes]":
        """Start the municipal web process and wait until it answers."""
        process = self.start(
            "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", "config.wsgi",
            logins="web", WEB_CONCURRENCY=str(processes), PUBLIC_PORT=str(port),
        )  # fmt: skip
        wait_until(lambda: answers(port), "the web process answers")
        return process


class Browser:
    """Fills in the public form of a family, keeps what it will send, and can send it again."""

    def __init__(self, port: int) -> None:
        """Know the port; nothing is sent yet."""
        self.port = port
        self.body = ""
        self.cookie = ""

    def fill_in(self, path: str = "/aanmelden/vraaggezin") -> None:
        """Open the form and fill it in, as long as a person needs at least."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Host": HOST})
        response = connection.getresponse()
        page = response.read().decode()
        self.cookie = (response.getheader("Set-Cookie") or "").split(";")[0]
        connection.close()
        form = next(form for form in forms_in(page, path) if form.action == path)
        typed = form.typed() | {
            name: values for name, values in form.fields.items() if name == "csrfmiddlewaretoken"
        }
        self.body = urlencode(typed, doseq=True)
        time.sleep(3.2)  # faster than that is taken for a program

    def send(self, path: str = "/aanmelden/vraaggezin") -> HTTPConnection:
        """Send the form without waiting for the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Host": HOST, "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, self.body, headers)
        return connection

    def send_and_wait(self) -> int:
        """Send the form and return the status of the answer."""
        connection = self.send()
        try:
            return connection.getresponse().status
        finally:
            connection.close()


class Clerk:
    """Somebody who has signed in and registers families, and who sends again what got no answer."""

    def __init__(self, port: int) -> None:
        """Know the port."""
        self.port = port
        self.cookies: dict[str, str] = {}
        self.unanswered = 0

    def sign_in(self, email: str, password: str) -> None:
        """Begin a session."""
        proof = self._form("/inloggen")
        status, _place, _body = self._patiently(
            "POST", "/inloggen", proof | {"email": [email], "password": [password]}
        )
        if status != HTTPStatus.FOUND:
            message = f"Signing in gave {status}."
            raise AssertionError(message)

    def register(self, name: str) -> str:
        """Write a family down, as often as it takes to get an answer; return its address."""
        path = "/vraaggezinnen/nieuw"
        # Nobody like anybody before: the product asks about families that it seems to know.
        typed = self._form(path) | {
            "parents-0-first_name": [name],
            "parents-0-last_name": [name],
            "parents-0-phone": [""],
            "parents-0-email": [f"{name}@voorbeeld.example"],
            "children-0-first_name": [name],
        }
        status, place, body = self._patiently("POST", path, typed)
        if status != HTTPStatus.FOUND:
            message = f"Registering gave {status}: {body[:2000]}"
            raise AssertionError(message)
        return place

    def _form(self, path: str) -> dict[str, list[str]]:
        _status, _place, page = self._patiently("GET", path)
        form = next(form for form in forms_in(page, path) if form.action == path)
        return form.typed() | {CSRF: form.fields[CSRF]}

    def _patiently(
        self, method: str, path: str, typed: dict[str, list[str]] | None = None
    ) -> tuple[int, str, str]:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._once(method, path, typed)
            except (OSError, HTTPException):
                self.unanswered += method == "POST"
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _once(self, method: str, path: str, typed: dict[str, list[str]] | None) -> tuple[int, str, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": HOST, "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, urlencode(typed or {}, doseq=True), headers)
            response = connection.getresponse()
            body = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _is, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers.get("Location", ""), body


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all its children with SIGKILL, which cannot be caught."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                found.append(int(path.parent.name))
    return found


def alive(pid: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def answers(port: int) -> bool:
    """Tell whether a web process listens and is healthy."""
    with suppress(OSError):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/gezondheid", headers={"Host": HOST})
            return connection.getresponse().status == 200
        finally:
            connection.close()
    return False


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            message = f"It took too long until {what}."
            raise AssertionError(message)
        time.sleep(0.05)
