"""PostgreSQL, or whoever makes or migrates municipalities, is killed: everything is whole or not there."""

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.faults.product import LOGINS, ROOT, TIMES, Product, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
# Not committed: the grants at the end of provisioning come to the same row of the catalogue and wait there.
GRANTS = "GRANT SELECT ON municipalities_municipality TO PUBLIC"


def start(product: Product, slug: str, code: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *product.municipality(slug, code)],
        cwd=ROOT,
        env=product.environment | {"DATABASE_LOGINS": f"owner,{LOGINS}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def whole_or_none(product: Product, slug: str) -> bool:
    """Return whether the municipality is there, after a look that nothing is there by half."""
    with product.connection() as connection:
        rows = connection.execute(
            "SELECT slug, schema_name, state FROM municipalities_municipality"
        ).fetchall()
        schemas = {
            row[0]
            for row in connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'm\\_%'")
        }
        roles = {
            row[0].rpartition("_m_")[2]
            for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'naober\\_m\\_%'")
        }
        tables = connection.execute(
            "SELECT schemaname, count(*) FROM pg_tables WHERE schemaname LIKE 'm\\_%' GROUP BY 1"
        ).fetchall()
    assert {row[1] for row in rows} == schemas
    assert {schema.removeprefix("m_") for schema in schemas} == roles
    assert {row[2] for row in rows} <= {"live"}
    assert len({count for _schema, count in tables}) == 1, "every schema has as many tables"
    assert len(tables) == len(schemas)
    return slug in {row[0] for row in rows}


def test_a_database_killed_at_the_end_of_provisioning_has_no_part_of_the_municipality(
    product: Product,
) -> None:
    for number in range(TIMES):
        slug, code = f"laat-{number}", f"GM1{number:03d}"
        with product.holding(GRANTS):
            making = start(product, slug, code)
            product.wait_for_somebody_waiting()
            product.kill_server("Postgres")
            assert making.wait(60) != 0
        product.start_servers()
        assert not whole_or_none(product, slug)
        product.manage(*product.municipality(slug, code))
        assert whole_or_none(product, slug)


def test_a_database_killed_at_any_moment_has_a_whole_municipality_or_none(product: Product) -> None:
    for number in range(TIMES):
        slug, code = f"ooit-{number}", f"GM2{number:03d}"
        making = start(product, slug, code)
        time.sleep(0.6 + 0.35 * number)
        product.kill_server("Postgres")
        made = making.wait(60) == 0
        product.start_servers()
        assert whole_or_none(product, slug) >= made, "what was reported as made is there"
        if not whole_or_none(product, slug):
            product.manage(*product.municipality(slug, code))
        product.manage(*product.municipality(slug, code), check=False)
        assert whole_or_none(product, slug)
        assert product.value("SELECT count(*) FROM municipalities_municipality WHERE slug = %s", slug) == 1


def test_two_at_once_make_one(product: Product) -> None:
    both = [start(product, "samen", "GM3000") for _ in range(2)]
    codes = sorted(process.wait(90) for process in both)
    assert codes[0] == 0
    assert codes[1] != 0
    assert whole_or_none(product, "samen")


def test_twin_a_part_of_a_municipality_is_noticed(product: Product) -> None:
    with product.connection() as connection:
        connection.execute("CREATE SCHEMA m_000000000000")
    try:
        with pytest.raises(AssertionError):
            whole_or_none(product, "niemand")
    finally:
        with product.connection() as connection:
            connection.execute("DROP SCHEMA m_000000000000")
    wait_until(lambda: not whole_or_none(product, "niemand"), "it is as before")


# ---------------------------------------------------------------------------- the process itself, with SIGKILL

FULL = TIMES > 1


def killing(product: Product, *arguments: object) -> dict[str, Any]:
    """Run `tests.faults.killing`, which looks after each kill whether all is whole; return what it counted."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killing", *map(str, arguments)],
        cwd=ROOT,
        env=product.environment | {"DATABASE_LOGINS": f"owner,{LOGINS}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_a_municipality_whose_maker_is_killed_is_whole_or_not_there(product: Product) -> None:
    counted = killing(product, "provisioning", 30 if FULL else 3)
    assert counted["statements"] > 20
    assert counted["kills"] >= (40 if FULL else 3)


def test_four_at_once_make_all_of_theirs_and_one_of_the_same_name(product: Product) -> None:
    each = 6 if FULL else 1
    assert killing(product, "together", 4, each) == {"made": 4 * each, "failed": 0, "of_one_name": 1}


def test_a_runner_killed_again_and_again_goes_on_where_it_ended(product: Product) -> None:
    counted = killing(product, "migrating", 32 if FULL else 3, 40 if FULL else 4)
    assert counted["kills"] >= (30 if FULL else 3)
    assert 0.3 < counted["left_after_half"] < 0.8
