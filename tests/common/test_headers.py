"""Security headers stand on every answer of every host, refusals and failures included."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from common import headers
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Maker = Callable[..., Client]


def fails(_request: HttpRequest) -> HttpResponse:
    message = "a secret <name> in the message"
    raise RuntimeError(message)


urlpatterns = [path("kapot", fails)]
handler500 = "common.problem.server_error"


def policy(response: object) -> dict[str, str]:
    header: str = response.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    parts = (part.strip().partition(" ") for part in header.split(";") if part.strip())
    return {name: sources for name, _blank, sources in parts}


@pytest.mark.parametrize(
    ("place", "address", "status"),
    [
        ("purmerend", "/inloggen", 200),
        ("purmerend", "/bestaat-niet", 404),
        ("purmerend", "/uitloggen", 405),
        ("purmerend", "/inloggen?a=%00", 400),
        ("landelijk", "/inloggen", 200),
        ("niemand", "/inloggen", 404),
        ("", "/bestaat-niet", 404),
        ("purmerend", "/.well-known/security.txt", 200),
        ("purmerend", "/static/naober/naober.css", 200),
    ],
)
def test_every_answer_has_the_headers(client_for: Maker, place: str, address: str, status: int) -> None:
    response = client_for(place).get(address)
    assert response.status_code == status
    for name, value in EXPECTED.items():
        assert response.headers.get(name) == value, name
    assert "camera=()" in response.headers["Permissions-Policy"]
    found = policy(response)
    assert found["default-src"] == "'none'"
    assert found["frame-ancestors"] == "'none'"
    if place:
        assert {"base-uri", "form-action"} <= found.keys()
    assert "unsafe" not in " ".join(found.values())
    response.close()


def test_pages_are_not_kept_by_browsers_or_proxies(client_for: Maker) -> None:
    assert "no-store" in client_for("purmerend").get("/inloggen").headers["Cache-Control"]


def test_an_unexpected_failure_says_nothing_about_itself(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if not name.startswith(("tenants", "django.contrib"))
    ]
    response = Client(headers={"host": "kapot.naober.test"}, raise_request_exception=False).get("/kapot")
    assert response.status_code == 500
    assert "secret" not in response.content.decode()
    assert "Er ging iets mis bij ons" in response.content.decode()
    assert response.headers["X-Frame-Options"] == "DENY"


def test_the_policy_allows_nothing_unsafe() -> None:
    for sources in headers.CONTENT_SECURITY_POLICY["DIRECTIVES"].values():
        for source in sources:
            assert source in {"'none'", "'self'", "data:"}


def test_security_txt_names_a_contact_and_ends_within_a_year(client_for: Maker) -> None:
    text = client_for("purmerend").get("/.well-known/security.txt").content.decode()
    assert "Contact: " in text
    assert "Expires: " in text


def test_only_listed_vendor_files_are_served(client_for: Maker) -> None:
    client = client_for("purmerend")
    listed = client.get("/static/vendor/utrecht.css")
    assert listed.status_code == 200
    listed.close()
    assert client.get("/static/vendor/package.json").status_code == 404
    assert client.get("/static/vendor/../package.json").status_code == 404


def test_an_error_page_looks_up_no_more_than_who_asks(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    assert tables_read(client_for(purmerend), "/bestaat-niet") == set()
    # Who has signed in reads it in the language of the account.
    client = client_for(purmerend, coordinator)
    assert tables_read(client, "/bestaat-niet") == {"django_session", "accounts_user"}


def tables_read(client: Client, address: str) -> set[str]:
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    text = " ".join(query["sql"] for query in queries.captured_queries)
    return {table for table in ("django_session", "accounts_user") if table in text}
