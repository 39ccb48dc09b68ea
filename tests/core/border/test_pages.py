"""The pages over the border through the browser's eyes, on both sides."""

from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from core.border.models import BorderExchange
from core.border.workflow import BorderStatus
from core.families.models import SupportFamily
from tenants import context
from tenants.accounts.models import User
from tenants.crossing.models import Card, CounterCard, Neighbour
from tenants.municipalities.models import Municipality
from tests.factories import border, chain

Clients = Callable[..., Client]


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def asks(purmerend: Municipality, coordinator: User, client_for: Clients) -> Client:
    return client_for(purmerend, coordinator)


@pytest.fixture
def offers(zaanstad: Municipality, other_coordinator: User, client_for: Clients) -> Client:
    return client_for(zaanstad, other_coordinator)


def test_the_whole_way_from_allowing_to_calling_each_other(  # noqa: PLR0915  (a way of thirteen steps)
    purmerend: Municipality, zaanstad: Municipality, asks: Client, offers: Client
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family(border.NAME).pk
    with context.municipality(zaanstad):
        support = chain.available_support(border.OTHER_NAME).pk
    assert "Nog geen buurgemeente" in text(asks.get("/over-de-grens"))
    assert (
        "Over de grens</span>" not in asks.get(f"/vraaggezinnen/{family}").content.decode().split("<main")[1]
    )
    for client, partner in ((asks, zaanstad), (offers, purmerend)):
        assert client.post("/instellingen/buurgemeenten", {"partner": partner.pk}).status_code == 302
    assert f"/vraaggezinnen/{family}/over-de-grens" in text(asks.get(f"/vraaggezinnen/{family}"))

    page = text(asks.get(f"/vraaggezinnen/{family}/over-de-grens"))
    assert "Dit ziet Zaanstad" in page
    assert "0 tot en met 3 jaar" in page
    form = asks.get(f"/vraaggezinnen/{family}/over-de-grens").context["form"]
    sent = {
        "partner": zaanstad.pk,
        "children": form.initial["children"],
        "expires_on": chain.day(30).isoformat(),
    }
    made = asks.post(f"/vraaggezinnen/{family}/over-de-grens", sent)
    assert made.status_code == 302, text(made)
    own = made["Location"]
    assert "wachten op een aanbod" in text(asks.get(own))

    found = text(offers.get("/over-de-grens"))
    assert "0 tot en met 3 jaar" in found
    assert border.NAME not in found
    with context.municipality(zaanstad):
        card = Card.objects.get().pk
    page = text(offers.get(f"/over-de-grens/kaarten/{card}"))
    assert "1 steungezin past" in page
    assert "De kaart zegt niets over afstand" in page
    assert border.NAME not in page
    offer = f"/over-de-grens/kaarten/{card}/aanbieden/{support}"
    assert "Dit ziet Purmerend" in text(offers.get(offer))
    theirs = offers.post(offer)["Location"]

    page = text(asks.get(own))
    assert "past dit steungezin?" in page
    assert border.OTHER_NAME not in page
    assert asks.post(f"{own}/ja").status_code == 302
    assert "zeg jij ook ja?" in text(offers.get(theirs))
    assert offers.post(f"{theirs}/ja").status_code == 302
    for client, address in ((asks, own), (offers, theirs)):
        assert "vraag het gezin" in text(client.get(address))
        answer = client.post(f"{address}/gezin-ja", {"day": chain.day().isoformat()})
        assert answer.status_code == 302, text(answer)
    assert "Iedereen zegt ja" in text(asks.get(own))
    assert border.OTHER_NAME not in text(asks.get(own))
    sent = {
        "coordinator_name": "Kim van Zaanstad",
        "coordinator_phone": "06 00000021",
        "family_name": border.OTHER_NAME,
        "family_phone": "",
    }
    assert offers.post(f"{theirs}/gegevens", sent).status_code == 302
    page = text(asks.get(own))
    assert "Kim van Zaanstad" in page
    assert border.OTHER_NAME in page
    assert border.NAME not in text(offers.get(theirs)), "the asking side has not written anything yet"
    assert asks.post(f"{own}/intrekken").status_code == 302
    assert "Ingetrokken" in text(asks.get(own))
    page = text(offers.get(theirs))
    assert "Gestopt door de andere gemeente" in page
    with context.municipality(zaanstad):
        assert not Card.objects.exists()


def test_a_double_press_does_it_once(purmerend: Municipality, zaanstad: Municipality, asks: Client) -> None:
    both = border.offered(purmerend, zaanstad)
    for _press in range(2):
        assert asks.post(f"/over-de-grens/{both.asking}/ja").status_code == 302
    with context.municipality(purmerend):
        assert BorderExchange.objects.get().status == BorderStatus.AGREED
    for _press in range(2):
        assert asks.post(f"/over-de-grens/{both.asking}/intrekken").status_code == 302
    with context.municipality(zaanstad):
        assert not CounterCard.objects.exists()


def test_a_refusal_keeps_what_was_typed(
    purmerend: Municipality, zaanstad: Municipality, asks: Client
) -> None:
    both = border.complete(purmerend, zaanstad)
    answer = asks.post(f"/over-de-grens/{both.asking}/gegevens", {"coordinator_name": "Kim Kanarie"})
    assert answer.status_code == 400
    assert "Kim Kanarie" in text(answer)
    answer = asks.post(f"/over-de-grens/{both.asking}/gezin-ja", {"day": chain.day(2).isoformat()})
    assert answer.status_code in {400, 409}


def test_stopping_with_a_neighbour_is_one_button(
    purmerend: Municipality, zaanstad: Municipality, asks: Client
) -> None:
    border.published(purmerend, zaanstad)
    answer = asks.post("/instellingen/buurgemeenten", {"partner": zaanstad.pk, "allow": "nee"})
    assert answer.status_code == 302
    with context.municipality(purmerend):
        assert not Neighbour.objects.filter(municipality=purmerend).exists()
        assert not Card.objects.exists()
    assert "Staat al open voor jullie" in text(asks.get("/instellingen/buurgemeenten"))


def test_a_family_that_does_not_pass_a_gate_cannot_be_offered_by_address(
    purmerend: Municipality, zaanstad: Municipality, offers: Client
) -> None:
    both = border.published(purmerend, zaanstad)
    with context.municipality(zaanstad):
        without: UUID = chain.available_support("Zondervog", vog=False).pk
    address = f"/over-de-grens/kaarten/{both.card}/aanbieden/{without}"
    assert "Geen geldige VOG" in text(offers.get(address))
    assert offers.post(address).status_code == 302
    with context.municipality(zaanstad):
        assert not CounterCard.objects.exists()
        assert SupportFamily.objects.count() == 1


def test_who_may_only_look_has_no_buttons(
    purmerend: Municipality, zaanstad: Municipality, safeguarding_officer: User, client_for: Clients
) -> None:
    both = border.offered(purmerend, zaanstad)
    client = client_for(purmerend, safeguarding_officer)
    page = client.get(f"/over-de-grens/{both.asking}")
    assert page.status_code == 200
    assert "Intrekken</button>" not in page.content.decode()
    for name in ("ja", "intrekken", "past-niet", "gezin-nee", "afronden"):
        assert client.post(f"/over-de-grens/{both.asking}/{name}").status_code == 404
