"""The planner: who is coupled to whom in one municipality, and everybody else who came along the way.

Couplings are planned in the order of the day on which they begin, each backwards to its registration; around them come
the families that do not get that far, in the shares of domain section 8.3. Nothing here looks at the day of generation:
a later day only shows more of the same story.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from common.vocabulary import CloseReason, ReferralSource
from config.synthesis import homes
from config.synthesis.bystanders import Bystanders
from config.synthesis.families import Families
from config.synthesis.lives import (
    CLOSE_AFTER,
    LOOKS_AGAIN,
    Road,
    draw_ending,
    draw_road,
)
from config.synthesis.municipalities import Profile
from config.synthesis.plan import Asking, Pairing, Script
from config.synthesis.randomness import Stream, working_day

# How often a coupling is for a family, or with a support family, that is already known.
KNOWN_FAMILY = 0.9
KNOWN_SUPPORT = 0.3
SIBLING_ELSEWHERE = 0.1
SIBLING_WAITS = 60
REFUSED_BEFORE = 0.3
STAYS_AVAILABLE = 0.6


@dataclass(slots=True)
class Place:
    """A family in the pool that waits for another support family."""

    asking: Asking
    children: list[int]
    ready_on: date
    until: date


class Planner:
    """Plans one municipality."""

    def __init__(self, area: Profile, *, seed: int, days: Sequence[date], horizon: date) -> None:
        """Prepare to plan the couplings that begin on ``days``."""
        self.area = area
        self.seed = seed
        self.days = days
        self.families = Families(area, horizon)
        self.pool: list[Place] = []
        self.others = Bystanders(self.families)

    def plan(self) -> Script:
        """Return what happens in this municipality."""
        for number, coupled_on in enumerate(self.days):
            chance = Stream(self.seed, self.area.slug, "coupling", number)
            self.families.forget(coupled_on)
            pairing = self._couple(chance, coupled_on)
            self._refused_before(chance, pairing)
        for asking in self.families.askings:
            self._close(asking)
        return Script(
            self.area, self.seed, self.families.askings, self.families.supportings, self.families.pairings
        )

    def _couple(self, chance: Stream, coupled_on: date) -> Pairing:
        room = (coupled_on - self.area.started_on).days
        road = draw_road(chance, room)
        _, _, _, proposed, introduced, trial = road.back_from(coupled_on)
        place = self._from_pool(proposed) if chance.chance(KNOWN_FAMILY) else None
        if place is None:
            asking, children = self._new_asking(chance, road, coupled_on)
            self.others.asking_beside(chance, asking)
        else:
            asking, children = place.asking, place.children
        form, frequency, parts = homes.draw_form(chance, asking.wanted.forms)
        if place is not None:
            parts = chance.some(asking.wanted.day_parts, 1, 2)
        ended, reason = draw_ending(chance, coupled_on, self.area.ended_on)
        known = chance.chance(KNOWN_SUPPORT)
        supporting = (
            self.families.find_support(asking, len(children), proposed, coupled_on, busy_until=ended)
            if known
            else None
        )
        if supporting is None:
            supporting = self.others.new_support(
                chance, proposed, form, frequency, parts, at_least=len(children)
            )
            self.others.support_beside(chance, supporting)
        elif not set(parts) & set(supporting.offered.day_parts):
            parts = [part for part in asking.wanted.day_parts if part in supporting.offered.day_parts][:2]
        homes.make_fit(asking, supporting, form, parts)
        pairing = self.families.propose(
            chance, asking, supporting, children, proposed, introduced, (str(form), str(frequency), parts)
        )
        pairing.trial_started_on, pairing.coupled_on = trial, coupled_on
        pairing.trial_ends_on = max(
            trial + timedelta(days=28), coupled_on - timedelta(days=chance.randint(0, 4))
        )
        pairing.ended_on, pairing.reason = ended, reason
        self._afterwards(chance, pairing, place is None)
        return pairing

    def _new_asking(self, chance: Stream, road: Road, coupled_on: date) -> tuple[Asking, list[int]]:
        registered, contacted, intake, *_ = road.back_from(coupled_on)
        count = chance.pick(homes.CHILDREN_PER_PAIRING)
        elsewhere = chance.chance(SIBLING_ELSEWHERE)
        asking = self.others.new_asking(chance, registered, coupled_on, count + elsewhere)
        asking.contacted_on = contacted
        asking.intake_planned_on = working_day(contacted + timedelta(days=chance.randint(0, 1)))
        asking.intake_planned_on = min(asking.intake_planned_on, intake)
        asking.intake_on = asking.visit_on = intake
        children = list(range(count))
        if elsewhere:
            self.pool.append(Place(asking, [count], intake, coupled_on + timedelta(days=SIBLING_WAITS)))
        return asking, children

    def _from_pool(self, proposed: date) -> Place | None:
        for place in self.pool:
            if place.ready_on <= proposed < place.until:
                self.pool.remove(place)
                return place
        return None

    def _afterwards(self, chance: Stream, pairing: Pairing, first: bool) -> None:  # noqa: FBT001
        asking, supporting, ended = pairing.asking, pairing.supporting, pairing.ended_on
        if ended is None:
            return
        again = first and chance.chance(LOOKS_AGAIN.get(pairing.reason, 0.0))
        alone = all(
            other is pairing or (other.ended_on or other.proposed_on) < ended for other in asking.pairings
        )
        if again and alone and not self.area.ended_on:
            until = ended + timedelta(days=chance.days(120, 200, 40))
            self.pool.append(Place(asking, pairing.children, ended + timedelta(days=7), until))
        stay = chance.days(300, 600, 30) if chance.chance(STAYS_AVAILABLE) else chance.choice((0, 0, 14, 30))
        self.families.stays_until(supporting, working_day(ended + timedelta(days=stay)))

    def _refused_before(self, chance: Stream, pairing: Pairing) -> None:
        asking, latest = pairing.asking, pairing.proposed_on - timedelta(days=9)
        start = asking.intake_on
        if start is None or latest <= start or not chance.chance(REFUSED_BEFORE):
            return
        proposed = working_day(start + timedelta(days=chance.randint(1, (latest - start).days)))
        busy = [other for other in asking.pairings if other is not pairing]
        if busy and proposed < max((other.ended_on or date.max) for other in busy):
            return
        self.families.refuse(chance, asking, pairing.children, proposed, avoid=pairing.supporting)

    def _close(self, asking: Asking) -> None:
        """Let the file of a family be closed after its last coupling."""
        ended = [pairing for pairing in asking.pairings if pairing.coupled_on]
        if not ended or asking.closed_on:
            return
        last = max(ended, key=lambda pairing: pairing.ended_on or date.max)
        if last.ended_on is None:
            return
        waits = next(
            (place for place in self.pool if place.asking is asking and place.ready_on > last.ended_on), None
        )
        if waits:
            asking.closed_on, asking.close_reason = working_day(waits.until), CloseReason.WITHDRAWN
        else:
            asking.closed_on = last.ended_on
            asking.close_reason = CLOSE_AFTER.get(last.reason, CloseReason.FINISHED)
        if self.area.ended_on:
            asking.closed_on = min(asking.closed_on, self.area.ended_on)


def add_newcomers(script: Script, until: date, *, always: bool) -> None:
    """Let somebody register on the last evening: always in the municipalities that are shown, elsewhere sometimes."""
    area, chance = script.area, Stream(script.seed, script.area.slug, "newcomers", until)
    yesterday = until - timedelta(days=1)
    if yesterday < area.started_on or (area.stops_on and yesterday > area.stops_on):
        return
    others = Bystanders(Families(area, until))
    if always or chance.chance(0.2):
        asking = others.new_asking(chance, yesterday, until + timedelta(days=90), 1)
        asking.number, asking.at_night, asking.source = len(script.askings), True, ReferralSource.SELF
        script.askings.append(asking)
    if always or chance.chance(0.3):
        supporting = others.new_registration(chance, yesterday)
        supporting.number, supporting.at_night = len(script.supportings), True
        script.supportings.append(supporting)


def plan_area(area: Profile, *, seed: int, days: Sequence[date], horizon: date) -> Script:
    """Return the script of one municipality."""
    return Planner(area, seed=seed, days=days, horizon=horizon).plan()
