"""What somebody would try who means harm, or an installation on its first day."""

from collections.abc import Callable, Iterator
from itertools import permutations
from time import perf_counter
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.db.models import CharField, TextField
from django.test import Client

from common.permissions import Role
from core.border.contacts import CONTACT_FIELDS
from core.border.models import BorderExchange
from core.border.workflow import BorderStatus
from tenants import context
from tenants.accounts.models import User
from tenants.accounts.sessions import SessionStore
from tenants.municipalities.models import Municipality
from tests.conftest import PASSWORD, _clean
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.addresses import addresses
from tests.isolation.probe import Guide, Probe

Maker = Callable[..., Client]


# ------------------------------------------------------------------------------------------------- the first day


def plain_paths(host: str) -> list[str]:
    """Return the addresses that need nothing to be there: no object, and no calendar that somebody made."""
    return [
        address.path() for address in addresses(host) if not address.ids and "token" not in address.parameters
    ]


@pytest.mark.parametrize("path", plain_paths("municipality"))
def test_every_page_of_a_municipality_without_cases_works(
    client_for: Maker, coordinator: User, path: str
) -> None:
    for method in ("get", "post"):
        response = getattr(client_for("purmerend", coordinator), method)(path)
        # What belongs to practising is not there where people are real.
        expected = {404} if path.startswith("/oefenen") else {200, 302, 400, 405}
        assert response.status_code in expected


@pytest.mark.parametrize("path", plain_paths("foundation"))
def test_every_page_of_the_foundation_without_figures_works(
    client_for: Maker, foundation_user: User, path: str
) -> None:
    assert client_for("landelijk", foundation_user).get(path).status_code in {200, 302, 405}


@pytest.mark.parametrize("path", plain_paths("api"))
def test_every_endpoint_without_figures_answers(client_for: Maker, path: str) -> None:
    assert client_for("").get(path).status_code in {200, 401}


# ----------------------------------------------------------------------------------------------- ids that do not match


@pytest.fixture(scope="class")
def guide(cast: Any, django_db_blocker: Any) -> Iterator[Guide]:
    del cast
    with django_db_blocker.unblock():
        with context.registry():
            municipality = Municipality.objects.get(slug="purmerend")
        world = worlds.fill(municipality)
        with Probe().listening() as probe:
            yield Guide(probe, world, probes.people(world)[Role.COORDINATOR])
        _clean()


# Any family may be proposed to any, and any two of a kind may turn out to be one.
ANY_TWO = {
    "matching:propose",
    "border:offer",
    "families:requesting_merge",
    "families:support_merge",
    "families:requesting_apart",
    "families:support_apart",
}


class TestFilled:
    """Tests that share a filled municipality, which is emptied after the last of them."""

    @pytest.fixture(autouse=True)
    def _database(self, guide: Guide, django_db_blocker: Any) -> Iterator[None]:
        del guide
        with django_db_blocker.unblock():
            yield

    def test_two_ids_that_do_not_belong_together_are_not_found(self, guide: Guide) -> None:
        found = []
        tried = 0
        for address in addresses("municipality"):
            if len(address.ids) < 2 or address.name in ANY_TWO:
                continue
            for one, other in permutations(guide.objects(address), 2):
                mixed = {address.ids[0]: one[address.ids[0]], address.ids[1]: other[address.ids[1]]}
                for method in ("GET", "POST"):
                    with guide.probe.without_effect():
                        answer = guide.probe.ask(guide.visitor, method, guide.host, address.path(**mixed))
                    tried += 1
                    if answer.status not in {404, 405}:
                        found.append(f"{address}: {method} {answer.status}")
        assert sorted(set(found)) == []
        assert tried

    def test_a_child_of_another_family_cannot_be_chosen(self, guide: Guide) -> None:
        wrong = []
        for address in addresses("municipality"):
            form = guide.form_for(address)
            if form is None or "children" not in form.fields:
                continue
            for story, ids in enumerate(guide.objects(address)):
                stranger = str(guide.world.rows["families.supportedchild"][(story + 1) % len(worlds.STORIES)])
                body = form.typed() | {"children": [stranger]}
                with guide.probe.without_effect():
                    answer = guide.probe.ask(guide.visitor, "POST", guide.host, address.path(**ids), body)
                if answer.status not in {400, 404, 409} and not _told_why(answer):
                    wrong.append(f"{address} of story {story}: {answer.status}")
        assert wrong == []


def _told_why(answer: probes.Answer) -> bool:
    """A button answers with a redirect and a message; without effect nothing but the message was to be written."""
    return answer.status == 302 and not answer.counts


# ------------------------------------------------------------------------------------------------------- the host


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "purmerend.naober.test"},
        {"X-Forwarded-Server": "purmerend.naober.test"},
        {"X-Host": "purmerend.naober.test"},
        {"X-Original-URL": "/vraaggezinnen"},
        {"X-Rewrite-URL": "/vraaggezinnen"},
        {"Forwarded": "host=purmerend.naober.test"},
        {"X-HTTP-Method-Override": "POST"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_header_leads_to_another_municipality(
    client_for: Maker, coordinator: User, zaanstad: Municipality, headers: dict[str, str]
) -> None:
    cookie = client_for("purmerend", coordinator).cookies[settings.SESSION_COOKIE_NAME].value
    client = client_for(zaanstad)
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    response = client.get("/vraaggezinnen", headers={"host": f"zaanstad.{settings.BASE_DOMAIN}", **headers})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/inloggen")


@pytest.mark.parametrize(
    "host",
    [
        "purmerend.naober.test@zaanstad.naober.test",
        "purmerend.naober.test#.naober.test",
        "purmerend.naober.test, zaanstad.naober.test",
        "zaanstad.purmerend.naober.test",
        "purmerend.naober.test.elders.example",
        "purmerend_naober.test",
        "-",
        "",
        "[::1]",
        "%70urmerend.naober.test",
        "purmerend.naober.test/x",
        "landelijk.purmerend.naober.test",
    ],
)
def test_a_strange_host_is_not_found(client_for: Maker, coordinator: User, host: str) -> None:
    client = client_for("purmerend", coordinator)
    response = client.get("/vraaggezinnen", headers={"host": host})
    assert response.status_code in {400, 404}


def test_a_link_in_a_page_never_takes_the_host_from_the_request(client_for: Maker, coordinator: User) -> None:
    response = client_for("purmerend", coordinator).get("/vraaggezinnen")
    assert f"//purmerend.{settings.BASE_DOMAIN}" not in response.content.decode()


# ----------------------------------------------------------------------------------------------- sessions, passwords


def test_a_session_that_somebody_prepared_is_not_the_one_after_signing_in(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    with context.municipality(purmerend):
        prepared = SessionStore()
        prepared["prepared"] = "yes"
        prepared.create()
    for key in (str(prepared.session_key), "a" * 32, "\x00", "x" * 5_000, "../../x"):
        client = client_for("purmerend")
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        response = client.post("/inloggen", {"email": coordinator.email, "password": PASSWORD})
        assert response.status_code == 302
        assert client.cookies[settings.SESSION_COOKIE_NAME].value not in {key, ""}
        victim = client_for("purmerend")
        victim.cookies[settings.SESSION_COOKIE_NAME] = key
        assert victim.get("/vraaggezinnen").status_code == 302, "what the other prepared is worth nothing"


def test_a_closed_account_is_out_at_its_next_step(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    client = client_for("purmerend", coordinator)
    assert client.get("/vraaggezinnen").status_code == 200
    with context.municipality(purmerend):
        User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert client.get("/vraaggezinnen").status_code == 302
    assert client.post("/inloggen", {"email": coordinator.email, "password": PASSWORD}).status_code == 400


def test_an_unknown_account_costs_as_much_work_as_a_wrong_password(
    client_for: Maker, coordinator: User, purmerend: Municipality, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with context.municipality(purmerend):
        User.objects.filter(pk=coordinator.pk).update(password=hashers.make_password(PASSWORD))
    work: dict[str, float] = {}
    for email in ("niemand@voorbeeld.example", coordinator.email):
        times = []
        for _ in range(3):
            begin = perf_counter()
            _attempt(client_for, email)
            times.append(perf_counter() - begin)
        work[email] = min(times)
    fast, slow = sorted(work.values())
    assert slow < 5 * fast


def _attempt(client_for: Maker, email: str) -> Any:
    return client_for("purmerend").post("/inloggen", {"email": email, "password": "een verkeerd wachtwoord"})


def test_nobody_is_sent_elsewhere_after_a_button(
    client_for: Maker, coordinator: User, purmerend: Municipality
) -> None:
    with context.municipality(purmerend):
        world_task = next(model for model in worlds.case_models() if model._meta.label_lower == "tasks.task")
        pks = [world_task._default_manager.create(title="x", due_on=worlds.TODAY).pk for _ in range(4)]
    targets = ("https://elders.example/", "//elders.example", "javascript:alert(1)", "/\\elders.example")
    for pk, target in zip(pks, targets, strict=True):
        response = client_for("purmerend", coordinator).post(f"/taken/{pk}/gedaan", {"next": target})
        assert response.status_code == 302
        assert response.headers["Location"] == "/"


def test_markup_in_a_name_is_shown_as_it_was_typed(
    client_for: Maker, coordinator: User, purmerend: Municipality
) -> None:
    markup = "<img src=x onerror=alert(1)>\"'"
    with context.municipality(purmerend):
        User.objects.filter(pk=coordinator.pk).update(full_name=markup)
    world = worlds.fill(purmerend, mark="bzwan")
    with context.municipality(purmerend):
        for model in worlds.case_models():
            for column in worlds.texts_of(model):
                fits = isinstance(column, CharField | TextField) and (column.max_length or 999) > len(markup)
                if not fits or column.unique or getattr(model, "append_only", False):
                    continue
                rows = model._default_manager.all()
                if column.name in CONTACT_FIELDS and model is BorderExchange:
                    rows = rows.filter(status=BorderStatus.CONTACT_GIVEN)  # before, nobody is told who it is
                for number, pk in enumerate(rows.values_list("pk", flat=True)):
                    model._default_manager.filter(pk=pk).update(**{column.name: f"{markup}{number}"})
    seen = 0
    with Probe().listening() as probe:
        guide = Guide(probe, world, probes.people(world)[Role.COORDINATOR])
        for address in addresses("municipality"):
            if "GET" not in probes.methods_of(address):
                continue
            for ids in guide.objects(address)[2:4] or guide.objects(address)[:1]:
                answer = probe.ask(guide.visitor, "GET", guide.host, address.path(**ids))
                assert "<img src=x" not in answer.body, answer.asked
                seen += "&lt;img src=x onerror=alert(1)&gt;" in answer.body
    assert seen > 10
