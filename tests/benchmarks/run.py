"""Run one benchmark: `python -m tests.benchmarks.run tenancy [--quick]`. The Makefile has a target for each.

Starts a PostgreSQL and a Valkey of its own under `var/benchmarks`, with the settings of production, and removes them
afterwards. With DATABASE_URL and BROKER_URL it uses those servers and makes databases of its own there.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("tenancy", "totals", "provision", "migrate", "scale", "pages", "matching")
sys.path.insert(0, str(ROOT / "platform"))


def main() -> int:
    """Prepare the surroundings, then load the benchmark and run it."""
    parser = argparse.ArgumentParser(description="Run one benchmark.")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--quick", action="store_true", help="few of everything: does it run at all?")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave servers and, of scale, the filled database for the next run",
    )
    asked = parser.parse_args()
    with servers(keep=asked.keep):
        surroundings(asked.name)
        os.environ["BENCH_KEEP"] = "1" if asked.keep else "0"
        import django  # noqa: PLC0415  (its settings follow from the surroundings)

        django.setup()
        bench = importlib.import_module(f"tests.benchmarks.bench_{asked.name}")
        result: int = bench.main(quick=asked.quick)
    return result


@contextmanager
def servers(*, keep: bool) -> Iterator[None]:
    """Have a database server and a broker as long as the benchmark runs."""
    if "DATABASE_URL" in os.environ:
        yield
        return
    from config import servers as embedded  # noqa: PLC0415  (after the path was set)

    os.environ["NAOBER_VAR"] = str(embedded.var_folder() / "benchmarks")
    os.environ.pop("NAOBER_FAST_DATABASE", None)
    url = embedded.postgres_url()
    os.environ["DATABASE_URL"] = url
    try:
        yield
    finally:
        del os.environ["DATABASE_URL"]
        if not keep:
            embedded.remove()


def surroundings(name: str) -> None:
    """Set the environment from which the settings of the product follow."""
    server = os.environ["DATABASE_URL"]
    database = f"naober_bench_{name}{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    os.environ |= {
        "BENCH_SERVER_URL": server,
        "DATABASE_URL": urlsplit(server)._replace(path=f"/{database}").geturl(),
        "DATABASE_LOGINS": "owner,web,shared_web,aggregator,releaser",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "SECRET_KEY": "only-for-benchmarks-which-sign-nothing-that-anybody-else-would-ever-read",
        "BASE_DOMAIN": "naober.test",
        "HTTPS": "no",
        "DEMO": "no",
        "LOG_LEVEL": "ERROR",
    }


if __name__ == "__main__":
    sys.exit(main())
