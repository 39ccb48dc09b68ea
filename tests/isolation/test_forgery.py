"""The proof that a form is ours, taken at one municipality, is worth nothing at another."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client

from tenants import forgery
from tenants.municipalities.models import Municipality
from tests.isolation.forms import CSRF, forms_in

Maker = Callable[..., Client]
WRONG = {"email": "iemand@voorbeeld.example", "password": "fout"}


def proof_of(client: Client) -> dict[str, str]:
    """Return the hidden field of the sign-in page; the client keeps the cookie."""
    body = client.get("/inloggen").content.decode()
    return {CSRF: next(forms_in(body, "/inloggen")).fields[CSRF][0]}


def strict(client: Client) -> Client:
    client.handler.enforce_csrf_checks = True
    return client


def status_elsewhere(client_for: Maker, other: Municipality) -> int:
    """Take cookie and field from one municipality and send both at the other."""
    here, there = strict(client_for("purmerend")), strict(client_for(other))
    proof = proof_of(here)
    there.cookies[settings.CSRF_COOKIE_NAME] = here.cookies[settings.CSRF_COOKIE_NAME].value
    return there.post("/inloggen", WRONG | proof).status_code


def test_a_form_works_where_it_was_shown(client_for: Maker) -> None:
    client = strict(client_for("purmerend"))
    assert client.post("/inloggen", WRONG | proof_of(client)).status_code == 400, (
        "the password is wrong, not the proof"
    )


def test_the_cookie_and_field_of_one_municipality_are_refused_at_another(
    client_for: Maker, zaanstad: Municipality
) -> None:
    assert status_elsewhere(client_for, zaanstad) == 403


def test_twin_with_djangos_own_cookie_they_would_be_taken(
    client_for: Maker, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_get_secret", "_set_csrf_cookie"):
        monkeypatch.setattr(forgery.ScopedCsrfMiddleware, name, getattr(CsrfViewMiddleware, name))
    assert status_elsewhere(client_for, zaanstad) == 400


@pytest.mark.parametrize("cookie", ["", ".", "x" * 32, "x" * 64, "x" * 32 + "." + "y" * 32, "é", "a.b.c"])
def test_a_made_up_cookie_proves_nothing(client_for: Maker, cookie: str) -> None:
    client = strict(client_for("purmerend"))
    proof = proof_of(client)
    client.cookies[settings.CSRF_COOKIE_NAME] = cookie
    assert client.post("/inloggen", WRONG | proof).status_code == 403


def test_a_page_with_somebody_elses_cookie_hands_out_a_new_one(
    client_for: Maker, zaanstad: Municipality
) -> None:
    here, there = strict(client_for("purmerend")), strict(client_for(zaanstad))
    proof_of(here)
    there.cookies[settings.CSRF_COOKIE_NAME] = here.cookies[settings.CSRF_COOKIE_NAME].value
    assert there.post("/inloggen", WRONG | proof_of(there)).status_code == 400
