"""From the first meeting to the end: states, dates, history, ledger and places."""

from typing import Any

import pytest

from common.errors import ForbiddenTransition, InvalidInput, NaoberError
from common.vocabulary import DayPart
from core.agreements.models import CouplingAgreement
from core.couplings import services
from core.couplings.models import Coupling
from core.couplings.workflow import CouplingStatus
from core.families.models import SupportAdult
from core.families.workflow import RequestingStatus
from core.guidance.models import GuidanceMoment
from core.guidance.services import coupling_make_definitive, trial_start, trial_stop
from core.ledger.models import Event, LedgerEntry
from core.matching.errors import GateClosed, VogMissing
from core.matching.models import MatchProposal
from core.matching.selectors import taken_places
from core.matching.services import proposal_withdraw
from core.matching.workflow import ProposalStatus
from core.vog.models import ConductCertificateCheck
from tenants.audit.models import Transition
from tenants.municipalities.models import Municipality
from tests.factories import chain


def events() -> list[str]:
    return list(LedgerEntry.objects.order_by("pk").values_list("event", flat=True))


def count(event: Event) -> int:
    return LedgerEntry.objects.filter(event=event).count()


def test_an_introduction_takes_over_children_and_places(in_purmerend: Municipality) -> None:
    coupling = chain.introduced(
        chain.waiting_family(children=2), chain.available_support(offer={"capacity": 2})
    )
    assert coupling.status == CouplingStatus.INTRODUCTION
    assert coupling.children.count() == 2
    assert coupling.proposal.status == ProposalStatus.INTRODUCED
    assert taken_places([coupling.support_family_id]) == {coupling.support_family_id: 2}
    assert count(Event.INTRODUCTION) == 1


def test_only_an_accepted_proposal_leads_to_an_introduction(in_purmerend: Municipality) -> None:
    with pytest.raises(ForbiddenTransition):
        services.coupling_introduce(proposal=chain.proposal(), introduced_on=chain.day(), actor=chain.TESTS)
    assert not Coupling.objects.exists()


def test_a_second_introduction_of_the_same_proposal_is_refused(in_purmerend: Municipality) -> None:
    coupling = chain.introduced()
    with pytest.raises(ForbiddenTransition):
        services.coupling_introduce(proposal=coupling.proposal, introduced_on=chain.day(), actor=chain.TESTS)
    assert Coupling.objects.count() == 1


def test_an_accepted_proposal_can_be_withdrawn_until_the_families_met(in_purmerend: Municipality) -> None:
    proposal = chain.accepted()
    proposal_withdraw(proposal=proposal, reason="verhuisd", actor=chain.TESTS)
    with pytest.raises(ForbiddenTransition):
        proposal_withdraw(
            proposal=chain.introduced(chain.waiting_family("Kok"), proposal.support_family).proposal,
            reason="te laat",
            actor=chain.TESTS,
        )


def test_a_trial_makes_state_agreement_moments_and_ledger_in_one_go(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial(days_ago=10)
    assert coupling.status == CouplingStatus.TRIAL
    assert coupling.family.status == RequestingStatus.SUPPORTED
    assert CouplingAgreement.objects.get().kind == CouplingAgreement.Kind.TRIAL
    kinds = dict(coupling.moments.values_list("kind", "due_on"))
    assert kinds == {"two_weeks": chain.day(4), "trial_evaluation": coupling.trial_ends_on}
    assert count(Event.TRIAL_STARTED) == count(Event.WAITING_ENDED) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"started_on": -21}, "started_on"),
        ({"started_on": 61, "ends_on": 90}, "started_on"),
        ({"ends_on": -10}, "ends_on"),
        ({"ends_on": 125}, "ends_on"),
    ],
)
def test_impossible_trial_dates_are_refused_and_nothing_is_half_written(
    in_purmerend: Municipality, change: dict[str, int], field: str
) -> None:
    coupling = chain.introduced(days_ago=20)
    days = {"started_on": 0, "ends_on": 45} | change
    with pytest.raises(InvalidInput) as refused:
        trial_start(
            coupling=coupling,
            **{name: chain.day(offset) for name, offset in days.items()},
            agreement=chain.agreement(),
            actor=chain.TESTS,
        )
    assert field in refused.value.fields
    assert_untouched(coupling)


def assert_untouched(coupling: Coupling) -> None:
    fresh = Coupling.objects.get(pk=coupling.pk)
    assert fresh.status == CouplingStatus.INTRODUCTION
    assert fresh.trial_started_on is None
    assert not CouplingAgreement.objects.exists()
    assert not GuidanceMoment.objects.exists()
    assert not count(Event.TRIAL_STARTED)
    assert not Transition.objects.filter(object_id=coupling.pk).exists()


def test_a_trial_whose_agreement_is_wrong_is_not_half_started(in_purmerend: Municipality) -> None:
    coupling = chain.introduced()
    with pytest.raises(InvalidInput):
        trial_start(
            coupling=coupling,
            started_on=chain.day(),
            ends_on=chain.day(30),
            agreement=chain.agreement(frequency="altijd"),
            actor=chain.TESTS,
        )
    assert_untouched(coupling)


def test_a_trial_without_a_valid_vog_names_the_adults(in_purmerend: Municipality) -> None:
    coupling = chain.introduced()
    SupportAdult.objects.create(family=coupling.support_family, first_name="Els", last_name="Bakker")
    ConductCertificateCheck.objects.update(review_due=chain.day())
    with pytest.raises(VogMissing) as refused:
        trial_start(
            coupling=coupling,
            started_on=chain.day(),
            ends_on=chain.day(30),
            agreement=chain.agreement(),
            actor=chain.TESTS,
        )
    assert set(refused.value.names) == {"Els", "Jan"}
    assert_untouched(coupling)


def test_without_the_look_of_the_service_the_database_refuses_in_the_same_words(
    in_purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: somebody moves in after the service looked."""
    coupling = chain.introduced()
    SupportAdult.objects.create(family=coupling.support_family, first_name="Els", last_name="Bakker")
    monkeypatch.setattr(services, "_require_vog", lambda *_arguments: None)
    with pytest.raises(VogMissing) as refused:
        trial_start(
            coupling=coupling,
            started_on=chain.day(),
            ends_on=chain.day(30),
            agreement=chain.agreement(),
            actor=chain.TESTS,
        )
    assert refused.value.names == ("Els",)
    assert_untouched(coupling)


def test_a_coupling_counts_from_registration_and_is_guided_for_two_years(in_purmerend: Municipality) -> None:
    coupling = chain.coupled(chain.waiting_family(waits=30), days_ago=0)
    assert coupling.status == CouplingStatus.COUPLED
    assert coupling.guidance_until is not None
    assert coupling.coupled_on is not None
    assert coupling.guidance_until.year == coupling.coupled_on.year + 2
    entry = LedgerEntry.objects.get(event=Event.COUPLING_STARTED)
    assert entry.days == 60
    assert entry.support_form == "weekly_half_day"
    assert entry.coupling == coupling.pseudonym


def test_a_definitive_coupling_needs_house_rules(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial()
    with pytest.raises(InvalidInput) as refused:
        coupling_make_definitive(
            coupling=coupling,
            coupled_on=chain.day(),
            agreement=chain.agreement(house_rules=" "),
            actor=chain.TESTS,
        )
    assert "house_rules" in refused.value.fields
    assert Coupling.objects.get().status == CouplingStatus.TRIAL
    assert not count(Event.COUPLING_STARTED)


def test_steps_cannot_be_skipped_or_repeated(in_purmerend: Municipality) -> None:
    met = chain.introduced()
    with pytest.raises(ForbiddenTransition):
        coupling_make_definitive(
            coupling=met, coupled_on=chain.day(), agreement=chain.agreement(), actor=chain.TESTS
        )
    done = chain.coupled(chain.waiting_family("Kok"), chain.available_support("Mol"))
    repeats: list[tuple[Any, dict[str, Any]]] = [
        (trial_start, {"started_on": chain.day(), "ends_on": chain.day(30), "agreement": chain.agreement()}),
        (coupling_make_definitive, {"coupled_on": chain.day(), "agreement": chain.agreement()}),
        (trial_stop, {"ending": chain.ending()}),
    ]
    for service, arguments in repeats:
        with pytest.raises(NaoberError):
            service(coupling=done, **arguments, actor=chain.TESTS)
    assert count(Event.COUPLING_STARTED) == 1


def test_a_trial_that_stops_gives_everybody_back_what_they_had(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial()
    trial_stop(coupling=coupling, ending=chain.ending(reason="no_click"), actor=chain.TESTS)
    assert coupling.status == CouplingStatus.NOT_CONTINUED
    family = coupling.family
    family.refresh_from_db()
    assert family.status == RequestingStatus.WAITING
    assert family.waiting_since == chain.day()
    assert taken_places([coupling.support_family_id]) == {}
    assert set(coupling.moments.values_list("status", flat=True)) == {"dropped"}
    entry = LedgerEntry.objects.get(event=Event.TRIAL_STOPPED)
    assert (entry.ending_reason, entry.days) == ("no_click", 20)


def test_an_introduction_that_stops_is_no_stopped_trial(in_purmerend: Municipality) -> None:
    coupling = chain.introduced()
    trial_stop(coupling=coupling, ending=chain.ending(reason="no_click"), actor=chain.TESTS)
    assert coupling.status == CouplingStatus.NOT_CONTINUED
    assert not count(Event.TRIAL_STOPPED)
    assert coupling.family.status == RequestingStatus.WAITING


def test_a_meeting_planned_for_next_week_can_be_called_off_today(in_purmerend: Municipality) -> None:
    coupling = services.coupling_introduce(
        proposal=chain.accepted(), introduced_on=chain.day(7), actor=chain.TESTS
    )
    trial_stop(coupling=coupling, ending=chain.ending(reason="no_click"), actor=chain.TESTS)
    assert coupling.ended_on == chain.day(7)


def test_another_running_trial_keeps_the_family_off_the_waiting_list(in_purmerend: Municipality) -> None:
    family = chain.waiting_family()
    first = chain.in_trial(family, chain.available_support("Een"))
    family.refresh_from_db()
    chain.in_trial(family, chain.available_support("Twee"), day_parts=[DayPart.SATURDAY_MORNING])
    trial_stop(coupling=first, ending=chain.ending(reason="no_click"), actor=chain.TESTS)
    family.refresh_from_db()
    assert family.status == RequestingStatus.SUPPORTED


def test_the_same_two_families_cannot_run_twice(in_purmerend: Municipality) -> None:
    family, support = chain.waiting_family(), chain.available_support(offer={"capacity": 4})
    chain.introduced(family, support)
    with pytest.raises(GateClosed):
        chain.accepted(family, support)
    # And past the gate of matching the service of couplings refuses it as well.
    proposal = MatchProposal.objects.create(
        family=family, support_family=support, status="accepted", proposed_on=chain.day(), score=500
    )
    with pytest.raises(InvalidInput):
        services.coupling_introduce(proposal=proposal, introduced_on=chain.day(), actor=chain.TESTS)
    assert Coupling.objects.count() == 1


def test_a_trial_can_be_made_longer(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial(days_ago=20, lasts=30)
    services.coupling_extend_trial(coupling=coupling, ends_on=chain.day(40), actor=chain.TESTS)
    assert coupling.trial_ends_on == chain.day(40)
    with pytest.raises(InvalidInput):
        services.coupling_extend_trial(coupling=coupling, ends_on=chain.day(-21), actor=chain.TESTS)
    with pytest.raises(InvalidInput):
        services.coupling_extend_trial(
            coupling=chain.introduced(chain.waiting_family("Kok"), chain.available_support("Mol")),
            ends_on=chain.day(20),
            actor=chain.TESTS,
        )
