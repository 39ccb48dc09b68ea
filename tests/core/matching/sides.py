"""Both sides as Hypothesis draws them, for every test of the rules."""

from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from common.vocabulary import AgeBand, DayPart, Frequency, HouseTrait, Return, SupportForm, Veto, Wish
from core.matching.sides import Asked, Availability, Offered, Point

DUTCH_POINTS = st.builds(Point, st.floats(50.7, 53.6), st.floats(3.3, 7.3))
# Two towns, so that many pairs live near enough to each other.
NEAR_POINTS = st.builds(Point, st.floats(52.45, 52.55), st.floats(4.9, 5.0))
NAMES = st.lists(st.sampled_from(["Anna", "Bo", "Çelik", "D'Arc"]), max_size=2).map(tuple)
FAMILIES = st.sampled_from([UUID(int=number) for number in range(4)])


def some(choices: type, most: int = 6) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(list(choices.values)), max_size=most)  # type: ignore[attr-defined]


ASKED = st.builds(
    Asked,
    age_bands=st.lists(st.sampled_from(AgeBand.values), max_size=4).map(tuple),
    forms=some(SupportForm),
    frequency=st.sampled_from(["", *Frequency.values]),
    day_parts=some(DayPart),
    overnight=st.booleans(),
    vetoes=some(Veto),
    traits=some(HouseTrait),
    wishes=some(Wish),
    gives=some(Return),
    needs_transport=st.none() | st.booleans(),
    max_distance_km=st.none() | st.integers(0, 40),
    place=st.none() | DUTCH_POINTS | NEAR_POINTS,
    waiting=st.booleans(),
    has_custody_holder=st.booleans(),
    parents_to_ask=NAMES,
    talks_due=NAMES,
    together_with=st.frozensets(FAMILIES, max_size=2),
)
OFFERED = st.builds(
    Offered,
    family=st.none() | FAMILIES,
    availability=st.sampled_from(Availability),
    paused_until=st.none() | st.dates(),
    free_places=st.integers(-2, 6),
    booked=st.dictionaries(st.sampled_from(DayPart.values), st.integers(1, 3), max_size=6),
    has_screened_adult=st.booleans(),
    adults_without_vog=NAMES,
    forms=some(SupportForm),
    frequency=st.sampled_from(["", *Frequency.values]),
    day_parts=some(DayPart),
    overnight=st.booleans(),
    vetoes=some(Veto),
    traits=some(HouseTrait),
    strengths=some(Wish),
    hopes=some(Return),
    age_bands=some(AgeBand),
    own_children_age_bands=some(AgeBand),
    has_transport=st.none() | st.booleans(),
    max_distance_km=st.none() | st.integers(0, 40),
    place=st.none() | DUTCH_POINTS | NEAR_POINTS,
)


def pair_of(chance: Random) -> tuple[Asked, Offered]:
    """Draw both sides without Hypothesis, which takes its time: thousands of pairs in a second."""

    def few(choices: type, most: int = 5) -> frozenset[str]:
        values: list[str] = choices.values  # type: ignore[attr-defined]
        return frozenset(chance.sample(values, chance.randint(0, min(most, len(values)))))

    def maybe(value: object, share: float = 0.3) -> Any:
        return value if chance.random() < share else None

    def home() -> Point | None:
        here = Point(chance.uniform(52.45, 52.55), chance.uniform(4.9, 5.0))
        return here if chance.random() < 0.9 else None

    names, rare = ("Anna", "Bo"), few(Veto, 1) if chance.random() < 0.2 else frozenset()
    asked = Asked(
        age_bands=tuple(chance.choices(AgeBand.values, k=chance.choice((0, 1, 1, 1, 2, 3)))),
        forms=few(SupportForm),
        frequency=chance.choice(["", *Frequency.values]),
        day_parts=few(DayPart, 8),
        overnight=chance.random() < 0.2,
        vetoes=rare,
        traits=few(HouseTrait, 2),
        wishes=few(Wish),
        gives=few(Return, 3),
        needs_transport=chance.choice((None, True, False)),
        max_distance_km=maybe(chance.randint(1, 15)),
        place=home(),
        waiting=chance.random() < 0.9,
        has_custody_holder=chance.random() < 0.9,
        parents_to_ask=names[: chance.choice((0, 0, 0, 0, 0, 1, 2))],
        talks_due=names[: chance.choice((0, 0, 0, 0, 0, 1))],
        together_with=frozenset({UUID(int=chance.randint(0, 3))} if chance.random() < 0.2 else ()),
    )
    offered = Offered(
        family=maybe(UUID(int=chance.randint(0, 3)), 0.9),
        availability=chance.choice((*[Availability.AVAILABLE] * 9, *Availability)),
        free_places=chance.randint(0, 4),
        booked={part: chance.randint(1, 3) for part in few(DayPart, 6)},
        has_screened_adult=chance.random() < 0.9,
        adults_without_vog=names[: chance.choice((0, 0, 0, 0, 0, 1, 2))],
        forms=few(SupportForm),
        frequency=chance.choice(["", *Frequency.values]),
        day_parts=few(DayPart, 12),
        overnight=chance.random() < 0.5,
        vetoes=few(Veto, 1) if chance.random() < 0.2 else frozenset(),
        traits=few(HouseTrait, 2),
        strengths=few(Wish),
        hopes=few(Return, 2),
        age_bands=few(AgeBand),
        own_children_age_bands=few(AgeBand, 2),
        has_transport=chance.choice((None, True, False)),
        max_distance_km=maybe(chance.randint(1, 15)),
        place=home(),
    )
    return asked, offered
