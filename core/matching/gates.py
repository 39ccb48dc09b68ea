"""The hard gates: what rules a combination out, and what would open it. No reason opens one; none touches the score.

Each closed gate knows the one change that opens it, so that the page can say it and a test can check that it is true.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from django.db.models import TextChoices

from common.vocabulary import AgeBand, DayPart, SupportForm
from core.matching import gate_words as words
from core.matching.reasons import Reason
from core.matching.sides import (
    NIGHT,
    Asked,
    Availability,
    Offered,
    distance_km,
    parts_that_matter,
    room_for,
)


class Gate(TextChoices):
    """The gates, in the order in which they are shown."""

    CONSENT = "consent"
    NEED = "need"
    CLOSING_TALK = "closing_talk"
    TOGETHER = "together"
    VOG = "vog"
    AVAILABLE = "available"
    CAPACITY = "capacity"
    VETO = "veto"
    FORM = "form"
    DAY_PART = "day_part"
    OVERNIGHT = "overnight"
    DISTANCE = "distance"


# These say something about the asking family alone, whoever the other side is.
OF_THE_FAMILY: frozenset[Gate] = frozenset({Gate.CONSENT, Gate.NEED, Gate.CLOSING_TALK})
# What must still be so on the day that both say yes: the law and the safety of the child. The rest they agreed on.
UNTIL_YES: frozenset[Gate] = frozenset(
    {Gate.CONSENT, Gate.NEED, Gate.CLOSING_TALK, Gate.VOG, Gate.AVAILABLE, Gate.VETO}
)

Sides = tuple[Asked, Offered]


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """Why a combination cannot be proposed, what would open this gate, and both sides as they would be then."""

    gate: Gate
    told: Reason
    opens: Reason
    opened: Callable[[Asked, Offered], Sides]

    @property
    def why(self) -> str:
        """What stands in the way, in words."""
        return str(self.told)

    @property
    def remedy(self) -> str:
        """What would open it, in words."""
        return str(self.opens)


def closed_gates(asked: Asked, offered: Offered) -> tuple[ClosedGate, ...]:
    """Return every gate that is closed; none means that the combination may be proposed."""
    return tuple(closed for look in GATES for closed in look(asked, offered))


def _asked_with(asked: Asked, offered: Offered, **changes: object) -> Sides:
    return replace(asked, **changes), offered  # type: ignore[arg-type]


def _offered_with(asked: Asked, offered: Offered, **changes: object) -> Sides:
    return asked, replace(offered, **changes)  # type: ignore[arg-type]


def _consent(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    if not asked.has_custody_holder:
        yield ClosedGate(
            Gate.CONSENT,
            Reason(words.nobody_with_custody),
            Reason(words.once_custody_is_known),
            partial(_asked_with, has_custody_holder=True),
        )
    for name in dict.fromkeys(asked.parents_to_ask):
        yield ClosedGate(
            Gate.CONSENT,
            Reason(words.parent_did_not_agree, (name,)),
            Reason(words.once_parent_agrees, (name,)),
            partial(_parent_agrees, name),
        )


def _parent_agrees(name: str, asked: Asked, offered: Offered) -> Sides:
    return _asked_with(
        asked, offered, parents_to_ask=tuple(one for one in asked.parents_to_ask if one != name)
    )


def _need(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    if not asked.waiting:
        yield ClosedGate(
            Gate.NEED,
            Reason(words.not_looking),
            Reason(words.once_looking),
            partial(_asked_with, waiting=True),
        )
    if not asked.age_bands:
        yield ClosedGate(
            Gate.NEED,
            Reason(words.no_child_chosen),
            Reason(words.once_child_chosen),
            partial(_asked_with, age_bands=(AgeBand.FROM_0.value,)),
        )


def _closing_talk(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    for name in dict.fromkeys(asked.talks_due):
        yield ClosedGate(
            Gate.CLOSING_TALK,
            Reason(words.no_closing_talk, (name,)),
            Reason(words.once_talk_was_held, (name,)),
            partial(_talk_held, name),
        )


def _talk_held(name: str, asked: Asked, offered: Offered) -> Sides:
    return _asked_with(asked, offered, talks_due=tuple(one for one in asked.talks_due if one != name))


def _together(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    if offered.family is not None and offered.family in asked.together_with:
        yield ClosedGate(
            Gate.TOGETHER,
            Reason(words.already_together),
            Reason(words.once_that_is_over),
            _no_longer_together,
        )


def _no_longer_together(asked: Asked, offered: Offered) -> Sides:
    return _asked_with(
        asked, offered, together_with=asked.together_with - frozenset(filter(None, [offered.family]))
    )


def _vog(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    if not offered.has_screened_adult:
        yield ClosedGate(
            Gate.VOG,
            Reason(words.nobody_with_vog),
            Reason(words.once_somebody_has_vog),
            partial(_offered_with, has_screened_adult=True),
        )
    for name in dict.fromkeys(offered.adults_without_vog):
        yield ClosedGate(
            Gate.VOG,
            Reason(words.adult_without_vog, (name,)),
            Reason(words.once_vog_is_there, (name,)),
            partial(_vog_there, name),
        )


def _vog_there(name: str, asked: Asked, offered: Offered) -> Sides:
    left = tuple(one for one in offered.adults_without_vog if one != name)
    return _offered_with(asked, offered, adults_without_vog=left)


def _available(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    if offered.availability is Availability.AVAILABLE:
        return
    about = (offered.availability, offered.paused_until)
    yield ClosedGate(
        Gate.AVAILABLE,
        Reason(words.not_available, about),
        Reason(words.once_available, about),
        partial(_offered_with, availability=Availability.AVAILABLE),
    )


def _capacity(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    wanted = asked.wanted
    if room_for(asked, offered) >= wanted:
        return
    if offered.free_places < wanted:
        told = Reason(words.too_few_places, (max(0, offered.free_places), wanted))
        opens = Reason(words.once_there_is_room, (wanted,))
    else:
        parts = parts_that_matter(asked, offered)
        nights = asked.wants_overnight and all(part.endswith(NIGHT) for part in parts)
        told = Reason(words.taken_on, (parts, nights))
        opens = Reason(words.once_free_on, (parts, nights))
    yield ClosedGate(Gate.CAPACITY, told, opens, _room_made)


def _room_made(asked: Asked, offered: Offered) -> Sides:
    most = max(offered.booked.values(), default=0)
    return _offered_with(asked, offered, free_places=asked.wanted + most)


def _veto(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    for value in sorted(asked.vetoes & offered.traits):
        yield ClosedGate(
            Gate.VETO,
            Reason(words.veto_of_asking, (value,)),
            Reason(words.once_asking_gives_way, (value,)),
            partial(_asking_gives_way, value),
        )
    for value in sorted(offered.vetoes & asked.traits):
        yield ClosedGate(
            Gate.VETO,
            Reason(words.veto_of_offering, (value,)),
            Reason(words.once_offering_gives_way, (value,)),
            partial(_offering_gives_way, value),
        )


def _asking_gives_way(value: str, asked: Asked, offered: Offered) -> Sides:
    return _asked_with(asked, offered, vetoes=asked.vetoes - {value})


def _offering_gives_way(value: str, asked: Asked, offered: Offered) -> Sides:
    return _offered_with(asked, offered, vetoes=offered.vetoes - {value})


def _form(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    offers = offered.all_forms
    # Whoever asks only for nights is told about the bed, below.
    if not asked.forms or not offers or asked.forms & offers or asked.forms == {SupportForm.OVERNIGHT}:
        return
    first = next(form.value for form in SupportForm if form.value in asked.forms - {SupportForm.OVERNIGHT})
    yield ClosedGate(
        Gate.FORM,
        Reason(words.other_forms, (asked.forms,)),
        Reason(words.once_form_is_offered, (first,)),
        partial(_offered_with, forms=offered.forms | {first}),
    )


def _day_part(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    if not asked.day_parts or not offered.day_parts or asked.day_parts & offered.day_parts:
        return
    parts = parts_that_matter(asked, offered)
    best = max((part.value for part in DayPart if part.value in parts), key=offered.free_on)
    yield ClosedGate(
        Gate.DAY_PART,
        Reason(words.no_shared_day_part),
        Reason(words.once_day_part_is_offered, (best,)),
        partial(_offered_with, day_parts=offered.day_parts | {best}),
    )


def _overnight(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    if asked.wants_overnight and not offered.offers_overnight:
        yield ClosedGate(
            Gate.OVERNIGHT,
            Reason(words.no_bed),
            Reason(words.once_there_is_a_bed),
            partial(_offered_with, overnight=True),
        )


def _distance(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    far = distance_km(asked.place, offered.place)
    if far is None:
        return
    if asked.max_distance_km is not None and far > asked.max_distance_km:
        yield ClosedGate(
            Gate.DISTANCE,
            Reason(words.too_far_for_asking, (far, asked.max_distance_km)),
            Reason(words.once_asking_goes_farther, (far,)),
            partial(_asked_with, max_distance_km=None),
        )
    if offered.max_distance_km is not None and far > offered.max_distance_km:
        yield ClosedGate(
            Gate.DISTANCE,
            Reason(words.too_far_for_offering, (far, offered.max_distance_km)),
            Reason(words.once_offering_goes_farther, (far,)),
            partial(_offered_with, max_distance_km=None),
        )


GATES: tuple[Callable[[Asked, Offered], Iterator[ClosedGate]], ...] = (
    _consent,
    _need,
    _closing_talk,
    _together,
    _vog,
    _available,
    _capacity,
    _veto,
    _form,
    _day_part,
    _overnight,
    _distance,
)
