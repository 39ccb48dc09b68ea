"""The wheel, alone: installed in an environment of its own, used from a folder that is not the checkout."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow

FRONT_END = (
    "vendor/utrecht.css",
    "vendor/voorbeeld-theme.css",
    "vendor/htmx.js",
    "vendor/noto-sans-latin-400.woff2",
)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    (built,) = folder.glob("naober-*.whl")
    return built


@pytest.fixture(scope="session")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Place"]:
    place = Place(tmp_path_factory.mktemp("elsewhere"))
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert uv, "run `make setup`: it installs uv"
    requirements = place.folder / "requirements.txt"
    run(
        uv,
        "export",
        "--frozen",
        "--quiet",
        "--no-dev",
        "--no-emit-project",
        "-o",
        str(requirements),
        cwd=ROOT,
    )
    run(uv, "venv", "--quiet", "--python", sys.executable, str(place.folder / "venv"), cwd=place.folder)
    python = str(place.program("python"))
    run(uv, "pip", "install", "--quiet", "--python", python, "-r", str(requirements), cwd=place.folder)
    run(uv, "pip", "install", "--quiet", "--python", python, "--no-deps", str(wheel), cwd=place.folder)
    try:
        place.run("naober", "setup_database", logins="owner")
        yield place
    finally:
        place.run("python", "-m", "config.servers", "remove")


class Place:
    """A folder with an environment, and servers of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": f"{folder / 'venv' / 'bin'}:{os.environ['PATH']}",
            "HOME": str(folder),
            "NAOBER_VAR": str(folder / "var"),
            "NAOBER_FAST_DATABASE": "1",
            "STATIC_ROOT": str(folder / "static"),
            "SECRET_KEY": "only-for-the-test-of-the-wheel-which-signs-nothing-that-matters",
            "BASE_DOMAIN": "naober.test",
            "HTTPS": "no",
        }

    def program(self, name: str) -> Path:
        return self.folder / "venv" / "bin" / name

    def run(self, *command: str, logins: str = "web") -> str:
        return run(*command, cwd=self.folder, environment=self.environment | {"DATABASE_LOGINS": logins})

    @contextlib.contextmanager
    def process(self, *command: str, logins: str) -> Iterator["Process"]:
        log = self.folder / f"{command[0]}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [str(self.program(command[0])), *command[1:]],
                cwd=self.folder,
                env=self.environment | {"DATABASE_LOGINS": logins},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield Process(process, log)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=30)


class Process:
    """A process that ought to stay until we end it."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process, self._log = process, log
        self._deadline = time.monotonic() + 60

    def wait(self) -> None:
        """Wait a moment; give up when the process has ended or a minute has passed."""
        assert self._process.poll() is None, f"it ended:\n{self._log.read_text()}"
        assert time.monotonic() < self._deadline, f"no answer in a minute:\n{self._log.read_text()}"
        time.sleep(0.2)


def run(*command: str, cwd: Path, environment: dict[str, str] | None = None) -> str:
    path = (environment or os.environ)["PATH"]
    program = shutil.which(command[0], path=path) or command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answer(server: Process, port: int, host: str, path: str) -> int:
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            with contextlib.closing(connection):
                connection.request("GET", path, headers={"Host": host})
                return connection.getresponse().status
        except ConnectionRefusedError:
            server.wait()


def test_the_wheel_holds_our_packages_templates_and_front_end_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"common", "config", "core", "reporting", "tenants"}
    assert {f"common/static/{path}" for path in FRONT_END} <= set(names)
    assert "common/static/vendor/licences/@utrecht/component-library-css.txt" in names
    assert "common/templates/base.html" in names
    assert {f"config/locale/en/LC_MESSAGES/django.{kind}" for kind in ("po", "mo")} <= set(names)


def test_its_command_runs_django_and_finds_no_fault(place: Place) -> None:
    assert "no issues" in place.run("naober", "check", logins="web,shared_web,aggregator,releaser,owner")


def test_its_database_is_complete(place: Place) -> None:
    place.run("naober", "makemigrations", "--check", "--dry-run", logins="owner")


def test_its_front_end_files_can_be_collected(place: Place) -> None:
    place.run("naober", "collectstatic", "--no-input")
    assert all((place.folder / "static" / path).stat().st_size > 0 for path in FRONT_END)


def test_its_web_server_answers(place: Place) -> None:
    port = free_port()
    with place.process(
        "gunicorn", "--bind", f"127.0.0.1:{port}", "config.wsgi", logins="shared_web"
    ) as server:
        assert answer(server, port, "naober.test", "/gezondheid") == 200
        assert answer(server, port, "naober.test", "/api/v1/openapi.json") == 200
        assert answer(server, port, "unknown.naober.test", "/") == 404


def test_its_worker_answers(place: Place) -> None:
    worker = ("celery", "--app", "config", "worker", "--concurrency", "1", "--loglevel", "WARNING")
    with place.process(*worker, logins="web,shared_web,aggregator,releaser") as process:
        while True:
            with contextlib.suppress(AssertionError):  # as long as nobody answers, the command fails
                if "pong" in place.run("celery", "--app", "config", "inspect", "ping", "--timeout", "5"):
                    return
            process.wait()
