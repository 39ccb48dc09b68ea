"""The key of somebody's drafts: theirs alone, the same after a lost session, gone after signing out."""

from collections.abc import Callable

from django.test import Client

from tenants import context
from tenants.accounts.models import User
from tenants.drafts.models import DraftSalt
from tenants.drafts.services import draft_key
from tenants.municipalities.models import Municipality

Make = Callable[..., Client]
KEY = "/concept/sleutel"


def test_the_key_is_the_same_in_every_session_and_another_one_for_everybody_else(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    deputy: User,
    other_coordinator: User,
    client_for: Make,
) -> None:
    first, again = (client_for(purmerend, coordinator).get(KEY).json() for _session in range(2))
    others = [client_for(purmerend, deputy), client_for(zaanstad, other_coordinator)]
    assert first == again
    assert len({first["key"], *(client.get(KEY).json()["key"] for client in others)}) == 3
    assert client_for(purmerend, coordinator).get(KEY).headers["Cache-Control"].count("no-store") == 1


def test_nobody_gets_a_key_without_signing_in(purmerend: Municipality, client_for: Make) -> None:
    answer = client_for(purmerend).get(KEY)
    assert (answer.status_code, answer.headers["Location"][:9]) == (302, "/inloggen")


def test_signing_out_makes_every_draft_unreadable(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    client = client_for(purmerend, coordinator)
    before = client.get(KEY).json()
    answer = client.post("/uitloggen")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    with context.municipality(purmerend):
        assert not DraftSalt.objects.exists()
    after = client_for(purmerend, coordinator).get(KEY).json()
    assert before["key"] != after["key"]
    assert before["account"] != after["account"]


def test_an_account_at_the_foundation_has_a_key_of_its_own(
    in_foundation: None, foundation_user: User
) -> None:
    assert draft_key(actor=foundation_user) == draft_key(actor=foundation_user)
