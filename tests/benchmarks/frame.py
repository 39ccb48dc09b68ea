"""What every benchmark shares: ways that take turns, medians over the rounds, tables, and ratios with their targets.

Only ratios taken inside one run are compared with a target. Absolute times differ from machine to machine, and from
hour to hour on a machine that does other work; whoever takes turns is disturbed alike.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connections
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from config.synthesis.filling import Order
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality, Phase
from tenants.municipalities.services import municipality_create, set_up_database

BENCH = SystemActor("benchmark")
UNTIL = date(2026, 6, 30)  # the invented history ends on a fixed day, so that two runs have the same rows
Seconds = Sequence[float]


@dataclass(slots=True)
class Bench:
    """One run of one benchmark: what it printed and how the ratios ended."""

    name: str
    quick: bool
    lines: list[str] = field(default_factory=list)
    short: bool = False

    def number(self, full: int, quick: int) -> int:
        """Return how many: the real number, or the small one of the quick form."""
        return quick if self.quick else full

    def say(self, text: str = "") -> None:
        """Print a line at once."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def step(self, text: str) -> None:
        """Say what is being done; on the side, where it does not mix with the tables."""
        sys.stderr.write(f"[{self.name}] {text}\n")
        sys.stderr.flush()

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print a table, as it can stand in a document."""
        self.say()
        self.say(f"**{title}**")
        self.say()
        self.say(f"| {' | '.join(head)} |")
        self.say(f"|{' --- |' * len(head)}")
        for row in rows:
            self.say(f"| {' | '.join(map(str, row))} |")

    def at_most(self, name: str, value: float, limit: float) -> None:
        """Compare a ratio that must stay small with its target."""
        self._ratio(name, value, "<=", limit, held=value <= limit)

    def at_least(self, name: str, value: float, limit: float) -> None:
        """Compare a ratio that must be large with its target."""
        self._ratio(name, value, ">=", limit, held=value >= limit)

    def _ratio(self, name: str, value: float, sign: str, limit: float, *, held: bool) -> None:
        self.short = self.short or not held
        verdict = "held" if held else "short"
        self.lines.append(f"ratio {name} {value:.3g} target {sign} {limit:g} {verdict}")

    def finish(self) -> int:
        """Print the ratios, as the last lines; the quick form says nothing about time and never fails on it."""
        self.say()
        for line in self.lines:
            self.say(line)
        return int(self.short and not self.quick)


# ------------------------------------------------------------------------------------------------------------- timing


def take_turns(ways: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, list[float]]:
    """Run every way in every round, each round in another order; a way returns the seconds that one call took."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    order = list(ways)
    for number in range(rounds):
        shift = number % len(order)
        for name in order[shift:] + order[:shift]:
            found[name].append(ways[name]())
    return found


def timed(work: Callable[[], object], times: int = 1) -> float:
    """Return the seconds of one call, of some in a row the one in the middle: a pause elsewhere hardly counts."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def ratio(one: Seconds, other: Seconds) -> float:
    """Return the median over the rounds of what one took in terms of the other."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def spread(one: Seconds, other: Seconds) -> str:
    """Return the ratio with the quartiles of the rounds."""
    ratios = [a / b for a, b in zip(one, other, strict=True)]
    if len(ratios) < 4:
        return f"{statistics.median(ratios):.2f}"
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it."""
    if seconds < 1:
        return f"{seconds * 1000:.{1 if seconds < 0.1 else 0}f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def median(values: Seconds) -> float:
    """Return the median."""
    return statistics.median(values)


# ---------------------------------------------------------------------------------------------------------- processes


class Process:
    """Another process of the product, which does what it is told: an order is a line of JSON, and so is the answer."""

    def __init__(self, module: str, **environment: str) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, do: str, **order: Any) -> Any:
        """Give an order and wait for the answer."""
        if self.process.stdin is None or self.process.stdout is None:
            message = "the process has no pipes"
            raise RuntimeError(message)
        self.process.stdin.write(f"{json.dumps({'do': do, **order})}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            message = f"the process ended with {self.process.wait()}"
            raise RuntimeError(message)
        return json.loads(line)

    def stop(self) -> None:
        """Let it end."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(300)


def obey(orders: Mapping[str, Callable[..., Any]]) -> None:
    """Do what the other side of `Process` asks, until it asks no more."""
    for line in sys.stdin:
        order = json.loads(line)
        answer = orders[order.pop("do")](**order)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


# ------------------------------------------------------------------------------------------------------------- memory


def processor_time(*backends: int) -> float:
    """Return the seconds of processor time of this process and of these, which a busy machine hardly changes."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = time.process_time()
    for pid in backends:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def process_memory(pid: int) -> float:
    """Return the memory in MB that is the process' own: what it shares with others is not counted."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    return (sizes["Private_Clean"] + sizes["Private_Dirty"] - sizes.get("Private_Hugetlb", 0)) / 1024


def machine() -> str:
    """Say on what this ran."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    except (OSError, ValueError):
        memory = 0.0
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    with closing(psycopg.connect(server_url())) as connection:
        version = connection.info.server_version // 10_000
    python = sys.version.split()[0]
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, PostgreSQL {version}, Python {python}, load {load}"


# ------------------------------------------------------------------------------------------------------- the database


def server_url() -> str:
    """Return the address of the server, at the database from which others are made."""
    return os.environ["BENCH_SERVER_URL"]


def make_database() -> None:
    """Make the database of this benchmark from nothing, as `setup_database` does."""
    drop_database()
    with closing(psycopg.connect(server_url(), autocommit=True)) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(settings.DATABASE_NAME)))
    set_up_database()


def database_exists() -> bool:
    """Tell whether an earlier run left its database."""
    with closing(psycopg.connect(server_url())) as server:
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [settings.DATABASE_NAME])
        return found.fetchone() is not None


def drop_database() -> None:
    """Remove the database and its roles."""
    name = settings.DATABASE_NAME
    connections.close_all()
    with closing(psycopg.connect(server_url(), autocommit=True)) as server:
        for _again in range(20):
            try:
                server.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )
                break
            except InsufficientPrivilege:  # PostgreSQL's own housekeeping is in it, which nobody may end
                time.sleep(0.5)
        ours = server.execute(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s) AND rolname <> current_user",
            [f"{name}_"],
        )
        for (role,) in ours.fetchall():
            server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def rows_of(alias: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what a login reads, in the scope that is open if it needs one."""
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())


def owner_execute(statement: str) -> None:
    """Let the owner of the database do something outside any scope."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def municipalities(first: int, last: int) -> Iterator[Municipality]:
    """Make municipalities without families, numbered as asked."""
    for number in range(first, last + 1):
        yield make_municipality(f"bench-{number}", number)


def make_municipality(slug: str, number: int) -> Municipality:
    """Make one municipality by the product's own script."""
    return municipality_create(
        slug=slug,
        name=f"Proefdorp {number}",
        codes=[(f"GM{number:04d}", date(2018, 1, 1), None)],
        phase=Phase.STRUCTURAL,
        contract_target_per_year=10,
        data_controller=f"Gemeente Proefdorp {number}",
        started_on=date(2018, 9, 1),
        actor=BENCH,
    )


def order(count: int, scale: float) -> Order:
    """Ask the generator of the demo for this many municipalities."""
    return Order(municipalities=count, scale=scale, seed=2026, until=UNTIL, password="wordt nooit gebruikt")


def hashed() -> str:
    """Return the password of invented people in the form in which it is kept."""
    return make_password("wordt nooit gebruikt")


@contextmanager
def database() -> Iterator[None]:
    """Work in a database of its own, which is gone afterwards."""
    make_database()
    try:
        yield
    finally:
        drop_database()
