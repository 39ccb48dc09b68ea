"""The pages of the board through the browser's eyes."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.http import QueryDict
from django.test import Client

from common.vocabulary import SupportForm
from core.board.choice import MOST_PAIRS, Choice, choice_of, code_of
from core.board.objectives import Objective
from core.board.selectors import scene
from core.board.working_out import work_out
from core.matching.models import MatchProposal
from core.matching.services import proposal_ask_support, proposal_decline
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tests.factories import chain

Clients = Callable[..., Client]
BOARD, SHORTAGES = "/wachtlijstbord", "/wachtlijstbord/tekorten"


def text(answer: object) -> str:
    return " ".join(unescape(answer.content.decode()).split())  # type: ignore[attr-defined]


def test_the_board_helps_two_where_handing_out_one_by_one_helps_one(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        chain.postcode_areas()
        # The longest waiting fits best where the other fits only.
        chain.waiting_family("Jansen", waits=90, need={"day_parts": ["wo-ochtend", "za-ochtend"]})
        chain.waiting_family("Kok", waits=10, need={"day_parts": ["wo-ochtend"]})
        chain.available_support("Allebei", offer={"day_parts": ["wo-ochtend", "za-ochtend"]})
        chain.available_support("Zaterdag", offer={"day_parts": ["za-ochtend"]})
    page = text(client_for(purmerend, coordinator).get(BOARD))
    assert "2 van de 2 gezinnen" in page
    assert "1 gezin meer geholpen" in page
    assert "Bewezen." in page
    assert "Waarom deze twee" in page
    assert page.count("Stel voor") == 2
    assert page.index("Gezin Jansen") < page.index("Gezin Zaterdag") < page.index("Gezin Kok")


def test_looking_at_the_board_writes_nothing(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        chain.waiting_family()
        chain.available_support()
        before = AuditEntry.objects.count()
    client = client_for(purmerend, coordinator)
    for address in (BOARD, SHORTAGES):
        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 405
    with context.municipality(purmerend):
        assert not MatchProposal.objects.exists()
        assert AuditEntry.objects.count() == before


def test_a_pair_can_be_fixed_left_out_and_set_free_by_address(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family("Jansen")
        best = chain.available_support("Best", offer={"day_parts": ["wo-ochtend", "za-ochtend"]})
        second = chain.available_support("Tweede", offer={"day_parts": ["za-ochtend"]})
        pair, other = (family.pk, best.pk), (family.pk, second.pk)
    client = client_for(purmerend, coordinator)
    assert (
        "Gezin Best"
        in text(client.get(BOARD)).split("Steungezinnen die niet")[0].split("Een steungezin staat")[0]
    )
    without = text(client.get(f"{BOARD}?{Choice().refuse(pair).query}"))
    assert "Gezin Jansen bij gezin Best" in without
    assert "toch wel" in without
    fixed = text(client.get(f"{BOARD}?{Choice().fix(other).query}"))
    assert "Staat vast" in fixed
    assert "Weer vrij" in fixed
    assert Choice().fix(pair).refuse(pair).without(pair) == Choice()


def test_what_cannot_be_fixed_is_told_in_words(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        one, other = chain.waiting_family("Jansen"), chain.waiting_family("Kok")
        fits = chain.available_support("Mol", offer={"capacity": 1})
        shut = chain.available_support("Dicht", offer={"day_parts": ["zo-nacht"]})
        both = Choice().fix((one.pk, fits.pk)).fix((other.pk, fits.pk))
        twice = Choice().fix((one.pk, fits.pk)).fix((one.pk, shut.pk))
        crowd = Choice(per=2).fix((one.pk, fits.pk)).fix((other.pk, fits.pk))
        gone = Choice().fix((fits.pk, one.pk))
    client = client_for(purmerend, coordinator)
    assert "dat krijgt al een voorstel voor gezin Jansen" in text(client.get(f"{BOARD}?{both.query}"))
    assert "Geen enkel dagdeel" in text(client.get(f"{BOARD}?{twice.query}"))
    assert "de plekken zijn voor gezin Jansen" in text(client.get(f"{BOARD}?{crowd.query}"))
    assert "1 paar dat je had gekozen staat niet meer op het bord" in text(
        client.get(f"{BOARD}?{gone.query}")
    )


def test_who_said_no_before_is_not_brought_together_again_unless_that_is_fixed(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        proposal = chain.proposal()
        proposal_ask_support(proposal=proposal, actor=chain.TESTS)
        proposal_decline(proposal=proposal, reason="Te druk", actor=chain.TESTS)
        pair = (proposal.family_id, proposal.support_family_id)
    client = client_for(purmerend, coordinator)
    assert "Wie past zei eerder nee" in text(client.get(BOARD))
    assert "Staat vast" in text(client.get(f"{BOARD}?{Choice().fix(pair).query}"))


def test_who_has_a_proposal_is_not_on_the_board_and_counts_for_the_other_side(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        support = chain.available_support("Mol", offer={"capacity": 3})
        chain.proposal(chain.waiting_family("Jansen"), support)
        chain.waiting_family("Kok")
    client = client_for(purmerend, coordinator)
    page = text(client.get(BOARD))
    assert "1 gezin dat wacht heeft al een lopend voorstel" in page
    assert "0 van de 1 gezinnen" in page
    assert "1 van de 1" in text(client.get(BOARD, {"per": "2"}))


@pytest.mark.parametrize("objective", list(Objective))
def test_every_objective_draws_a_board(
    purmerend: Municipality, coordinator: User, client_for: Clients, objective: Objective
) -> None:
    with context.municipality(purmerend):
        chain.postcode_areas()
        for number in range(4):
            chain.waiting_family(f"Vraagt{number}", waits=10 * number, children=1 + number % 2)
            chain.available_support(f"Biedt{number}", offer={"capacity": 1 + number % 3})
        at = scene(chain.day())
        for per in (1, 2, 3):
            found = work_out(at, Choice(objective=objective, per=per))
            assert found.best.value >= found.one_by_one.value
            assert found.best.proven
    page = client_for(purmerend, coordinator).get(BOARD, {"doel": objective.value})
    assert page.status_code == 200
    assert re.search(f'value="{objective.value}"[^>]*checked', page.content.decode())


def test_nonsense_in_the_address_is_as_if_it_were_not_there(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    client = client_for(purmerend, coordinator)
    for nonsense in ("x", "%F0", "a.b", "1" * 500):
        for name in ("doel", "per", "vast", "niet"):
            assert client.get(BOARD, {name: nonsense}).status_code == 200


def test_an_address_holds_no_more_pairs_than_servers_take() -> None:
    many = [(UUID(int=number), UUID(int=number + 1)) for number in range(60)]
    sent = QueryDict(urlencode([("vast", code_of(pair)) for pair in many]))
    found = choice_of(sent)
    assert len(found.fixed) == MOST_PAIRS
    assert found.full
    assert len(found.query) < 3000
    assert choice_of(QueryDict(found.query)) == found


def test_an_empty_municipality_says_so(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    client = client_for(purmerend, coordinator)
    assert "Er wacht nu niemand" in text(client.get(BOARD))
    assert "genoeg aanbod" in text(client.get(SHORTAGES))
    with context.municipality(purmerend):
        chain.waiting_family()
    page = text(client.get(BOARD))
    assert "Nu past er niemand bij elkaar" in page
    assert "Er is nu geen steungezin beschikbaar" in page


def test_shortages_say_for_whom_to_look(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        for number in range(3):
            chain.waiting_family(
                f"Nacht{number}", need={"forms": [SupportForm.OVERNIGHT], "day_parts": ["za-nacht"]}
            )
        chain.available_support("Overdag", offer={"day_parts": ["ma-ochtend"], "forms": ["homework"]})
        chain.available_support("Vol", status="paused", offer={"day_parts": ["za-nacht"]})
    page = text(client_for(purmerend, coordinator).get(SHORTAGES))
    assert "Zoek steungezinnen die op zaterdagnacht kunnen. 3 gezinnen vragen het, niemand biedt het." in page
    assert "Zoek steungezinnen voor deze steunvorm: logeren." in page
    assert "Voor 3 gezinnen past nu niemand" in page
    assert "Maandagochtend: 1 steungezin" in page


def test_who_may_only_look_can_change_the_board_and_propose_nothing(
    purmerend: Municipality, safeguarding_officer: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        chain.waiting_family()
        chain.available_support()
    page = text(client_for(purmerend, safeguarding_officer).get(BOARD))
    assert "1 van de 1" in page
    assert "Stel voor" not in page


def test_another_municipality_sees_nothing_of_it(
    purmerend: Municipality, zaanstad: Municipality, other_coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        family, support = chain.waiting_family("Jansen"), chain.available_support("Bakker")
        query = Choice().fix((family.pk, support.pk)).query
    client = client_for(zaanstad, other_coordinator)
    for address in (BOARD, f"{BOARD}?{query}", SHORTAGES):
        page = text(client.get(address))
        assert "Jansen" not in page
        assert "Bakker" not in page
