import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config import servers

ROOT = Path(__file__).resolve().parents[2]
START = [sys.executable, "-m", "config.servers", "start"]


@pytest.fixture
def var(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="naober-test-"))
    folder.chmod(0o755)  # as root, the account of the servers has to pass; pytest's own folders are closed
    monkeypatch.setenv("NAOBER_VAR", str(folder))
    monkeypatch.setenv("NAOBER_FAST_DATABASE", "1")
    for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    servers.remove()
    shutil.rmtree(folder, ignore_errors=True)


def process_ids(var: Path, program: str) -> set[int]:
    """The main processes (not their helpers) of the servers with data in this folder."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            helper = (entry / "cmdline").read_bytes().startswith(b"postgres: ")
            executable = (entry / "exe").readlink()
            folder = (entry / "cwd").readlink()
        except OSError:
            continue
        if executable.name == program and not helper and folder.is_relative_to(var):
            found.add(int(entry.name))
    return found


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited 30 seconds for nothing"
        time.sleep(0.02)


def start_elsewhere() -> subprocess.Popen[str]:
    return subprocess.Popen(START, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)


def query(statement: str) -> object:
    with psycopg.connect(servers.postgres_url(), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.mark.usefixtures("var")
def test_the_server_is_postgresql_18_and_its_owner_is_no_superuser() -> None:
    assert str(query("SHOW server_version")).startswith("18.")
    assert query(
        "SELECT rolcreatedb AND rolcreaterole AND NOT rolsuper FROM pg_roles WHERE rolname = current_user"
    )


@pytest.mark.usefixtures("var")
def test_nobody_can_sign_in_as_the_superuser() -> None:
    url = servers.postgres_url().replace("//naober@", "//postgres@")
    with pytest.raises(psycopg.OperationalError, match="reject"):
        psycopg.connect(url)


def test_two_starters_at_once_share_one_server_of_each_kind(var: Path) -> None:
    starters = [start_elsewhere() for _ in range(3)]
    answers = {starter.communicate(timeout=60)[0] for starter in starters}
    assert len(answers) == 1
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    assert len(process_ids(var, "postgres")) == 1
    assert len(process_ids(var, "valkey-server")) == 1


def test_a_running_server_is_reused(var: Path) -> None:
    servers.postgres_url()
    first = process_ids(var, "postgres")
    with start_elsewhere() as starter:
        starter.wait(timeout=60)
    assert process_ids(var, "postgres") == first


def test_the_server_survives_a_signal_to_everything_around_its_starter(var: Path) -> None:
    code = "import time, config.servers as s; s.postgres_url(); s.broker_url(); print('up', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        before = process_ids(var, "postgres") | process_ids(var, "valkey-server")
        os.killpg(starter.pid, signal.SIGINT)
        os.killpg(starter.pid, signal.SIGKILL)
    assert query("SELECT 1") == 1
    servers.broker_url()
    assert process_ids(var, "postgres") | process_ids(var, "valkey-server") == before


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.5, 0.9])
def test_a_starter_killed_at_any_moment_leaves_no_half_server_and_no_second_one(
    var: Path, moment: float
) -> None:
    with start_elsewhere() as starter:
        wait_for((var / "test").exists)
        time.sleep(moment)
        starter.kill()
    assert query("SELECT count(*) FROM pg_database WHERE datname = 'naober'") == 1
    servers.broker_url()
    assert len(process_ids(var, "postgres")) == 1
    assert len(process_ids(var, "valkey-server")) == 1


def test_a_killed_server_is_started_again_with_its_data(var: Path) -> None:
    query("CREATE TABLE kept AS SELECT 42 AS answer")
    servers.broker_url()
    for program in ("postgres", "valkey-server"):
        for pid in process_ids(var, program):
            os.kill(pid, signal.SIGKILL)
    assert query("SELECT answer FROM kept") == 42
    servers.broker_url()
    assert len(process_ids(var, "postgres")) == 1
    assert len(process_ids(var, "valkey-server")) == 1


def test_stop_ends_both_servers_and_says_which(var: Path) -> None:
    servers.postgres_url()
    servers.broker_url()
    assert [line.split()[0] for line in servers.stop()] == ["PostgreSQL", "Valkey"]
    assert not process_ids(var, "postgres") | process_ids(var, "valkey-server")
    assert servers.stop() == []


def test_configured_addresses_win_and_start_nothing(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@elsewhere/naober")
    monkeypatch.setenv("BROKER_URL", "redis://elsewhere:6379/0")
    monkeypatch.setenv("CACHE_URL", "redis://another:6379/5")
    assert servers.postgres_url() == "postgresql://somebody@elsewhere/naober"
    assert servers.broker_url() == "redis://elsewhere:6379/0"
    assert servers.cache_url() == "redis://another:6379/5"
    assert not (var / "test").exists()


@pytest.mark.parametrize(
    ("broker", "cache"),
    [
        ("redis://elsewhere:6379", "redis://elsewhere:6379/1"),
        ("redis://elsewhere:6379/0", "redis://elsewhere:6379/1"),
        (
            "rediss://:secret@elsewhere/3?ssl_cert_reqs=required",
            "rediss://:secret@elsewhere/4?ssl_cert_reqs=required",
        ),
    ],
)
def test_without_an_address_of_its_own_the_cache_is_next_to_the_broker(
    monkeypatch: pytest.MonkeyPatch, broker: str, cache: str
) -> None:
    monkeypatch.delenv("CACHE_URL", raising=False)
    monkeypatch.setenv("BROKER_URL", broker)
    assert servers.cache_url() == cache


def test_a_broker_of_another_kind_needs_a_cache_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHE_URL", raising=False)
    monkeypatch.setenv("BROKER_URL", "amqp://elsewhere")
    with pytest.raises(servers.ServerFailure, match="CACHE_URL"):
        servers.cache_url()


def test_only_the_servers_of_the_tests_skip_waiting_for_the_disk(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert query("SHOW fsync") == "off"
    monkeypatch.delenv("NAOBER_FAST_DATABASE")
    assert query("SHOW fsync") == "on"
    assert (var / "postgres" / "data").is_dir()
    assert (var / "test" / "postgres" / "data").is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the servers an account of their own")
def test_servers_of_root_move_out_of_a_folder_that_is_closed_to_their_account(var: Path) -> None:
    var.chmod(0o700)
    assert query("SHOW server_version")
    assert list(var.iterdir()) == []
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    assert process_ids(servers.FALLBACK_FOLDER, "postgres")


def test_a_long_path_with_spaces_and_quotes_is_no_obstacle(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAOBER_VAR", str(var / ("een lang pad, met 'tekens' " * 5).strip() / "var"))
    assert query("SELECT 1") == 1
    assert servers.broker_url().startswith("redis+socket:///tmp/naober-")
    servers.remove()


def test_a_socket_folder_of_somebody_else_is_refused(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "SOCKET_PATH_LIMIT", 1)
    folder = servers._short_run_folder(var / "test")
    folder.symlink_to(var)
    try:
        with pytest.raises(servers.ServerFailure, match="belongs to another user"):
            servers.postgres_url()
    finally:
        folder.unlink()


def test_a_server_that_cannot_start_says_why(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers.Postgres, "_configuration", lambda _self: "shared_buffers = nonsense\n")
    with pytest.raises(servers.ServerFailure, match="shared_buffers"):
        servers.postgres_url()
    assert not process_ids(var, "postgres")
