"""The attacker needs no database: figures go in, intervals come out."""

import pytest


@pytest.fixture(autouse=True)
def _database() -> None:
    """Take the place of the database of this test process."""
