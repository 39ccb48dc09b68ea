"""A board that is too large for a page: a worker works it out, and the page says how far it is."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from core.board import selectors
from core.board.choice import Choice
from core.board.jobs import work_out_draft
from core.board.models import KEPT, PATIENCE, BoardDraft
from core.board.objectives import Objective
from core.families.models import SupportFamily
from core.families.workflow import SupportStatus
from core.matching.models import MatchProposal
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality, OutboxEntry
from tests.factories import chain

Clients = Callable[..., Client]
BOARD, ASK = "/wachtlijstbord", "/wachtlijstbord/berekenen"


def text(answer: object) -> str:
    return " ".join(unescape(answer.content.decode()).split())  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "IN_A_REQUEST", -1)


def work(municipality: Municipality) -> None:
    with context.municipality(municipality):
        for draft in BoardDraft.objects.filter(ready_at=None):
            work_out_draft(draft_id=str(draft.pk))


def waiting_two() -> None:
    chain.postcode_areas()
    for number in range(2):
        chain.waiting_family(f"Vraagt{number}")
        chain.available_support(f"Biedt{number}")


def test_a_large_board_is_asked_worked_out_and_shown(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        waiting_two()
    client = client_for(purmerend, coordinator)
    assert "Dit is een groot bord" in text(client.get(BOARD))
    asked = client.post(ASK, {"doel": Objective.NEAREST.value, "per": "2"})
    assert asked["Location"] == f"{BOARD}?{Choice(Objective.NEAREST, 2).query}"
    assert "Stap 0 van 4" in text(client.get(asked["Location"]))
    assert "Dit is een groot bord" in text(client.get(BOARD))
    work(purmerend)
    page = text(client.get(asked["Location"]))
    assert "2 van de 2 gezinnen" in page
    assert "Berekend op" in page
    assert "Bewezen." in page
    with context.municipality(purmerend):
        assert not MatchProposal.objects.exists()


def test_the_page_hears_which_step_is_done(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        waiting_two()
    client = client_for(purmerend, coordinator)
    client.post(ASK)
    work(purmerend)
    with context.municipality(purmerend):
        draft = BoardDraft.objects.get()
        assert selectors.progress_of(draft) == 4
        BoardDraft.objects.update(ready_at=None)
    assert "Stap 4 van 4" in text(client.get(BOARD))


def test_asking_twice_waits_for_the_same_draft(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    client = client_for(purmerend, coordinator)
    client.post(ASK)
    client.post(ASK)
    with context.municipality(purmerend):
        assert BoardDraft.objects.count() == 1
        assert OutboxEntry.objects.filter(job__startswith="core.board").count() == 1
        BoardDraft.objects.update(asked_at=timezone.now() - PATIENCE - timedelta(seconds=1))
    assert "Dit is een groot bord" in text(client.get(BOARD))
    client.post(ASK)
    assert "Stap 0 van 4" in text(client.get(BOARD))


def test_what_is_no_longer_possible_is_not_shown(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        waiting_two()
    client = client_for(purmerend, coordinator)
    client.post(ASK)
    work(purmerend)
    with context.municipality(purmerend):
        SupportFamily.objects.filter(name="Biedt0").update(status=SupportStatus.PAUSED)
    page = text(client.get(BOARD))
    assert "1 van de 2 gezinnen" in page
    assert "een paar past niet meer" in page
    assert "Bewezen." not in page


def test_an_old_draft_is_not_shown_and_thrown_away(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    client = client_for(purmerend, coordinator)
    client.post(ASK)
    work(purmerend)
    long_ago = timezone.now() - KEPT - timedelta(minutes=1)
    with context.municipality(purmerend):
        BoardDraft.objects.update(asked_at=long_ago, ready_at=long_ago)
    assert "Dit is een groot bord" in text(client.get(BOARD))
    client.post(ASK, {"per": "3"})
    with context.municipality(purmerend):
        assert [draft.choice for draft in BoardDraft.objects.all()] == [Choice(per=3).query]


def test_a_draft_that_is_ready_is_not_worked_out_again(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    client_for(purmerend, coordinator).post(ASK)
    work(purmerend)
    with context.municipality(purmerend):
        draft = BoardDraft.objects.get()
        work_out_draft(draft_id=str(draft.pk))
        assert BoardDraft.objects.get().ready_at == draft.ready_at
