"""What must hold for any two families: on ten thousand random pairs, and twins that show that these tests can fail."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from common.vocabulary import AgeBand, DayPart, Frequency, Return, SupportForm, Wish
from core.matching import gates, score
from core.matching.changes import best_lift
from core.matching.gates import GATES, closed_gates
from core.matching.rules import assess
from core.matching.sides import Asked, Availability, Offered, Point, room_for
from core.matching.weights import FULL_SCORE, WEIGHTS
from tests.core.matching.sides import ASKED, OFFERED, pair_of

PAIRS = 10_000
# Hypothesis draws where to begin; from there a lot of pairs is made at once.
LOT = 100
MANY = settings(max_examples=PAIRS // LOT, deadline=None, database=None, phases=(Phase.generate,))
ALIKE = settings(max_examples=100, deadline=None, database=None)


@pytest.mark.slow
def test_ten_thousand_pairs_keep_every_promise() -> None:
    seen = {"pairs": 0, "proposable": 0}

    @MANY
    @seed(20261122)
    @given(st.integers(0, 2**63))
    def look(begin: int) -> None:
        chance = Random(begin)  # noqa: S311  (invented families, no secrets)
        for _number in range(LOT):
            asked, offered = pair_of(chance)
            sums_up(asked, offered)
            no_gate_leaks(asked, offered)
            same_again(asked, offered)
            seen["pairs"] += 1
            seen["proposable"] += assess(asked, offered).proposable

    look()
    assert seen["pairs"] >= PAIRS
    assert PAIRS // 100 < seen["proposable"] < seen["pairs"] // 2, "pairs of both kinds, or nothing is shown"


def sums_up(asked: Asked, offered: Offered) -> None:
    found = assess(asked, offered)
    assert all(type(part.points) is int for part in found.parts)
    assert all(0 <= part.points <= part.weight for part in found.parts)
    assert sum(part.weight for part in found.parts) == FULL_SCORE
    assert found.score == sum(part.points for part in found.parts)
    assert found.unknown_count == len(found.questions)


def no_gate_leaks(asked: Asked, offered: Offered) -> None:
    """Whoever is proposable meets every condition of the issue, said again here in other words."""
    found = assess(asked, offered)
    assert found.proposable == (not found.gates) == (not any(list(gate(asked, offered)) for gate in GATES))
    if not found.proposable:
        assert all(gate.why and gate.remedy for gate in found.gates)
        return
    assert all((asked.waiting, asked.has_custody_holder, asked.age_bands))
    assert not asked.parents_to_ask + asked.talks_due
    assert offered.family is None or offered.family not in asked.together_with
    assert offered.availability is Availability.AVAILABLE
    assert offered.has_screened_adult
    assert not offered.adults_without_vog
    assert room_for(asked, offered) >= len(asked.age_bands) > 0
    assert offered.free_places >= len(asked.age_bands)
    assert not (asked.vetoes & offered.traits | offered.vetoes & asked.traits)
    if asked.day_parts and offered.day_parts:
        both = asked.day_parts & offered.day_parts
        assert any(offered.free_places - offered.booked.get(part, 0) >= len(asked.age_bands) for part in both)
    if asked.forms and offered.forms:
        assert asked.forms & (offered.forms | ({SupportForm.OVERNIGHT} if offered.overnight else set()))
    if asked.overnight or asked.forms == {SupportForm.OVERNIGHT}:
        assert offered.overnight or SupportForm.OVERNIGHT in offered.forms
    for limit in (asked.max_distance_km, offered.max_distance_km):
        assert limit is None or found.distance_km is None or found.distance_km <= limit


def same_again(asked: Asked, offered: Offered) -> None:
    turned = replace(
        asked,
        wishes=frozenset(sorted(asked.wishes)),
        day_parts=frozenset(sorted(asked.day_parts, reverse=True)),
    )
    one, two = assess(asked, offered), assess(turned, offered)
    assert (one.parts, one.reasons_for, one.questions) == (two.parts, two.reasons_for, two.questions)
    assert [gate.why for gate in one.gates] == [gate.why for gate in two.gates]


OPEN = (
    Asked(
        age_bands=("0-3",),
        forms=frozenset({"homework"}),
        day_parts=frozenset({"ma-middag"}),
        place=Point(52.5, 4.9),
    ),
    Offered(
        forms=frozenset({"homework"}),
        day_parts=frozenset({"ma-middag"}),
        place=Point(52.6, 4.9),
        family=UUID(int=1),
    ),
)
CLOSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "_consent": ({"parents_to_ask": ("Anna",)}, {}),
    "_need": ({"waiting": False}, {}),
    "_closing_talk": ({"talks_due": ("Bakker",)}, {}),
    "_together": ({"together_with": frozenset({UUID(int=1)})}, {}),
    "_vog": ({}, {"adults_without_vog": ("Bo",)}),
    "_available": ({}, {"availability": Availability.PAUSED}),
    "_capacity": ({}, {"booked": {"ma-middag": 1}}),
    "_veto": ({"vetoes": frozenset({"dog"})}, {"traits": frozenset({"dog"})}),
    "_form": ({"forms": frozenset({"ad_hoc"})}, {}),
    "_day_part": ({"day_parts": frozenset({"zo-nacht"})}, {}),
    "_overnight": ({"overnight": True}, {}),
    "_distance": ({"max_distance_km": 3}, {}),
}


@pytest.mark.parametrize("look", GATES, ids=lambda look: look.__name__)
def test_twin_a_gate_that_is_left_out_is_noticed(
    look: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_asking, in_offering = CLOSED[look.__name__]
    pair = replace(OPEN[0], **in_asking), replace(OPEN[1], **in_offering)
    no_gate_leaks(*pair)
    assert assess(*OPEN).proposable
    assert not assess(*pair).proposable
    monkeypatch.setattr(gates, "GATES", tuple(other for other in GATES if other is not look))
    with pytest.raises(AssertionError):
        no_gate_leaks(*pair)


def test_twin_points_that_are_not_whole_or_past_their_weight_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(score, "share", lambda weight, _part, _whole=1: weight + 1)
    with pytest.raises(AssertionError):
        sums_up(*OPEN)


# -------------------------------------------------------------------------------------------- what would open it


@ALIKE
@given(ASKED, OFFERED)
def test_with_everything_that_is_said_to_open_it_a_pair_can_be_proposed(
    asked: Asked, offered: Offered
) -> None:
    found = closed_gates(asked, offered)
    for gate in found:
        asked, offered = gate.opened(asked, offered)
    assert closed_gates(asked, offered) == ()


@ALIKE
@given(ASKED, OFFERED)
def test_each_change_opens_its_own_gate_and_closes_none(asked: Asked, offered: Offered) -> None:
    before = closed_gates(asked, offered)
    for gate in before:
        after = closed_gates(*gate.opened(asked, offered))
        assert {one.gate for one in after} <= {one.gate for one in before}
        assert len(after) < len(before)


@ALIKE
@given(ASKED, OFFERED)
def test_the_best_change_adds_what_it_says(asked: Asked, offered: Offered) -> None:
    lift = best_lift(asked, offered, WEIGHTS)
    now = assess(asked, offered).score
    assert lift is None or (0 < lift.gain <= FULL_SCORE - now and str(lift))
    if now == FULL_SCORE:
        assert lift is None


# ------------------------------------------------------------------------------------------------------------ the score


@ALIKE
@given(ASKED, OFFERED, st.sampled_from(DayPart.values))
def test_one_more_shared_part_of_the_week_never_lowers_the_score(
    asked: Asked, offered: Offered, part: str
) -> None:
    if asked.day_parts and offered.day_parts:
        now = assess(asked, offered).score
        wider = replace(offered, day_parts=offered.day_parts | {part})
        assert assess(asked, wider).score >= now
        if part not in offered.booked:
            both = replace(asked, day_parts=asked.day_parts | {part})
            assert assess(both, wider).score >= now


UNKNOWN: dict[str, tuple[Any, Callable[[Asked], Any]]] = {
    # What is not known, and what would be known and good for this asking family.
    "day_parts": (frozenset(), lambda asked: asked.day_parts or frozenset(DayPart.values)),
    "frequency": ("", lambda asked: asked.frequency or Frequency.WEEKLY.value),
    "forms": (frozenset(), lambda asked: asked.forms or frozenset(SupportForm.values)),
    "age_bands": (frozenset(), lambda asked: frozenset(asked.age_bands) or frozenset(AgeBand.values)),
    "strengths": (frozenset(), lambda _asked: frozenset(Wish.values)),
    "has_transport": (None, lambda _asked: True),
    "place": (None, lambda asked: asked.place),
}


@pytest.mark.parametrize("name", UNKNOWN)
@ALIKE
@given(asked=ASKED, offered=OFFERED)
def test_what_is_not_known_never_beats_what_is_known_to_be_good(
    name: str, asked: Asked, offered: Offered
) -> None:
    gap, good = UNKNOWN[name]
    clear = replace(offered, booked={})
    not_known = assess(asked, replace(clear, **{name: gap}))
    known = assess(asked, replace(clear, **{name: good(asked)}))
    assert not_known.score <= known.score
    assert not_known.unknown_count >= known.unknown_count


@ALIKE
@given(ASKED, OFFERED)
def test_what_is_not_asked_for_never_changes_a_score(asked: Asked, offered: Offered) -> None:
    """Names, who must still agree, vetoes and traits say whether it can be; they say nothing of how well it fits."""
    other = replace(
        offered,
        adults_without_vog=("Zwaantje",),
        paused_until=None,
        vetoes=frozenset(),
        traits=frozenset(),
        has_screened_adult=False,
        max_distance_km=None,
        family=UUID(int=9),
    )
    asking = replace(
        asked, vetoes=frozenset(), traits=frozenset(), parents_to_ask=("Karim",), max_distance_km=None
    )
    assert assess(asking, other).score == assess(asked, offered).score


def test_wishes_of_the_support_family_count_as_well() -> None:
    hoping = replace(OPEN[1], hopes=frozenset({Return.COOKING.value, Return.COMPANY.value}))
    scores = [
        assess(replace(OPEN[0], gives=frozenset(gives)), hoping).score
        for gives in (
            (Return.OUTINGS.value,),
            (Return.COOKING.value,),
            (Return.COOKING.value, Return.COMPANY.value),
        )
    ]
    assert scores == sorted(scores)
    assert len(set(scores)) == 3
    asked = assess(OPEN[0], hoping)
    assert any("terug" in question for question in asked.questions)
    assert scores[0] < asked.score < scores[2]
