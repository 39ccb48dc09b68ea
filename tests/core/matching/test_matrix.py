"""The rules for many families at once against the rules for one pair."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from math import isnan
from random import Random
from types import MappingProxyType
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import (
    AgeBand,
    DayPart,
    Frequency,
    HouseTrait,
    Return,
    ScorePart,
    SupportForm,
    Veto,
    Wish,
)
from core.matching import matrix
from core.matching.gates import Gate
from core.matching.matrix import GATE_BITS, assess_all
from core.matching.rules import assess
from core.matching.sides import Asked, Availability, Offered, Point
from core.matching.weights import WEIGHTS, Weights

PLACES = [None, *(Point(52.4 + step / 37, 4.9 - step / 53) for step in range(9))]
FAMILIES = [None, *(UUID(int=number) for number in range(1, 7))]
NAMES = ("Jan", "Els", "Bo")


def draw(chance: Random, kind: type[Asked | Offered]) -> dict[str, object]:
    """Return a value for every field of one side. Whoever adds a field adds it here: see the test below."""

    def some(values: Sequence[str], most: int = 4) -> frozenset[str]:
        return frozenset(chance.sample(list(values), chance.randint(0, min(most, len(values)))))

    def maybe(*values: object) -> object:
        return chance.choice(values)

    ages = tuple(chance.choice(AgeBand.values) for _ in range(chance.choice([0, 1, 1, 2, 3])))
    both: dict[str, object] = {
        "forms": some(SupportForm.values)
        if chance.random() < 0.9
        else frozenset({SupportForm.OVERNIGHT.value}),
        "frequency": maybe("", *Frequency.values),
        "day_parts": some(DayPart.values, 9),
        "overnight": chance.random() < 0.3,
        "vetoes": some(Veto.values, 2),
        "traits": some(HouseTrait.values, 2),
        "max_distance_km": maybe(None, None, 0, 3, 9, 25),
        "place": maybe(*PLACES),
    }
    if kind is Asked:
        return both | {
            "age_bands": ages,
            "wishes": some(Wish.values),
            "gives": some(Return.values, 3),
            "needs_transport": maybe(None, True, False),
            "waiting": chance.random() < 0.8,
            "has_custody_holder": chance.random() < 0.8,
            "parents_to_ask": tuple(chance.choices(NAMES, k=chance.choice([0, 0, 0, 1, 2]))),
            "talks_due": tuple(chance.choices(NAMES, k=chance.choice([0, 0, 0, 1, 2]))),
            "together_with": frozenset(chance.sample(FAMILIES[1:], chance.choice([0, 0, 1, 2]))),
        }
    return both | {
        "availability": maybe(*Availability, Availability.AVAILABLE),
        "paused_until": None,
        "approved_on": maybe(date(2026, 1, 1), date(2026, 6, 1)),
        "free_places": chance.randint(-1, 4),
        "booked": {part: chance.randint(1, 3) for part in some(DayPart.values, maybe(0, 9))},  # type: ignore[arg-type]
        "has_screened_adult": chance.random() < 0.8,
        "adults_without_vog": tuple(chance.choices(NAMES, k=chance.choice([0, 0, 0, 1, 2]))),
        "strengths": some(Wish.values),
        "hopes": some(Return.values, 3),
        "age_bands": some(AgeBand.values),
        "own_children_age_bands": some(AgeBand.values, 2),
        "has_transport": maybe(None, True, False),
        "family": maybe(*FAMILIES),
    }


def many(seed: int, asking: int, offering: int) -> tuple[list[Asked], list[Offered]]:
    """Return families of both sides; a support family stands in the list once, as in the register."""
    chance = Random(seed)  # noqa: S311  (the same families each time)
    asked = [Asked(**draw(chance, Asked)) for _ in range(asking)]  # type: ignore[arg-type]
    offered = [Offered(**draw(chance, Offered)) for _ in range(offering)]  # type: ignore[arg-type]
    seen: set[UUID | None] = set()
    for place, one in enumerate(offered):
        if one.family in seen:
            offered[place] = replace(one, family=None)
        seen.add(one.family)
    return asked, offered


def weights(seed: int) -> Weights:
    """Return weights as a foundation could set them."""
    chance = Random(seed)  # noqa: S311  (the same families each time)
    cuts = sorted(chance.randint(0, 100) for _ in range(len(ScorePart) - 1))
    points = [10 * (high - low) for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    near = chance.randint(0, 4)
    parts = MappingProxyType(dict(zip(ScorePart, points, strict=True)))
    return Weights(version="proef", parts=parts, near_km=near, far_km=near + chance.randint(1, 12))


def differences(asked: list[Asked], offered: list[Offered], counted: Weights) -> list[str]:
    """Return where the matrix says something else than the rules."""
    found = assess_all(asked, offered, counted)
    wrong = []
    for row, one in enumerate(asked):
        for column, other in enumerate(offered):
            rules = assess(one, other, counted)
            bits = sum(GATE_BITS[gate] for gate in {closed.gate for closed in rules.gates})
            far = found.kilometres[row, column]
            same = {
                "gates": found.gates[row, column] == bits,
                "open": found.open[row, column] == rules.proposable,
                "changes": found.changes[row, column] == rules.changes,
                "score": found.score[row, column] == rules.score,
                "distance": isnan(far) if rules.distance_km is None else far == rules.distance_km,
            } | {part.part: found.parts[part.part][row, column] == part.points for part in rules.parts}
            wrong += [f"{row}, {column}: {name}" for name, equal in same.items() if not equal]
    return wrong


@given(st.integers(0, 2**32), st.integers(0, 6), st.integers(0, 6))
def test_the_matrix_says_what_the_rules_say(seed: int, asking: int, offering: int) -> None:
    assert differences(*many(seed, asking, offering), weights(seed)) == []


def test_the_matrix_says_what_the_rules_say_of_ten_thousand_pairs() -> None:
    assert differences(*many(2026, 100, 100), WEIGHTS) == []


def test_every_field_of_both_sides_is_drawn() -> None:
    """A field that the rules begin to look at is seen by the tests above only when it is varied."""
    chance = Random(1)  # noqa: S311
    for kind in (Asked, Offered):
        assert set(draw(chance, kind)) == {field.name for field in fields(kind)}


@pytest.mark.parametrize("known", [matrix.GATES, matrix.SCORED])
def test_a_gate_or_part_that_the_matrix_does_not_know_is_refused(
    known: dict[object, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = list(known)[-1]
    monkeypatch.delitem(known, last)
    with pytest.raises(NotImplementedError):
        assess_all(*many(1, 2, 2))


@pytest.mark.parametrize("gate", list(Gate))
def test_the_comparison_would_notice_a_gate_that_does_not_close(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(matrix.GATES, gate, lambda sides: np.zeros(sides.shape, dtype=bool))
    assert differences(*many(2026, 30, 30), WEIGHTS)
