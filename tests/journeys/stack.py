"""The product as people meet it: `deploy/demo.sh` with a small invented country, in a database of its own.

Everything runs as its own process, by the commands of `deploy/Procfile`: both web servers, the worker, beat.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from config.settings_test import TEST_SERVER_URL
from tests.conftest import drop_database

CHECKOUT: Final = Path(__file__).resolve().parents[2]
START_TIMEOUT: Final = 180.0
STOP_TIMEOUT: Final = 30.0
PAUSE: Final = 0.1
LOG: Final = "demo.log"
T = TypeVar("T")


@dataclass(frozen=True)
class Stack:
    """Where everything is, as the set-up printed it."""

    addresses: dict[str, str]  # by host
    people: dict[tuple[str, str], str]  # e-mail addresses by host and role
    folder: Path
    password: str
    token: str
    environment: dict[str, str]

    @property
    def town(self) -> str:
        """Return the address of the municipality of the story."""
        return self.addresses["purmerend.localhost"]

    @property
    def country(self) -> str:
        """Return the address of the foundation."""
        return self.addresses["landelijk.localhost"]

    def cast(self, *places: str) -> None:
        """Put the cases of the stories into the municipality, as its own services do: once for each place."""
        subprocess.run(
            [sys.executable, "-m", "tests.journeys.cast", *places],
            cwd=CHECKOUT,
            env=self.environment
            | {
                "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{CHECKOUT / 'platform'}",
                "SECRET_KEY_FILE": str(self.folder / "secret-key"),
                "DATABASE_LOGINS": "web",
                "DEMO": "yes",
                "HTTPS": "no",
                "BASE_DOMAIN": "localhost",
            },
            check=True,
        )

    def at_rest(self) -> bool:
        """Tell whether nothing waits to be counted: what a job has done leaves the outbox with its effect."""
        with closing(psycopg.connect(self.environment["DATABASE_URL"], autocommit=True)) as server:
            return (
                server.execute("SELECT 1 FROM public.municipalities_outboxentry LIMIT 1").fetchone() is None
            )

    def mails(self) -> list[str]:
        """Return the mails that were sent; a line of dashes says that one is whole."""
        files = sorted(path for path in (self.folder / "mail").rglob("*") if path.is_file())
        return [text for text in (path.read_text() for path in files) if text.rstrip().endswith("-" * 79)]

    def errors(self) -> list[str]:
        """Return what the web servers, the worker and beat logged as an error."""
        log = (self.folder / LOG).read_text()
        return [line for line in log.splitlines() if '"level": "error"' in line or "Traceback" in line]

    def api(self, path: str, **query: object) -> Any:
        """Ask the API as the municipality's own system does."""
        address = f"http://localhost:{urlsplit(self.country).port}/api/v1/{path}"
        asked = Request(  # noqa: S310  (our own address)
            f"{address}?{urlencode(query)}" if query else address,
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with urlopen(asked, timeout=20) as answer:  # noqa: S310
            return json.load(answer)


def wait_for(look: Callable[[], T | None], *, what: str, timeout: float = 60.0) -> T:
    """Look again and again until something is there."""
    deadline = time.monotonic() + timeout
    while not (found := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {timeout:.0f} seconds for {what}.")
        time.sleep(PAUSE)
    return found


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """Fill a small demo, run it, and leave nothing behind."""
    name = f"naober_journey_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    _drop(name)
    try:
        with closing(psycopg.connect(TEST_SERVER_URL, autocommit=True)) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        log, environment = folder / LOG, _environment(name, folder)
        with log.open("w") as output:
            process = subprocess.Popen(
                [str(CHECKOUT / "deploy" / "demo.sh")],
                cwd=CHECKOUT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield _wait_until_it_runs(process, log, folder, environment)
            finally:
                _stop(process, log)
    finally:
        _drop(name)


def _environment(database: str, folder: Path) -> dict[str, str]:
    """Return the environment of somebody who starts the demo on servers of their own."""
    of_tests = {"DATABASE_LOGINS", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    kept = {name: value for name, value in os.environ.items() if name not in of_tests}
    return kept | {
        "DATABASE_URL": urlsplit(TEST_SERVER_URL)._replace(path=f"/{database}").geturl(),
        "BROKER_URL": settings.CELERY_BROKER_URL,
        "CACHE_URL": str(settings.CACHES["default"]["LOCATION"]),
        "NAOBER_VAR": str(folder),
        "WEB_PORT": "0",  # any free one
        "NATIONAL_PORT": "0",
        "WEB_CONCURRENCY": "1",
        "MUNICIPALITIES": "2",
        "SCALE": "0.1",
        "PYTHONUNBUFFERED": "1",
    }


def _wait_until_it_runs(
    process: "subprocess.Popen[bytes]", log: Path, folder: Path, environment: dict[str, str]
) -> Stack:
    def everything_answers() -> Stack | None:
        if process.poll() is not None:
            pytest.fail(f"The demo stopped with {process.returncode}:\n{log.read_text()[-4000:]}")
        if "beat.1 started" not in log.read_text():
            return None
        stack = _read(log.read_text(), folder, environment)
        ready = all(_is_ready(urlsplit(address).port) for address in stack.addresses.values())
        return stack if ready else None

    return wait_for(everything_answers, what="the demo to run", timeout=START_TIMEOUT)


def _is_ready(port: int | None) -> bool:
    # Browsers find names under localhost by themselves; Python asks a resolver that need not know them.
    with suppress(OSError), urlopen(f"http://localhost:{port}/gezondheid/gereed", timeout=20) as answer:
        return bool(answer.status == 200)
    return False


def _read(text: str, folder: Path, environment: dict[str, str]) -> Stack:
    """Return what a person reads when the demo starts."""
    addresses: dict[str, str] = {}
    people: dict[tuple[str, str], str] = {}
    host = ""
    for line in text.splitlines():
        if found := re.fullmatch(r"\S.*: (http://(\S+?):\d+/)", line):
            host = found[2]
            addresses[host] = found[1]
        elif found := re.fullmatch(r"    (.{24,}?)\s*(\S+@\S+)", line):
            people[host, found[1].strip()] = found[2]
    logins = json.loads((folder / "demo-logins").read_text())
    return Stack(addresses, people, folder, logins["password"], logins["token"], environment)


def _stop(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Stop as Ctrl-C does; what does not listen is killed, each process with everything below it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        started = re.findall(r"started \(pid=(\d+)\)", log.read_text())
        for group in (process.pid, *map(int, started)):
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        process.wait(STOP_TIMEOUT)


def _drop(name: str) -> None:
    with closing(psycopg.connect(TEST_SERVER_URL, autocommit=True)) as server:
        drop_database(server, name)
        ours = server.execute(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s) AND rolname <> current_user",
            [f"{name}_"],
        )
        for (role,) in ours.fetchall():
            server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
