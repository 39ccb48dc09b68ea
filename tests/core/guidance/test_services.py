"""Moments, evaluations, contact, and what an ending leaves behind."""

from datetime import date

import pytest
from django.db import IntegrityError

from common.errors import Conflict, ForbiddenTransition, InvalidInput
from common.vocabulary import Review, ReviewSide
from core.couplings.models import Coupling
from core.couplings.services import closing_talk_record
from core.couplings.workflow import CouplingStatus
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance import services
from core.guidance.cadence import EVALUATIONS, due_dates
from core.guidance.models import Evaluation, GuidanceMoment, MomentKind, Side
from core.guidance.services import EvaluationData, FamilyNext, SupportNext
from core.guidance.workflow import MomentStatus
from core.ledger.models import Event, LedgerEntry
from core.matching.selectors import taken_places
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.factories import chain


def evaluated(side: str = "family", **changes: object) -> EvaluationData:
    values: dict[str, object] = {
        "side": side,
        "held_on": chain.day(),
        "verdict": "continue",
        "goals": (4, 3, 4, 5),
        "satisfaction": 8,
    }
    return EvaluationData(**(values | changes))  # type: ignore[arg-type]


def moment(coupling: Coupling, kind: str) -> GuidanceMoment:
    return coupling.moments.get(kind=kind)


def finish(coupling: Coupling, **changes: object) -> Coupling:
    values: dict[str, object] = {
        "ending": chain.ending(),
        "family_next": FamilyNext.CLOSE,
        "support_next": SupportNext.AVAILABLE,
    }
    return services.coupling_finish(coupling=coupling, **(values | changes), actor=chain.TESTS)  # type: ignore[arg-type]


def test_the_cadence_of_two_years_with_the_last_day_of_a_short_month() -> None:
    found = due_dates(CouplingStatus.COUPLED, start=date(2027, 8, 31))
    assert list(found.values()) == [
        date(2027, 11, 30),
        date(2028, 2, 29),
        date(2028, 8, 31),
        date(2029, 2, 28),
        date(2029, 8, 31),
    ]
    trial = due_dates(CouplingStatus.TRIAL, start=date(2027, 1, 4), end=date(2027, 2, 20))
    assert trial == {MomentKind.TWO_WEEKS: date(2027, 1, 18), MomentKind.TRIAL_EVALUATION: date(2027, 2, 20)}
    assert due_dates(CouplingStatus.ENDED, start=date(2027, 11, 30)) == {
        MomentKind.AFTERCARE: date(2028, 2, 29)
    }


def test_moments_are_proposed_once(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    assert coupling.moments.filter(status=MomentStatus.PLANNED).count() == 6
    assert services.moments_propose(coupling=coupling, actor=chain.TESTS) == []


def test_both_sides_have_to_speak_before_a_moment_is_held(in_purmerend: Municipality) -> None:
    planned = moment(chain.in_trial(), MomentKind.TRIAL_EVALUATION)
    services.evaluation_record(moment=planned, data=evaluated("family"), actor=chain.TESTS)
    planned.refresh_from_db()
    assert planned.status == MomentStatus.PLANNED
    services.evaluation_record(
        moment=planned, data=evaluated("support", satisfaction=None), actor=chain.TESTS
    )
    planned.refresh_from_db()
    assert planned.status == MomentStatus.HELD
    entries = LedgerEntry.objects.filter(event=Event.EVALUATION_DONE).order_by("satisfaction")
    assert [(e.review, e.review_side, e.satisfaction, e.goal_scores) for e in entries] == [
        ("trial_evaluation", "family", 8, [4, 3, 4, 5]),
        ("trial_evaluation", "support", None, [4, 3, 4, 5]),
    ]


def test_the_ledger_knows_every_evaluation_and_side_under_its_own_name() -> None:
    assert set(Review.values) == EVALUATIONS
    assert set(ReviewSide.values) == set(Side.values)


def test_a_second_evaluation_of_the_same_side_is_refused(in_purmerend: Municipality) -> None:
    planned = moment(chain.in_trial(), MomentKind.TRIAL_EVALUATION)
    services.evaluation_record(moment=planned, data=evaluated(), actor=chain.TESTS)
    with pytest.raises(Conflict):
        services.evaluation_record(moment=planned, data=evaluated(), actor=chain.TESTS)
    assert Evaluation.objects.count() == 1
    with pytest.raises(IntegrityError), atomic():
        Evaluation.objects.create(moment=planned, side="family", held_on=chain.day(), verdict="continue")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"side": "buren"}, "side"),
        ({"verdict": "misschien"}, "verdict"),
        ({"goals": (0, 3, 3, 3)}, "goal_relief"),
        ({"goals": (3, 3, 3, 6)}, "goal_network"),
        ({"satisfaction": 11}, "satisfaction"),
        ({"satisfaction": 0}, "satisfaction"),
    ],
)
def test_answers_outside_the_lists_are_refused(
    in_purmerend: Municipality, change: dict[str, object], field: str
) -> None:
    planned = moment(chain.in_trial(), MomentKind.TRIAL_EVALUATION)
    with pytest.raises(InvalidInput) as refused:
        services.evaluation_record(moment=planned, data=evaluated(**change), actor=chain.TESTS)  # type: ignore[arg-type]
    assert field in refused.value.fields
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize("offset", [1, -21])
def test_a_talk_in_the_future_or_before_the_families_met_is_refused(
    in_purmerend: Municipality, offset: int
) -> None:
    planned = moment(chain.in_trial(), MomentKind.TRIAL_EVALUATION)
    with pytest.raises(InvalidInput):
        services.evaluation_record(
            moment=planned, data=evaluated(held_on=chain.day(offset)), actor=chain.TESTS
        )


def test_a_short_call_is_ticked_off_but_has_no_marks(in_purmerend: Municipality) -> None:
    call = moment(chain.in_trial(), MomentKind.TWO_WEEKS)
    with pytest.raises(InvalidInput):
        services.evaluation_record(moment=call, data=evaluated(), actor=chain.TESTS)
    services.moment_hold(moment=call, held_on=chain.day(), actor=chain.TESTS)
    assert call.status == MomentStatus.HELD
    with pytest.raises(ForbiddenTransition):
        services.moment_hold(moment=call, held_on=chain.day(), actor=chain.TESTS)


def test_an_evaluation_with_one_side_needs_a_reason(in_purmerend: Municipality) -> None:
    planned = moment(chain.in_trial(), MomentKind.TRIAL_EVALUATION)
    with pytest.raises(InvalidInput):
        services.moment_hold(moment=planned, held_on=chain.day(), reason="niemand", actor=chain.TESTS)
    services.evaluation_record(moment=planned, data=evaluated(), actor=chain.TESTS)
    with pytest.raises(InvalidInput):
        services.moment_hold(moment=planned, held_on=chain.day(), actor=chain.TESTS)
    services.moment_hold(moment=planned, held_on=chain.day(), reason="niet te bereiken", actor=chain.TESTS)
    assert planned.status == MomentStatus.HELD


def test_a_moment_can_be_moved_or_dropped_with_a_reason(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    later = moment(coupling, MomentKind.MONTH_3)
    services.moment_reschedule(moment=later, due_on=chain.day(5), actor=chain.TESTS)
    assert GuidanceMoment.objects.get(pk=later.pk).due_on == chain.day(5)
    with pytest.raises(InvalidInput):
        services.moment_reschedule(moment=later, due_on=chain.day(-1), actor=chain.TESTS)
    with pytest.raises(InvalidInput):
        services.moment_drop(moment=later, reason=" ", actor=chain.TESTS)
    services.moment_drop(moment=later, reason="samen met het halve jaar", actor=chain.TESTS)
    with pytest.raises(Conflict):
        services.moment_reschedule(moment=later, due_on=chain.day(5), actor=chain.TESTS)


def test_the_evaluation_moves_along_with_a_longer_trial(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial(days_ago=20, lasts=30)
    services.trial_extend(coupling=coupling, ends_on=chain.day(40), actor=chain.TESTS)
    assert moment(coupling, MomentKind.TRIAL_EVALUATION).due_on == chain.day(40)


def test_an_ending_leaves_aftercare_and_free_places(in_purmerend: Municipality) -> None:
    coupling = finish(chain.coupled())
    assert coupling.status == CouplingStatus.ENDED
    left = coupling.moments.filter(status=MomentStatus.PLANNED)
    assert [planned.kind for planned in left] == [MomentKind.AFTERCARE]
    assert left[0].due_on > chain.day(85)
    assert taken_places([coupling.support_family_id]) == {}
    coupling.family.refresh_from_db()
    coupling.support_family.refresh_from_db()
    assert coupling.family.status == RequestingStatus.CLOSED
    assert coupling.support_family.status == SupportStatus.AVAILABLE
    entry = LedgerEntry.objects.get(event=Event.COUPLING_ENDED)
    assert (entry.ending_reason, entry.days) == ("goal_reached", 20)


@pytest.mark.parametrize(
    ("support_next", "status"),
    [
        (SupportNext.AVAILABLE, SupportStatus.AVAILABLE),
        (SupportNext.PAUSE, SupportStatus.PAUSED),
        (SupportNext.LEAVE, SupportStatus.LEFT),
    ],
)
def test_the_support_family_says_what_comes_next(
    in_purmerend: Municipality, support_next: SupportNext, status: str
) -> None:
    coupling = finish(chain.coupled(), support_next=support_next, family_next=FamilyNext.WAIT)
    coupling.family.refresh_from_db()
    coupling.support_family.refresh_from_db()
    assert coupling.support_family.status == status
    assert coupling.family.status == RequestingStatus.WAITING


def test_a_support_family_with_another_coupling_cannot_leave(in_purmerend: Municipality) -> None:
    support = chain.available_support(offer={"capacity": 2})
    one = chain.coupled(chain.waiting_family("Kok"), support)
    chain.introduced(chain.waiting_family("Mol"), support)
    with pytest.raises(InvalidInput) as refused:
        finish(one, support_next=SupportNext.LEAVE)
    assert "support_next" in refused.value.fields
    one.refresh_from_db()
    assert one.status == CouplingStatus.COUPLED
    assert not LedgerEntry.objects.filter(event=Event.COUPLING_ENDED).exists()


def test_a_file_with_an_open_proposal_is_not_closed_by_an_ending(in_purmerend: Municipality) -> None:
    family = chain.waiting_family()
    coupling = chain.coupled(family, chain.available_support("Een"))
    family.refresh_from_db()
    chain.proposal(family, chain.available_support("Twee"))
    with pytest.raises(InvalidInput) as refused:
        finish(coupling)
    assert "family_next" in refused.value.fields
    coupling.refresh_from_db()
    assert coupling.status == CouplingStatus.COUPLED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": "zomaar"}, "reason"),
        ({"reason": ""}, "reason"),
        ({"ended_on": 1}, "ended_on"),
        ({"ended_on": -21}, "ended_on"),
        ({"talk_family_on": 1}, "talk_family_on"),
        ({"talk_support_on": -30}, "talk_support_on"),
    ],
)
def test_an_impossible_ending_is_refused_whole(
    in_purmerend: Municipality, change: dict[str, object], field: str
) -> None:
    coupling = chain.coupled()
    values = {name: chain.day(value) if isinstance(value, int) else value for name, value in change.items()}
    with pytest.raises(InvalidInput) as refused:
        finish(coupling, ending=chain.ending(**values))
    assert field in refused.value.fields
    fresh = Coupling.objects.get()
    assert (fresh.status, fresh.ended_on, fresh.ending_reason) == (CouplingStatus.COUPLED, None, "")


def test_closing_talks_may_follow_the_ending(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    with pytest.raises(InvalidInput):
        closing_talk_record(coupling=coupling, talk_family_on=chain.day(), actor=chain.TESTS)
    finish(coupling)
    closing_talk_record(coupling=coupling, talk_family_on=chain.day(), actor=chain.TESTS)
    closing_talk_record(coupling=coupling, talk_support_on=chain.day(), actor=chain.TESTS)
    assert coupling.closing_talk_family_on == coupling.closing_talk_support_on == chain.day()


def test_contact_in_between_is_kept_and_never_changed(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    contact = services.contact_add(
        coupling=coupling,
        side="family",
        kind="call",
        happened_on=chain.day(),
        note="Gaat goed",
        actor=chain.TESTS,
    )
    assert contact.author_name == "tests"
    with pytest.raises(InvalidInput):
        services.contact_add(
            coupling=coupling, side="family", kind="fax", happened_on=chain.day(1), note="", actor=chain.TESTS
        )
