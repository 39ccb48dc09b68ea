"""What is said and agreed in the life of a pairing: invented per pairing, the same whoever writes it down."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from common.vocabulary import EndingReason, Frequency, Goal
from config.synthesis import words
from config.synthesis.plan import Pairing
from config.synthesis.randomness import Stream, working_day
from core.agreements.models import CouplingAgreement
from core.guidance.models import ContactMoment, MomentKind, Side, Verdict
from core.guidance.services import EvaluationData
from tenants.standards.models import Region

CLOSING_TALKS = 0.88
BOTH_SIDES = 0.93
PAUSES_IN_HOLIDAYS = 0.5
NORTH_OF, SOUTH_OF = 52.3, 51.8
ANSWERS = 0.75  # of the talks in which somebody gives a mark and scores


@dataclass(frozen=True, slots=True)
class Agreed:
    """The words of an agreement, and in which weeks."""

    arrangements: str
    house_rules: str
    month_week: int | None
    holiday_region: str


def agreed(plan: Pairing, seed: int, kind: str) -> Agreed:
    """Invent the words of an agreement."""
    chance = Stream(seed, plan.asking.area.slug, "agreement", kind, *plan.number)
    rules = chance.choice(words.HOUSE_RULES) if kind == CouplingAgreement.Kind.DEFINITIVE else ""
    arrangements = chance.choice(words.ARRANGEMENTS)
    nth = chance.randint(1, 4) if plan.frequency == Frequency.MONTHLY else None
    # The border between the regions is invented, like the families: it follows a degree of latitude.
    latitude = plan.asking.area.latitude
    region = Region.NORTH if latitude > NORTH_OF else Region.MIDDLE if latitude > SOUTH_OF else Region.SOUTH
    return Agreed(arrangements, rules, nth, region.value if chance.chance(PAUSES_IN_HOLIDAYS) else "")


def closing_talks(plan: Pairing, seed: int, ended_on: date) -> tuple[date | None, date | None]:
    """Return on which days the closing talks with both families were, as far as they were before the end."""
    chance = Stream(seed, plan.asking.area.slug, "closing", *plan.number)
    earliest = plan.introduced_on or ended_on
    talks = [
        max(earliest, ended_on - timedelta(days=chance.randint(0, 6)))
        if chance.chance(CLOSING_TALKS)
        else None
        for _side in Side
    ]
    return talks[0], talks[1]


def late_closing_talk(plan: Pairing, seed: int, ended_on: date) -> date | None:
    """Return on which day the closing talks followed that were not yet held at the end."""
    if None not in closing_talks(plan, seed, ended_on):
        return None
    chance = Stream(seed, plan.asking.area.slug, "late closing", *plan.number)
    return working_day(ended_on + timedelta(days=chance.randint(3, 24)))


def talks_of(plan: Pairing, seed: int, kind: MomentKind, on: date) -> list[EvaluationData]:
    """Return what both sides, or one of them, said at a moment."""
    chance = Stream(seed, plan.asking.area.slug, "evaluation", kind, *plan.number)
    sides = list(Side) if chance.chance(BOTH_SIDES) else [chance.choice(list(Side))]
    ends = kind == MomentKind.MONTH_24
    return [_evaluation(chance, side.value, on, ends=ends) for side in sides]


def decline_reason(plan: Pairing, seed: int) -> str:
    """Return why somebody said no."""
    chance = Stream(seed, plan.asking.area.slug, "declined", *plan.number)
    return chance.choice(words.DECLINED[plan.declined_by])


def missing_side(talks: list[EvaluationData]) -> str:
    """Return why a moment is closed although one side did not speak."""
    return "" if len(talks) == len(Side) else "Niet te bereiken voor een gesprek."


def contact_of(plan: Pairing, seed: int, on: date) -> tuple[str, str, str]:
    """Invent a contact in between: with whom, how, what."""
    chance = Stream(seed, plan.asking.area.slug, "contact", on.toordinal(), *plan.number)
    kind: str = chance.pick(
        {
            ContactMoment.Kind.CALL.value: 60,
            ContactMoment.Kind.VISIT.value: 12,
            ContactMoment.Kind.MESSAGE.value: 28,
        }
    )
    return chance.choice(list(Side)).value, kind, chance.choice(words.CONTACT_NOTES)


@lru_cache
def reason_label(reason: str) -> str:
    """Return an ending reason in words."""
    return str(EndingReason(reason).label)


def _evaluation(chance: Stream, side: str, held_on: date, *, ends: bool) -> EvaluationData:
    """Invent what one side said: marks around 8.3 and 8.1, scores on the four goals when somebody gives them."""
    middle = 8.3 if side == Side.FAMILY else 8.1
    answers = chance.chance(ANSWERS)
    mark = min(10, max(1, round(chance.gauss(middle, 1.1)))) if answers else None
    goals: list[int | None] = [_score(chance) if answers else None for _ in Goal]
    verdicts = {Verdict.STOP: 1} if ends else {Verdict.CONTINUE: 90, Verdict.ADJUST: 10}
    verdict: str = chance.pick(verdicts)
    return EvaluationData(side, held_on, str(verdict), goals, mark, chance.choice(words.EVALUATION_NOTES))


def _score(chance: Stream) -> int:
    return chance.pick({2: 6, 3: 24, 4: 48, 5: 22})
