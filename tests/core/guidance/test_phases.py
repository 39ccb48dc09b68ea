"""The two years as phases: the arc, who is next, goals at three times, ending, return from a rest, taking up again."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import IntegrityError
from django.test import Client

from common.errors import Conflict, ForbiddenTransition, InvalidInput
from core.couplings.models import Coupling
from core.couplings.services import closing_talk_record
from core.couplings.workflow import CouplingStatus
from core.families.models import SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance import services
from core.guidance.arc import GROUND, RADIUS_Y, arc_of
from core.guidance.jobs import end_pauses
from core.guidance.models import GuidanceMoment, MomentKind
from core.guidance.services import EvaluationData, FamilyNext, SupportNext
from core.guidance.workflow import MomentStatus
from core.ledger.models import Event, LedgerEntry
from core.matching import gather
from core.matching import services as matching
from core.matching.errors import VogMissing
from core.matching.selectors import taken_places
from core.tasks.models import Task
from core.vog.models import ConductCertificateCheck
from core.vog.rules import months_later
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import Transition
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.factories import chain

Clients = Callable[..., Client]
START = date(2026, 1, 15)


def finish(coupling: Coupling, **changes: object) -> Coupling:
    values: dict[str, object] = {
        "ending": chain.ending(),
        "family_next": FamilyNext.CLOSE,
        "support_next": SupportNext.AVAILABLE,
    }
    return services.coupling_finish(coupling=coupling, **(values | changes), actor=chain.TESTS)  # type: ignore[arg-type]


def reopen(coupling: Coupling, **changes: object) -> Coupling:
    values: dict[str, object] = {"reopened_on": chain.day(), "reason": "Ze missen elkaar"}
    return services.coupling_reopen(coupling=coupling, **(values | changes), actor=chain.TESTS)  # type: ignore[arg-type]


def planned(coupling: Coupling) -> set[str]:
    return set(coupling.moments.filter(status=MomentStatus.PLANNED).values_list("kind", flat=True))


def said(
    side: str, *, verdict: str = "continue", goals: tuple[int | None, ...] = (2, 3, 2, 4)
) -> EvaluationData:
    return EvaluationData(side=side, held_on=chain.day(), verdict=verdict, goals=goals, satisfaction=8)


# ------------------------------------------------------------------------------------------------------------- the arc


def arc(today: date, **changes: object) -> object:
    moments = [GuidanceMoment(kind=MomentKind.MONTH_12, due_on=months_later(START, 12))]
    values: dict[str, object] = {
        "coupled_on": START,
        "until": months_later(START, 24),
        "ended_on": None,
        "moments": moments,
        "today": today,
    }
    return arc_of(**(values | changes))  # type: ignore[arg-type]


def test_half_way_is_the_top_of_the_arc_and_the_day_decides_what_is_late() -> None:
    due = months_later(START, 12)
    for today, state in ((due, "todo"), (due + timedelta(days=1), "late")):
        drawn = arc(today)
        (begin, year) = drawn.points  # type: ignore[attr-defined]
        assert (begin.state, begin.y) == ("done", GROUND)
        assert year.state == state
        assert abs(year.y - (GROUND - RADIUS_Y)) < 1


@pytest.mark.parametrize(
    ("today", "words", "here"),
    [
        (START, "Maand 1 van 24", True),
        (months_later(START, 1) - timedelta(days=1), "Maand 1 van 24", True),
        (months_later(START, 1), "Maand 2 van 24", True),
        (months_later(START, 24) - timedelta(days=1), "Maand 24 van 24", True),
        (months_later(START, 24), "twee jaar begeleiding zijn om", False),
        (START - timedelta(days=3), "Maand 1 van 24", False),
    ],
)
def test_the_arc_says_in_words_where_today_is(today: date, words: str, here: bool) -> None:
    drawn = arc(today)
    assert words in drawn.finding  # type: ignore[attr-defined]
    assert (drawn.here is not None) == here  # type: ignore[attr-defined]


def test_the_arc_of_an_ended_coupling_stops_where_it_ended() -> None:
    drawn = arc(date(2027, 3, 1), ended_on=date(2026, 7, 15))
    assert "liep van 15 januari 2026 tot 15 juli 2026" in drawn.finding  # type: ignore[attr-defined]
    assert drawn.here.text == "einde"  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------------------ the talks


def test_the_page_says_with_whom_to_talk_now_and_what_a_side_wants(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        coupling = chain.coupled(chain.waiting_family(waits=250), days_ago=200)
        trial = coupling.moments.get(kind=MomentKind.TRIAL_EVALUATION)
        for side, verdict in (("family", "adjust"), ("support", "stop")):
            services.evaluation_record(moment=trial, data=said(side, verdict=verdict), actor=chain.TESTS)
        coupling.moments.filter(kind=MomentKind.MONTH_3).update(status="held", held_on=chain.day(-100))
        half = coupling.moments.get(kind=MomentKind.MONTH_6)
        address = f"/koppelingen/{coupling.pk}"
    client = client_for(purmerend, coordinator)
    page = " ".join(unescape(client.get(address).content.decode()).split())
    for words in (
        "Nu aan de beurt",
        f"/momenten/{half.pk}/gesprek/vraaggezin",
        f"/momenten/{half.pk}/gesprek/steungezin",
        "Vraaggezin wil iets aanpassen",
        "Steungezin wil stoppen",
        "vraaggezin 2, steungezin 2",
        "Maand 7 van 24",
        "naober-years__point--late",
    ):
        assert words in page, words
    assert "De vier doelen, van 1 tot 5" in page
    assert "goal_relief" not in client.get(f"/momenten/{half.pk}/gesprek/vraaggezin").content.decode()


def test_goals_are_asked_at_the_start_and_after_one_and_two_years_with_the_earlier_answer(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        coupling = chain.coupled()
        trial = coupling.moments.get(kind=MomentKind.TRIAL_EVALUATION)
        services.evaluation_record(moment=trial, data=said("support"), actor=chain.TESTS)
        year = coupling.moments.get(kind=MomentKind.MONTH_12).pk
    client = client_for(purmerend, coordinator)
    page = client.get(f"/momenten/{year}/gesprek/steungezin").content.decode()
    assert "goal_relief" in page
    assert "Vorige keer: 4" in page
    assert "Vorige keer" not in client.get(f"/momenten/{year}/gesprek/vraaggezin").content.decode()
    for old in ("family", "support"):
        assert client.get(f"/momenten/{year}/gesprek/{old}").status_code == 404


# ------------------------------------------------------------------------------------------------------------ the end


def test_an_ending_keeps_whether_they_go_on_and_when_to_call(in_purmerend: Municipality) -> None:
    coupling = finish(
        chain.coupled(), ending=chain.ending(continues_privately=True), aftercare_on=chain.day(40)
    )
    assert coupling.continues_privately is True
    assert coupling.moments.get(kind=MomentKind.AFTERCARE).due_on == chain.day(40)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"aftercare_on": chain.day(-1)}, "aftercare_on"),
        ({"aftercare_on": chain.day(4000)}, "aftercare_on"),
        ({"pause_until": chain.day(10)}, "pause_until"),
        ({"pause_until": chain.day(-1), "support_next": SupportNext.PAUSE}, "pause_until"),
    ],
)
def test_dates_after_an_ending_lie_ahead_and_belong_to_a_rest(
    in_purmerend: Municipality, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        finish(chain.coupled(), **change)
    assert field in refused.value.fields


@pytest.mark.parametrize(("ahead", "status"), [(1, SupportStatus.PAUSED), (0, SupportStatus.AVAILABLE)])
def test_a_family_that_rests_returns_by_itself_on_its_day(
    in_purmerend: Municipality, ahead: int, status: str
) -> None:
    support = chain.available_support()
    finish(chain.coupled(support=support), support_next=SupportNext.PAUSE, pause_until=chain.day(ahead))
    end_pauses()
    support.refresh_from_db()
    assert support.status == status
    assert (support.paused_until is None) == (status == SupportStatus.AVAILABLE)


def test_who_named_no_day_rests_until_somebody_calls(in_purmerend: Municipality) -> None:
    chain.available_support(status=SupportStatus.PAUSED)
    assert services.pauses_end(on=chain.day(400), actor=chain.TESTS) == 0


# -------------------------------------------------------------------------------------------------------- taking it up


def test_a_coupling_taken_up_again_has_its_talks_places_and_families_back(in_purmerend: Municipality) -> None:
    coupling = finish(chain.coupled(days_ago=100), support_next=SupportNext.PAUSE)
    assert planned(coupling) == {MomentKind.AFTERCARE}
    reopen(coupling)
    assert coupling.status == CouplingStatus.COUPLED
    assert (coupling.ended_on, coupling.ending_reason) == (None, "")
    assert planned(coupling) == {
        MomentKind.MONTH_6,
        MomentKind.MONTH_12,
        MomentKind.MONTH_18,
        MomentKind.MONTH_24,
    }
    assert coupling.family.status == RequestingStatus.SUPPORTED
    support = SupportFamily.objects.get(pk=coupling.support_family_id)
    assert support.status == SupportStatus.AVAILABLE
    assert taken_places([support.pk]) == {support.pk: 1}
    assert Transition.objects.filter(object_id=coupling.pk, reason="Ze missen elkaar").exists()
    assert LedgerEntry.objects.filter(event=Event.COUPLING_ENDED).count() == 1
    assert LedgerEntry.objects.filter(event=Event.COUPLING_REOPENED).count() == 1
    finish(coupling)
    assert planned(coupling) == {MomentKind.AFTERCARE}


def test_a_second_ending_after_the_aftercare_call_makes_a_task_of_the_next_call(
    in_purmerend: Municipality,
) -> None:
    coupling = finish(chain.coupled())
    aftercare = coupling.moments.get(kind=MomentKind.AFTERCARE)
    services.moment_hold(moment=aftercare, held_on=chain.day(), actor=chain.TESTS)
    reopen(coupling)
    finish(coupling, aftercare_on=chain.day(30))
    assert Task.objects.get().due_on == chain.day(30)


def test_after_the_two_years_a_last_talk_is_planned(in_purmerend: Municipality) -> None:
    support = chain.available_support(vog=False)
    chain.vog_seen(support.adults.get(), seen_on=chain.day(-900), review_due=chain.day(300))
    coupling = finish(chain.coupled(chain.waiting_family(waits=900), support, days_ago=800))
    reopen(coupling)
    assert planned(coupling) == {MomentKind.MONTH_24}
    assert coupling.moments.get(kind=MomentKind.MONTH_24).due_on == months_later(chain.day(), 3)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reopened_on": chain.day(1)}, "reopened_on"),
        ({"reopened_on": chain.day(-1)}, "reopened_on"),
    ],
)
def test_taking_up_again_needs_a_reason_and_a_day_after_the_end(
    in_purmerend: Municipality, change: dict[str, object], field: str
) -> None:
    coupling = finish(chain.coupled())
    with pytest.raises(InvalidInput) as refused:
        reopen(coupling, **change)
    assert field in refused.value.fields


def test_nothing_is_taken_up_without_room_vog_or_a_family(in_purmerend: Municipality) -> None:
    coupling = finish(chain.coupled())
    chain.coupled(support=coupling.support_family)
    with pytest.raises(Conflict) as full, atomic():
        reopen(coupling)
    assert full.value.code == "no_room"
    lapsed = finish(chain.coupled())
    checks = ConductCertificateCheck.objects.filter(adult__family=lapsed.support_family_id)
    checks.update(review_due=chain.day())
    with pytest.raises(VogMissing), atomic():
        reopen(lapsed)
    gone = finish(chain.coupled(), support_next=SupportNext.LEAVE)
    with pytest.raises(Conflict), atomic():
        reopen(gone)


def test_only_what_ended_is_taken_up(in_purmerend: Municipality) -> None:
    for coupling in (
        chain.coupled(),
        services.trial_stop(coupling=chain.in_trial(), ending=chain.ending(), actor=chain.TESTS),
    ):
        with pytest.raises(ForbiddenTransition), atomic():
            reopen(coupling)


# ------------------------------------------------------------------------------------------- first close, then propose


def test_a_new_proposal_for_the_child_asks_for_the_closing_talk_first(in_purmerend: Municipality) -> None:
    coupling = finish(chain.coupled(), family_next=FamilyNext.WAIT)
    family, other = coupling.family, chain.available_support("Smit")
    with pytest.raises(Conflict) as refused, atomic():
        chain.proposal(family, other, days_ago=0)
    assert refused.value.code == "gate_closed"
    assert "Bakker" in str(refused.value.message)
    closing_talk_record(coupling=coupling, talk_family_on=chain.day(), actor=chain.TESTS)
    assert chain.proposal(family, other, days_ago=0).family == family


def test_twin_without_the_question_the_proposal_would_be_made(
    in_purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    coupling = finish(chain.coupled(), family_next=FamilyNext.WAIT)
    monkeypatch.setattr(gather, "_talks_due", lambda _children: defaultdict(list))
    made = chain.proposal(coupling.family, chain.available_support("Smit"), days_ago=0)
    assert made.family == coupling.family


def test_another_child_of_the_family_may_be_proposed_meanwhile(in_purmerend: Municipality) -> None:
    family = chain.waiting_family(children=2)
    first, second = family.children.all()
    support = chain.available_support()
    proposal = matching.proposal_create(
        family=family, support_family=support, children=[first], proposed_on=chain.day(-5), actor=chain.TESTS
    )
    matching.proposal_ask_support(proposal=proposal, asked_on=chain.day(-5), actor=chain.TESTS)
    matching.proposal_ask_parents(proposal=proposal, asked_on=chain.day(-5), actor=chain.TESTS)
    matching.proposal_accept(proposal=proposal, decided_on=chain.day(-5), actor=chain.TESTS)
    made = matching.proposal_create(
        family=family, support_family=chain.available_support("Smit"), children=[second], actor=chain.TESTS
    )
    assert made.family == family


def test_the_database_still_refuses_an_ended_coupling_that_runs_without_vog(
    in_purmerend: Municipality,
) -> None:
    coupling = finish(chain.coupled())
    ConductCertificateCheck.objects.all().delete()
    with pytest.raises(IntegrityError), atomic():
        Coupling.objects.filter(pk=coupling.pk).update(status="coupled")
