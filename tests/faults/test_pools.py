"""Two municipalities in turns on every kind of worker pool: all work runs in its own, or stays where it is."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from psycopg import sql

from tests.faults.product import LOGINS, TIMES, Product, kill, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

POOLS: Final = ("prefork", "threads")
FULL: Final = TIMES > 1
WORK: Final = 150 if FULL else 40  # in each municipality
MESSAGES: Final = (
    "SELECT count(*) FROM municipalities_outboxentry WHERE job = 'tests.faults.pool_jobs.look_around'"
)
ONLY_IN_FULL: Final = pytest.mark.skipif(
    not FULL, reason="with a worker: make faults; without one: tests/tenants/test_jobs.py"
)
Figures = Callable[[str], None]


@pytest.fixture(scope="module")
def two(product: Product) -> Product:
    """Return the installation with a second municipality and nothing to do."""
    product.manage(*product.municipality("zaanstad", "GM0479"))
    product.finish_work()
    return product


@contextmanager
def worker(product: Product, pool: str, logins: str = LOGINS) -> Iterator[None]:
    """Run a worker of this kind, four pieces of work at a time."""
    process = product.start(
        "celery", "--app", "config", "worker", "--pool", pool, "--concurrency", "4", "--include",
        "tests.faults.pool_jobs", "--without-gossip", "--without-mingle", "--loglevel", "WARNING", logins=logins,
    )  # fmt: skip
    try:
        yield
    finally:
        kill(process)


def do(product: Product, *step: str) -> Any:
    return json.loads(product.python("-m", "tests.faults.pool_steps", *step).splitlines()[-1])


def all_done(product: Product) -> None:
    """Wait until all work was done, however long it takes as long as it goes on."""
    while left := product.value(MESSAGES):
        wait_until(lambda left=left: product.value(MESSAGES) < left, "work goes on")  # type: ignore[misc]


def schemas(product: Product) -> list[str]:
    with product.connection() as connection:
        found = connection.execute(
            "SELECT schema_name FROM municipalities_municipality ORDER BY slug"
        ).fetchall()
    return [row[0] for row in found]


def looked(product: Product) -> Counter[str]:
    """Count what the work found: in the municipality it was meant for throughout, or not; and forget it."""
    outcomes: Counter[str] = Counter()
    for schema in schemas(product):
        table = sql.Identifier(schema, "audit_auditentry")
        with product.connection() as connection:
            rows = connection.execute(
                sql.SQL("DELETE FROM {} WHERE action = 'looked' RETURNING actor_name, purpose").format(table)
            ).fetchall()
        for meant_for, seen in rows:
            outcomes["own" if {meant_for, schema} | set(seen.split()) == {schema} else "foreign"] += 1
    return outcomes


@pytest.mark.parametrize("pool", POOLS)
def test_work_of_two_municipalities_in_turns_never_meets(two: Product, pool: str, figures: Figures) -> None:
    control = two.folder / "as-signals-do"
    control.unlink(missing_ok=True)
    sent = do(two, "leave_and_mislead", str(WORK))
    with worker(two, pool, logins=f"owner,{LOGINS}"):
        # A queue is served in order: when the control was done, all that was sent before it was looked at.
        wait_until(
            lambda: control.exists() and len(control.read_text().splitlines()) == sent["control"], "control"
        )
        assert two.value(MESSAGES) == sent["left"], (
            "messages that name no, an unknown or another municipality"
        )
        assert looked(two) == {}
        beat = two.start_beat()
        all_done(two)
        kill(beat)
    outcomes = looked(two)
    figures(f"worker pool {pool}: {outcomes['own']:,} pieces of work in their own municipality,"
            f" {outcomes['foreign']} elsewhere")  # fmt: skip
    assert outcomes == {"own": sent["left"]}

    # The control in the same worker: a tenant that is kept on task and connection, as signals do.
    known = schemas(two)
    lines = [line.split() for line in control.read_text().splitlines()]
    of_nobody = sum(expected == "nobody" and found in known for expected, found in lines)
    mixed = sum(expected in known and found != expected for expected, found in lines)
    figures(f"worker pool {pool}, CONTROL tenant on task and connection: of {len(lines):,} {of_nobody:,} without a"
            f" tenant ran in a municipality, {mixed:,} in another than theirs")  # fmt: skip
    assert of_nobody > 0
    if pool != "prefork":
        assert mixed > 0


def queue_length(product: Product) -> int:
    return int(do(product, "queue_length"))


def finish(product: Product) -> None:
    beat = product.start_beat()
    with worker(product, "prefork"):
        all_done(product)
    kill(beat)


@ONLY_IN_FULL
@pytest.mark.parametrize("state", ["moving", "erased", "provisioning"])
def test_work_waits_while_its_municipality_is_not_live(two: Product, state: str) -> None:
    left = do(two, "leave", "2")
    set_state(two, state)
    do(two, "send_right")
    with worker(two, "prefork"):
        wait_until(lambda: queue_length(two) == 0, "all messages were taken")
        wait_until(lambda: two.value(MESSAGES) == left // 2, "the other one's work was done")
    assert looked(two) == {"own": left // 2}
    set_state(two, "live")
    two.let_time_pass()
    finish(two)
    assert looked(two) == {"own": left // 2}


def set_state(product: Product, state: str) -> None:
    with product.connection() as connection:
        connection.execute(
            "UPDATE municipalities_municipality SET state = %s WHERE slug = 'zaanstad'", [state]
        )


@ONLY_IN_FULL
def test_work_of_a_municipality_that_was_renamed_meanwhile_is_done_in_it(two: Product) -> None:
    left = do(two, "leave", "2")
    rename(two, "zaanstad", "koog")
    do(two, "send_right")
    rename(two, "koog", "zaanstreek")
    finish(two)
    assert looked(two) == {"own": left}
    rename(two, "zaanstreek", "zaanstad")


def rename(product: Product, old: str, new: str) -> None:
    with product.connection() as connection:
        changed = connection.execute(
            "UPDATE municipalities_municipality SET slug = %s WHERE slug = %s", [new, old]
        )
        assert changed.rowcount == 1


@ONLY_IN_FULL
def test_a_message_that_was_revoked_loses_no_work(two: Product) -> None:
    left = do(two, "leave", "2")
    with worker(two, "prefork"):
        assert do(two, "revoke") == left
        wait_until(lambda: queue_length(two) == 0, "all messages were taken")
    two.let_time_pass()
    finish(two)
    assert looked(two) == {"own": left}
