"""The weighted score, part by part. Every part gives whole tenths, so that the parts add up exactly to the score.

Wishes of both families count. What is not known counts for half and becomes a question, so that a gap in a file neither
lifts nor sinks a family. Nothing of a special category, no origin, income or kind of family is known here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from common.vocabulary import Frequency, ScorePart, Wish
from core.matching import score_words as words
from core.matching.reasons import Reason
from core.matching.sides import Asked, Offered, distance_km, usable_parts
from core.matching.weights import Weights

EXPERIENCE: frozenset[str] = frozenset({Wish.AUTISM_ADHD, Wish.DISABILITY})
# Judged elsewhere: the age part and the transport part.
ELSEWHERE: frozenset[str] = frozenset({Wish.CHILDREN_AT_HOME, Wish.TRANSPORT})
OFTEN: tuple[str, ...] = (Frequency.MONTHLY, Frequency.FORTNIGHTLY, Frequency.WEEKLY)
# How a part is divided: the days against how often, the age against children of that age, one family's wishes against
# the other's.
DAYS_SHARE, AGE_SHARE, ASKED_SHARE = (3, 5), (2, 3), (3, 5)


@dataclass(frozen=True, slots=True)
class PartScore:
    """What one part gives, out of how much, and why. Each question is something that is not known."""

    part: ScorePart
    points: int
    weight: int
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()
    questions: tuple[Reason, ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether something of this part is not known."""
        return bool(self.questions)


def share(weight: int, part: float, whole: float = 1) -> int:
    """Return the nearest whole number of tenths to ``weight * part / whole``, within 0 and ``weight``."""
    return max(0, min(weight, int(weight * part / whole + 0.5))) if whole else weight


def unknown(weight: int) -> int:
    """Return the neutral score: half."""
    return share(weight, 1, 2)


def score_parts(asked: Asked, offered: Offered, weights: Weights) -> tuple[PartScore, ...]:
    """Return the score of every part."""
    return tuple(look(asked, offered, weights.parts[part], weights) for part, look in PARTS)


def total(parts: tuple[PartScore, ...]) -> int:
    """Return the score: tenths of a point, 0 to 1000."""
    return sum(part.points for part in parts)


def _days(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    for_days = share(weight, *DAYS_SHARE)
    pros, cons, questions = [], [], []
    if not asked.day_parts or not offered.day_parts:
        points = unknown(for_days)
        questions.append(Reason(words.when_asked if not asked.day_parts else words.when_offered))
    else:
        usable = usable_parts(asked, offered)
        taken = asked.day_parts & offered.day_parts - usable
        points = share(for_days, len(usable), len(asked.day_parts))
        if usable:
            pros.append(Reason(words.fits_on, (usable,)))
        if missing := asked.day_parts - offered.day_parts:
            cons.append(Reason(words.not_on, (missing,)))
        if taken:
            cons.append(Reason(words.taken_on, (taken,)))
    often = _frequency(asked, offered, weight - for_days)
    return PartScore(
        ScorePart.DAYS,
        points + often.points,
        weight,
        (*pros, *often.reasons_for),
        (*cons, *often.reasons_against),
        (*questions, *often.questions),
    )


def _frequency(asked: Asked, offered: Offered, weight: int) -> PartScore:
    def told(points: int, **reasons: tuple[Reason, ...]) -> PartScore:
        return PartScore(ScorePart.DAYS, points, weight, **reasons)

    if asked.frequency not in OFTEN or offered.frequency not in OFTEN:
        if asked.frequency and asked.frequency == offered.frequency:
            return told(weight, reasons_for=(Reason(words.both_as_it_comes),))
        return told(unknown(weight), questions=(Reason(words.how_often),))
    short = OFTEN.index(asked.frequency) - OFTEN.index(offered.frequency)
    if short <= 0:
        return told(weight, reasons_for=(Reason(words.often_enough, (offered.frequency,)),))
    against = (Reason(words.less_often, (offered.frequency,)),)
    return told(share(weight, 1, 2) if short == 1 else 0, reasons_against=against)


def _distance(asked: Asked, offered: Offered, weight: int, weights: Weights) -> PartScore:
    far = distance_km(asked.place, offered.place)
    if far is None:
        return PartScore(ScorePart.DISTANCE, unknown(weight), weight, questions=(Reason(words.how_far),))
    points = share(weight, weights.far_km - max(far, weights.near_km), weights.far_km - weights.near_km)
    told = (Reason(words.lives_at, (far,)),)
    if 2 * points >= weight:
        return PartScore(ScorePart.DISTANCE, points, weight, reasons_for=told)
    return PartScore(ScorePart.DISTANCE, points, weight, reasons_against=told)


def _form(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    offers = offered.all_forms
    if not asked.forms or not offers:
        ask = Reason(words.which_form_asked if not asked.forms else words.which_form_offered)
        return PartScore(ScorePart.FORM, unknown(weight), weight, questions=(ask,))
    shared = asked.forms & offers
    missing = asked.forms - shared
    return PartScore(
        ScorePart.FORM,
        share(weight, len(shared), len(asked.forms)),
        weight,
        reasons_for=(Reason(words.offers, (shared,)),) if shared else (),
        reasons_against=(Reason(words.does_not_offer, (missing,)),) if missing else (),
    )


def _age(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    for_age = share(weight, *AGE_SHARE)
    pros, cons, questions = [], [], []
    fitting = [band for band in asked.age_bands if band in offered.age_bands]
    if not asked.age_bands or not offered.age_bands:
        points = unknown(for_age)
        questions.append(Reason(words.which_ages))
    else:
        points = share(for_age, len(fitting), len(asked.age_bands))
        others = frozenset(asked.age_bands) - frozenset(fitting)
        if fitting:
            pros.append(Reason(words.age_fits, (frozenset(fitting),)))
        if others:
            cons.append(Reason(words.age_fits_less, (others,)))
    for_peers = weight - for_age
    if frozenset(asked.age_bands) & offered.own_children_age_bands:
        points += for_peers
        pros.append(Reason(words.has_child_of_that_age))
    elif Wish.CHILDREN_AT_HOME in asked.wishes:
        cons.append(Reason(words.no_child_of_that_age))
    else:
        points += unknown(for_peers)
    return PartScore(ScorePart.AGE, points, weight, tuple(pros), tuple(cons), tuple(questions))


def _wishes(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    """Wishes of the asking family against what the other has to offer, and the other way round."""
    for_asking = share(weight, *ASKED_SHARE)
    theirs = _wanted(ScorePart.WISHES, asked.wishes - EXPERIENCE - ELSEWHERE, offered, for_asking)
    ours = _returned(asked, offered, weight - for_asking)
    return PartScore(
        ScorePart.WISHES,
        theirs.points + ours.points,
        weight,
        theirs.reasons_for + ours.reasons_for,
        theirs.reasons_against + ours.reasons_against,
        theirs.questions + ours.questions,
    )


def _returned(asked: Asked, offered: Offered, weight: int) -> PartScore:
    part = ScorePart.WISHES
    if not offered.hopes:
        return PartScore(part, weight, weight)
    if not asked.gives:
        return PartScore(
            part, unknown(weight), weight, questions=(Reason(words.what_in_return, (offered.hopes,)),)
        )
    met = offered.hopes & asked.gives
    missed = offered.hopes - met
    return PartScore(
        part,
        share(weight, len(met), len(offered.hopes)),
        weight,
        reasons_for=(Reason(words.gives_in_return, (met,)),) if met else (),
        reasons_against=(Reason(words.does_not_give, (missed,)),) if missed else (),
    )


def _experience(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    return _wanted(ScorePart.EXPERIENCE, asked.wishes & EXPERIENCE, offered, weight)


def _wanted(part: ScorePart, wanted: frozenset[str], offered: Offered, weight: int) -> PartScore:
    if not wanted:
        return PartScore(part, weight, weight)
    if not offered.strengths:
        ask = tuple(Reason(words.ask_for_wish, (wish,)) for wish in sorted(wanted))
        return PartScore(part, unknown(weight), weight, questions=ask)
    met = wanted & offered.strengths
    return PartScore(
        part,
        share(weight, len(met), len(wanted)),
        weight,
        reasons_for=tuple(Reason(words.wish_fits, (wish,)) for wish in sorted(met)),
        reasons_against=tuple(Reason(words.wish_does_not_fit, (wish,)) for wish in sorted(wanted - met)),
    )


def _transport(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    part = ScorePart.TRANSPORT
    needed = transport_needed(asked)
    if needed is None:
        return PartScore(part, unknown(weight), weight, questions=(Reason(words.transport_asked),))
    if not needed:
        return PartScore(part, weight, weight)
    if offered.has_transport is None:
        return PartScore(part, unknown(weight), weight, questions=(Reason(words.transport_offered),))
    if offered.has_transport:
        return PartScore(part, weight, weight, reasons_for=(Reason(words.has_transport),))
    return PartScore(part, 0, weight, reasons_against=(Reason(words.no_transport),))


def transport_needed(asked: Asked) -> bool | None:
    """Return whether the asking family needs lifts; the wish counts where the question was not answered."""
    if asked.needs_transport is None and Wish.TRANSPORT in asked.wishes:
        return True
    return asked.needs_transport


PARTS: tuple[tuple[ScorePart, Callable[[Asked, Offered, int, Weights], PartScore]], ...] = (
    (ScorePart.DAYS, _days),
    (ScorePart.DISTANCE, _distance),
    (ScorePart.FORM, _form),
    (ScorePart.AGE, _age),
    (ScorePart.WISHES, _wishes),
    (ScorePart.EXPERIENCE, _experience),
    (ScorePart.TRANSPORT, _transport),
)
