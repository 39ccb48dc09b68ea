"""Properties of the rules: whatever families are like, gates and scores keep their promises."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import (
    AgeBand,
    DayPart,
    Frequency,
    HouseTrait,
    ScorePart,
    SupportForm,
    Veto,
    Wish,
)
from core.matching.gates import GATES, Gate
from core.matching.profile import profile_text
from core.matching.rules import assess, family_gates
from core.matching.score import EXPERIENCE
from core.matching.sides import Asked, Availability, Offered, Point, distance_km
from core.matching.weights import FULL_SCORE, WEIGHTS, Weights
from tests.core.matching.sides import ASKED, DUTCH_POINTS, OFFERED

GOOD_ASKED = Asked(
    age_bands=(AgeBand.FROM_0,),
    forms=frozenset({SupportForm.WEEKLY_HALF_DAY}),
    frequency=Frequency.WEEKLY,
    day_parts=frozenset({DayPart.WEDNESDAY_MORNING}),
    needs_transport=True,
    place=Point(52.5, 4.95),
)
GOOD_OFFERED = Offered(
    forms=frozenset({SupportForm.WEEKLY_HALF_DAY}),
    frequency=Frequency.WEEKLY,
    day_parts=frozenset({DayPart.WEDNESDAY_MORNING}),
    age_bands=frozenset({AgeBand.FROM_0}),
    own_children_age_bands=frozenset({AgeBand.FROM_0}),
    strengths=frozenset({Wish.OUTDOORS}),
    has_transport=True,
    place=Point(52.5, 4.95),
)


@given(ASKED, OFFERED)
def test_the_parts_add_up_exactly_to_the_score(asked: Asked, offered: Offered) -> None:
    found = assess(asked, offered)
    assert [part.part for part in found.parts] == list(ScorePart)
    assert all(0 <= part.points <= part.weight for part in found.parts)
    assert all(isinstance(part.points, int) for part in found.parts)
    assert found.score == sum(part.points for part in found.parts)
    assert 0 <= found.score <= FULL_SCORE


@given(ASKED, OFFERED)
def test_every_lost_point_is_told_as_a_reason_or_a_question(asked: Asked, offered: Offered) -> None:
    for part in assess(asked, offered).parts:
        neutral_peers = part.part is ScorePart.AGE
        if part.points < part.weight and not neutral_peers and part.part is not ScorePart.DISTANCE:
            assert part.reasons_against or part.questions


@given(ASKED, OFFERED)
def test_texts_fit_where_they_are_kept(asked: Asked, offered: Offered) -> None:
    found = assess(asked, offered)
    texts = [*found.reasons_for, *found.reasons_against, *found.questions]
    assert all(0 < len(text) <= 200 for text in texts)
    assert all(gate.why and gate.remedy for gate in found.gates)


@given(ASKED, OFFERED, OFFERED)
def test_gates_do_not_touch_the_score(asked: Asked, offered: Offered, other: Offered) -> None:
    shut = replace(
        offered,
        availability=other.availability,
        adults_without_vog=other.adults_without_vog,
        has_screened_adult=other.has_screened_adult,
        vetoes=other.vetoes,
        traits=other.traits,
        max_distance_km=other.max_distance_km,
    )
    assert assess(asked, shut).score == assess(asked, offered).score


@given(ASKED, OFFERED)
def test_one_adult_without_vog_always_closes_the_door(asked: Asked, offered: Offered) -> None:
    found = assess(asked, replace(offered, adults_without_vog=("Jan",)))
    assert not found.proposable
    assert any("Jan" in gate.why for gate in found.gates if gate.gate is Gate.VOG)


@given(ASKED, OFFERED)
def test_one_parent_with_custody_who_was_not_asked_always_closes_the_door(
    asked: Asked, offered: Offered
) -> None:
    found = assess(replace(asked, parents_to_ask=("Mira",)), offered)
    assert not found.proposable
    assert any("Mira" in gate.why for gate in family_gates(found.gates))


@given(ASKED, OFFERED)
def test_a_combination_is_proposable_only_with_every_gate_open(asked: Asked, offered: Offered) -> None:
    found = assess(asked, offered)
    assert found.proposable == (not any(list(gate(asked, offered)) for gate in GATES))
    if found.proposable:
        assert len(asked.age_bands) <= offered.free_places
        assert not asked.vetoes & offered.traits
        assert not offered.vetoes & asked.traits


@given(ASKED, OFFERED, st.sampled_from(DayPart.values))
def test_more_days_on_offer_never_lower_the_score(asked: Asked, offered: Offered, day: str) -> None:
    if offered.day_parts:
        more = replace(offered, day_parts=offered.day_parts | {day})
        assert assess(asked, more).score >= assess(asked, offered).score


@given(ASKED, OFFERED, st.sampled_from(SupportForm.values))
def test_more_forms_on_offer_never_lower_the_score(asked: Asked, offered: Offered, form: str) -> None:
    if offered.forms:
        more = replace(offered, forms=offered.forms | {form})
        assert assess(asked, more).score >= assess(asked, offered).score


@given(OFFERED, DUTCH_POINTS, DUTCH_POINTS, DUTCH_POINTS)
def test_nearer_never_scores_lower(offered: Offered, home: Point, one: Point, two: Point) -> None:
    near, far = sorted((one, two), key=lambda point: distance_km(home, point) or 0)
    asked = replace(GOOD_ASKED, place=home)
    assert (
        assess(asked, replace(offered, place=near)).score >= assess(asked, replace(offered, place=far)).score
    )


@given(ASKED, OFFERED)
def test_a_gap_in_a_file_neither_lifts_nor_sinks(asked: Asked, offered: Offered) -> None:
    yes, no, gap = (
        assess(asked, replace(offered, has_transport=value)).score for value in (True, False, None)
    )
    assert no <= gap <= yes
    at_home = assess(asked, replace(offered, place=asked.place)).score
    nowhere = assess(asked, replace(offered, place=None)).score
    assert nowhere <= at_home


@given(ASKED, OFFERED)
def test_what_is_not_known_becomes_a_question(asked: Asked, offered: Offered) -> None:
    found = assess(
        asked, replace(offered, place=None, day_parts=frozenset(), forms=frozenset(), age_bands=frozenset())
    )
    asked_about = {part.part for part in found.parts if part.questions}
    assert {ScorePart.DISTANCE, ScorePart.DAYS, ScorePart.FORM, ScorePart.AGE} <= asked_about


@given(DUTCH_POINTS, DUTCH_POINTS, DUTCH_POINTS)
def test_distance_is_a_distance(one: Point, two: Point, three: Point) -> None:
    there, back = distance_km(one, two), distance_km(two, one)
    assert there is not None
    assert back is not None
    assert there == pytest.approx(back)
    assert distance_km(one, one) == pytest.approx(0)
    assert there <= (distance_km(one, three) or 0) + (distance_km(three, two) or 0) + 1e-6


@given(ASKED, st.none() | st.floats(0, 300))
def test_the_profile_holds_no_name(asked: Asked, far: float | None) -> None:
    text = profile_text(replace(asked, parents_to_ask=("Zwaantje",)), distance_km=far)
    assert text
    assert "Zwaantje" not in text
    assert "None" not in text
    assert "%(" not in text


def test_a_perfect_combination_scores_a_hundred_points() -> None:
    found = assess(GOOD_ASKED, GOOD_OFFERED)
    assert found.proposable
    assert found.score == FULL_SCORE
    assert not found.reasons_against
    assert not found.questions


@pytest.mark.parametrize(
    ("kilometres", "points"),
    [(0.0, 200), (1.9, 200), (2.0, 200), (6.0, 100), (9.99, 0), (10.0, 0), (30.0, 0)],
)
def test_distance_counts_fully_up_to_two_and_not_at_all_from_ten_kilometres(
    kilometres: float, points: int
) -> None:
    away = Point(52.5 + kilometres / 111.19493, 4.95)
    found = assess(GOOD_ASKED, replace(GOOD_OFFERED, place=away))
    part = next(part for part in found.parts if part.part is ScorePart.DISTANCE)
    assert part.points == pytest.approx(points, abs=1)
    assert bool(part.reasons_for) != bool(part.reasons_against)


@pytest.mark.parametrize(
    ("asked", "offered", "gate"),
    [
        ({"parents_to_ask": ("Mira",)}, {}, Gate.CONSENT),
        ({"has_custody_holder": False}, {}, Gate.CONSENT),
        ({"waiting": False}, {}, Gate.NEED),
        ({"age_bands": ()}, {}, Gate.NEED),
        ({}, {"adults_without_vog": ("Jan",)}, Gate.VOG),
        ({}, {"has_screened_adult": False}, Gate.VOG),
        ({}, {"availability": Availability.PAUSED}, Gate.AVAILABLE),
        ({}, {"availability": Availability.NOT_APPROVED}, Gate.AVAILABLE),
        ({}, {"availability": Availability.LEFT}, Gate.AVAILABLE),
        ({"age_bands": (AgeBand.FROM_0, AgeBand.FROM_4)}, {"free_places": 1}, Gate.CAPACITY),
        ({}, {"free_places": 0}, Gate.CAPACITY),
        ({"vetoes": frozenset({Veto.DOG})}, {"traits": frozenset({HouseTrait.DOG})}, Gate.VETO),
        ({"traits": frozenset({HouseTrait.SMOKING})}, {"vetoes": frozenset({Veto.SMOKING})}, Gate.VETO),
        ({}, {"forms": frozenset({SupportForm.HOMEWORK})}, Gate.FORM),
        ({}, {"day_parts": frozenset({DayPart.SUNDAY_NIGHT})}, Gate.DAY_PART),
        ({"overnight": True}, {}, Gate.OVERNIGHT),
        ({"max_distance_km": 3}, {"place": Point(52.55, 4.95)}, Gate.DISTANCE),
        ({}, {"max_distance_km": 3, "place": Point(52.55, 4.95)}, Gate.DISTANCE),
    ],
)
def test_each_gate_closes_on_its_own_and_is_open_otherwise(
    asked: dict[str, object], offered: dict[str, object], gate: Gate
) -> None:
    assert not assess(GOOD_ASKED, GOOD_OFFERED).gates
    found = assess(replace(GOOD_ASKED, **asked), replace(GOOD_OFFERED, **offered))  # type: ignore[arg-type]
    assert {closed.gate for closed in found.gates} == {gate}


def test_a_rarer_rhythm_costs_points_and_says_so() -> None:
    scores = [
        assess(GOOD_ASKED, replace(GOOD_OFFERED, frequency=often)).score
        for often in (Frequency.WEEKLY, Frequency.FORTNIGHTLY, Frequency.MONTHLY)
    ]
    assert all(more > less for more, less in pairwise(scores))
    found = assess(GOOD_ASKED, replace(GOOD_OFFERED, frequency=Frequency.MONTHLY))
    assert any("minder vaak" in reason for reason in found.reasons_against)


def test_experience_counts_only_when_the_family_wished_for_it() -> None:
    skilled = replace(GOOD_OFFERED, strengths=frozenset(EXPERIENCE))
    assert assess(GOOD_ASKED, skilled).score == assess(GOOD_ASKED, GOOD_OFFERED).score
    wishing = replace(GOOD_ASKED, wishes=frozenset({Wish.AUTISM_ADHD}))
    assert assess(wishing, skilled).score > assess(wishing, GOOD_OFFERED).score


@pytest.mark.parametrize("change", [{ScorePart.DAYS: 251}, {ScorePart.DAYS: -1, ScorePart.DISTANCE: 451}])
def test_weights_that_do_not_make_a_hundred_are_refused(change: dict[ScorePart, int]) -> None:
    with pytest.raises(ValueError, match="tests"):
        Weights(version="tests", parts={**WEIGHTS.parts, **change}, near_km=2, far_km=10)


def test_weights_that_miss_a_part_are_refused() -> None:
    parts: dict[ScorePart, int] = {
        part: weight for part, weight in WEIGHTS.parts.items() if part != ScorePart.TRANSPORT
    }
    with pytest.raises(ValueError, match="every part"):
        Weights(version="tests", parts=parts | {ScorePart.DAYS: 300}, near_km=2, far_km=10)


def test_the_profile_tells_what_matters() -> None:
    text = profile_text(replace(GOOD_ASKED, age_bands=(AgeBand.FROM_0, AgeBand.FROM_4)), distance_km=1.4)
    assert "twee kinderen" in text
    assert "0 tot en met 3 jaar" in text
    assert "woensdagochtend" in text
    assert "1 km" in text
    assert "Halen en brengen" in text
