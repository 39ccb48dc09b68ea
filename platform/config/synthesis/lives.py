"""How long steps take and how things end: the times, lengths and reasons of domain sections 8.3 to 8.6."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from common.vocabulary import CloseReason, EndingReason
from config.synthesis.plan import Cycle
from config.synthesis.randomness import Stream, add_months, working_day

GUIDANCE_MONTHS = 24
VOG_TERM_MONTHS = 36
# Ended by month 6, 12 and 24; the rest reaches the end of the guidance.
ENDED_BY = ((0.12, 20, 182), (0.28, 183, 365), (0.48, 366, 715))

E = EndingReason
EARLY_REASONS = {
    E.NO_CLICK: 35,
    E.SUPPORT_CIRCUMSTANCES: 20,
    E.FAMILY_CHANGED: 20,
    E.HEAVIER_HELP: 15,
    E.LOST_CONTACT: 4,
    E.SAFETY: 3,
    E.OTHER: 3,
}
LATER_REASONS = {
    E.GOAL_REACHED: 22,
    E.SUPPORT_CIRCUMSTANCES: 28,
    E.FAMILY_CHANGED: 22,
    E.NO_CLICK: 10,
    E.HEAVIER_HELP: 12,
    E.LOST_CONTACT: 4,
    E.SAFETY: 1,
    E.OTHER: 1,
}
FULL_TERM_REASONS = {
    E.CONTINUES: 63,
    E.GOAL_REACHED: 27,
    E.SUPPORT_CIRCUMSTANCES: 3,
    E.FAMILY_CHANGED: 3,
    E.HEAVIER_HELP: 2,
    E.LOST_CONTACT: 1,
    E.OTHER: 1,
}
STOPPED_REASONS = {E.NO_CLICK: 60, E.SUPPORT_CIRCUMSTANCES: 20, E.FAMILY_CHANGED: 12, E.HEAVIER_HELP: 8}
# After these a family usually looks for another support family.
LOOKS_AGAIN: dict[str, float] = {
    E.NO_CLICK: 0.75,
    E.SUPPORT_CIRCUMSTANCES: 0.75,
    E.LOST_CONTACT: 0.2,
    E.OTHER: 0.3,
}
CLOSE_AFTER: dict[str, CloseReason] = {
    E.FAMILY_CHANGED: CloseReason.MOVED,
    E.HEAVIER_HELP: CloseReason.REFERRED,
    E.SAFETY: CloseReason.REFERRED,
    E.LOST_CONTACT: CloseReason.UNREACHABLE,
    E.NO_CLICK: CloseReason.WITHDRAWN,
    E.MUNICIPALITY_STOPPED: CloseReason.OTHER,
}
# A municipality that stops: the last guided couplings end in its last weeks.
HANDOVER_DAYS = 45


@dataclass(frozen=True, slots=True)
class Road:
    """Days between the steps of an asking family, from registration to coupling."""

    contact: int
    intake: int
    search: int
    ask: int
    meet: int
    trial: int

    def back_from(self, coupled_on: date) -> tuple[date, date, date, date, date, date]:
        """Return registration, contact, intake, proposal, introduction and start of the trial."""
        trial = coupled_on - timedelta(days=self.trial)
        introduced = trial - timedelta(days=self.meet)
        proposed = introduced - timedelta(days=self.ask)
        intake = proposed - timedelta(days=self.search)
        contact = intake - timedelta(days=self.intake)
        registered = contact - timedelta(days=self.contact)
        return (registered, *(working_day(day) for day in (contact, intake, proposed, introduced, trial)))  # type: ignore[return-value]  # five days


def squeeze(days: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return the steps made shorter, none below its least, so that together they fit in ``room`` days."""
    if sum(days) <= room:
        return list(days)
    slack = [max(0, value - low) for value, low in zip(days, least, strict=True)]
    share = max(0.0, (room - sum(least)) / sum(slack)) if sum(slack) else 0.0
    return [low + int(extra * share) for low, extra in zip(least, slack, strict=True)]


def draw_road(chance: Stream, room: int) -> Road:
    """Draw how an asking family got to its coupling.

    The known figures of the steps add up to more than the known total (median 85 days): the search takes what is left
    of a drawn total, so that the total comes out right (within a fortnight) and the search too short.
    """
    contact = chance.days(3, 7, 1, 30)
    steps = [
        contact,
        max(2, chance.days(12, 21, 3, 60) - contact),
        0,
        chance.days(8, 15, 3, 45),
        chance.days(6, 12, 2, 40),
        chance.days(42, 55, 28, 75),
    ]
    steps[2] = max(3, chance.days(85, 145, 50, 420) - sum(steps))
    return Road(*squeeze(steps, (1, 5, 8, 3, 2, 28), room))


def draw_ending(chance: Stream, coupled_on: date, stops_on: date | None) -> tuple[date, str]:
    """Draw when and why a coupling ends; everything ends with the guidance, or when the municipality stops."""
    lot = chance.random()
    full_term = working_day(add_months(coupled_on, GUIDANCE_MONTHS) + timedelta(days=chance.randint(0, 12)))
    ended, reasons = full_term, FULL_TERM_REASONS
    for place, (share, first, last) in enumerate(ENDED_BY):
        if lot < share:
            ended = working_day(coupled_on + timedelta(days=chance.randint(first, last)))
            reasons = EARLY_REASONS if place == 0 else LATER_REASONS
            break
    reason: str = chance.pick(reasons)
    if stops_on and ended > stops_on - timedelta(days=HANDOVER_DAYS):
        return working_day(
            stops_on - timedelta(days=chance.randint(3, HANDOVER_DAYS))
        ), E.MUNICIPALITY_STOPPED
    return ended, reason


def draw_cycles(chance: Stream, first_request: date, first_seen: date | None, horizon: date) -> list[Cycle]:
    """Draw every VOG of one adult up to ``horizon``; 4% of the renewals come too late. ``None``: never shown."""
    if first_seen is None:
        given_up = working_day(first_request + timedelta(days=chance.randint(50, 110)))
        return [Cycle(first_request, None, None, None, given_up, None)]
    cycles: list[Cycle] = []
    requested, seen = first_request, first_seen
    while True:
        received = working_day(max(requested, seen - timedelta(days=chance.randint(0, 6))))
        received = min(received, seen)
        issued = max(requested, received - timedelta(days=chance.randint(1, 3)))
        due = add_months(issued, VOG_TERM_MONTHS)
        cycles.append(Cycle(requested, received, issued, seen, None, due))
        if due > horizon:
            return cycles
        late = chance.chance(0.04)
        begin = (
            due + timedelta(days=chance.randint(5, 50))
            if late
            else due - timedelta(days=chance.randint(35, 56))
        )
        requested = working_day(begin)
        seen = working_day(requested + timedelta(days=chance.days(12, 22, 4, 90 if late else 30)))


def covered(cycles: Sequence[Cycle], first: date, last: date) -> bool:
    """Return whether one adult has a valid VOG on every day from ``first`` to ``last``."""
    day = first
    for cycle in cycles:
        if cycle.seen_on and cycle.review_due and cycle.seen_on <= day < cycle.review_due:
            day = cycle.review_due
    return day > last
