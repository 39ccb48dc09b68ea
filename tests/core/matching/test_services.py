"""Proposals: gates, places, answers, and two coordinators at once."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, connections

from common.errors import Conflict, ForbiddenTransition, InvalidInput, NaoberError
from common.vocabulary import AgeBand, DayPart
from core.families.models import RequestingFamily, RequestingParent, SupportAdult, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.ledger.models import Event, LedgerEntry
from core.matching import services
from core.matching.candidates import candidates_for
from core.matching.errors import GateClosed, VogMissing
from core.matching.gates import Gate
from core.matching.models import MatchProposal
from core.matching.rules import FIRST_SHOWN
from core.matching.selectors import taken_places
from core.matching.workflow import ProposalStatus
from core.vog.models import ConductCertificateCheck
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry, Transition
from tenants.municipalities.models import Municipality
from tests.factories import chain


def test_a_proposal_keeps_what_was_weighed(in_purmerend: Municipality) -> None:
    chain.postcode_areas()
    proposal = chain.proposal()
    assert proposal.status == ProposalStatus.DRAFT
    assert 0 < proposal.score <= 1000
    assert proposal.reasons_for
    assert proposal.weights_version
    assert "Jansen" not in proposal.profile_text
    assert "Mira" not in proposal.profile_text
    assert [child.first_name for child in proposal.children.all()] == ["Kind1"]
    entry = LedgerEntry.objects.get(event=Event.PROPOSAL_MADE)
    assert entry.family == proposal.family.pseudonym
    assert entry.children == [child.pseudonym for child in proposal.children.all()]
    assert AuditEntry.objects.filter(action="proposal_made", object_id=proposal.pk).exists()


def test_the_way_to_yes_goes_past_the_support_family_first(in_purmerend: Municipality) -> None:
    proposal = chain.proposal()
    with pytest.raises(ForbiddenTransition):
        services.proposal_ask_parents(proposal=proposal, actor=chain.TESTS)
    accepted = chain.accepted(chain.waiting_family("Kok"), chain.available_support("Mol"))
    steps = Transition.objects.filter(object_id=accepted.pk).values_list("to_state", flat=True)
    assert list(steps) == ["support_asked", "parents_asked", "accepted"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [(False, ProposalStatus.DECLINED_BY_SUPPORT), (True, ProposalStatus.DECLINED_BY_PARENTS)],
)
def test_a_no_is_of_whoever_was_asked_last(in_purmerend: Municipality, asked: bool, status: str) -> None:
    proposal = chain.proposal()
    services.proposal_ask_support(proposal=proposal, actor=chain.TESTS)
    if asked:
        services.proposal_ask_parents(proposal=proposal, actor=chain.TESTS)
    services.proposal_decline(proposal=proposal, reason="te ver", actor=chain.TESTS)
    proposal.refresh_from_db()
    assert proposal.status == status
    assert proposal.decline_reason == "te ver"
    assert LedgerEntry.objects.filter(event=Event.PROPOSAL_DECLINED).count() == 1


def test_a_no_needs_a_reason(in_purmerend: Municipality) -> None:
    proposal = chain.proposal()
    services.proposal_ask_support(proposal=proposal, actor=chain.TESTS)
    with pytest.raises(InvalidInput):
        services.proposal_decline(proposal=proposal, reason="  ", actor=chain.TESTS)
    with pytest.raises(InvalidInput):
        services.proposal_withdraw(proposal=proposal, reason="", actor=chain.TESTS)


def test_an_open_proposal_keeps_the_place_and_a_no_gives_it_back(in_purmerend: Municipality) -> None:
    support = chain.available_support()
    proposal = chain.proposal(support=support)
    assert taken_places([support.pk]) == {support.pk: 1}
    with pytest.raises(GateClosed, match="gate_closed"):
        chain.proposal(chain.waiting_family("Kok"), support)
    services.proposal_withdraw(proposal=proposal, reason="toch niet", actor=chain.TESTS)
    assert taken_places([support.pk]) == {}
    chain.proposal(chain.waiting_family("Mol"), support)


def test_a_second_proposal_for_the_same_two_families_is_refused(in_purmerend: Municipality) -> None:
    family, support = chain.waiting_family(), chain.available_support(offer={"capacity": 4})
    chain.proposal(family, support)
    with pytest.raises(Conflict, match="proposal_exists"):
        chain.proposal(family, support)


def test_whoever_is_not_on_the_list_that_is_shown_first_needs_a_reason(in_purmerend: Municipality) -> None:
    family = chain.waiting_family()
    for number in range(FIRST_SHOWN):
        chain.available_support(f"Nummer{number}")
    last = chain.available_support("Verderop", offer={"age_bands": [AgeBand.FROM_16]})
    with pytest.raises(InvalidInput) as refused:
        chain.proposal(family, last, outside_reason="")
    assert "outside_reason" in refused.value.fields
    made = services.proposal_create(
        family=family,
        support_family=last,
        children=list(family.children.all()),
        outside_reason=" Zij kennen elkaar van school ",
        actor=chain.TESTS,
    )
    assert (made.outside_reason, made.place_in_list) == ("Zij kennen elkaar van school", FIRST_SHOWN + 1)


def test_a_reason_that_nobody_asked_for_is_not_kept(in_purmerend: Municipality) -> None:
    family = chain.waiting_family()
    made = services.proposal_create(
        family=family,
        support_family=chain.available_support(),
        children=list(family.children.all()),
        outside_reason="Zomaar",
        actor=chain.TESTS,
    )
    assert (made.outside_reason, made.place_in_list) == ("", 1)


def refused_with_reason(family_name: str = "Jansen") -> NaoberError:
    family, support = RequestingFamily.objects.get(name=family_name), SupportFamily.objects.get()
    with pytest.raises(NaoberError) as refused:
        services.proposal_create(
            family=family,
            support_family=support,
            children=list(family.children.all()),
            outside_reason="Het moet toch",
            actor=chain.TESTS,
        )
    assert not MatchProposal.objects.exists()
    return refused.value


def test_no_reason_gets_past_a_missing_vog(in_purmerend: Municipality) -> None:
    chain.waiting_family()
    support = chain.available_support()
    SupportAdult.objects.create(family=support, first_name="Els", last_name="Bakker")
    error = refused_with_reason()
    assert isinstance(error, VogMissing)
    assert error.names == ("Els",)
    assert "Els" in str(error.message)


def test_no_reason_gets_past_a_family_without_a_screened_adult(in_purmerend: Municipality) -> None:
    chain.waiting_family()
    chain.available_support()
    SupportAdult.objects.update(needs_vog=False)
    assert isinstance(refused_with_reason(), VogMissing)


def test_no_reason_gets_past_a_parent_who_did_not_agree(in_purmerend: Municipality) -> None:
    family = chain.waiting_family()
    RequestingParent.objects.create(family=family, first_name="Karim", last_name="Jansen")
    chain.available_support()
    error = refused_with_reason()
    assert isinstance(error, GateClosed)
    assert "Karim" in str(error.message)


@pytest.mark.parametrize("status", [SupportStatus.PAUSED, SupportStatus.SCREENING, SupportStatus.LEFT])
def test_no_reason_gets_past_a_family_that_is_not_available(in_purmerend: Municipality, status: str) -> None:
    chain.waiting_family()
    chain.available_support(status=status, closed_on=chain.day(), close_reason="other")
    assert isinstance(refused_with_reason(), GateClosed)


@pytest.mark.parametrize("status", [RequestingStatus.REGISTERED, RequestingStatus.INTAKE])
def test_no_reason_gets_past_an_unfinished_intake(in_purmerend: Municipality, status: str) -> None:
    chain.waiting_family(status=status)
    chain.available_support()
    assert isinstance(refused_with_reason(), GateClosed)


SOFT = (
    {"day_parts": [DayPart.SUNDAY_MORNING]},
    {"forms": ["homework"]},
    {"traits": ["dog"]},
    {"vetoes": ["stairs"]},
    {"max_distance_km": 1},
)


@pytest.mark.parametrize("offer", SOFT)
def test_no_reason_gets_past_any_other_gate_either(
    in_purmerend: Municipality, offer: dict[str, object]
) -> None:
    chain.postcode_areas()
    chain.waiting_family(need={"vetoes": ["dog"], "traits": ["stairs"]})
    chain.available_support(offer=offer)
    assert isinstance(refused_with_reason(), GateClosed)


def test_the_closing_talk_and_what_is_not_over_are_gates_too(in_purmerend: Municipality) -> None:
    family, support = chain.waiting_family(), chain.available_support(offer={"capacity": 3})
    coupling = chain.coupled(family, support)
    family.refresh_from_db()
    with pytest.raises(GateClosed, match="gate_closed") as refused:
        chain.proposal(family, support)
    assert {gate.gate for gate in refused.value.gates} == {Gate.TOGETHER}
    chain.finish(coupling)
    RequestingFamily.objects.filter(pk=family.pk).update(status=RequestingStatus.WAITING)
    with pytest.raises(GateClosed) as refused:
        chain.proposal(RequestingFamily.objects.get(pk=family.pk), chain.available_support("Mol"))
    assert {gate.gate for gate in refused.value.gates} == {Gate.CLOSING_TALK}
    assert "Bakker" in str(refused.value.message)


def test_a_yes_is_refused_when_a_vog_ran_out_meanwhile(in_purmerend: Municipality) -> None:
    proposal = chain.proposal()
    services.proposal_ask_support(proposal=proposal, actor=chain.TESTS)
    services.proposal_ask_parents(proposal=proposal, actor=chain.TESTS)
    ConductCertificateCheck.objects.update(review_due=chain.day())
    with pytest.raises(VogMissing):
        services.proposal_accept(proposal=proposal, actor=chain.TESTS)
    assert MatchProposal.objects.get().status == ProposalStatus.PARENTS_ASKED
    assert not Transition.objects.filter(to_state="accepted").exists()


def test_children_of_another_family_are_refused(in_purmerend: Municipality) -> None:
    family, other = chain.waiting_family(), chain.waiting_family("Kok")
    with pytest.raises(InvalidInput) as refused:
        services.proposal_create(
            family=family,
            support_family=chain.available_support(),
            children=list(other.children.all()),
            actor=chain.TESTS,
        )
    assert "children" in refused.value.fields


def test_dates_in_the_future_or_before_the_last_step_are_refused(in_purmerend: Municipality) -> None:
    proposal = chain.proposal(days_ago=5)
    for offset in (1, -6):
        with pytest.raises(InvalidInput):
            services.proposal_ask_support(proposal=proposal, asked_on=chain.day(offset), actor=chain.TESTS)


def test_candidates_come_best_first_and_the_impossible_last(
    coordinator: User, in_purmerend: Municipality
) -> None:
    chain.postcode_areas()
    family = chain.waiting_family()
    best = chain.available_support("Dichtbij", postcode="1441 ZZ")
    good = chain.available_support("Verderop")
    never = chain.available_support("Zonder", vog=False)
    paused = chain.available_support("Pauze", status=SupportStatus.PAUSED)
    chain.available_support("Gestopt", status=SupportStatus.LEFT, closed_on=chain.day(), close_reason="other")
    found = candidates_for(family, coordinator)
    assert [candidate.pk for candidate in found[:2]] == [best.pk, good.pk]
    assert {candidate.pk for candidate in found[2:]} == {never.pk, paused.pk}
    assert [candidate.assessment.proposable for candidate in found] == [True, True, False, False]
    assert found[0].never_proposed
    assert found[0].days_available == 100


# ------------------------------------------------------------------------------------------- two coordinators at once


def propose_at_once(municipality: Municipality, before: Callable[[], None]) -> list[str]:
    """Let two connections propose the last place to two families; return how each ended."""
    with context.municipality(municipality):
        support = chain.available_support().pk
        families = [chain.waiting_family(name).pk for name in ("Kok", "Mol")]
    outcomes: list[str] = []

    def work(family_id: UUID) -> None:
        try:
            with context.municipality(municipality):
                family = RequestingFamily.objects.get(pk=family_id)
                services.proposal_create(
                    family=family,
                    support_family=SupportFamily.objects.get(pk=support),
                    children=list(family.children.all()),
                    actor=chain.TESTS,
                )
                before()
            outcomes.append("won")
        except NaoberError as error:
            outcomes.append(f"{error.code}: {error.message}")
        except IntegrityError as error:
            outcomes.append(str(error).partition(":")[0])
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work, args=(family,)) for family in families]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes)


def test_the_last_place_goes_to_one_of_two_coordinators(purmerend: Municipality) -> None:
    both_in = threading.Barrier(2)

    def wait() -> None:
        # The winner holds the lock until the other has surely arrived at it, or half a second has passed.
        try:
            both_in.wait(timeout=0.5)
        except threading.BrokenBarrierError:
            return

    outcomes = propose_at_once(purmerend, wait)
    assert outcomes == ["gate_closed: Er is geen plek vrij.", "won"]
    with context.municipality(purmerend):
        assert MatchProposal.objects.count() == 1


def test_without_the_lock_the_database_keeps_the_last_place(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first twin: the same two connections, with the lock on the support family left out."""
    monkeypatch.setattr(type(SupportFamily.objects.all()), "select_for_update", lambda self, **_: self)
    assert propose_at_once(purmerend, lambda: None) == ["room_guard", "won"]
    with context.municipality(purmerend):
        assert MatchProposal.objects.count() == 1


def test_without_both_guards_two_would_get_the_last_place(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second twin: neither the lock nor the guard of the database."""
    monkeypatch.setattr(type(SupportFamily.objects.all()), "select_for_update", lambda self, **_: self)
    both_in = threading.Barrier(2)
    table = f'"{purmerend.schema_name}".matching_proposalchild'
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER room_guard_child")
        try:
            outcomes = propose_at_once(purmerend, lambda: (both_in.wait(timeout=10), None)[1])
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER room_guard_child")
    assert outcomes == ["won", "won"]
    with context.municipality(purmerend):
        assert MatchProposal.objects.count() == 2
