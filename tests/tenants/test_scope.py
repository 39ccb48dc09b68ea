"""The cast and the cleaning of the database between tests, on which every other test relies."""

import pytest

from common.permissions import Role
from tenants.accounts.models import SystemActor, User
from tenants.accounts.services import user_create
from tenants.municipalities.models import Municipality


@pytest.mark.parametrize("_again", [1, 2])
def test_what_a_test_wrote_is_gone_for_the_next(
    in_purmerend: Municipality, coordinator: User, _again: int
) -> None:
    assert User.objects.count() == 3
    assert coordinator.last_login is None
    user_create(
        email="new@purmerend.example",
        full_name="Nieuw",
        role=Role.DEPUTY,
        password="een lang wachtwoord",
        actor=SystemActor("tests"),
    )
    User.objects.update(last_login="2026-01-01T00:00:00Z")
