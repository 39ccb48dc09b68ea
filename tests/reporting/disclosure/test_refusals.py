"""No release without a passed audit: nothing is stored, the log says so, and the work stays for another time."""

from collections.abc import Callable
from typing import Any

import pytest

from reporting.disclosure import services
from reporting.disclosure.auditing import audit
from reporting.disclosure.cells import Protected
from reporting.disclosure.jobs import release
from reporting.disclosure.models import Block, Cell, Release, Status
from reporting.disclosure.rules import protect
from reporting.disclosure.services import ReleaseRefused, release_make
from reporting.extract.services import municipality_recount
from tenants import context
from tenants.jobs import enqueue, run
from tenants.municipalities.models import Municipality, OutboxEntry
from tests.attack.words import laid_bare
from tests.reporting.conftest import some_lines, write_ledger


@pytest.fixture
def vault(purmerend: Municipality, zaanstad: Municipality) -> None:
    """Two municipalities that were counted, and nothing released."""
    for seed, municipality in enumerate((purmerend, zaanstad)):
        write_ledger(municipality, some_lines(seed + 1))
        with context.aggregation(municipality):
            municipality_recount()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Withhold everything but the national totals, whatever the protector thinks of it."""

    def withhold(*given: Any, **named: Any) -> Protected:
        made = protect(*given, **named)
        return Protected(tuple(laid_bare(made.cells)), made.alarms, made.alone)

    monkeypatch.setattr(services, "protect", withhold)


@pytest.fixture
def naked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show everything: the protector is broken."""

    def reveal(facts: Any, **named: Any) -> Protected:
        made = protect(facts, **named)
        cells = (
            cell._replace(value=facts[cell.key].value, status=Status.FREE) if cell.key in facts else cell
            for cell in made.cells
        )
        return Protected(tuple(cells), made.alarms, made.alone)

    monkeypatch.setattr(services, "protect", reveal)


@pytest.mark.usefixtures("vault", "bare")
def test_what_was_proved_is_kept_with_the_release() -> None:
    with context.releasing():
        made = release_make()
        assert made is not None
        kept = Release.objects.get(pk=made.pk).audit
    assert kept["checked"] is True
    assert kept["quantities"] >= kept["proved"] > 0
    assert kept["smallest"] >= 3
    assert sum(kept["widths"].values()) == kept["proved"]
    assert len(kept["certificate"]) == 64
    assert {e["readers"] for e in kept["exceptions"]} <= {"all", "insiders"}
    assert kept["exceptions"], "of two municipalities each knows the other"


@pytest.mark.usefixtures("vault", "naked")
def test_without_a_passed_audit_nothing_is_released(capsys: Any, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ReleaseRefused), context.releasing():
        release_make()
    with context.releasing():
        assert not any(model.objects.exists() for model in (Release, Block, Cell))
    (line,) = (record for record in caplog.records if "release_refused" in str(record.msg))
    assert line.levelname == "ERROR"
    told = line.msg if isinstance(line.msg, dict) else {}
    assert set(told["faults"]) == {"a figure about few families is shown"}
    assert not any(len(str(value)) == 36 for value in told.values()), "no municipality is named"


@pytest.mark.usefixtures("vault", "naked")
def test_without_the_audit_it_would_have_been_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_audited", lambda *_given: audit([], facts={}, world=_given[2]))
    with context.releasing():
        assert release_make() is not None


@pytest.mark.usefixtures("vault", "bare")
@pytest.mark.parametrize("fault", ["linprog", "problems"])
def test_a_solver_or_a_checker_that_fails_is_a_refusal(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    answers: dict[str, tuple[str, Callable[..., Any]]] = {
        "linprog": ("proving.linprog", lambda *_given, **_named: type("Found", (), {"status": 1, "x": None})),
        "problems": ("auditing.problems", lambda *_given, **_named: ["two tables lie too close together"]),
    }
    where, answer = answers[fault]
    monkeypatch.setattr(f"reporting.disclosure.{where}", answer)
    with pytest.raises(ReleaseRefused), context.releasing():
        release_make()


@pytest.mark.usefixtures("vault", "naked")
def test_the_job_stays_in_the_outbox_and_says_why() -> None:
    with context.releasing():
        enqueue(release)
        entry = OutboxEntry.objects.get(job=release.name)
    run(str(entry.pk), release.name)
    with context.releasing():
        assert OutboxEntry.objects.get(pk=entry.pk).last_error == "ReleaseRefused"
        assert not Release.objects.exists()
