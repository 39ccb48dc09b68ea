"""The weighted score, part by part. Every part gives whole tenths, so that the parts add up exactly to the score.

What is not known counts for half and becomes a question, so that a gap in a file neither lifts nor sinks a family.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from common.formats import listing, number
from common.vocabulary import AgeBand, DayPart, Frequency, SupportForm, Wish
from core.matching.sides import Asked, Offered, distance_km
from core.matching.weights import Part, Weights

EXPERIENCE: frozenset[str] = frozenset({Wish.AUTISM_ADHD, Wish.DISABILITY})
# Judged elsewhere: the age part and the transport part.
ELSEWHERE: frozenset[str] = frozenset({Wish.CHILDREN_AT_HOME, Wish.TRANSPORT})
SAME_AREA_KM = 0.05
OFTEN: tuple[str, ...] = (Frequency.MONTHLY, Frequency.FORTNIGHTLY, Frequency.WEEKLY)


@dataclass(frozen=True, slots=True)
class PartScore:
    """What one part gives, out of how much, and why."""

    part: Part
    points: int
    weight: int
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def share(weight: int, part: float, whole: float = 1) -> int:
    """Return the nearest whole number of tenths to ``weight * part / whole``, within 0 and ``weight``."""
    return max(0, min(weight, int(weight * part / whole + 0.5))) if whole else weight


def unknown(weight: int) -> int:
    """Return the neutral score: half."""
    return share(weight, 1, 2)


def score_parts(asked: Asked, offered: Offered, weights: Weights) -> tuple[PartScore, ...]:
    """Return the score of every part."""
    return tuple(look(asked, offered, weights.parts[part], weights) for part, look in PARTS)


def _days(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    for_days = share(weight, 3, 5)
    pros, cons, questions = [], [], []
    shared = asked.day_parts & offered.day_parts
    if not asked.day_parts or not offered.day_parts:
        points = unknown(for_days)
        questions.append(
            _("Op welke dagdelen zoekt het gezin?")
            if not asked.day_parts
            else _("Op welke dagdelen kan het steungezin?")
        )
    else:
        points = share(for_days, len(shared), len(asked.day_parts))
        if shared:
            pros.append(_("Past op %(days)s") % {"days": listing(_labels(DayPart, shared, limit=3))})
        if len(shared) < len(asked.day_parts):
            missing = _labels(DayPart, asked.day_parts - shared, limit=3)
            cons.append(_("Niet op %(days)s") % {"days": listing(missing)})
    often, more = _frequency(asked, offered, weight - for_days)
    pros += more.reasons_for
    cons += more.reasons_against
    questions += more.questions
    return PartScore(Part.DAYS, points + often, weight, tuple(pros), tuple(cons), tuple(questions))


def _frequency(asked: Asked, offered: Offered, weight: int) -> tuple[int, PartScore]:
    def told(points: int, **reasons: tuple[str, ...]) -> tuple[int, PartScore]:
        return points, PartScore(Part.DAYS, points, weight, **reasons)

    if asked.frequency not in OFTEN or offered.frequency not in OFTEN:
        if asked.frequency and asked.frequency == offered.frequency:
            return told(weight, reasons_for=(_("Allebei in overleg"),))
        return told(unknown(weight), questions=(_("Hoe vaak kan en wil het steungezin?"),))
    label = Frequency(offered.frequency).label
    short = OFTEN.index(asked.frequency) - OFTEN.index(offered.frequency)
    if short <= 0:
        return told(weight, reasons_for=(_("Kan zo vaak als nodig: %(often)s") % {"often": label},))
    against = (_("Kan minder vaak: %(often)s") % {"often": label},)
    return told(share(weight, 1, 2) if short == 1 else 0, reasons_against=against)


def _distance(asked: Asked, offered: Offered, weight: int, weights: Weights) -> PartScore:
    far = distance_km(asked.place, offered.place)
    if far is None:
        ask = (_("Hoe ver wonen de gezinnen van elkaar? Een postcodegebied is niet bekend."),)
        return PartScore(Part.DISTANCE, unknown(weight), weight, questions=ask)
    points = share(weight, weights.far_km - max(far, weights.near_km), weights.far_km - weights.near_km)
    text = (
        _("Woont op ongeveer %(km)s km") % {"km": number(far, 1)}
        if far >= SAME_AREA_KM
        else _("Woont in hetzelfde postcodegebied")
    )
    if 2 * points >= weight:
        return PartScore(Part.DISTANCE, points, weight, reasons_for=(text,))
    return PartScore(Part.DISTANCE, points, weight, reasons_against=(text,))


def _form(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    if not asked.forms or not offered.forms:
        ask = (
            _("Welke steunvorm zoekt het gezin?")
            if not asked.forms
            else _("Welke steunvorm biedt het steungezin?")
        )
        return PartScore(Part.FORM, unknown(weight), weight, questions=(ask,))
    shared = asked.forms & offered.forms
    missing = asked.forms - shared
    return PartScore(
        Part.FORM,
        share(weight, len(shared), len(asked.forms)),
        weight,
        reasons_for=(_("Biedt %(forms)s") % {"forms": listing(_labels(SupportForm, shared, limit=3))},)
        if shared
        else (),
        reasons_against=(
            _("Biedt niet: %(forms)s") % {"forms": listing(_labels(SupportForm, missing, limit=3))},
        )
        if missing
        else (),
    )


def _age(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    for_age = share(weight, 2, 3)
    pros, cons, questions = [], [], []
    fitting = [band for band in asked.age_bands if band in offered.age_bands]
    if not asked.age_bands or not offered.age_bands:
        points = unknown(for_age)
        questions.append(_("Welke leeftijden passen bij dit steungezin?"))
    else:
        points = share(for_age, len(fitting), len(asked.age_bands))
        others = set(asked.age_bands) - set(fitting)
        if fitting:
            pros.append(_("Leeftijd past: %(ages)s") % {"ages": listing(_labels(AgeBand, set(fitting)))})
        if others:
            cons.append(_("Leeftijd past minder: %(ages)s") % {"ages": listing(_labels(AgeBand, others))})
    for_peers = weight - for_age
    peers = bool(set(asked.age_bands) & offered.own_children_age_bands)
    if peers:
        points += for_peers
        pros.append(_("Heeft een kind van ongeveer dezelfde leeftijd"))
    elif Wish.CHILDREN_AT_HOME in asked.wishes:
        cons.append(_("Geen kind van dezelfde leeftijd in huis; dat is wel een wens"))
    else:
        points += unknown(for_peers)
    return PartScore(Part.AGE, points, weight, tuple(pros), tuple(cons), tuple(questions))


def _wishes(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    return _wanted(Part.WISHES, asked.wishes - EXPERIENCE - ELSEWHERE, offered, weight)


def _experience(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    return _wanted(Part.EXPERIENCE, asked.wishes & EXPERIENCE, offered, weight)


def _wanted(part: Part, wanted: frozenset[str], offered: Offered, weight: int) -> PartScore:
    if not wanted:
        return PartScore(part, weight, weight)
    labels = _labels(Wish, wanted)
    if not offered.strengths:
        ask = tuple(_("Vraag het steungezin: %(wish)s?") % {"wish": label} for label in labels)
        return PartScore(part, unknown(weight), weight, questions=ask)
    met = wanted & offered.strengths
    return PartScore(
        part,
        share(weight, len(met), len(wanted)),
        weight,
        reasons_for=tuple(_("Wens past: %(wish)s") % {"wish": label} for label in _labels(Wish, met)),
        reasons_against=tuple(
            _("Wens past niet: %(wish)s") % {"wish": label} for label in _labels(Wish, wanted - met)
        ),
    )


def _transport(asked: Asked, offered: Offered, weight: int, _weights: Weights) -> PartScore:
    needed = asked.needs_transport
    if needed is None and Wish.TRANSPORT in asked.wishes:
        needed = True
    if needed is None:
        return PartScore(
            Part.TRANSPORT, unknown(weight), weight, questions=(_("Is halen en brengen nodig?"),)
        )
    if not needed:
        return PartScore(Part.TRANSPORT, weight, weight)
    if offered.has_transport is None:
        ask = (_("Kan het steungezin halen en brengen?"),)
        return PartScore(Part.TRANSPORT, unknown(weight), weight, questions=ask)
    if offered.has_transport:
        return PartScore(Part.TRANSPORT, weight, weight, reasons_for=(_("Kan halen en brengen"),))
    return PartScore(Part.TRANSPORT, 0, weight, reasons_against=(_("Kan niet halen en brengen"),))


def _labels(choices: type[TextChoices], values: Iterable[str], *, limit: int | None = None) -> list[str]:
    wanted = set(values)
    labels = [str(choice.label) for choice in choices if choice.value in wanted]
    if limit is not None and len(labels) > limit:
        return [*labels[:limit], _("nog %(n)d") % {"n": len(labels) - limit}]
    return labels


PARTS: tuple[tuple[Part, Callable[[Asked, Offered, int, Weights], PartScore]], ...] = (
    (Part.DAYS, _days),
    (Part.DISTANCE, _distance),
    (Part.FORM, _form),
    (Part.AGE, _age),
    (Part.WISHES, _wishes),
    (Part.EXPERIENCE, _experience),
    (Part.TRANSPORT, _transport),
)
