"""The web process is killed during a save, or before it could answer: all of the save or nothing, and never twice."""

from collections.abc import Callable
from contextlib import closing

import pytest

from tests.faults.product import TIMES, Browser, Product, free_port, kill, wait_until

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
