"""Keeps the outcome of the probe in a file, which the page of the foundation shows: NAOBER_ISOLATION_REPORT=…."""

import json
import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from tests.isolation import probe, scene
from tests.isolation.addresses import URLCONFS, addresses
from tests.isolation.sizes import FULL

REPORT = os.environ.get("NAOBER_ISOLATION_REPORT", "")


@pytest.fixture(autouse=True)
def _kept(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Note how many requests a test sent and what it found."""
    asked, found = probe.Probe.asked_by_all, len(scene.reported)
    yield
    record_property("asked", probe.Probe.asked_by_all - asked)
    record_property("findings", scene.reported[found:])


class Outcome:
    """Gathers what every test says when it is over; with several processes in the one that leads them."""

    def __init__(self) -> None:
        """Begin now."""
        self.started = datetime.now(UTC)
        self.checks: dict[str, Counter[str]] = defaultdict(Counter)
        self.findings: list[str] = []
        self.requests = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test, once it is over."""
        kind = Path(report.nodeid.split("::")[0]).stem.removeprefix("test_")
        if report.failed:
            self.checks[kind]["failed"] += 1
        elif report.when == "call" and report.passed:
            self.checks[kind]["passed"] += 1
        if report.when != "teardown":
            if report.failed:
                self.findings.append(report.nodeid.split("::")[-1].removeprefix("test_").replace("_", " "))
            return
        noted: dict[str, Any] = dict(report.user_properties)
        self.requests += noted.get("asked", 0)
        self.findings += noted.get("findings", [])

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        path = Path(REPORT)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), indent=1, ensure_ascii=False), encoding="utf-8")

    def as_json(self) -> dict[str, Any]:
        """Return what `isolation_record` reads."""
        return {
            "started_at": self.started.isoformat(),
            "finished_at": datetime.now(UTC).isoformat(),
            "form": "full" if FULL else "quick",
            "version": _version(),
            "requests": self.requests,
            "addresses": {host: len(addresses(host)) for host in URLCONFS},
            "checks": [
                {"kind": kind, "passed": count["passed"], "failed": count["failed"]}
                for kind, count in sorted(self.checks.items())
            ],
            "findings": self.findings,
        }


def pytest_configure(config: pytest.Config) -> None:
    """Gather the outcome where it is asked for, and not in each of several processes."""
    if REPORT and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcome())


def _version() -> str:
    try:
        known = version("naober")
    except PackageNotFoundError:
        known = "0"
    described = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return f"{known} {described.stdout.strip()}".strip()
