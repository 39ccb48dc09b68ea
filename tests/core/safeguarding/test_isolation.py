"""Nobody but the three who may know of a concern finds a trace of it, wherever they look."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.test import Client

from common.permissions import Role
from core.safeguarding import selectors, services
from core.safeguarding.models import Concern
from core.safeguarding.services import ConcernData
from tenants import context
from tenants.accounts.models import User
from tenants.accounts.services import user_create
from tenants.audit.models import AuditEntry
from tenants.audit.selectors import log_entries, restricted_kinds
from tenants.municipalities.models import Municipality
from tests.conftest import PASSWORD, Cast
from tests.factories import chain
from tests.isolation.addresses import Address, addresses
from tests.isolation.probe import methods_of

CANARY = "Qzkanzorg"
Clients = Callable[..., Client]


@dataclass(frozen=True)
class Scene:
    """A concern about a coupling, and the ids of all it is near to."""

    concern: UUID
    ids: dict[str, UUID]


@pytest.fixture
def colleague(purmerend: Municipality) -> User:
    """Return a second coordinator of the same municipality."""
    with context.municipality(purmerend):
        return user_create(
            email="collega@purmerend.example",
            full_name="Collega Purmerend",
            role=Role.COORDINATOR,
            password=PASSWORD,
            actor=chain.TESTS,
        )


@pytest.fixture
def unappointed(purmerend: Municipality) -> User:
    """Return a second deputy, who does not look along."""
    with context.municipality(purmerend):
        return user_create(
            email="vervanger2@purmerend.example",
            full_name="Tweede Vervanger",
            role=Role.DEPUTY,
            password=PASSWORD,
            actor=chain.TESTS,
        )


@pytest.fixture
def scene(purmerend: Municipality, coordinator: User, deputy: User) -> Scene:
    with context.municipality(purmerend):
        coupling = chain.coupled()
        data = ConcernData(noticed_by="support", noticed_on=chain.day(), text=CANARY)
        concern = services.concern_raise(subject=coupling, data=data, actor=coordinator)
        services.concern_hand_over(
            concern=concern, coordinator=coordinator, deputy=deputy, text=CANARY, actor=coordinator
        )
        return Scene(
            concern.pk,
            {
                "zorgen": concern.pk,
                "koppelingen": coupling.pk,
                "vraaggezinnen": coupling.family_id,
                "steungezinnen": coupling.support_family_id,
                "voorstellen": coupling.proposal_id,
                "momenten": coupling.moments.all()[0].pk,
            },
        )


def about(scene: Scene) -> Iterator[tuple[Address, str]]:
    """Return every page of the municipality that can be about this coupling, with its address."""
    for address in addresses("municipality"):
        place = address.route.split("/", 1)[0]
        if len(address.ids) <= 1 and (not address.ids or place in scene.ids):
            yield address, address.path(**dict.fromkeys(address.ids, scene.ids.get(place)))


def traces(client: Client, scene: Scene, *, also: str = "") -> list[str]:
    """Return the pages on which this person sees something of the concern."""
    found = []
    for address, path in about(scene):
        if "GET" not in methods_of(address) or address.name.startswith("accounts:"):
            continue
        for query in ("", f"?zoek={CANARY}&q={CANARY}") if not address.ids else ("",):
            body = client.get(path + query).content.decode(errors="replace").replace(f"={CANARY}", "")
            body = body.replace(f'value="{CANARY}"', "")
            if CANARY in body or str(scene.concern) in body or (also and also in body):
                found.append(address.name)
    return found


WHO_MAY_NOT = ["colleague", "unappointed"]


@pytest.mark.parametrize("who", WHO_MAY_NOT)
def test_on_no_page_does_anybody_else_find_a_trace(
    purmerend: Municipality, scene: Scene, client_for: Clients, who: str, request: pytest.FixtureRequest
) -> None:
    assert traces(client_for(purmerend, request.getfixturevalue(who)), scene) == []


def test_the_three_who_may_know_find_it_in_its_own_place_only(
    purmerend: Municipality,
    scene: Scene,
    client_for: Clients,
    coordinator: User,
    deputy: User,
    safeguarding_officer: User,
) -> None:
    for person in (coordinator, deputy, safeguarding_officer):
        found = traces(client_for(purmerend, person), scene)
        assert {"safeguarding:concern_list", "safeguarding:concern_detail"} <= set(found)
        assert {name.partition(":")[0] for name in found} == {"safeguarding"}


def test_twin_without_the_filter_a_colleague_would_read_it(
    purmerend: Municipality,
    scene: Scene,
    client_for: Clients,
    colleague: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def everything(_actor: User) -> QuerySet[Concern]:
        return Concern.objects.all()

    monkeypatch.setattr(selectors, "visible_concerns", everything)
    assert "safeguarding:concern_detail" in traces(client_for(purmerend, colleague), scene)


@pytest.mark.parametrize("who", WHO_MAY_NOT)
def test_every_address_of_a_concern_is_absent_for_others_whatever_they_send(
    purmerend: Municipality, scene: Scene, client_for: Clients, who: str, request: pytest.FixtureRequest
) -> None:
    client = client_for(purmerend, request.getfixturevalue(who))
    for address, path in about(scene):
        if address.route.startswith("zorgen/"):
            absent = path.replace(str(scene.concern), str(scene.ids["koppelingen"]))
            assert client.get(path).content == client.get(absent).content
            assert client.get(path).status_code == 404
            sent = client.post(path, {"text": "x"}).status_code
            assert sent == (404 if "POST" in methods_of(address) else 405)


def test_another_municipality_and_the_foundation_find_nothing(
    zaanstad: Municipality,
    scene: Scene,
    client_for: Clients,
    other_coordinator: User,
    foundation_user: User,
    cast: Cast,
) -> None:
    officer = cast.user("zaanstad", Role.SAFEGUARDING_OFFICER)
    for client in (client_for(zaanstad, other_coordinator), client_for(zaanstad, officer)):
        assert client.get(f"/zorgen/{scene.concern}").status_code == 404
        assert str(scene.concern) not in client.get("/zorgen").content.decode()
    assert client_for("landelijk", foundation_user).get("/zorgen").status_code == 404


def test_pages_are_the_same_for_a_colleague_with_and_without_the_concern(
    purmerend: Municipality, scene: Scene, client_for: Clients, colleague: User
) -> None:
    client = client_for(purmerend, colleague)
    paths = ["/", "/zorgen", f"/koppelingen/{scene.ids['koppelingen']}/zorg", "/koppelingen"]
    before = [_plain(client, path) for path in paths]
    with context.municipality(purmerend):
        connection = connections[context.current_scope().alias]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM safeguarding_concernentry")
            cursor.execute("DELETE FROM safeguarding_concern")
    assert before == [_plain(client, path) for path in paths]


def test_no_other_table_holds_a_word_of_it(purmerend: Municipality, scene: Scene) -> None:
    assert holding(purmerend, CANARY) == {"safeguarding_concernentry"}


def test_twin_a_reason_in_the_history_of_states_would_show(
    purmerend: Municipality, scene: Scene, coordinator: User
) -> None:
    with context.municipality(purmerend):
        AuditEntry.objects.create(actor_name="x", action="x", purpose=CANARY)
    assert holding(purmerend, CANARY) == {"safeguarding_concernentry", "audit_auditentry"}


def test_the_log_knows_who_looked_and_tells_it_in_no_general_view(
    purmerend: Municipality, scene: Scene, coordinator: User, client_for: Clients
) -> None:
    client_for(purmerend, coordinator).get(f"/zorgen/{scene.concern}")
    assert {"safeguarding.concern", "safeguarding.concernentry"} <= set(restricted_kinds())
    with context.municipality(purmerend):
        assert AuditEntry.objects.filter(action="concern_viewed", object_id=scene.concern).count() == 1
        assert not log_entries().filter(object_id=scene.concern).exists()
        assert not log_entries().filter(action__startswith="concern").exists()


def holding(municipality: Municipality, words: str) -> set[str]:
    """Return the tables of a municipality in which these words stand."""
    found = set()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [municipality.schema_name])
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT 1 FROM "{municipality.schema_name}"."{table}" t WHERE t::text LIKE %s LIMIT 1',  # noqa: S608
                [f"%{words}%"],
            )
            if cursor.fetchone():
                found.add(table)
    return found


def _plain(client: Client, path: str) -> Any:
    """Return a page without what differs from request to request."""
    lines = client.get(path).content.decode().splitlines()
    return [line for line in lines if "csrf" not in line and "form_key" not in line]
