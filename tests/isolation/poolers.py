"""Start and stop a pooler in transaction mode with three connections to the server, for one test."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from config import servers

SIZE: Final = 3
PORT: Final = 6432
ROOT: Final = Path(__file__).resolve().parents[2]
ABSENT: Final = (
    "PgBouncer is not installed: `make isolation` installs it (on Debian: sudo apt-get install pgbouncer)."
)


@contextmanager
def small_pooler(*aliases: str) -> Iterator[str]:
    """Run our own pooler of the smallest kind; return the folder of its socket."""
    users = []
    for alias in aliases:
        values = settings.DATABASES[alias]
        users += [values["USER"], make_conninfo(**_address(values), sslmode="disable")]
    with tempfile.TemporaryDirectory(prefix="nb-pool-") as folder:
        command = [sys.executable, "-m", "tests.isolation.small_pooler", folder, str(SIZE), *users]
        with _running(command, Path(folder), cwd=ROOT):
            yield folder


@contextmanager
def pgbouncer(*aliases: str) -> Iterator[str]:
    """Run Debian's PgBouncer; return the folder of its socket. Missing is a failure that says what to do."""
    program = shutil.which(
        "pgbouncer", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
    )
    if program is None:
        pytest.fail(ABSENT)
    account, group = servers._account()
    with tempfile.TemporaryDirectory(prefix="nb-pool-") as name:
        folder = Path(name)
        values = settings.DATABASES[aliases[0]]
        server = " ".join(
            f"{key}={value}" for key, value in _address(values).items() if key in {"host", "port"}
        )
        (folder / "users.txt").write_text(
            "".join(f'"{settings.DATABASES[alias]["USER"]}" "{settings.DATABASES[alias]["PASSWORD"]}"\n'
                    for alias in aliases)
        )  # fmt: skip
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n{values['NAME']} = {server} dbname={values['NAME']}\n[pgbouncer]\n"
            f"listen_addr =\nlisten_port = {PORT}\nunix_socket_dir = {folder}\nunix_socket_mode = 0700\n"
            f"auth_type = trust\nauth_file = {folder}/users.txt\npool_mode = transaction\n"
            f"default_pool_size = {SIZE}\nmax_client_conn = 100\nlogfile = {folder}/log\npidfile = {folder}/pid\n"
        )
        # PgBouncer does not run as root, and only the account of the embedded server reaches its socket.
        for path in (folder, *folder.iterdir()):
            if account is not None:
                shutil.chown(path, account, group)
        with _running([program, "--quiet", str(folder / "pgbouncer.ini")], folder, user=account, group=group):
            yield str(folder)


def _address(values: dict[str, Any]) -> dict[str, Any]:
    given = {
        "host": values["HOST"], "port": values["PORT"], "dbname": values["NAME"],
        "user": values["USER"], "password": values["PASSWORD"],
    }  # fmt: skip
    return {key: value for key, value in given.items() if value}


@contextmanager
def _running(command: list[str], folder: Path, **options: Any) -> Iterator[None]:
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, **options)
    try:
        _wait_for(folder / f".s.PGSQL.{PORT}", process, folder / "said")
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: Path, process: "subprocess.Popen[bytes]", said: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(address))
            except OSError:
                time.sleep(0.05)
            else:
                return
    message = f"The pooler did not start: {said.read_text()}"
    raise AssertionError(message)


@contextmanager
def through(folder: str | None, *aliases: str) -> Iterator[None]:
    """Let new connections of these aliases go through the pooler in this folder; None leaves them as they are."""
    before = {
        alias: (settings.DATABASES[alias]["HOST"], settings.DATABASES[alias]["PORT"]) for alias in aliases
    }
    if folder is not None:
        _move(dict.fromkeys(aliases, (folder, str(PORT))))
    try:
        yield
    finally:
        _move(before)


def _move(places: dict[str, tuple[str, str]]) -> None:
    for alias, (host, port) in places.items():
        connections[alias].close()
        # Every connection object of every thread works with this very dictionary.
        settings.DATABASES[alias].update(HOST=host, PORT=port)
