import pytest


@pytest.fixture(autouse=True)
def _database() -> None:
    """Take the place of the tests' own database: a benchmark makes one of its own."""
