"""Invented ledgers: whole histories of municipalities, small or large, from a seed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from common.vocabulary import (
    AgeBand,
    AreaKind,
    EndingReason,
    Goal,
    HouseholdKind,
    Interpreter,
    RecruitmentChannel,
    ReferralSource,
    Review,
    ReviewSide,
    SupportForm,
)
from reporting.dictionary.periods import month_after
from reporting.disclosure.cells import Key, Observation, Place
from reporting.disclosure.plan import PLAN, Plan
from reporting.disclosure.relations import World
from reporting.facts.formulas import facts_of

UNTIL = date(2025, 8, 1)


@dataclass(frozen=True)
class Line:
    event: str
    month: date
    family: UUID | None = None
    support_family: UUID | None = None
    coupling: UUID | None = None
    children: tuple[UUID, ...] = ()
    age_bands: tuple[str, ...] = ()
    support_form: str = ""
    referral_source: str = ""
    channel: str = ""
    ending_reason: str = ""
    household: str = ""
    interpreter: str = ""
    area: str = ""
    review: str = ""
    review_side: str = ""
    satisfaction: int | None = None
    goal_scores: tuple[int, ...] = ()
    days: int | None = None
    municipality_code: str = "GM0001"


@dataclass(frozen=True)
class Shape:
    """How an invented world looks: how many places, from when, how busy."""

    places: int = 6
    first: date = date(2023, 1, 1)
    until: date = UNTIL
    per_year: float = 6.0
    returning: float = 0.15
    codes: tuple[str, ...] = field(default=("GM0001",))


def random_lines(rng: Random, shape: Shape, *, per_year: float, first: date) -> list[Line]:
    lines: list[Line] = []
    families: list[tuple[UUID, tuple[UUID, ...]]] = []
    month = first
    while month <= shape.until:
        for _ in range(_poisson(rng, per_year / 12)):
            lines += _case(rng, shape, month, families)
        month = month_after(month)
    return lines


def _case(
    rng: Random, shape: Shape, month: date, families: list[tuple[UUID, tuple[UUID, ...]]]
) -> Iterator[Line]:
    if families and rng.random() < shape.returning:
        family, children = rng.choice(families)
    else:
        family, children = _uuid(rng), tuple(_uuid(rng) for _ in range(rng.choice((1, 1, 2, 3))))
        families.append((family, children))
        yield Line("family_registered", month, family, referral_source=rng.choice(ReferralSource.values))
    support, coupling = _uuid(rng), _uuid(rng)
    channel = rng.choice(RecruitmentChannel.values)
    yield Line("support_registered", month, support_family=support, channel=channel)
    yield Line("support_approved", month, support_family=support, channel=channel)
    yield Line("intake_done", month, family)
    yield Line("waiting_started", month, family)
    trial = month_after(month, rng.choice((0, 1, 2, 5)))
    if trial > shape.until or rng.random() < 0.1:
        return
    yield Line(
        "waiting_ended",
        trial,
        family,
        household=rng.choice(HouseholdKind.values),
        interpreter=rng.choice(Interpreter.values),
        days=rng.choice((20, 91, 92, 200)),
    )
    both: dict[str, Any] = {"family": family, "support_family": support, "coupling": coupling}
    yield Line("introduction", trial, **both, days=rng.randint(5, 100))
    yield Line("trial_started", trial, **both)
    start = month_after(trial, rng.choice((1, 2)))
    if start > shape.until:
        return
    if rng.random() < 0.1:
        yield Line("trial_stopped", start, **both)
        return
    yield Line(
        "coupling_started",
        start,
        **both,
        children=children,
        age_bands=tuple(rng.choice(AgeBand.values) for _ in children),
        support_form=rng.choice(SupportForm.values),
        days=rng.randint(10, 300),
    )
    end = month_after(start, rng.choice((0, 3, 6, 12, 24)))
    for review, held in ((Review.TRIAL, start), (Review.MONTH_12, month_after(start, 12))):
        if held <= min(end, shape.until):
            yield from _talks(rng, review, held, both)
    if end <= shape.until:
        yield Line("coupling_ended", end, **both, ending_reason=rng.choice(EndingReason.values))


def _talks(rng: Random, review: Review, month: date, both: dict[str, Any]) -> Iterator[Line]:
    for side in ReviewSide:
        yield Line(
            "evaluation_done",
            month,
            **both,
            review=review.value,
            review_side=side.value,
            satisfaction=rng.choice((None, 5, 6, 7, 8, 9)),
            goal_scores=rng.choice(((), tuple(rng.randint(1, 5) for _ in Goal))),
            days=rng.choice((0, 14, 15)),
        )


def facts_for(place: str, lines: Iterable[Line], until: date) -> dict[Key, Observation]:
    return {
        Key(row.measure, place, row.period.kind, row.period.start, row.attribute, row.category): Observation(
            row.value, row.asking_families, row.support_families
        )
        for row in facts_of(lines, until=until)
    }


def random_world(seed: int, shape: Shape, plan: Plan = PLAN) -> tuple[dict[Key, Observation], World]:
    rng = Random(seed)  # noqa: S311  (an invented world)
    facts: dict[Key, Observation] = {}
    places = []
    for _ in range(shape.places):
        place = str(_uuid(rng))
        first = month_after(shape.first, rng.choice((0, 0, 3, 12, 18)))
        busy = shape.per_year * rng.lognormvariate(0, 0.6)
        area = rng.choice((*AreaKind.values, ""))
        lines = [replace(line, area=area) for line in random_lines(rng, shape, per_year=busy, first=first)]
        facts |= facts_for(place, lines, shape.until)
        years = frozenset(range(first.year, shape.until.year + 1))
        places.append(Place(place, first, None, years))
    first = min(place.first_month for place in places)
    return facts, World(plan, places, first, shape.until)


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _poisson(rng: Random, mean: float) -> int:
    count, rest = 0, rng.expovariate(1.0)
    while rest < mean:
        count += 1
        rest += rng.expovariate(1.0)
    return count
