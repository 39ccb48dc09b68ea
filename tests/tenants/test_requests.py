"""From host to scope: the whole request is one transaction in the municipality of its host."""

import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from io import StringIO
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
import structlog
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as PlainSessionStore
from django.core.cache import cache, caches
from django.core.cache.backends.base import default_key_func
from django.db import OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tenants import context
from tenants.accounts.models import User
from tenants.accounts.sessions import SessionStore
from tenants.audit.models import AuditEntry
from tenants.audit.services import audit_log
from tenants.context import NoScope, current_scope
from tenants.middleware import Place, TenantMiddleware
from tenants.municipalities import selectors
from tenants.municipalities.models import Domain, Municipality, State
from tenants.municipalities.selectors import forget_hosts, municipality_of_host

HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
)


def write(request: HttpRequest, status: int) -> HttpResponse:
    audit_log(
        action=f"answer {status}",
        subject=None,
        actor=cast("User", SimpleNamespace(id=None, full_name="test")),
    )
    response = HttpResponse(current_scope().schema, status=status)
    if "keep" in request.GET:
        response.keep_transaction = True  # type: ignore[attr-defined]
    return response


def fail(_request: HttpRequest) -> HttpResponse:
    audit_log(action="fail", subject=None, actor=cast("User", SimpleNamespace(id=None, full_name="test")))
    raise RuntimeError


def who(request: HttpRequest) -> HttpResponse:
    structlog.get_logger("tests").warning("looked")
    municipality = cast("Any", request).municipality
    return HttpResponse(f"{request.user} {municipality.slug if municipality else ''}")


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve these views on every host."""
    urls = ModuleType("urls_of_these_tests")
    urls.urlpatterns = [  # type: ignore[attr-defined]
        path("write/<int:status>", write),
        path("fail", fail),
        path("who", who),
    ]
    urls.handler500 = "common.problem.server_error"  # type: ignore[attr-defined]
    place_of = cast("Any", TenantMiddleware.__call__).__globals__["_place_of"]

    def with_these_pages(host: str) -> Place | None:
        place: Place | None = place_of(host)
        return Place(place.scope, place.alias, cast("str", urls), place.municipality) if place else None

    monkeypatch.setitem(cast("Any", TenantMiddleware.__call__).__globals__, "_place_of", with_these_pages)


def actions(place: Municipality) -> list[str]:
    with context.municipality(place):
        return list(AuditEntry.objects.values_list("action", flat=True))


# ------------------------------------------------------------------------------------------------------- host to scope


@pytest.mark.parametrize(
    "host", ["onbekend.naober.test", "a.b.naober.test", "www.naober.test", "example.org", "[::1]"]
)
@pytest.mark.parametrize("address", ["/", "/inloggen", "/static/x.css", "/api/v1/", "/beheer"])
def test_an_unknown_host_is_not_found_with_all_security_headers(host: str, address: str) -> None:
    response = Client(headers={"host": host}).get(address)
    assert response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
    for header in HEADERS:
        assert header in response.headers, header
    assert not response.cookies


@pytest.mark.usefixtures("pages")
def test_each_host_works_in_its_own_schema(
    client_for: Callable[..., Client], purmerend: Municipality, zaanstad: Municipality
) -> None:
    assert client_for(purmerend).get("/write/200").content.decode() == purmerend.schema_name
    assert client_for(zaanstad).get("/write/200").content.decode() == zaanstad.schema_name
    assert client_for("landelijk").get("/write/200").content.decode() == "foundation"
    assert actions(purmerend) == actions(zaanstad) == ["answer 200"]


@pytest.mark.usefixtures("pages")
def test_a_host_in_capitals_or_with_a_port_is_the_same_host(purmerend: Municipality) -> None:
    for host in ("PURMEREND.naober.test", "purmerend.naober.test:8000"):
        assert Client(headers={"host": host}).get("/write/200").content.decode() == purmerend.schema_name


@pytest.mark.usefixtures("pages")
def test_a_municipality_may_have_a_host_of_its_own(purmerend: Municipality, settings: Any) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "steun.example.org"]
    with context.owning_registry():
        Domain.objects.create(municipality=purmerend, host="steun.example.org")
    forget_hosts()
    assert (
        Client(headers={"host": "steun.example.org"}).get("/write/200").content.decode()
        == purmerend.schema_name
    )


@pytest.mark.parametrize("state", [State.MOVING, State.ERASED, State.PROVISIONING])
def test_a_municipality_that_is_not_live_is_not_found(
    client_for: Callable[..., Client], purmerend: Municipality, state: State
) -> None:
    with context.owning_registry():
        Municipality.objects.filter(pk=purmerend.pk).update(state=state)
    forget_hosts()
    assert client_for("purmerend").get("/inloggen").status_code == HTTPStatus.NOT_FOUND


def test_the_registry_is_read_once_in_thirty_seconds(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("tenants.municipalities.selectors.time.monotonic", lambda: now)
    reads: list[float] = []
    read_hosts = selectors._read_hosts

    def count_reads() -> selectors._Hosts:
        reads.append(now)
        return read_hosts()

    monkeypatch.setattr(selectors, "_read_hosts", count_reads)
    forget_hosts()
    for _request in range(5):
        found = municipality_of_host("purmerend.naober.test")
        assert found is not None
        assert found.pk == purmerend.pk
    assert len(reads) == 1
    now += 31
    municipality_of_host("purmerend.naober.test")
    assert len(reads) == 2


@pytest.mark.parametrize(
    ("missing", "host"), [("default", "purmerend"), ("national", "landelijk"), ("national", "")]
)
def test_a_process_without_the_login_of_a_host_does_not_know_it(
    client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, missing: str, host: str
) -> None:
    client_for(host).get("/inloggen")
    monkeypatch.setitem(settings.DATABASES, missing, {"ENGINE": "django.db.backends.dummy"})
    assert client_for(host).get("/inloggen").status_code == HTTPStatus.NOT_FOUND


# --------------------------------------------------------------------------------------------------- one transaction


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("status", [400, 404, 409, 500, 503])
def test_a_refusal_or_failure_has_no_effect(
    client_for: Callable[..., Client], purmerend: Municipality, status: int
) -> None:
    assert client_for(purmerend).get(f"/write/{status}").status_code == status
    assert actions(purmerend) == []
    client_for(purmerend).get(f"/write/{status}?keep")
    assert actions(purmerend) == [f"answer {status}"]


@pytest.mark.usefixtures("pages")
def test_an_exception_has_no_effect_and_leaves_no_scope(
    client_for: Callable[..., Client], purmerend: Municipality
) -> None:
    client = client_for(purmerend)
    client.raise_request_exception = False
    response = client.get("/fail")
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    for header in HEADERS:
        assert header in response.headers, header
    assert actions(purmerend) == []
    assert context.scope_or_none() is None


@pytest.mark.usefixtures("pages")
def test_without_the_roll_back_a_refusal_would_leave_what_it_wrote(
    client_for: Callable[..., Client], purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "roll_back", lambda: None)
    client_for(purmerend).get("/write/409")
    assert actions(purmerend) == ["answer 409"]


# ------------------------------------------------------------------------------------------------ sessions and cache


@pytest.mark.usefixtures("pages")
def test_a_session_is_worth_nothing_on_another_host(
    client_for: Callable[..., Client], purmerend: Municipality, zaanstad: Municipality, coordinator: User
) -> None:
    client = client_for(purmerend, coordinator)
    assert coordinator.full_name in client.get("/who").content.decode()
    for host in ("zaanstad", "landelijk"):
        other = client_for(host)
        other.cookies = client.cookies
        assert "Anonymous" in other.get("/who").content.decode()


@pytest.mark.usefixtures("pages")
def test_a_session_row_that_was_copied_to_another_schema_is_refused(
    client_for: Callable[..., Client], purmerend: Municipality, zaanstad: Municipality, coordinator: User
) -> None:
    client = client_for(zaanstad)
    client.cookies[settings.SESSION_COOKIE_NAME] = copy_to(zaanstad, purmerend, coordinator)
    assert "Anonymous" in client.get("/who").content.decode()


@pytest.mark.usefixtures("pages")
def test_without_the_schema_in_the_session_a_copied_row_would_sign_in(
    client_for: Callable[..., Client],
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SessionStore, "load", PlainSessionStore.load)
    client = client_for(zaanstad)
    client.cookies[settings.SESSION_COOKIE_NAME] = copy_to(zaanstad, purmerend, coordinator)
    assert coordinator.full_name in client.get("/who").content.decode()


def copying(table: str, source: Municipality, target: Municipality) -> str:
    return f"INSERT INTO {target.schema_name}.{table} SELECT * FROM {source.schema_name}.{table}"  # noqa: S608


def copy_to(target: Municipality, source: Municipality, user: User) -> str:
    """Copy a person and their session, as a careless restore would."""
    with context.municipality(source):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
    with connections["owner"].cursor() as cursor:
        cursor.execute(copying("accounts_user", source, target) + " WHERE id = %s", [user.pk])
        cursor.execute(copying("django_session", source, target))
    return str(session.session_key)


def test_a_cached_value_is_a_miss_in_every_other_municipality(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with context.municipality(purmerend):
        cache.set("key", "of purmerend")
        assert cache.get("key") == "of purmerend"
    with context.municipality(zaanstad):
        assert cache.get("key") is None
    with context.foundation():
        assert cache.get("key") is None
    with pytest.raises(NoScope):
        cache.get("key")


def test_with_djangos_own_keys_a_value_would_be_shared(
    purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches["default"], "key_func", default_key_func)
    with context.municipality(purmerend):
        cache.set("key", "of purmerend")
    with context.municipality(zaanstad):
        assert cache.get("key") == "of purmerend"
        cache.delete("key")


# -------------------------------------------------------------------------------------------------------- logs, health


@pytest.mark.usefixtures("pages")
def test_log_lines_and_audit_entries_carry_request_and_schema(
    client_for: Callable[..., Client], purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handler,) = (found for found in logging.getLogger().handlers if type(found) is logging.StreamHandler)
    written = StringIO()
    monkeypatch.setattr(handler, "stream", written)
    response = client_for(purmerend).get("/who")
    logged = [json.loads(line) for line in written.getvalue().splitlines() if '"looked"' in line]
    assert [(line["schema"], line["origin"]) for line in logged] == [
        (purmerend.schema_name, f"request {response.headers['X-Request-Id']}")
    ]
    client_for(purmerend).get("/write/200")
    with context.municipality(purmerend):
        assert AuditEntry.objects.get().origin.startswith("request ")


def test_the_name_of_a_request_is_never_taken_from_the_client(client_for: Callable[..., Client]) -> None:
    response = client_for("purmerend").get("/inloggen", headers={"X-Request-Id": "chosen"})
    assert response.headers["X-Request-Id"] != "chosen"


@pytest.mark.parametrize("host", ["localhost", "10.0.0.1", "purmerend.naober.test"])
def test_any_host_may_ask_for_health(host: str) -> None:
    for address in ("/gezondheid", "/gezondheid/gereed"):
        assert Client(headers={"host": host}).get(address).status_code == HTTPStatus.OK


def test_without_a_database_the_process_is_alive_but_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there() -> None:
        raise OperationalError

    monkeypatch.setattr(context, "registry", not_there)
    assert Client(headers={"host": "x"}).get("/gezondheid").status_code == HTTPStatus.OK
    assert (
        Client(headers={"host": "x"}).get("/gezondheid/gereed").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    )
