"""Kills whoever makes or migrates municipalities, with SIGKILL: `python -m tests.faults.killing together 4 6`.

Every try is a child of its own. It is killed before its so-manieth statement, or after so many milliseconds: then a
statement is under way. After each kill nothing may be there by half, and the next child goes on where it ended.
"""

import json
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connections  # noqa: E402  (needs the settings)

from tenants import context  # noqa: E402
from tenants.accounts.models import SystemActor  # noqa: E402
from tenants.database import catalogue, names  # noqa: E402
from tenants.municipalities.models import Municipality, Phase, SchemaJournal, SchemaScript  # noqa: E402
from tenants.municipalities.services import municipalities_migrate, municipality_create  # noqa: E402
from tests.factories.release import Release, released  # noqa: E402

TESTS = SystemActor("tests")
_RUN = secrets.token_hex(2)
_STEP = 7
_MIGRATIONS = 3


def provisioning(times: str) -> dict[str, Any]:
    """Make municipalities, so many times killed before a statement and as often at any moment."""
    total = _count(lambda: _create("geteld"))
    kills, whole = 0, _require_whole(None)
    places = sorted({round(number * (total - 1) / max(1, int(times) - 1)) for number in range(int(times))})
    for place in places:
        code = _child(partial(_create, f"stap-{place}"), statement=place)
        kills += code == -signal.SIGKILL
        whole = _require_whole(whole + (code == 0))
    took = _timed(lambda: _create("gemeten"))
    whole += 1
    for number in range(int(times)):
        after = took * (number + 1) / int(times)
        code = _child(partial(_create, f"ooit-{number}"), after=after)
        kills += code == -signal.SIGKILL
        whole = _require_whole(None)
        _child(partial(_create, f"ooit-{number}"))
        whole = _require_whole(None)
        _require(_named(f"ooit-{number}") in _slugs(), "the next try makes what is not there")
    return {"statements": total, "kills": kills, "whole": whole}


def together(processes: str, each: str) -> dict[str, Any]:
    """Make so many municipalities in so many processes at once, and one of the same name in all of them."""
    before = _require_whole(None)

    def several(number: int) -> None:
        for place in range(int(each)):
            _create(f"samen-{number}-{place}")

    made = [_fork(partial(several, number)) for number in range(int(processes))]
    failed = sum(_wait(pid) != 0 for pid in made)
    after = _require_whole(None)
    same = [_fork(lambda: _create("dezelfde")) for _ in range(int(processes))]
    succeeded = sum(_wait(pid) == 0 for pid in same)
    _require(_require_whole(None) == after + 1, "of one name there is one")
    return {"made": after - before, "failed": failed, "of_one_name": succeeded}


def migrating(times: str, municipalities: str) -> dict[str, Any]:
    """Migrate municipalities, killed before a statement and at any moment by turns, until nobody is left behind."""
    for number in range(int(municipalities)):
        _create(f"plaats-{number:02d}")
    with context.owning_registry():
        base = SchemaScript.objects.count()
    columns = [f"extra_{number}" for number in range(_MIGRATIONS)]
    undo = [f"ALTER TABLE tasks_task DROP COLUMN IF EXISTS {column}" for column in columns]
    with tempfile.TemporaryDirectory() as folder, released(Path(folder), undo) as release:
        _release(release, columns)
        kills, behind = 0, 1.0
        while kills < int(times) and behind:
            if kills % 2:
                code = _child(municipalities_migrate, after=0.01 + 0.004 * kills)
            else:
                code = _child(municipalities_migrate, statement=_STEP + kills % 5)
            kills += code == -signal.SIGKILL
            behind = _require_consistent(base, columns)
        _require(behind, "something is left to be killed in")
        # Once more, when half of what is left has been done.
        with context.owning_registry():
            left = round(behind * Municipality.objects.count() * _MIGRATIONS)
        kills += _child(municipalities_migrate, version=left // 2) == -signal.SIGKILL
        half = _require_consistent(base, columns) / behind
        _require(_child(municipalities_migrate) == 0, "the last run finishes")
        _require(_require_consistent(base, columns) == 0, "nobody is left behind")
        with context.owning_registry():
            entries = SchemaJournal.objects.filter(version__gt=base, state="done").count()
            schemas = list(Municipality.objects.values_list("schema_name", flat=True))
        # Outside a transaction: one that sees so many municipalities is refused.
        prints = {catalogue.fingerprint(schema) for schema in (*schemas, names.TEMPLATE)}
        rows = len(schemas)
        _require(len(prints) == 1, "every schema is the template")
        _require(entries == rows * _MIGRATIONS, "the journal has every municipality at every version once")
    return {"kills": kills, "municipalities": rows, "left_after_half": half}


def _release(release: Release, columns: list[str]) -> None:
    """Record migrations of several kinds: a column, a column with a rule, a column with an index."""
    for number, column in enumerate(columns):
        operations = f'migrations.AddField("task", "{column}", models.IntegerField(null=True)),\n'
        if number == 1:
            condition = f"models.Q({column}__isnull=True) | models.Q({column}__lt=9)"
            rule = f'models.CheckConstraint(name="small", condition={condition})'
            operations += f'migrations.AddConstraint("task", {rule}),\n'
        if number == 2:
            operations += (
                f'migrations.AddIndex("task", models.Index(fields=["{column}"], name="task_by_extra")),\n'
            )
        release.add(operations)
    release.record()


# --------------------------------------------------------------------------------------------------- the checks


def _require_whole(expected: int | None) -> int:
    """Return how many municipalities there are, after a look that none is there by half."""
    _wait_for_the_server()
    rows = dict(_ask("SELECT schema_name, state FROM municipalities_municipality"))
    schemas = {row[0] for row in _ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'm\\_%'")}
    database = connections["owner"].settings_dict["NAME"]
    roles = {
        row[0].removeprefix(f"{database}_")
        for row in _ask("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", f"{database}_m_")
    }
    tables = {
        row[0]
        for row in _ask("SELECT count(*) FROM pg_tables WHERE schemaname LIKE 'm\\_%' GROUP BY schemaname")
    }
    _require(set(rows) == schemas == roles, "a row, a schema and a role belong together")
    _require(set(rows.values()) <= {"live"}, "whoever is there is in use")
    _require(len(tables) <= 1, "every schema has as many tables")
    _require(expected is None or len(rows) == expected, f"there are {len(rows)} and not {expected}")
    return len(rows)


def _require_consistent(base: int, columns: list[str]) -> float:
    """Return which part is still to be done, after a look that every schema has what its version says."""
    _wait_for_the_server()
    there = {
        (schema, column)
        for schema, column in _ask(
            "SELECT table_schema, column_name FROM information_schema.columns"
            " WHERE table_name = 'tasks_task' AND column_name LIKE 'extra\\_%' AND table_schema LIKE 'm\\_%'"
        )
    }
    half = {
        (schema, version)
        for schema, version in _ask(
            "SELECT schema_name, version FROM municipalities_schemajournal j JOIN municipalities_municipality m"
            " ON m.id = j.municipality_id WHERE j.state = 'half'"
        )
    }
    rows = _ask("SELECT schema_name, schema_version FROM municipalities_municipality")
    for schema, version in rows:
        for number, column in enumerate(columns, start=base + 1):
            _require(
                ((schema, column) in there) == (version >= number or (schema, number) in half),
                f"{schema} has {column} and version {version}",
            )
    left: int = sum(base + len(columns) - version for _schema, version in rows)
    return left / (len(rows) * len(columns))


def _require(condition: object, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def _ask(query: str, *values: Any) -> list[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())


def _slugs() -> set[str]:
    return {row[0] for row in _ask("SELECT slug FROM municipalities_municipality")}


def _wait_for_the_server() -> None:
    """Wait until PostgreSQL has noticed that the killed one is gone."""
    deadline = time.monotonic() + 60
    others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'naober owner' AND pid <> pg_backend_pid()"
    while _ask(others)[0][0]:
        _require(time.monotonic() < deadline, "the server does not notice that a client is gone")
        time.sleep(0.02)


# ------------------------------------------------------------------------------------------------- the children


def _named(name: str) -> str:
    """Return a slug that no earlier run has used."""
    return f"{name}-{_RUN}"


def _create(name: str) -> None:
    municipality_create(
        slug=_named(name),
        name=name.title(),
        codes=[],
        phase=Phase.STRUCTURAL,
        contract_target_per_year=1,
        data_controller="Gemeente",
        started_on=date(2019, 1, 1),
        actor=TESTS,
    )


def _child(
    work: Callable[[], Any],
    *,
    statement: int | None = None,
    version: int | None = None,
    after: float | None = None,
) -> int:
    """Do something in a child, perhaps killed; return how it ended: a signal is negative."""
    pid = _fork(work, _Killer(statement, version))
    if after is not None:
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return _wait(pid)


def _fork(work: Callable[[], Any], killer: "_Killer | None" = None) -> int:
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        with closing(connections["owner"]), connections["owner"].execute_wrapper(killer or _Killer()):
            work()
    except BaseException as error:  # noqa: BLE001  (a child never goes on with the work of its parent)
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(1)
    os._exit(0)


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class _Killer:
    """Counts statements, and those that write a version; kills its own process before one of them."""

    def __init__(self, statement: int | None = None, version: int | None = None) -> None:
        self.statement, self.version = statement, version
        self.count = self.versions = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, info: Any) -> Any:
        self.versions += sql.startswith('UPDATE "municipalities_municipality" SET "schema_version"')
        if self.count == self.statement or (self.version is not None and self.versions > self.version):
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1
        return execute(sql, params, many, info)


def _count(work: Callable[[], Any]) -> int:
    counting = _Killer()
    with connections["owner"].execute_wrapper(counting):
        work()
    return counting.count


def _timed(work: Callable[[], Any]) -> float:
    started = time.monotonic()
    _require(_child(work) == 0, "it succeeds when nobody kills it")
    return time.monotonic() - started


STEPS: dict[str, Callable[..., Any]] = {
    "provisioning": provisioning,
    "together": together,
    "migrating": migrating,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])) + "\n")
