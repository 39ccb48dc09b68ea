"""A practice municipality with its people, and somebody who practises."""

from typing import Any

import pytest

from common.permissions import Role
from config.synthesis.filling import practice_make
from core.learning.services import practice_empty
from tenants import context
from tenants.accounts.models import User
from tenants.accounts.services import user_create
from tenants.municipalities.models import Municipality
from tests.conftest import PASSWORD, TESTS


@pytest.fixture(scope="module")
def _made(cast: Any, django_db_blocker: Any) -> dict[str, Any]:
    """Make the schema once; what is in it goes after each test, like everything else."""
    del cast
    with django_db_blocker.unblock():
        practice_make(slug="oefenen")
        with context.owning_registry():
            row = Municipality.objects.get(slug="oefenen")
        with context.municipality(row):
            practice_empty()
        with context.owning_registry():
            return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.fixture
def practice(_made: dict[str, Any]) -> Municipality:
    """A practice municipality with its people, and a coordinator who may practise."""
    with context.owning_registry():
        row = Municipality.objects.filter(slug="oefenen").first()
        if row is None:
            row = Municipality(**_made)
            row.save(force_insert=True)
    with context.municipality(row):
        user_create(
            email="oefenaar@voorbeeld.example",
            full_name="Oefenaar Een",
            role=Role.COORDINATOR,
            password=PASSWORD,
            actor=TESTS,
        )
    practice_make(slug="oefenen")
    return row


@pytest.fixture
def trainee(practice: Municipality) -> User:
    with context.municipality(practice):
        found: User = User.objects.get(email="oefenaar@voorbeeld.example")
        return found
