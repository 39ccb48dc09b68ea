"""Every benchmark runs, in its quick form, and prints its ratios. What they say about time is for the full form."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.settings_test import TEST_SERVER_URL
from tests.benchmarks import frame
from tests.benchmarks.frame import Bench
from tests.benchmarks.run import NAMES

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"ratio (?P<name>\S+) [\d.e+-]+ target (<=|>=) [\d.]+ (?P<verdict>held|short)")
# These are about being right, not about time: they hold in the quick form too.
ALWAYS = {
    "tenancy": set[str](),
    "totals": {"recount-differences", "figures-that-differ-from-the-loop"},
    "provision": {"catalogue-differences"},
    "migrate": set[str](),
    "pages": {"pages-with-growing-queries"},
    "matching": {
        "pairs-that-differ-from-the-loop",
        "boards-worse-than-one-by-one",
        "boards-not-proven-optimal",
    },
    "scale": {
        "jobs-that-failed",
        "pages-that-failed",
        "rows-that-differ-from-a-recount",
        "couplings-that-the-total-misses",
    },
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NAMES)
def test_the_quick_form_of_a_benchmark_prints_its_ratios(name: str, tmp_path: Path) -> None:
    said = run(name, tmp_path)
    last = said.stdout.strip().rpartition("\n\n")[2].splitlines()
    found = {line["name"]: line["verdict"] for line in map(LINE.fullmatch, last) if line}
    assert said.returncode == 0, said.stderr[-4000:]
    assert len(found) == len(last) > 0
    assert {ratio for ratio in ALWAYS[name] if found.get(ratio) != "held"} == set()


def run(name: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    own = {"DATABASE_LOGINS", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.run", name, "--quick"],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key not in own}
        | {
            "DATABASE_URL": TEST_SERVER_URL,
            "BROKER_URL": settings.CELERY_BROKER_URL,
            "CACHE_URL": str(settings.CACHES["default"]["LOCATION"]),
            "NAOBER_VAR": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_ratio_that_is_short_fails_the_full_form_and_not_the_quick_one() -> None:
    for quick, code in ((False, 1), (True, 0)):
        bench = Bench("proef", quick=quick)
        bench.at_most("slower", 1.5, 1.2)
        bench.at_least("faster", 12.0, 10)
        assert bench.lines == [
            "ratio slower 1.5 target <= 1.2 short",
            "ratio faster 12 target >= 10 held",
        ]
        assert bench.finish() == code


def test_ways_take_turns_and_each_begins_as_often_as_the_others() -> None:
    order: list[str] = []

    def way(name: str) -> float:
        order.append(name)
        return 1.0

    frame.take_turns({name: lambda name=name: way(name) for name in "abc"}, rounds=3)  # type: ignore[misc]
    assert "".join(order) == "abcbcacab"
