"""The rules for many families at once: the same gates and the same tenths as `rules.assess`, pair for pair.

Sets are bit masks, and every share is looked up in a table that `score.share` filled, so that nothing is reckoned in
another way than the rules do it. What depends on two codes or two postcode areas alone is asked of the rules
themselves, once for each two. A gate or a part of the score that is not known here makes `assess_all` refuse.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from common.vocabulary import (
    AgeBand,
    DayPart,
    HouseTrait,
    Return,
    ScorePart,
    SupportForm,
    Veto,
    Wish,
)
from core.matching.gates import Gate
from core.matching.score import (
    AGE_SHARE,
    ASKED_SHARE,
    DAYS_SHARE,
    ELSEWHERE,
    EXPERIENCE,
    PARTS,
    share,
    transport_needed,
    unknown,
)
from core.matching.sides import NIGHT, Asked, Availability, Offered, distance_km
from core.matching.weights import WEIGHTS, Weights

# Whole numbers of whatever size fits; per asking family, per support family, or per pair.
Whole: TypeAlias = npt.NDArray[Any]
Flags: TypeAlias = npt.NDArray[np.bool_]
Reals: TypeAlias = npt.NDArray[np.float64]

DAY_PARTS = tuple(DayPart.values)
GATE_BITS: Mapping[Gate, int] = {gate: 1 << place for place, gate in enumerate(Gate)}


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """What the rules say of every pair: rows are families that ask, columns families that offer."""

    # Which gates are closed, as the sum of their `GATE_BITS`, and how many things would have to change.
    gates: Whole
    changes: Whole
    parts: Mapping[ScorePart, Whole]
    # Tenths of a point, 0 to 1000.
    score: Whole
    # Not a number where a postcode area is not known.
    kilometres: Reals

    @property
    def open(self) -> Flags:
        """Return which pairs can be proposed."""
        found: Flags = self.gates == 0
        return found


def assess_all(asked: Sequence[Asked], offered: Sequence[Offered], weights: Weights = WEIGHTS) -> Matrix:
    """Look at every combination of two lists of families."""
    if set(GATES) != set(Gate) or set(SCORED) != {part for part, _look in PARTS}:
        message = "The matrix does not know every gate and every part of the score."
        raise NotImplementedError(message)
    sides = _Sides(asked, offered, weights)
    gates, changes = np.zeros(sides.shape, dtype=np.int16), np.zeros(sides.shape, dtype=np.int16)
    for gate, look in GATES.items():
        closed = look(sides)
        gates |= (closed > 0) * np.int16(GATE_BITS[gate])
        changes += closed.astype(np.int16)
    parts = {
        part: np.broadcast_to(look(sides, weights.parts[part]), sides.shape) for part, look in SCORED.items()
    }
    score = np.zeros(sides.shape, dtype=np.int16)
    for points in parts.values():
        score += points
    return Matrix(gates=gates, changes=changes, parts=parts, score=score, kilometres=sides.kilometres)


# ---------------------------------------------------------------------------------------------------------- both sides


class _Bits(dict[frozenset[str], int]):
    """Sets of one closed list as whole numbers, each worked out once."""

    def __init__(self, values: Iterable[str]) -> None:
        super().__init__()
        self.bits = {value: 1 << place for place, value in enumerate(values)}

    def __missing__(self, chosen: frozenset[str]) -> int:
        found = self[chosen] = sum(self.bits[value] for value in chosen)
        return found


class _Sides:
    """Both sides as arrays that spread over each other: those who ask stand down, those who offer along."""

    def __init__(self, asked: Sequence[Asked], offered: Sequence[Offered], weights: Weights) -> None:
        self.asked, self.offered, self.weights = asked, offered, weights
        self.shape = (len(asked), len(offered))
        days, forms, wishes = _Bits(DAY_PARTS), _Bits(SupportForm.values), _Bits(Wish.values)
        ages, gives = _Bits(AgeBand.values), _Bits(Return.values)
        # A veto has the code of what it is about.
        house = _Bits(dict.fromkeys([*Veto.values, *HouseTrait.values]))
        self.nights = np.int32(days[frozenset(part for part in DAY_PARTS if part.endswith(NIGHT))])
        self.only_overnight = forms[frozenset({SupportForm.OVERNIGHT.value})]
        self.wanted = _down((one.wanted for one in asked), np.int16)
        self.wants_overnight = _down((one.wants_overnight for one in asked), np.bool_)
        self.asked_days = _down((days[one.day_parts] for one in asked), np.int32)
        self.asked_forms = _down((forms[one.forms] for one in asked), np.int16)
        self.asked_ages = _down((ages[frozenset(one.age_bands)] for one in asked), np.int16)
        self.wishes = _down((wishes[one.wishes - EXPERIENCE - ELSEWHERE] for one in asked), np.int16)
        self.experience = _down((wishes[one.wishes & EXPERIENCE] for one in asked), np.int16)
        self.wants_peers = _down((Wish.CHILDREN_AT_HOME in one.wishes for one in asked), np.bool_)
        self.gives = _down((gives[one.gives] for one in asked), np.int16)
        self.asked_vetoes = _down((house[one.vetoes] for one in asked), np.int16)
        self.asked_traits = _down((house[one.traits] for one in asked), np.int16)
        self.offered_days = _along((days[one.day_parts] for one in offered), np.int32)
        self.offered_forms = _along((forms[one.all_forms] for one in offered), np.int16)
        self.offered_ages = _along((ages[one.age_bands] for one in offered), np.int16)
        self.own_ages = _along((ages[one.own_children_age_bands] for one in offered), np.int16)
        self.strengths = _along((wishes[one.strengths] for one in offered), np.int16)
        self.hopes = _along((gives[one.hopes] for one in offered), np.int16)
        self.offered_vetoes = _along((house[one.vetoes] for one in offered), np.int16)
        self.offered_traits = _along((house[one.traits] for one in offered), np.int16)
        self.free_places = _along((one.free_places for one in offered), np.int16)
        self.shared_days = self.asked_days & self.offered_days
        self.booked = np.flatnonzero([bool(one.booked) for one in offered])
        # Per number of children, for those who are booked: in which parts of the week there is room for so many.
        self.free_days = {
            count: np.array(
                [days[_free_parts(offered[at], count)] for at in self.booked.tolist()], dtype=np.int32
            )
            for count in np.unique(self.wanted).tolist()
        }
        self.kilometres, self.distance_points = self._distances()

    def _distances(self) -> tuple[Reals, Whole]:
        """Measure once between each two postcode areas, by the rules."""
        there, here = _kinds(one.place for one in self.asked), _kinds(one.place for one in self.offered)
        look, weight = dict(PARTS)[ScorePart.DISTANCE], self.weights.parts[ScorePart.DISTANCE]
        km = np.full((len(there.kinds), len(here.kinds)), np.nan)
        points = np.zeros(km.shape, dtype=np.int16)
        for row, one in enumerate(there.kinds):
            for column, other in enumerate(here.kinds):
                far = distance_km(one, other)
                km[row, column] = np.nan if far is None else far
                points[row, column] = look(
                    Asked(place=one), Offered(place=other), weight, self.weights
                ).points
        pairs = np.ix_(there.of, here.of)
        return km[pairs], points[pairs]

    def alike(
        self, part: ScorePart, asks: tuple[str, Iterable[Any]], offers: tuple[str, Iterable[Any]], weight: int
    ) -> Whole:
        """Ask the rules once for each two values of the only fields that they look at for a part."""
        look = dict(PARTS)[part]
        there, here = _kinds(asks[1]), _kinds(offers[1])
        table = np.zeros((len(there.kinds), len(here.kinds)), dtype=np.int16)
        for row, one in enumerate(there.kinds):
            for column, other in enumerate(here.kinds):
                asked, offered = Asked(**{asks[0]: one}), Offered(**{offers[0]: other})
                table[row, column] = look(asked, offered, weight, self.weights).points
        return table[np.ix_(there.of, here.of)]


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The different things in a list, and which of them stands at each place."""

    kinds: list[Any]
    of: list[int]


def _kinds(values: Iterable[Any]) -> _Kinds:
    known: dict[Any, int] = {}
    of = [known.setdefault(value, len(known)) for value in values]
    return _Kinds(list(known), of)


def _down(values: Iterable[Any], kind: Any) -> Whole:
    return np.fromiter(values, dtype=kind)[:, None]


def _along(values: Iterable[Any], kind: Any) -> Whole:
    return np.fromiter(values, dtype=kind)[None, :]


def _free_parts(offered: Offered, count: int) -> frozenset[str]:
    return frozenset(part for part in DAY_PARTS if offered.free_on(part) >= count)


# -------------------------------------------------------------------------------------------------------------- gates


def _of_asking(count: Callable[[Asked], int]) -> Callable[[_Sides], Whole]:
    return lambda sides: np.broadcast_to(_down((count(one) for one in sides.asked), np.int16), sides.shape)


def _of_offering(count: Callable[[Offered], int]) -> Callable[[_Sides], Whole]:
    return lambda sides: np.broadcast_to(_along((count(one) for one in sides.offered), np.int16), sides.shape)


def _together(sides: _Sides) -> Whole:
    closed = np.zeros(sides.shape, dtype=np.int16)
    column = {one.family: place for place, one in enumerate(sides.offered) if one.family is not None}
    for row, one in enumerate(sides.asked):
        for family in one.together_with & column.keys():
            closed[row, column[family]] = 1
    return closed


def _capacity(sides: _Sides) -> Whole:
    closed = sides.free_places < sides.wanted
    if sides.booked.size:
        at = sides.booked
        shared, theirs = sides.shared_days[:, at], sides.offered_days[:, at]
        matter = np.where(shared, shared, np.where(sides.asked_days, sides.asked_days, theirs))
        nights = matter & sides.nights
        matter = np.where(sides.wants_overnight & (nights != 0), nights, matter)
        free = _free_for(sides)
        closed[:, at] = np.where(matter, (matter & free) == 0, closed[:, at])
    return closed


def _free_for(sides: _Sides) -> Whole:
    """Return in which parts of the week those who are booked have room for all children of a family."""
    found = np.zeros((sides.shape[0], sides.booked.size), dtype=np.int32)
    for count, free in sides.free_days.items():
        found[sides.wanted[:, 0] == count] = free
    return found


def _veto(sides: _Sides) -> Whole:
    theirs = np.bitwise_count(sides.asked_vetoes & sides.offered_traits)
    return theirs + np.bitwise_count(sides.offered_vetoes & sides.asked_traits)


def _form(sides: _Sides) -> Whole:
    named = (
        (sides.asked_forms != 0) & (sides.asked_forms != sides.only_overnight) & (sides.offered_forms != 0)
    )
    closed: Whole = named & ((sides.asked_forms & sides.offered_forms) == 0)
    return closed


def _day_part(sides: _Sides) -> Whole:
    closed: Whole = (sides.asked_days != 0) & (sides.offered_days != 0) & (sides.shared_days == 0)
    return closed


def _overnight(sides: _Sides) -> Whole:
    return sides.wants_overnight & ~_along((one.offers_overnight for one in sides.offered), np.bool_)


def _distance(sides: _Sides) -> Whole:
    asks = _down((_limit(one.max_distance_km) for one in sides.asked), np.float64)
    offers = _along((_limit(one.max_distance_km) for one in sides.offered), np.float64)
    # Nothing is farther than a limit that is not there, and no distance that is not known is farther than any.
    return (sides.kilometres > asks).astype(np.int16) + (sides.kilometres > offers)


def _limit(kilometres: int | None) -> float:
    return np.inf if kilometres is None else kilometres


GATES: Mapping[Gate, Callable[[_Sides], Whole]] = {
    Gate.CONSENT: _of_asking(lambda one: (not one.has_custody_holder) + len(set(one.parents_to_ask))),
    Gate.NEED: _of_asking(lambda one: (not one.waiting) + (not one.age_bands)),
    Gate.CLOSING_TALK: _of_asking(lambda one: len(set(one.talks_due))),
    Gate.TOGETHER: _together,
    Gate.VOG: _of_offering(lambda one: (not one.has_screened_adult) + len(set(one.adults_without_vog))),
    Gate.AVAILABLE: _of_offering(lambda one: one.availability is not Availability.AVAILABLE),
    Gate.CAPACITY: _capacity,
    Gate.VETO: _veto,
    Gate.FORM: _form,
    Gate.DAY_PART: _day_part,
    Gate.OVERNIGHT: _overnight,
    Gate.DISTANCE: _distance,
}


# -------------------------------------------------------------------------------------------------------------- score


def _shares(weight: int, met: Whole, whole: Whole) -> Whole:
    """Return `share` of every pair: so many of so many, looked up."""
    most = int(whole.max(initial=0)) + 1
    table = np.array(
        [[share(weight, part, of) for part in range(most)] for of in range(most)], dtype=np.int16
    )
    return table.ravel()[whole.astype(np.int32) * most + met]


def _days(sides: _Sides, weight: int) -> Whole:
    for_days = share(weight, *DAYS_SHARE)
    usable = sides.shared_days
    if sides.booked.size:
        at = sides.booked
        room = sides.free_places[:, at] >= sides.wanted
        usable = usable.copy()
        usable[:, at] &= np.where(room, _free_for(sides), np.int32(-1))
    told = (sides.asked_days != 0) & (sides.offered_days != 0)
    points = _shares(for_days, np.bitwise_count(usable), np.bitwise_count(sides.asked_days))
    often = sides.alike(
        ScorePart.DAYS,
        ("frequency", (one.frequency for one in sides.asked)),
        ("frequency", (one.frequency for one in sides.offered)),
        weight,
    )
    # Without parts of the week the rules give the neutral share of the days beside what they give for how often.
    return often + np.where(told, points - np.int16(unknown(for_days)), np.int16(0))


def _of_distance(sides: _Sides, _weight: int) -> Whole:
    return sides.distance_points


def _of_form(sides: _Sides, weight: int) -> Whole:
    told = (sides.asked_forms != 0) & (sides.offered_forms != 0)
    met = np.bitwise_count(sides.asked_forms & sides.offered_forms)
    return np.where(
        told, _shares(weight, met, np.bitwise_count(sides.asked_forms)), np.int16(unknown(weight))
    )


def _of_age(sides: _Sides, weight: int) -> Whole:
    for_age = share(weight, *AGE_SHARE)
    for_peers = weight - for_age
    bands = np.arange(len(AgeBand))
    has_band = (sides.offered_ages.T >> bands & 1).astype(np.float32)
    place = {band: number for number, band in enumerate(AgeBand.values)}
    children = np.zeros((sides.shape[0], len(AgeBand)), dtype=np.float32)
    for row, one in enumerate(sides.asked):
        for band in one.age_bands:
            children[row, place[band]] += 1
    fitting = (children @ has_band.T).astype(np.int16)
    count = _down((len(one.age_bands) for one in sides.asked), np.int16)
    told = (count > 0) & (sides.offered_ages != 0)
    points = np.where(told, _shares(for_age, fitting, count), np.int16(unknown(for_age)))
    otherwise = np.where(sides.wants_peers, np.int16(0), np.int16(unknown(for_peers)))
    return points + np.where(sides.asked_ages & sides.own_ages, np.int16(for_peers), otherwise)


def _of_wishes(sides: _Sides, weight: int) -> Whole:
    for_asking = share(weight, *ASKED_SHARE)
    theirs = _wanted(sides.wishes, sides.strengths, for_asking)
    # The other way round: what the asking family gives, for what the support family hopes.
    return theirs + _wanted(sides.hopes, sides.gives, weight - for_asking)


def _of_experience(sides: _Sides, weight: int) -> Whole:
    return _wanted(sides.experience, sides.strengths, weight)


def _wanted(wanted: Whole, there: Whole, weight: int) -> Whole:
    """Return everything where nothing is wanted, half where the other side told nothing, and else what is met."""
    met = _shares(weight, np.bitwise_count(wanted & there), np.bitwise_count(wanted))
    return np.where(wanted == 0, np.int16(weight), np.where(there == 0, np.int16(unknown(weight)), met))


def _of_transport(sides: _Sides, weight: int) -> Whole:
    return sides.alike(
        ScorePart.TRANSPORT,
        ("needs_transport", (transport_needed(one) for one in sides.asked)),
        ("has_transport", (one.has_transport for one in sides.offered)),
        weight,
    )


SCORED: Mapping[ScorePart, Callable[[_Sides, int], Whole]] = {
    ScorePart.DAYS: _days,
    ScorePart.DISTANCE: _of_distance,
    ScorePart.FORM: _of_form,
    ScorePart.AGE: _of_age,
    ScorePart.WISHES: _of_wishes,
    ScorePart.EXPERIENCE: _of_experience,
    ScorePart.TRANSPORT: _of_transport,
}
