"""The pages of matching through the browser's eyes."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from core.families.models import RequestingParent
from core.matching.models import MatchProposal
from core.matching.rules import FIRST_SHOWN
from core.matching.services import proposal_ask_parents, proposal_ask_support
from core.matching.workflow import ProposalStatus
from core.vog.models import ConductCertificateCheck
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.factories import chain

Clients = Callable[..., Client]


def text(answer: object) -> str:
    return " ".join(unescape(answer.content.decode()).split())  # type: ignore[attr-defined]


def test_candidates_show_score_reasons_questions_and_what_stands_in_the_way(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        chain.postcode_areas()
        family = chain.waiting_family(need={"day_parts": ["wo-ochtend", "za-ochtend"]}).pk
        chain.available_support("Past")
        chain.available_support("Hond", offer={"day_parts": ["zo-nacht"]})
        chain.available_support("Zondervog", vog=False)
    page = text(client_for(purmerend, coordinator).get(f"/vraaggezinnen/{family}/zoeken"))
    assert "1 steungezin past" in page
    assert "Past op woensdagochtend" in page
    assert "Niet op zaterdagochtend" in page
    assert "Woont op ongeveer 2,5 km" in page
    assert "Is halen en brengen nodig?" in page
    assert "van 100" in page
    assert "2 steungezinnen passen nu niet" in page
    assert "Geen enkel dagdeel" in page
    assert "Past als het steungezin ook op woensdagochtend kan" in page
    assert "Geen geldige VOG van Jan" in page
    assert "Past zodra de VOG van Jan er is" in page
    assert "Als ook zaterdagochtend kan: 7,5 punten erbij" in page
    assert page.count("Stel dit gezin voor") == 1


def test_of_many_candidates_the_best_few_come_first(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        address = f"/vraaggezinnen/{chain.waiting_family().pk}/zoeken"
        for number in range(10):
            chain.available_support(f"Nummer{number}")
    client = client_for(purmerend, coordinator)
    few, everything = text(client.get(address)), text(client.get(address, {"alles": "ja"}))
    assert "10 steungezinnen passen" in few
    assert [page.count("Stel dit gezin voor") for page in (few, everything)] == [8, 8]
    assert [page.count("Voorstellen met een reden") for page in (few, everything)] == [0, 2]


def test_a_parent_who_did_not_agree_stops_every_proposal_at_the_top(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family()
        RequestingParent.objects.create(family=family, first_name="Karim", last_name="Jansen")
        chain.available_support()
        address = f"/vraaggezinnen/{family.pk}/zoeken"
    page = text(client_for(purmerend, coordinator).get(address))
    assert page.count("Nog geen akkoord van Karim") == 1
    assert "Stel dit gezin voor" not in page


def test_the_search_can_be_for_one_of_the_children(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family(children=2)
        chain.available_support()
        child = family.children.first()
        assert child is not None
        address = f"/vraaggezinnen/{family.pk}/zoeken"
        child_id = child.pk
    client = client_for(purmerend, coordinator)
    assert "je zoekt voor 2" in text(client.get(address))
    assert "1 steungezin past" in text(client.get(address, {"children": str(child_id)}))
    for nonsense in ("geen-uuid", "%00", "x" * 3000):
        assert client.get(address, {"children": nonsense}).status_code in {200, 400}


def test_from_list_to_yes_in_the_browser(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family, support = chain.waiting_family(), chain.available_support()
        address = f"/vraaggezinnen/{family.pk}/zoeken/{support.pk}"
        child = str(family.children.get().pk)
    client = client_for(purmerend, coordinator)
    made = client.post(address, {"children": child})
    assert made.status_code == 302
    here = made["Location"]
    page = text(client.get(here))
    assert "bel het steungezin" in page
    assert "Een gezin zoekt steun voor één kind" in page
    for step, words in (
        ("steungezin-gevraagd", "wat zegt het steungezin?"),
        ("ouders-gevraagd", "wat zeggen de ouders?"),
        ("ja", "plan de kennismaking"),
    ):
        assert words in text(client.post(f"{here}/{step}", follow=True))
    introduced = client.post(f"{here}/kennismaking", {"introduced_on": chain.day().isoformat()})
    assert introduced.status_code == 302
    assert introduced["Location"].startswith("/koppelingen/")
    assert "Kennismaking" in text(client.get(introduced["Location"]))


def test_pressing_a_button_twice_says_so_and_changes_nothing(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        address = f"/voorstellen/{chain.proposal().pk}"
    client = client_for(purmerend, coordinator)
    client.post(f"{address}/steungezin-gevraagd")
    page = text(client.post(f"{address}/steungezin-gevraagd", follow=True))
    assert "Dit kan niet" in page
    with context.municipality(purmerend):
        assert MatchProposal.objects.get().status == ProposalStatus.SUPPORT_ASKED


@pytest.mark.parametrize("step", ["ja", "ouders-gevraagd"])
def test_a_step_in_the_wrong_state_is_told_on_the_page(
    purmerend: Municipality, coordinator: User, client_for: Clients, step: str
) -> None:
    with context.municipality(purmerend):
        address = f"/voorstellen/{chain.proposal().pk}"
    assert "Dit kan niet" in text(client_for(purmerend, coordinator).post(f"{address}/{step}", follow=True))
    with context.municipality(purmerend):
        assert MatchProposal.objects.get().status == ProposalStatus.DRAFT


def test_a_vog_that_lapsed_meanwhile_is_told_when_the_parents_say_yes(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        proposal = chain.proposal()
        proposal_ask_support(proposal=proposal, actor=chain.TESTS)
        proposal_ask_parents(proposal=proposal, actor=chain.TESTS)
        ConductCertificateCheck.objects.update(review_due=chain.day())
        address = f"/voorstellen/{proposal.pk}/ja"
    assert "Nog niet: Jan" in text(client_for(purmerend, coordinator).post(address, follow=True))


def test_past_the_list_asks_for_a_reason_and_keeps_it(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family()
        for number in range(FIRST_SHOWN):
            chain.available_support(f"Nummer{number}")
        support = chain.available_support("Verderop", offer={"age_bands": ["16-17"]})
        address = f"/vraaggezinnen/{family.pk}/zoeken/{support.pk}"
        child = str(family.children.get().pk)
    client = client_for(purmerend, coordinator)
    asked = text(client.get(address))
    assert "nummer 9 van 9" in asked
    assert "Waarom kies je dit steungezin?" in asked
    assert "Een gezin zoekt steun voor één kind" in asked
    refused = client.post(address, {"children": child})
    assert refused.status_code == 400
    assert "Schrijf op waarom" in text(refused)
    made = client.post(address, {"children": child, "outside_reason": "Zij kennen elkaar"}, follow=True)
    assert "Zij kennen elkaar" in text(made)


def test_a_family_behind_a_gate_cannot_be_proposed_by_address(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family()
        support = chain.available_support(offer={"day_parts": ["zo-nacht"]})
        address = f"/vraaggezinnen/{family.pk}/zoeken/{support.pk}"
        child = str(family.children.get().pk)
    client = client_for(purmerend, coordinator)
    page = text(client.get(address))
    assert "Dit kan nu niet" in page
    assert "Past als het steungezin ook op woensdagochtend kan" in page
    assert "Voorstel maken" not in page
    refused = client.post(address, {"children": child, "outside_reason": "Het moet toch"})
    assert refused.status_code in {400, 409}
    assert "Geen enkel dagdeel" in text(refused)
    with context.municipality(purmerend):
        assert not MatchProposal.objects.exists()


@pytest.mark.parametrize("stand", ["", "afgerond", "onzin"])
def test_proposals_are_listed(
    purmerend: Municipality, coordinator: User, client_for: Clients, stand: str
) -> None:
    with context.municipality(purmerend):
        chain.proposal()
    page = text(client_for(purmerend, coordinator).get("/voorstellen", {"stand": stand}))
    assert ("Jansen en Bakker" in page) == (stand != "afgerond")


def test_who_may_only_look_sees_no_buttons(
    purmerend: Municipality, safeguarding_officer: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family()
        chain.available_support()
        proposal = chain.proposal(chain.waiting_family("Kok"), chain.available_support("Mol"))
        addresses = (f"/vraaggezinnen/{family.pk}/zoeken", f"/voorstellen/{proposal.pk}")
    for address in addresses:
        page = client_for(purmerend, safeguarding_officer).get(address)
        assert page.status_code == 200
        assert "Stel dit gezin voor" not in text(page)
        assert 'method="post"' not in page.content.decode().split("<main")[1].split("</main>")[0]


def test_another_municipality_sees_nothing_of_it(
    purmerend: Municipality, zaanstad: Municipality, other_coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        proposal = chain.proposal()
        addresses = (
            f"/voorstellen/{proposal.pk}",
            f"/voorstellen/{proposal.pk}/nee",
            f"/vraaggezinnen/{proposal.family_id}/zoeken",
        )
    client = client_for(zaanstad, other_coordinator)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    assert client.post(f"{addresses[0]}/ja").status_code == 404


def test_at_most_three_stand_side_by_side(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family().pk
        found = [str(chain.available_support(name).pk) for name in ("Een", "Twee", "Drie", "Vier")]
    client, here = client_for(purmerend, coordinator), f"/vraaggezinnen/{family}/vergelijken"
    assert "Er is niemand aangekruist" in text(client.get(here))
    two = text(client.get(here, {"met": found[:2]}))
    assert two.count("Kies gezin") == 2
    assert "15 van 15" in two
    many = text(client.get(here, {"met": [*found, "geen-uuid"]}))
    assert "Je ziet de eerste drie" in many
    assert many.count("Kies gezin") == 3
