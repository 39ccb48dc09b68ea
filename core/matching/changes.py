"""What would make a combination better: each thing that could be otherwise, tried out by the rules themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from common.vocabulary import AgeBand, DayPart, Return, SupportForm, Wish
from core.matching import score_words as words
from core.matching.reasons import Reason
from core.matching.score import OFTEN, score_parts, total, transport_needed
from core.matching.sides import Asked, Offered
from core.matching.weights import Weights


@dataclass(frozen=True, slots=True)
class Lift:
    """One change with what it would add to the score, in tenths of a point."""

    change: Reason
    gain: int

    def __str__(self) -> str:
        """Return it in words."""
        return words.points_more(self.change, self.gain)


def best_lift(asked: Asked, offered: Offered, weights: Weights) -> Lift | None:
    """Return the one change that would lift the score most; none when nothing would."""
    now = total(score_parts(asked, offered, weights))
    best: Lift | None = None
    for change, then_asked, then_offered in _variations(asked, offered):
        gain = total(score_parts(then_asked, then_offered, weights)) - now
        if gain > (best.gain if best else 0):
            best = Lift(change, gain)
    return best


def _variations(asked: Asked, offered: Offered) -> Iterator[tuple[Reason, Asked, Offered]]:
    """Yield both sides with one thing otherwise, in the order of the parts of the score."""
    for change, then in _offered_otherwise(asked, offered):
        yield change, asked, then
    for hope in _ordered(Return, offered.hopes - asked.gives):
        yield Reason(words.also_gives, (hope,)), replace(asked, gives=asked.gives | {hope}), offered
    if transport_needed(asked) is None:
        yield Reason(words.can_drive_themselves), replace(asked, needs_transport=False), offered


def _offered_otherwise(asked: Asked, offered: Offered) -> Iterator[tuple[Reason, Offered]]:
    if not offered.day_parts and asked.day_parts:
        yield (
            Reason(words.on_what_is_asked, (asked.day_parts,)),
            replace(offered, day_parts=asked.day_parts),
        )
    elif asked.day_parts:
        for part in _ordered(DayPart, asked.day_parts - offered.day_parts):
            yield Reason(words.also_on, (part,)), replace(offered, day_parts=offered.day_parts | {part})
    if asked.frequency in OFTEN and offered.frequency != asked.frequency:
        yield Reason(words.as_often, (asked.frequency,)), replace(offered, frequency=asked.frequency)
    for form in _ordered(SupportForm, asked.forms - offered.all_forms):
        yield Reason(words.also_offers, (form,)), replace(offered, forms=offered.forms | {form})
    for band in _ordered(AgeBand, frozenset(asked.age_bands) - offered.age_bands):
        yield Reason(words.also_this_age, (band,)), replace(offered, age_bands=offered.age_bands | {band})
    wanted = asked.wishes - {Wish.CHILDREN_AT_HOME, Wish.TRANSPORT}
    for wish in _ordered(Wish, wanted - offered.strengths):
        yield Reason(words.also_this_wish, (wish,)), replace(offered, strengths=offered.strengths | {wish})
    if transport_needed(asked) and not offered.has_transport:
        yield Reason(words.can_drive), replace(offered, has_transport=True)


def _ordered(choices: type, values: frozenset[str]) -> list[str]:
    return [choice.value for choice in choices if choice.value in values]  # type: ignore[attr-defined]
