"""Every form and button pressed twice at the same moment, by one nervous finger or by two coordinators.

Both requests are held at the audit log, the last thing that a change writes, so that each has made its checks before
the other is done. Nobody may see a failure, and what happens once in the world may not be written down twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Thread
from time import monotonic, sleep
from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from common.forms import SpamGuardMixin
from common.permissions import Role
from core.families import record_views
from tenants import context
from tenants.accounts import once
from tenants.municipalities.models import Municipality
from tests.conftest import _clean
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.addresses import Address, addresses
from tests.isolation.probe import Guide, Probe, Visitor

# Both presses may add a row here: they tell who did what, or are about the two requests themselves.
LOGS: Final = {"audit_auditentry", "django_session", "municipalities_outboxentry"}


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep what was made for the whole module."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@pytest.fixture(scope="module")
def scene(_database: None) -> Iterator[tuple[Guide, list[Visitor]]]:
    with context.registry():
        municipality = Municipality.objects.get(slug="purmerend")
    world = worlds.fill(municipality)
    with pytest.MonkeyPatch.context() as patch, Probe().listening() as probe:
        patch.setattr(SpamGuardMixin, "MIN_SECONDS", -1)
        people = probes.people(world)
        yield Guide(probe, world, people[Role.COORDINATOR]), [people[Role.COORDINATOR], people[Role.DEPUTY]]


def press_together(
    guide: Guide,
    visitors: list[Visitor],
    address: Address,
    ids: Mapping[str, object],
    body: Mapping[str, Any],
) -> list[int]:
    """Send the same form from two sides, hold both before the end, let both go; return the statuses."""
    found: list[int] = []

    def press(visitor: Visitor) -> None:
        probe = Probe()
        try:
            answer = probe.ask(visitor, "POST", guide.host, address.path(**ids), body)
            found.append(answer.status)
        finally:
            connections.close_all()

    audit = sql.Identifier(guide.world.municipality.schema_name, "audit_auditentry")
    threads = [Thread(target=press, args=(visitor,)) for visitor in visitors]
    with psycopg.connect(**_owner()) as holder:
        holder.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(audit))
        for thread in threads:
            thread.start()
        _wait_until_they_wait(threads)
        holder.rollback()
    for thread in threads:
        thread.join(60)
    return found


def _owner() -> dict[str, Any]:
    database = settings.DATABASES["owner"]
    named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return {name: database[key] for name, key in named.items() if database[key]}


def _wait_until_they_wait(threads: list[Thread]) -> None:
    deadline = monotonic() + 10
    with psycopg.connect(**_owner(), autocommit=True) as look:
        while monotonic() < deadline and any(thread.is_alive() for thread in threads):
            row = look.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
            ).fetchone()
            if row and row[0] >= sum(thread.is_alive() for thread in threads):
                return
            sleep(0.02)


def rows_in_scope() -> dict[str, int]:
    """Return the number of rows of every table, as the transaction that is open sees them."""
    tables = [model._meta.db_table for model in worlds.case_models()]
    with connections["default"].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))  # noqa: S608
        return {table: count for table, count in cursor.fetchall() if table not in LOGS}


def rows(guide: Guide) -> dict[str, int]:
    with context.municipality(guide.world.municipality):
        return rows_in_scope()


@dataclass
class Pressed:
    """What came of pressing every button that works."""

    names: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def press_everything(guide: Guide, visitors: list[Visitor], chosen: Sequence[Address]) -> Pressed:
    """Press what works, twice at once, and compare with what once would have added."""
    seen = Pressed()
    guide.probe.count = rows_in_scope
    for address in chosen:
        form = guide.form_for(address)
        if form is None or address.name.startswith("accounts:"):
            continue
        for ids in guide.objects(address):
            body = form.typed() | {"form_key": [str(uuid4())]}
            before = rows(guide)
            with guide.probe.without_effect():
                single = guide.probe.ask(visitors[0], "POST", guide.host, address.path(**ids), body)
            if single.status != 302 or not single.traces["written"] or single.counts == before:
                continue
            statuses = press_together(guide, visitors, address, ids, body)
            seen.names.add(address.name)
            if len(statuses) < 2 or any(status >= 500 for status in statuses):
                seen.failed.append(f"{address}: {statuses}")
            if sum(rows(guide).values()) > sum(single.counts.values()):
                seen.doubled.append(f"{address}: {statuses}")
            break
    return seen


def test_a_form_sent_twice_at_once_happens_once(scene: tuple[Guide, list[Visitor]]) -> None:
    guide, people = scene
    seen = press_everything(guide, [people[0], people[0]], addresses("municipality"))
    assert seen.failed == []
    assert seen.doubled == []
    assert len(seen.names) > 15, sorted(seen.names)


def test_two_coordinators_who_press_the_same_at_once_see_no_failure(
    scene: tuple[Guide, list[Visitor]],
) -> None:
    guide, people = scene
    seen = press_everything(guide, people, addresses("municipality"))
    assert seen.failed == []


def test_twin_without_the_memory_of_the_session_a_child_would_be_written_down_twice(
    scene: tuple[Guide, list[Visitor]], monkeypatch: pytest.MonkeyPatch
) -> None:
    guide, people = scene
    monkeypatch.setattr(once, "_key_of", lambda _request: None)
    child = next(address for address in addresses("municipality") if address.name == "families:child_new")
    assert press_everything(guide, [people[0], people[0]], [child]).doubled != []


def test_the_second_time_leads_to_where_the_first_one_led(scene: tuple[Guide, list[Visitor]]) -> None:
    guide, people = scene
    address = next(
        address for address in addresses("municipality") if address.name == "families:requesting_note"
    )
    path, form = address.path(**guide.objects(address)[0]), guide.form_for(address)
    assert form is not None
    body = form.typed() | {"form_key": [str(uuid4())]}
    before = rows(guide)
    first, second = (guide.probe.ask(people[0], "POST", guide.host, path, body) for _ in range(2))
    assert first.status == second.status == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert rows(guide)["families_contactnote"] == before["families_contactnote"] + 1
    other = guide.probe.ask(people[0], "POST", guide.host, path, body | {"form_key": [str(uuid4())]})
    assert other.status == 302
    assert rows(guide)["families_contactnote"] == before["families_contactnote"] + 2, (
        "a form of its own counts"
    )


def test_a_refused_form_may_be_sent_again_with_the_same_key(scene: tuple[Guide, list[Visitor]]) -> None:
    guide, people = scene
    address = next(
        address for address in addresses("municipality") if address.name == "families:requesting_note"
    )
    path, form = address.path(**guide.objects(address)[0]), guide.form_for(address)
    assert form is not None
    key = {"form_key": [str(uuid4())]}
    nothing = {name: [""] for name in form.fields}
    assert guide.probe.ask(people[0], "POST", guide.host, path, nothing | key).status == 400
    assert guide.probe.ask(people[0], "POST", guide.host, path, form.typed() | key).status == 302


@pytest.mark.parametrize(("sqlstate", "status"), [("40P01", 409), ("55P03", 409), ("57014", 500)])
def test_whoever_loses_a_deadlock_is_asked_to_look_again(
    scene: tuple[Guide, list[Visitor]], monkeypatch: pytest.MonkeyPatch, sqlstate: str, status: int
) -> None:
    guide, people = scene

    def lose(**_note: Any) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$")

    monkeypatch.setattr(record_views, "note_add", lose)
    address = next(
        address for address in addresses("municipality") if address.name == "families:requesting_note"
    )
    path, form = address.path(**guide.objects(address)[0]), guide.form_for(address)
    assert form is not None
    before = rows(guide)
    answer = guide.probe.ask(people[0], "POST", guide.host, path, form.typed())
    assert answer.status == status
    assert ("Iemand anders" in answer.body) == (status == 409)
    assert rows(guide) == before
