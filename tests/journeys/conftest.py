"""The running product and the browser, for every journey: one municipality in which all stories take place."""

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import launched
from tests.journeys.stack import Stack, running


@pytest.fixture(autouse=True)
def _database() -> None:
    """Take the place of the tests' own database: a journey meets the product in a database of its own."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started
        for line in started.errors():  # pytest shows it where a test failed
            sys.stderr.write(f"{line}\n")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started
