"""Who can be proposed to whom in one municipality, and what a proposal looks like."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from common.vocabulary import CloseReason
from config.synthesis import homes
from config.synthesis.lives import covered
from config.synthesis.municipalities import Profile
from config.synthesis.plan import Asking, Pairing, Supporting
from config.synthesis.randomness import Stream, working_day

LONGEST_TRIAL_ROOM = timedelta(days=240)


@dataclass(slots=True)
class Families:
    """The families of one municipality so far; in ``stock`` those that can be asked, who waited longest first."""

    area: Profile
    horizon: date
    askings: list[Asking] = field(default_factory=list)
    supportings: list[Supporting] = field(default_factory=list)
    pairings: list[Pairing] = field(default_factory=list)
    stock: list[Supporting] = field(default_factory=list)

    def propose(
        self,
        chance: Stream,
        asking: Asking,
        supporting: Supporting,
        children: list[int],
        proposed: date,
        introduced: date,
        way: tuple[str, str, list[str]],
    ) -> Pairing:
        """Plan a proposal to which both sides say yes, with the first meeting."""
        span = (introduced - proposed).days
        first = working_day(proposed + timedelta(days=chance.randint(0, min(1, span))))
        second = working_day(first + timedelta(days=chance.randint(0, max(0, span // 3))))
        decided = working_day(second + timedelta(days=chance.randint(0, max(0, span // 3))))
        pairing = Pairing(
            asking,
            supporting,
            children,
            *way,
            proposed_on=proposed,
            support_asked_on=min(first, introduced),
            parents_asked_on=min(second, introduced),
            decided_on=min(decided, introduced),
            introduced_on=introduced,
        )
        self._keep(pairing)
        return pairing

    def find_support(
        self,
        asking: Asking,
        places: int,
        first: date,
        last: date,
        *,
        busy_until: date | None = None,
        avoid: Supporting | None = None,
    ) -> Supporting | None:
        """Return a known support family that fits and is free and covered from ``first`` to ``last``."""
        wanted = asking.wanted
        for supporting in self.stock:
            if (
                supporting is not avoid
                and supporting.approved_on
                and supporting.approved_on <= first
                and (supporting.left_on is None or supporting.left_on > last)
                and supporting.capacity >= places
                and homes.fits(wanted, supporting.offered)
                and not any(
                    begin <= last and (end is None or end >= first) for begin, end in supporting.paused
                )
                and free_places(supporting, first, busy_until or last) >= places
                and all(pairing.asking is not asking for pairing in supporting.pairings)
                and all(covered(cycles, first, last + timedelta(days=3)) for cycles in supporting.cycles)
            ):
                # To the back of the queue, so that the next family does not get the same one again.
                self.stock.remove(supporting)
                self.stock.append(supporting)
                return supporting
        return None

    def stays_until(self, supporting: Supporting, day: date) -> None:
        """Let a support family stop no earlier than ``day``; in a municipality that stops, when everything stops."""
        latest = max(day, supporting.left_on or day)
        supporting.leave_reason = CloseReason.FINISHED
        supporting.left_on = min(latest, self.area.ended_on or latest)

    def refuse(
        self,
        chance: Stream,
        asking: Asking,
        children: list[int],
        proposed: date,
        avoid: Supporting | None = None,
    ) -> None:
        """Plan a proposal to which one side says no, if there is a support family that could have been asked."""
        decided = working_day(proposed + timedelta(days=chance.randint(2, 6)))
        supporting = self.find_support(asking, len(children), proposed, decided, avoid=avoid)
        if supporting is None:
            return
        form = next(form for form in asking.wanted.forms if form in supporting.offered.forms)
        by_support = chance.chance(0.65)
        pairing = Pairing(
            asking,
            supporting,
            children,
            form,
            asking.wanted.frequency,
            [],
            proposed_on=proposed,
            support_asked_on=proposed,
            parents_asked_on=None if by_support else working_day(proposed + timedelta(days=1)),
            decided_on=decided,
            declined_by="support" if by_support else "parents",
            ended_on=decided,
        )
        self._keep(pairing)

    def _keep(self, pairing: Pairing) -> None:
        pairing.asking.pairings.append(pairing)
        pairing.supporting.pairings.append(pairing)
        self.pairings.append(pairing)

    def forget(self, coupled_on: date) -> None:
        """Drop from the lists who cannot be found again, so that the search stays short."""
        oldest = coupled_on - LONGEST_TRIAL_ROOM
        self.stock = [one for one in self.stock if one.left_on is None or one.left_on > oldest]


def free_places(supporting: Supporting, first: date, last: date) -> int:
    """Return how many children a support family can still take between two days."""
    taken = sum(
        len(pairing.children)
        for pairing in supporting.pairings
        if pairing.proposed_on <= last and (pairing.ended_on is None or pairing.ended_on >= first)
    )
    return supporting.capacity - taken
