"""The web process is killed during a save, or before it could answer: all of the save or nothing, and never twice."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random

import pytest

from tests.faults.product import (
    FULL,
    KILLS,
    PATIENCE,
    TIMES,
    Browser,
    Clerk,
    Product,
    children_of,
    free_port,
    kill,
    wait_until,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
FAMILIES = "families_requestingfamily"


def test_a_web_process_killed_during_a_save_leaves_nothing_and_the_next_try_saves_once(
    product: Product,
) -> None:
    port = free_port()
    for _ in range(TIMES):
        web = product.start_web(port)
        browser = Browser(port)
        browser.fill_in()
        before, work = product.all_rows(), product.waiting_work()
        # The last thing that a registration writes in its own schema: everything else is there by then.
        audit = f'LOCK TABLE "{product.schema()}".audit_auditentry IN ACCESS EXCLUSIVE MODE'
        with product.holding(audit), closing(browser.send()):
            product.wait_for_somebody_waiting()
            kill(web)
        wait_until(
            lambda: product.value("SELECT count(*) = 0 FROM pg_locks WHERE NOT granted"), "it is noticed"
        )
        assert product.all_rows() == before
        assert product.waiting_work() == work

        web = product.start_web(port)
        assert browser.send_and_wait() == 302
        assert browser.send_and_wait() == 302
        kill(web)
        assert product.rows(FAMILIES) == before[FAMILIES] + 1
        assert product.rows("ledger_ledgerentry") == before["ledger_ledgerentry"] + 1


def _saved(product: Product, known: int) -> Callable[[], bool]:
    return lambda: product.rows(FAMILIES) > known


def test_a_web_process_killed_before_it_answers_has_saved_and_the_next_try_does_not_save_again(
    product: Product,
) -> None:
    port = free_port()
    for _ in range(TIMES):
        web = product.start_web(port)
        browser = Browser(port)
        browser.fill_in()
        before = product.all_rows()
        with closing(browser.send()):
            wait_until(_saved(product, before[FAMILIES]), "it is saved")
            kill(web)

        web = product.start_web(port)
        assert browser.send_and_wait() == 302
        kill(web)
        assert product.rows(FAMILIES) == before[FAMILIES] + 1
        assert product.rows("families_requestingparent") == before["families_requestingparent"] + 1
        assert product.rows("ledger_ledgerentry") == before["ledger_ledgerentry"] + 1
    product.finish_work()
    totals = product.step("totals")
    assert totals["counted"] == totals["ledger"] == product.rows(FAMILIES)
    assert totals["differences"] == 0


def _name(chance: Random) -> str:
    """Return a name that sounds like no other: the product asks about families that it seems to know."""
    return "".join(chance.choice("bcdfghjklmnpqrstvwz") + chance.choice("aeiou") for _ in range(6)).title()


def test_thirty_web_processes_killed_under_load_lose_and_double_nothing(
    product: Product, capsys: pytest.CaptureFixture[str]
) -> None:
    port, chance, names = free_port(), Random(3), Random(4)  # noqa: S311  (moments at which to kill, and names)
    email, password = "proef@purmerend.example", "een lang wachtwoord voor de proef"
    product.step("account", email, password)
    before = product.all_rows()
    web = product.start_web(port, processes=2)
    enough = threading.Event()
    clerks = [Clerk(port) for _ in range(4)]

    def work(number: int) -> list[str]:
        clerk = clerks[number]
        places: list[str] = []
        clerk.sign_in(email, password)
        while not enough.is_set():
            places.append(clerk.register(_name(names)))
            progress.release()
        return places

    killed, progress = 0, threading.Semaphore(0)
    with ThreadPoolExecutor(len(clerks)) as pool:
        work_done = [pool.submit(work, number) for number in range(len(clerks))]
        try:
            while killed < KILLS:
                # Only one that works is worth killing: wait until two more families are in, then for a moment.
                for _ in range(2):
                    assert progress.acquire(timeout=PATIENCE), [
                        done.exception() for done in work_done if done.done()
                    ]
                time.sleep(chance.uniform(0, 0.3))
                if processes := children_of(web.pid):
                    os.kill(chance.choice(processes), signal.SIGKILL)
                    killed += 1
        finally:
            enough.set()
        places = [place for done in work_done for place in done.result()]
    kill(web)
    product.finish_work(patience=900)
    after = product.all_rows()
    saved = after[FAMILIES] - before[FAMILIES]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{killed} web processes killed while {len(places)} forms were sent,"
            f" {sum(clerk.unanswered for clerk in clerks)} times without an answer: {saved} families.\n"
        )
    assert killed >= KILLS
    assert len(set(places)) == len(places) == saved
    assert after["ledger_ledgerentry"] - before["ledger_ledgerentry"] == saved
    totals = product.step("totals")
    assert totals["counted"] == totals["ledger"] == after[FAMILIES]
    assert totals["differences"] == 0
    if FULL:
        assert sum(clerk.unanswered for clerk in clerks) > 0, "no kill met a request"
