"""Fault tests run the product as it is run: its own processes on servers of their own, which may be killed."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.faults.product import Product


@pytest.fixture(autouse=True)
def _database() -> None:
    """Take the place of the database of this test process, which is not touched here."""


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """Return an installation of its own with one municipality, taken away afterwards."""
    with Product(settings.VAR / f"faults-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}") as installed:
        installed.set_up()
        yield installed
