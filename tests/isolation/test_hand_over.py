"""One person in two municipalities: the door between them opens once, shortly, for the right person and place only."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.db import DatabaseError, connections
from django.test import Client

from common.permissions import Role
from core.families.models import RequestingFamily
from core.home import today_views
from core.home.today import desk
from tenants import context
from tenants.accounts.models import AccountTie, User
from tenants.accounts.proofs import Proof, Purpose
from tenants.accounts.services import user_create
from tenants.municipalities.models import Municipality, State
from tenants.municipalities.selectors import forget_hosts
from tests.conftest import PASSWORD, TESTS
from tests.factories import chain

Maker = Callable[..., Client]


@pytest.fixture
def double(zaanstad: Municipality, coordinator: User) -> User:
    """Return the account in Zaanstad of who coordinates in Purmerend."""
    with context.municipality(zaanstad):
        return user_create(
            email="Coordinator@Purmerend.example",
            full_name="Coordinator Purmerend",
            role=Role.COORDINATOR,
            password=PASSWORD,
            actor=TESTS,
        )


@pytest.fixture
def tied(purmerend: Municipality, zaanstad: Municipality, coordinator: User, double: User) -> User:
    """Tie the two accounts, in both places."""
    with context.municipality(purmerend):
        AccountTie.objects.create(user_id=coordinator.pk, place_id=zaanstad.pk, other_user_id=double.pk)
    with context.municipality(zaanstad):
        AccountTie.objects.create(user_id=double.pk, place_id=purmerend.pk, other_user_id=coordinator.pk)
    return double


def link_in(page: bytes, path: str) -> str:
    """Return the link to another host that a page offers, as a path with its proof."""
    found = re.search(rf'href="https?://[^"]*({path}\?[^"]*)"', page.decode())
    assert found, page.decode()
    return found.group(1).replace("&amp;", "&")


def door(client: Client, path: str = "/wachtend") -> str:
    """Return where the door of Purmerend leads, as a path on the host of Zaanstad."""
    response = client.get("/overstappen", {"naar": "zaanstad", "pad": path})
    assert response.status_code == 302
    there = urlsplit(response["Location"])
    assert (there.hostname or "").startswith("zaanstad.")
    return f"{there.path}?{there.query}"


# ----------------------------------------------------------------------------------------------------------- tying


def test_accounts_are_tied_by_a_password_in_both_places(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User, double: User, client_for: Maker
) -> None:
    here, there = client_for(purmerend, coordinator), client_for(zaanstad, double)
    onward = link_in(here.post("/gemeenten", {"place": "zaanstad"}).content, "/gemeenten/koppelen")
    assert there.get(onward).status_code == 200
    assert there.post(onward, {"password": "niet dit wachtwoord"}).status_code == 400
    back = link_in(there.post(onward, {"password": PASSWORD}).content, "/gemeenten/gekoppeld")
    assert there.post(onward, {"password": PASSWORD}).status_code == 400, "a proof is believed once"
    assert here.post(back).status_code == 302
    assert here.post(back).status_code == 400
    for place, person, other, other_person in (
        (purmerend, coordinator, zaanstad, double),
        (zaanstad, double, purmerend, coordinator),
    ):
        with context.municipality(place):
            (tie,) = AccountTie.objects.all()
            assert (tie.user_id, tie.place_id, tie.other_user_id) == (person.pk, other.pk, other_person.pk)


def test_somebody_with_another_address_cannot_be_tied(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    other_coordinator: User,
    client_for: Maker,
) -> None:
    here = client_for(purmerend, coordinator)
    onward = link_in(here.post("/gemeenten", {"place": "zaanstad"}).content, "/gemeenten/koppelen")
    there = client_for(zaanstad, other_coordinator)
    assert there.get(onward).status_code == 400
    assert there.post(onward, {"password": PASSWORD}).status_code == 400
    with context.municipality(zaanstad):
        assert not AccountTie.objects.exists()


def test_a_tie_is_finished_only_by_who_began_it(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    deputy: User,
    double: User,
    client_for: Maker,
) -> None:
    here, there = client_for(purmerend, coordinator), client_for(zaanstad, double)
    onward = link_in(here.post("/gemeenten", {"place": "zaanstad"}).content, "/gemeenten/koppelen")
    back = link_in(there.post(onward, {"password": PASSWORD}).content, "/gemeenten/gekoppeld")
    assert client_for(purmerend, deputy).post(back).status_code == 400


# ----------------------------------------------------------------------------------------------------------- the door


def test_the_door_lets_in_once(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User, tied: User, client_for: Maker
) -> None:
    way = door(client_for(purmerend, coordinator))
    visitor = client_for(zaanstad)
    assert visitor.get(way).status_code == 200, "a link alone signs nobody in"
    assert visitor.get("/wachtend").status_code == 302
    entered = visitor.post(way)
    assert (entered.status_code, entered["Location"]) == (302, "/wachtend")
    assert visitor.get("/wachtend").status_code == 200
    thief = client_for(zaanstad)
    assert thief.get(way).status_code == 400
    assert thief.post(way).status_code == 400
    assert thief.get("/wachtend").status_code == 302


def test_the_door_closes_after_a_minute(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    tied: User,
    client_for: Maker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way = door(client_for(purmerend, coordinator))
    now = signing.time.time()  # type: ignore[attr-defined]
    monkeypatch.setattr(signing.time, "time", lambda: now + 59)  # type: ignore[attr-defined]
    assert client_for(zaanstad).get(way).status_code == 200
    monkeypatch.setattr(signing.time, "time", lambda: now + 61)  # type: ignore[attr-defined]
    assert client_for(zaanstad).post(way).status_code == 400


def test_a_proof_for_one_place_or_purpose_is_worth_nothing_for_another(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User, tied: User, client_for: Maker
) -> None:
    way = door(client_for(purmerend, coordinator))
    assert client_for(purmerend).post(way).status_code == 400
    proof = parse_qs(urlsplit(way).query)["bewijs"][0]
    there = client_for(zaanstad, tied)
    assert there.get("/gemeenten/koppelen", {"bewijs": proof}).status_code == 400
    assert client_for(zaanstad).post(f"/overstap?bewijs={proof[:-3]}abc").status_code == 400
    assert client_for("landelijk").get(way).status_code == 404


def test_the_door_opens_for_nobody_else(
    purmerend: Municipality, zaanstad: Municipality, deputy: User, tied: User, client_for: Maker
) -> None:
    stranger = client_for(purmerend, deputy)
    assert stranger.get("/overstappen", {"naar": "zaanstad"}).status_code == 404
    with context.municipality(purmerend):
        forged = Proof.of(deputy, zaanstad.pk).signed(Purpose.HAND_OVER)
    assert client_for(zaanstad).post(f"/overstap?bewijs={forged}").status_code == 400


@pytest.mark.parametrize("change", ["closed account", "tie cut there"])
def test_what_the_other_place_takes_back_holds_at_once(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    tied: User,
    client_for: Maker,
    change: str,
) -> None:
    here = client_for(purmerend, coordinator)
    way = door(here)
    with context.municipality(zaanstad):
        if change == "closed account":
            User.objects.filter(pk=tied.pk).update(is_active=False)
        else:
            AccountTie.objects.all().delete()
        chain.waiting_family("Geheim", status="registered", registered_on=chain.day(-3))
    assert client_for(zaanstad).post(way).status_code == 400
    assert "Geheim" not in here.get("/").content.decode()


@pytest.mark.parametrize(
    "path", ["//kwaad.example/", "https://kwaad.example/", "javascript:alert(1)", "/\\kwaad.example"]
)
def test_the_door_leads_to_no_other_site(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    tied: User,
    client_for: Maker,
    path: str,
) -> None:
    way = door(client_for(purmerend, coordinator), path)
    assert client_for(zaanstad).post(way)["Location"] == "/"


# ------------------------------------------------------------------------------------------ one list over all places


def test_vandaag_has_the_lines_of_every_tied_municipality(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User, tied: User, client_for: Maker
) -> None:
    for place, name, days in ((purmerend, "Hier", -3), (zaanstad, "Daar", -9)):
        with context.municipality(place):
            chain.waiting_family(name, status="registered", registered_on=chain.day(days))
    page = client_for(purmerend, coordinator).get("/").content.decode()
    assert page.index("Gezin Daar") < page.index("Gezin Hier"), "one list by due day"
    assert "/overstappen?naar=zaanstad" in page
    assert page.count("csrfmiddlewaretoken") > 1
    alone = client_for(zaanstad, tied).get("/").content.decode()
    assert "Gezin Hier" in alone


def test_nobody_sees_another_municipality_without_a_tie(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User, double: User, client_for: Maker
) -> None:
    with context.municipality(zaanstad):
        chain.waiting_family("Daar", status="registered", registered_on=chain.day(-3))
    assert "Daar" not in client_for(purmerend, coordinator).get("/").content.decode()
    with context.municipality(purmerend):  # one side alone is no tie
        AccountTie.objects.create(user_id=coordinator.pk, place_id=zaanstad.pk, other_user_id=double.pk)
    page = client_for(purmerend, coordinator).get("/").content.decode()
    assert "Gezin Daar" not in page
    assert "Zaanstad gaf geen antwoord" in page


@pytest.mark.parametrize("silence", ["moving", "failing"])
def test_a_municipality_that_does_not_answer_is_named_and_the_rest_is_shown(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    tied: User,
    client_for: Maker,
    monkeypatch: pytest.MonkeyPatch,
    silence: str,
) -> None:
    with context.municipality(purmerend):
        chain.waiting_family("Hier", status="registered", registered_on=chain.day(-3))
    if silence == "moving":
        with context.owning_registry():
            Municipality.objects.filter(pk=zaanstad.pk).update(state=State.MOVING)
        forget_hosts()
    else:

        def slow(day: object) -> object:
            if context.current_scope().tenant_id == zaanstad.pk:
                with connections["default"].cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(5)")
            return desk(day)  # type: ignore[arg-type]

        monkeypatch.setattr(today_views, "desk", slow)
    page = client_for(purmerend, coordinator).get("/").content.decode()
    assert "Zaanstad gaf geen antwoord" in page
    assert "Gezin Hier" in page


def test_the_other_schema_is_out_of_reach_of_this_ones_role(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    """The twin: what the page does not do, PostgreSQL would refuse."""
    table = RequestingFamily._meta.db_table
    with (
        pytest.raises(DatabaseError),
        context.municipality(purmerend),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(f'SELECT count(*) FROM "{zaanstad.schema_name}"."{table}"')  # noqa: S608  (names of our own)
