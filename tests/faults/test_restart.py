"""PostgreSQL is killed and comes back while everybody works: errors, then pages again within seconds, each its own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException

import pytest

from tests.faults.product import LOGINS, ROOT, TIMES, Product, free_port, kill, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

AT_MOST = 5.0  # seconds until all is well again, from the moment the server is there
SECONDS = 8 * TIMES
THREADS = 6
HOSTS = ("purmerend.naober.test", "zaanstad.naober.test")
Figures = Callable[[str], None]


@contextmanager
def readers(product: Product) -> Iterator["subprocess.Popen[str]"]:
    """Run the readers in a process of their own; they have begun when the block begins."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.readers", str(SECONDS)],
        cwd=ROOT,
        env=product.environment | {"DATABASE_LOGINS": LOGINS},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def status(port: int, host: str) -> int:
    """Return the status of the form for families, or 0 when nobody answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/aanmelden/vraaggezin", headers={"Host": host})
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def answering(port: int) -> None:
    """Wait until every municipality has its form again."""
    for host in HOSTS:
        wait_until(lambda host=host: status(port, host) == 200, f"{host} answers, not {status(port, host)}")  # type: ignore[misc]


def test_a_database_that_is_killed_under_load_is_back_within_seconds_and_everybody_reads_his_own(
    product: Product, figures: Figures
) -> None:
    product.manage(*product.municipality("zaanstad", "GM0479"))
    port = free_port()
    web = product.start_web(port)
    answering(port)
    with readers(product) as process:
        there, slowest = 0.0, 0.0
        for _ in range(TIMES):
            time.sleep(1)
            product.kill_server("Postgres")
            assert {status(port, host) for host in HOSTS} != {200}, "without a database there is no page"
            product.start_servers()
            there = time.time()
            answering(port)
            slowest = max(slowest, time.time() - there)
        said = process.stdout.read() if process.stdout else ""
    kill(web)
    told = json.loads(said.splitlines()[-1])
    readers_back = max(0.0, told["last_refused"] - there)
    figures(
        f"PostgreSQL killed {TIMES} times under load: {told['right']:,} reads right, {told.get('wrong', 0)} of another"
        f" municipality, {told.get('refused', 0):,} refused, {told.get('discarded', 0):,} times DISCARD ALL; pages back"
        f" after {slowest:.1f} s, readers after {readers_back:.1f} s"
    )
    assert told.get("wrong", 0) == 0
    assert told["refused"] > 0, "it was felt"
    assert told["discarded"] > 0
    assert slowest < AT_MOST
    assert readers_back < AT_MOST
    # Nobody is left in a municipality: not the readers, and nobody else.
    assert told["left"] == [[True, '"$user", public']] * THREADS
    wait_until(lambda: product.value(BUSY) == 0, "nobody is in a transaction")


BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE starts_with(application_name, 'naober ') AND starts_with(state, 'idle in transaction')
"""
