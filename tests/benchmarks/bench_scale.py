"""The whole product with 342 municipalities at the real volume: filling it, running it, and checking what it says.

Fills a database with the generator of the demo, starts web servers, worker and clock as the process file does, has
the nightly jobs done, opens pages everywhere, and compares the totals with a count of the couplings themselves.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from redis import Redis

from config.celery import app as celery
from core.couplings.models import Coupling
from reporting.dictionary.measures import COUPLINGS_TOTAL
from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.selectors import country_figures, latest_release
from reporting.extract.services import municipality_recount
from tenants import context
from tenants.accounts.models import User
from tenants.accounts.sessions import SessionStore
from tenants.jobs import scheduled_jobs
from tenants.municipalities.jobs import clock, queue_of
from tenants.municipalities.models import Municipality, OutboxEntry
from tenants.municipalities.selectors import live_municipalities
from tests.benchmarks import frame
from tests.benchmarks.frame import Bench

ROOT: Final = Path(__file__).resolve().parents[2]
KEEP: Final = os.environ.get("BENCH_KEEP") == "1"
PATIENCE: Final = 3600.0
PAGES = ("/", "/aanmeldingen", "/vraaggezinnen", "/steungezinnen", "/voorstellen", "/koppelingen")
NATIONAL = ("/", "/gemeenten")


def main(*, quick: bool) -> int:
    """Fill, run, measure and compare."""
    bench = Bench("scale", quick)
    bench.say(frame.machine())
    try:
        if KEEP and frame.database_exists():
            bench.say("The database of an earlier run is there, and is not filled again.")
        else:
            frame.make_database()
            _fill(bench)
        _run(bench)
    finally:
        if not KEEP:
            frame.drop_database()
    return bench.finish()


def _fill(bench: Bench) -> None:
    """Fill the database by the command that fills the demo."""
    count, scale = bench.number(342, 3), 0.05 if bench.quick else 1.0
    bench.step(f"filling {count} municipalities at scale {scale}")
    command = ["manage.py", "synthesize", "--municipalities", str(count), "--scale", str(scale)]
    began = time.perf_counter()
    said = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=_environment(), capture_output=True, text=True, check=True
    ).stdout
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    frame.owner_execute("ANALYZE")
    size = frame.rows_of("owner", "SELECT pg_database_size(current_database())")[0][0] / 2**20
    relations = frame.rows_of("owner", "SELECT count(*) FROM pg_class")[0][0]
    bench.say()
    bench.say("\n".join(f"    {line}" for line in said.strip().splitlines()))
    bench.table(
        "Filling",
        ("municipalities", "time", "per municipality", "memory of the filler", "database", "relations"),
        [
            [
                count,
                frame.duration(seconds),
                frame.duration(seconds / count),
                f"{memory:.0f} MB",
                f"{size:.0f} MB",
                relations,
            ]
        ],
    )


def _run(bench: Bench) -> None:
    """Start everything, then work with it."""
    ports = {"WEB_PORT": str(_free_port()), "NATIONAL_PORT": str(_free_port())}
    with context.dispatching():
        live = live_municipalities()
    with _processes(ports) as processes:
        _wait(lambda: all(_answers(int(port)) for port in ports.values()), "the web servers answer", 120)
        _work_off(bench, "what the filling left behind")
        rows = [["at rest", *_memory(processes)]]
        _nightly(bench, len(live))
        rows.append(["after the nightly jobs", *_memory(processes)])
        _pages(bench, live, int(ports["WEB_PORT"]), int(ports["NATIONAL_PORT"]))
        rows.append(["after pages of every municipality", *_memory(processes)])
    bench.table(
        "Memory of the running product (shared memory counted once)",
        ("when", "web, 2 × 2 processes", "worker, 2 processes, and clock", "PostgreSQL", "Valkey"),
        rows,
    )
    _totals(bench, live)


# --------------------------------------------------------------------------------------------------------------- jobs


def _nightly(bench: Bench, municipalities: int) -> None:
    """Have every scheduled job done now, for every municipality, by the worker."""
    celery.loader.import_default_modules()
    rows = []
    for work in scheduled_jobs():
        bench.step(f"nightly: {work.name}")
        clock.apply_async((work.name,), queue=queue_of("aggregator"))
        times = municipalities if work.per_municipality else 1
        _wait(lambda: _waiting() > 0, f"the clock to ask for {work.name}", 30, or_else=True)
        seconds, peak = _drain()
        rows.append([work.name, times, frame.duration(seconds), frame.duration(seconds / times), peak])
    bench.table(
        "Nightly jobs, by one worker of two processes",
        ("job", "times", "time", "each", "most in the outbox"),
        rows,
    )
    with context.dispatching():
        failed = OutboxEntry.objects.exclude(last_error="").count()
    bench.at_most("jobs-that-failed", failed, 0)


def _work_off(bench: Bench, what: str) -> None:
    bench.step(f"working off {what}")
    seconds, peak = _drain()
    bench.say()
    bench.say(f"Worked off {what}: {peak} rows of the outbox in {frame.duration(seconds)}.")


def _drain() -> tuple[float, int]:
    """Wait until the outbox is empty; return the seconds and how many rows there were at most."""
    began, most = time.perf_counter(), 0

    def empty() -> bool:
        nonlocal most
        waiting = _waiting()
        most = max(most, waiting)
        return waiting == 0

    _wait(empty, "the outbox to be empty", PATIENCE)
    return time.perf_counter() - began, most


def _waiting() -> int:
    with context.dispatching():
        return OutboxEntry.objects.count()


# -------------------------------------------------------------------------------------------------------------- pages


def _pages(bench: Bench, live: list[Municipality], web: int, national: int) -> None:
    """Open every list in every municipality once, and the national pages some times."""
    bench.step("opening pages in every municipality")
    taken: dict[str, list[float]] = {}
    answers: dict[int, int] = {}
    for municipality in live:
        with context.municipality(municipality):
            cookie = _session("coordinator")
        for page in PAGES:
            seconds, status = _get(web, f"{municipality.slug}.{settings.BASE_DOMAIN}", page, cookie)
            taken.setdefault(page, []).append(seconds)
            answers[status] = answers.get(status, 0) + 1
    with context.foundation():
        cookie = _session("foundation_staff")
    for page in NATIONAL:
        for _ in range(bench.number(20, 2)):
            seconds, status = _get(national, settings.FOUNDATION_HOST, page, cookie)
            taken.setdefault(f"national {page}", []).append(seconds)
            answers[status] = answers.get(status, 0) + 1
    bench.table(
        "Pages over HTTP, one visitor, each municipality once",
        ("page", "visits", "median", "slowest of twenty", "slowest"),
        [
            [
                page,
                len(seconds),
                frame.duration(frame.median(seconds)),
                frame.duration(sorted(seconds)[int(len(seconds) * 0.95)]),
                frame.duration(max(seconds)),
            ]
            for page, seconds in taken.items()
        ],
    )
    good = answers.pop(HTTPStatus.OK, 0)
    bench.say()
    bench.say(f"{good} pages answered as they should; others by status: {answers or 'none'}.")
    bench.at_most("pages-that-failed", sum(answers.values()), 0)


def _session(role: str) -> str:
    """Return a session of the first person with the role, in the scope that is open."""
    user = User.objects.filter(role=role, is_active=True).order_by("email").first()
    if user is None:
        message = f"nobody is {role} here"
        raise RuntimeError(message)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _get(port: int, host: str, path: str, cookie: str) -> tuple[float, int]:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Host": host, "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
    began = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    seconds = time.perf_counter() - began
    connection.close()
    return seconds, answer.status


# ------------------------------------------------------------------------------------------------------------- totals


def _totals(bench: Bench, live: list[Municipality]) -> None:
    """Count again, and count the couplings themselves, which the totals know of through the ledgers only."""
    bench.step("comparing the totals with the couplings themselves")
    differences = couplings = 0
    began = time.perf_counter()
    for municipality in live:
        with context.aggregation(municipality):
            differences += municipality_recount(repair=False)
    seconds = time.perf_counter() - began
    for municipality in live:
        with context.municipality(municipality):
            couplings += Coupling.objects.filter(coupled_on__isnull=False).count()
    with context.releases():
        release = latest_release()
        figures = country_figures(release, measures=[COUPLINGS_TOTAL]) if release else []
    totals = {f.period.start: f.value or 0 for f in figures if f.period.kind is PeriodKind.MONTH}
    published = totals[max(totals)] if totals else 0
    bench.table(
        "Totals",
        ("couplings in the municipalities", "published", "recount", "rows that differ"),
        [[couplings, published, frame.duration(seconds), differences]],
    )
    bench.at_most("rows-that-differ-from-a-recount", differences, 0)
    bench.at_most("couplings-that-the-total-misses", abs(couplings - published), 0)


# ---------------------------------------------------------------------------------------------------------- processes


@contextmanager
def _processes(ports: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the process file of the product."""
    with (_folder() / "scale.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "honcho", "--procfile", "deploy/Procfile", "start", "--no-prefix"],
            cwd=ROOT,
            env=_environment() | ports,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def _folder() -> Path:
    folder = Path(os.environ.get("NAOBER_VAR", str(settings.VAR)))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "NAOBER_VAR": str(_folder()),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "PATH": path,
        "PYTHONUNBUFFERED": "1",
    }


def _memory(process: "subprocess.Popen[bytes]") -> list[str]:
    """Return the memory of the parts: of every process its share, so that shared memory counts once."""
    backend = frame.rows_of("owner", "SELECT pg_backend_pid()")[0][0]
    broker = Redis.from_url(str(settings.CACHES["default"]["LOCATION"])).info("server")["process_id"]
    ours = _family(process.pid)
    parts = {
        "web": [pid for pid in ours if "gunicorn" in _command(pid)],
        "jobs": [pid for pid in ours if "celery" in _command(pid)],
        "database": _family(_parent(backend)),
        "broker": [broker],
    }
    return [f"{sum(map(_share, pids)):.0f} MB" for pids in parts.values()]


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    return ""


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def _share(pid: int) -> float:
    with suppress(OSError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return 0.0


def _family(pid: int) -> set[int]:
    """Return a process with everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                children.setdefault(_parent(int(entry.name)), []).append(int(entry.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += children.get(one, [])
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with suppress(OSError):
        return _get(port, "localhost", "/gezondheid/gereed", "")[1] == 200
    return False


def _wait(look: Callable[[], Any], what: str, seconds: float, *, or_else: bool = False) -> None:
    """Look again and again; give up with an error, or without one when it may have come and gone."""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            if or_else:
                return
            message = f"Waited {seconds:.0f} seconds for {what}."
            raise TimeoutError(message)
        time.sleep(0.1)
