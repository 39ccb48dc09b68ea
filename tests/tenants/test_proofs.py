"""The outcome of the isolation probe: taken from its file once, and shown to the foundation."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.proofs.models import ProbeRun
from tests.isolation.conftest import Outcome

Maker = Callable[..., Client]
REPORT: dict[str, Any] = {
    "started_at": "2026-11-22T17:00:00+00:00",
    "finished_at": "2026-11-22T17:09:00+00:00",
    "form": "full",
    "version": "0.1.0 abc1234",
    "requests": 41234,
    "addresses": {"municipality": 120, "foundation": 12, "api": 9},
    "checks": [
        {"kind": "probe", "passed": 30, "failed": 0},
        {"kind": "later", "passed": 2, "failed": 0},
    ],
    "findings": [],
}


def record(tmp_path: Path, report: Any) -> None:
    path = tmp_path / "isolation.json"
    path.write_text(report if isinstance(report, str) else json.dumps(report))
    call_command("isolation_record", str(path), stdout=StringIO())


def page(client_for: Maker, foundation_user: User) -> str:
    response = client_for("landelijk", foundation_user).get("/afscherming")
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_run_the_page_says_so(client_for: Maker, foundation_user: User) -> None:
    assert "Nog geen proef vastgelegd" in page(client_for, foundation_user)


def test_a_run_without_findings_is_shown_with_what_was_tried(
    client_for: Maker, foundation_user: User, tmp_path: Path
) -> None:
    record(tmp_path, REPORT)
    shown = page(client_for, foundation_user)
    for words in (
        "Niets gevonden",
        "volledig",
        "41.234",
        ">141<",
        "Elk adres, door iedereen",
        "Overige controles",
    ):
        assert words in shown
    with context.foundation():
        assert AuditEntry.objects.filter(action="probe_recorded").count() == 1


def test_a_finding_is_shown_and_earlier_runs_stay(
    client_for: Maker, foundation_user: User, tmp_path: Path
) -> None:
    record(tmp_path, REPORT)
    later = REPORT | {
        "started_at": "2026-11-23T17:00:00Z",
        "finished_at": "2026-11-23T17:01:00Z",
        "findings": ["GET /vraaggezinnen/<id>: 200, an absent one gives 404 <b>"],
    }
    record(tmp_path, later)
    shown = page(client_for, foundation_user)
    assert "Er is iets gevonden" in shown
    assert "an absent one gives 404 &lt;b&gt;" in shown
    assert "Eerdere proeven" in shown


def test_the_same_run_is_kept_once(tmp_path: Path) -> None:
    record(tmp_path, REPORT)
    with pytest.raises(CommandError, match="al vastgelegd"):
        record(tmp_path, REPORT)
    with context.foundation():
        assert ProbeRun.objects.count() == 1


@pytest.mark.parametrize(
    "report",
    [
        "geen json",
        "[]",
        "{}",
        REPORT | {"requests": -1},
        REPORT | {"requests": "veel"},
        REPORT | {"form": "half"},
        REPORT | {"started_at": "gisteren"},
        REPORT | {"finished_at": "2020-01-01T00:00:00Z"},
        REPORT | {"checks": [{"kind": "probe"}]},
        REPORT | {"addresses": []},
        REPORT | {"findings": None},
        REPORT | {"started_at": 3},
    ],
)
def test_a_file_that_is_no_outcome_is_refused_with_a_sentence(tmp_path: Path, report: Any) -> None:
    with pytest.raises(CommandError, match="Dit bestand is"):
        record(tmp_path, report)
    with context.foundation():
        assert not ProbeRun.objects.exists()


def test_what_the_tests_write_is_what_the_page_reads(
    client_for: Maker, foundation_user: User, tmp_path: Path
) -> None:
    outcome = Outcome()
    for number, (when, result) in enumerate((("call", "passed"), ("call", "failed"), ("teardown", "passed"))):
        outcome.pytest_runtest_logreport(
            pytest.TestReport(
                nodeid=f"tests/isolation/test_probe.py::test_it_is_found_{number}",
                location=("", 0, ""),
                keywords={},
                outcome=result,  # type: ignore[arg-type]
                longrepr=None,
                when=when,  # type: ignore[arg-type]
                user_properties=[("asked", 7), ("findings", ["GET /x: 200"])],
            )
        )
    written = outcome.as_json()
    assert written["requests"] == 7
    assert written["checks"] == [{"kind": "probe", "passed": 1, "failed": 1}]
    assert written["findings"] == ["it is found 1", "GET /x: 200"]
    record(tmp_path, written)
    assert "it is found 1" in page(client_for, foundation_user)
