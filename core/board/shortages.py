"""What is asked and not offered, and the other way round: pure. It says for what a municipality could recruit."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.vocabulary import AgeBand, DayPart, SupportForm
from core.matching.sides import Asked, Availability, Offered


class Subject(StrEnum):
    """What a wish and an offer can be about."""

    DAY_PART = "day_part"
    FORM = "form"
    AGE = "age"


# In the order in which families are looked for: a day and a form can be asked of people, an age hardly.
VALUES: dict[Subject, tuple[str, ...]] = {
    Subject.DAY_PART: tuple(DayPart.values),
    Subject.FORM: tuple(SupportForm.values),
    Subject.AGE: tuple(AgeBand.values),
}


@dataclass(frozen=True, slots=True)
class Balance:
    """How many families ask for something and how many could give it."""

    subject: Subject
    value: str
    asking: int
    offering: int

    @property
    def short(self) -> int:
        """Return how many more ask than offer."""
        return self.asking - self.offering


def balances(asked: Iterable[Asked], offered: Iterable[Offered]) -> list[Balance]:
    """Return the balance of everything that anybody asks or offers.

    A support family counts where it has room and can be asked now. What somebody did not say counts on no side.
    """
    wishes: dict[Subject, Counter[str]] = {subject: Counter() for subject in Subject}
    gifts: dict[Subject, Counter[str]] = {subject: Counter() for subject in Subject}
    for one in asked:
        wishes[Subject.DAY_PART].update(one.day_parts)
        wishes[Subject.FORM].update(one.forms)
        wishes[Subject.AGE].update(set(one.age_bands))
    for other in offered:
        if other.availability is not Availability.AVAILABLE or other.free_places < 1:
            continue
        gifts[Subject.DAY_PART].update(other.day_parts)
        gifts[Subject.FORM].update(other.forms)
        gifts[Subject.AGE].update(other.age_bands)
    return [
        Balance(subject, value, wishes[subject][value], gifts[subject][value])
        for subject, values in VALUES.items()
        for value in values
        if wishes[subject][value] or gifts[subject][value]
    ]


def without_offer(found: Sequence[Balance]) -> list[Balance]:
    """Return what is asked and offered by nobody, what most families ask first."""
    return sorted((one for one in found if one.asking and not one.offering), key=lambda one: -one.asking)


def without_wish(found: Sequence[Balance]) -> list[Balance]:
    """Return what is offered and asked by nobody, what most families offer first."""
    return sorted((one for one in found if one.offering and not one.asking), key=lambda one: -one.offering)


def to_recruit(found: Sequence[Balance], *, most: int = 3) -> list[Balance]:
    """Return what is missing most: where the most families more ask than offer."""
    short = sorted((one for one in found if one.short > 0), key=lambda one: (-one.short, -one.asking))
    return short[:most]
