"""The database of this test process and the cast: two municipalities, the foundation and the people in them.

Tests commit for real, with the real roles: the scope is the transaction. What a test wrote is removed after it.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import caches
from django.db import connections
from django.test import Client
from hypothesis import settings as property_settings
from psycopg import sql

from common.permissions import Role
from config.settings_test import TEST_SERVER_URL
from tenants import context
from tenants.accounts.models import SystemActor, User
from tenants.accounts.services import user_create
from tenants.accounts.sessions import SessionStore
from tenants.database import names
from tenants.jobs import run
from tenants.municipalities.models import Municipality, OutboxEntry, Phase
from tenants.municipalities.selectors import forget_hosts
from tenants.municipalities.services import municipality_create, set_up_database
from tenants.stamps import stamp

# A slow moment of a busy machine says nothing about the answer of a property.
property_settings.register_profile("naober", deadline=None)
property_settings.load_profile("naober")

PASSWORD = "een lang wachtwoord voor de proef"
TESTS = SystemActor("tests")


# ------------------------------------------------------------------------------------------------------- the database


@pytest.fixture(scope="session")
def cast(django_db_blocker: Any) -> "Iterator[Cast]":
    """Make a database with its roles, from nothing, as `setup_database` does in production."""
    with django_db_blocker.unblock():
        _drop_database()
        with _server() as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(settings.DATABASE_NAME)))
        set_up_database()
        made = _make_cast()
        _remember_cast()
        _clean()
        yield made
        connections.close_all()
        _drop_database()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Take the place of pytest-django's own databases."""


@pytest.fixture(autouse=True)
def _database(cast: "Cast", django_db_blocker: Any) -> Iterator[None]:
    """Let every test reach the database, and leave it as it was."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


def _server() -> Any:
    return closing(psycopg.connect(TEST_SERVER_URL, autocommit=True))


def _drop_database() -> None:
    name = settings.DATABASE_NAME
    with _server() as server:
        drop_database(server, name)
        ours = server.execute(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s) AND rolname <> current_user",
            [f"{name}_"],
        )
        for (role,) in ours.fetchall():
            server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def drop_database(server: Any, name: str) -> None:
    """Drop a database with whoever is still in it.

    PostgreSQL refuses while its own cleaning up works there, which only a superuser may end; that takes a moment.
    """
    for attempt in range(40):
        try:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            if attempt == 39:
                raise
            time.sleep(0.5)
        else:
            return


@dataclass(frozen=True, slots=True)
class Cast:
    """Who there is, read once; a test gets rows as if it had just read them, whatever scope is open."""

    municipalities: dict[str, Municipality]
    _people: dict[tuple[str, Role], tuple[str, str, dict[str, Any]]] = field(default_factory=dict)

    def remember(self, place: str) -> None:
        """Note the people of the scope that is open."""
        scope = context.current_scope()
        for user in User.objects.all():
            values = {column.attname: getattr(user, column.attname) for column in User._meta.concrete_fields}
            self._people[place, Role(user.role)] = scope.alias, scope.schema, values

    def user(self, place: str, role: Role) -> User:
        """Return a person as read from the database."""
        alias, schema, values = self._people[place, role]
        user = User(**values)
        user._state.adding = False
        user._state.db = alias
        stamp(user, schema)
        return user


def _make_cast() -> Cast:
    cast = Cast({})
    for slug, name, code in (("purmerend", "Purmerend", "GM0439"), ("zaanstad", "Zaanstad", "GM0479")):
        municipality = cast.municipalities[slug] = municipality_create(
            slug=slug,
            name=name,
            codes=[(code, date(2018, 1, 1), None)],
            phase=Phase.STRUCTURAL,
            contract_target_per_year=20,
            data_controller=f"Gemeente {name}",
            started_on=date(2018, 9, 1),
            actor=TESTS,
        )
        with context.municipality(municipality):
            for role in (Role.COORDINATOR, Role.DEPUTY, Role.SAFEGUARDING_OFFICER):
                _make_user(f"{role}@{slug}.example", f"{role.value.replace('_', ' ').title()} {name}", role)
            cast.remember(slug)
    with context.foundation():
        _make_user("landelijk@stichting.example", "Medewerker Stichting", Role.FOUNDATION_STAFF)
        cast.remember("landelijk")
    return cast


def _make_user(email: str, full_name: str, role: Role) -> None:
    user_create(email=email, full_name=full_name, role=role, password=PASSWORD, actor=TESTS)


# What the cast consists of is put back when a test changed it; all other rows go after each test.
_KEPT = ("municipalities_municipality", "municipalities_municipalitycode", "accounts_user")
_NEVER_WRITTEN = ("django_migrations", "django_content_type", "municipalities_schemascript")
_COPIES = "copies_of_the_cast"


def _remember_cast() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {_COPIES}")
        cursor.execute(_FILLED_TABLES, [[names.TEMPLATE, _COPIES]])
        for schema, table in cursor.fetchall():
            if table in _KEPT:
                cursor.execute(f'CREATE TABLE {_COPIES}."{schema}.{table}" AS TABLE {schema}.{table}')


def _clean() -> None:
    """Remove what the test wrote: one look at which tables differ, one statement to empty those."""
    scope = context.scope_or_none()
    if scope is not None:
        message = f"The test left a scope open: {scope.kind}."
        raise AssertionError(message)
    with connections["owner"].cursor() as cursor:
        cursor.execute(_FILLED_TABLES, [[names.TEMPLATE]])
        tables = [(schema, table) for schema, table in cursor.fetchall() if table not in _NEVER_WRITTEN]
        copies = [table for schema, table in tables if schema == _COPIES]
        ours = [f"{schema}.{table}" for schema, table in tables if schema != _COPIES]
        cursor.execute(" UNION ALL ".join(_question(table, copied=table in copies) for table in ours))
        changed = [row[0] for row in cursor.fetchall()]
        if changed:
            cursor.execute(f"TRUNCATE {', '.join(changed)} CASCADE")
        if any(table.endswith(_KEPT) for table in changed):
            # A table may have been emptied along with the one it refers to.
            for table in sorted(
                copies, key=lambda name: [name.endswith(kept) for kept in _KEPT], reverse=True
            ):
                put_back = f'INSERT INTO {table} SELECT * FROM {_COPIES}."{table}" ON CONFLICT DO NOTHING'  # noqa: S608
                cursor.execute(put_back)
    for cache in caches.all(initialized_only=True):
        cache.clear()
    forget_hosts()


def _question(table: str, *, copied: bool) -> str:
    """Return the query that names the table when it is not as it should be."""
    if not copied:
        return f"(SELECT '{table}' FROM {table} LIMIT 1)"  # noqa: S608  (names of our own tables)
    copy = f'{_COPIES}."{table}"'
    more, less = f"TABLE {table} EXCEPT TABLE {copy}", f"TABLE {copy} EXCEPT TABLE {table}"
    return f"SELECT '{table}' WHERE EXISTS ({more}) OR EXISTS ({less})"


# Only a table with a file of more than nothing can hold rows; an emptied table gets a new, empty file.
_FILLED_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user AND NOT n.nspname = ANY(%s)
      AND pg_relation_size(c.oid) > 0
"""


# ----------------------------------------------------------------------------------------------------------- the cast


@pytest.fixture
def purmerend(cast: Cast) -> Municipality:
    return copy(cast.municipalities["purmerend"])


@pytest.fixture
def zaanstad(cast: Cast) -> Municipality:
    return copy(cast.municipalities["zaanstad"])


@pytest.fixture
def coordinator(cast: Cast) -> User:
    return cast.user("purmerend", Role.COORDINATOR)


@pytest.fixture
def deputy(cast: Cast) -> User:
    return cast.user("purmerend", Role.DEPUTY)


@pytest.fixture
def safeguarding_officer(cast: Cast) -> User:
    return cast.user("purmerend", Role.SAFEGUARDING_OFFICER)


@pytest.fixture
def other_coordinator(cast: Cast) -> User:
    return cast.user("zaanstad", Role.COORDINATOR)


@pytest.fixture
def foundation_user(cast: Cast) -> User:
    return cast.user("landelijk", Role.FOUNDATION_STAFF)


@pytest.fixture
def in_purmerend(purmerend: Municipality) -> Iterator[Municipality]:
    """Work in Purmerend for the whole test; committed when the test is over. Not together with a client."""
    with context.municipality(purmerend):
        yield purmerend


@pytest.fixture
def in_foundation() -> Iterator[None]:
    """Work at the foundation for the whole test."""
    with context.foundation():
        yield


# -------------------------------------------------------------------------------------------------------------- pages


@pytest.fixture
def client_for(cast: Cast) -> Callable[..., Client]:
    """Return a maker of clients: `client_for(purmerend, coordinator)`, `client_for("landelijk", foundation_user)`."""

    def make(place: Municipality | str, user: User | None = None) -> Client:
        slug = place if isinstance(place, str) else place.slug
        host = f"{slug}.{settings.BASE_DOMAIN}" if slug else settings.BASE_DOMAIN
        client = Client(headers={"host": host}, raise_request_exception=True)
        if user is not None:
            with (
                context.foundation()
                if slug == "landelijk"
                else context.municipality(cast.municipalities[slug] if isinstance(place, str) else place)
            ):
                session = SessionStore()
                session[SESSION_KEY] = str(user.pk)
                session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
                session[HASH_SESSION_KEY] = user.get_session_auth_hash()
                session.create()
            client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
        return client

    return make


# --------------------------------------------------------------------------------------------------------------- jobs


@pytest.fixture
def run_outbox() -> Callable[[], int]:
    """Return a worker without a broker: does all waiting work, also what that work leaves behind."""

    def work() -> int:
        done = 0
        while entries := _waiting():
            for entry_id, name, municipality_id in entries:
                run(entry_id, name, municipality_id)
                done += 1
            if {entry[0] for entry in _waiting()} >= {entry[0] for entry in entries}:
                message = f"Jobs failed: {sorted({entry[1] for entry in entries})}"
                raise AssertionError(message)
        return done

    return work


def _waiting() -> list[tuple[str, str, str | None]]:
    with context.dispatching():
        ids = {schema: str(pk) for schema, pk in Municipality.objects.values_list("schema_name", "pk")}
        return [
            (str(entry.pk), entry.job, ids.get(entry.schema_name))
            for entry in OutboxEntry.objects.order_by("created_at")
        ]


# ------------------------------------------------------------------------------------------------------------ figures


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a pen: what is written with it stands at the end of the run."""
    return lambda line: record_property("figure", line)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show what the tests measured."""
    lines = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "figure"
    ]
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.line(line)


# ------------------------------------------------------------------------------------------------------------ network


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be reached: everything else is a mistake in the test."""
    connect = socket.socket.connect
    allowed = {"127.0.0.1", "::1", "localhost", urlsplit(settings.CELERY_BROKER_URL).hostname or ""}
    allowed.add(settings.DATABASES["owner"]["HOST"])

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in allowed:
            message = f"A test tried to reach {address[0]}."
            raise OSError(message)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
