"""Everybody who registers: families on the way to a coupling, and those who stop before it (domain section 8.3)."""

from collections.abc import Sequence
from datetime import date, timedelta

from common.vocabulary import CloseReason, Frequency, SupportForm
from config.synthesis import homes
from config.synthesis.families import Families
from config.synthesis.lives import STOPPED_REASONS, draw_cycles, squeeze
from config.synthesis.plan import Asking, Supporting
from config.synthesis.randomness import Stream, working_day

# Sign-ups per month: after press actions in winter and autumn, few in the summer and in December.
SIGN_UPS = (1.25, 1.2, 1.15, 0.95, 0.95, 0.9, 0.6, 0.65, 1.2, 1.2, 1.15, 0.7)
# Of 100 asking families 63 are coupled; these are the other 37.
ASKING_STOPS = {"before_intake": 12, "not_suitable": 7, "waiting": 10, "introduction": 3, "trial": 5}
ASKING_BESIDE = 37 / 63
# Of 100 support families 36 are coupled within a year; these are the other 64.
SUPPORT_STOPS = {"before_visit": 25, "incomplete": 11, "not_approved": 3, "not_asked": 25}
SUPPORT_BESIDE = 64 / 36
# Of those who stop without references or VOG: 1% of all never show a VOG.
NOT_PRESENTED, NO_VOG_ASKED = 0.1, 0.5

C = CloseReason


class Bystanders:
    """Makes the families of one municipality."""

    def __init__(self, families: Families) -> None:
        """Add to these."""
        self.families = families
        self.area = families.area

    def new_asking(self, chance: Stream, registered: date, around: date, concerned: int) -> Asking:
        """Register an asking family that has ``concerned`` children who need support, and sometimes another child."""
        form, frequency, parts = homes.draw_form(chance)
        asking = Asking(
            area=self.area,
            number=len(self.families.askings),
            district=chance.randrange(6),
            registered_on=max(registered, self.area.started_on),
            births=homes.draw_births(chance, around, concerned + chance.chance(0.25)),
            wanted=homes.draw_wanted(chance, form, frequency, parts),
            household=str(chance.pick(homes.HOUSEHOLDS)),
            source=str(chance.pick(homes.SOURCES)),
            concerned=list(range(concerned)),
        )
        self.families.askings.append(asking)
        return asking

    def new_support(
        self,
        chance: Stream,
        proposed: date,
        form: SupportForm,
        frequency: Frequency,
        parts: Sequence[str],
        *,
        at_least: int = 1,
    ) -> Supporting:
        """Register a support family that is approved in time for a proposal."""
        room = (proposed - self.area.started_on).days
        visit, contact = chance.days(14, 28, 3, 70), chance.days(2, 5, 1, 14)
        steps = squeeze(
            (
                contact,
                max(2, visit - contact),
                chance.randint(0, 5),
                chance.days(12, 26, 4, 60),
                chance.randint(1, 7),
                chance.days(40, 110, 0, 330),
            ),
            (1, 2, 0, 4, 1, 0),
            room,
        )
        supporting = self._support(chance, proposed - timedelta(days=sum(steps)), form, frequency, parts)
        supporting.capacity = max(supporting.capacity, at_least)
        self._screen(chance, supporting, steps[:5], approved=True, latest=proposed)
        self.families.stock.append(supporting)
        return supporting

    def new_registration(self, chance: Stream, registered: date) -> Supporting:
        """Register a support family of which nothing more is known yet."""
        return self._support(chance, registered, *homes.draw_form(chance))

    def asking_beside(self, chance: Stream, beside: Asking) -> None:
        """Register the asking families that came at about the same time and were not coupled."""
        for _ in range(int(ASKING_BESIDE + chance.random())):
            registered = self._around(chance, beside.registered_on)
            asking = self.new_asking(
                chance, registered, registered + timedelta(days=90), self._concerned(chance)
            )
            self._stop_asking(chance, asking, chance.pick(ASKING_STOPS))
            if self.area.ended_on and asking.closed_on and asking.closed_on > self.area.ended_on:
                asking.closed_on, asking.close_reason = self.area.ended_on, C.REFERRED

    def support_beside(self, chance: Stream, beside: Supporting) -> None:
        """Register the support families that came at about the same time and were not coupled within a year."""
        for _ in range(int(SUPPORT_BESIDE + chance.random())):
            supporting = self.new_registration(chance, self._around(chance, beside.registered_on))
            self._stop_support(chance, supporting, chance.pick(SUPPORT_STOPS))

    @staticmethod
    def _concerned(chance: Stream) -> int:
        return chance.pick(homes.CHILDREN_PER_PAIRING)

    def _around(self, chance: Stream, day: date) -> date:
        last = self.area.stops_on or date.max
        for _ in range(20):
            other = day + timedelta(days=chance.randint(-50, 50))
            if self.area.started_on <= other <= last and chance.chance(
                SIGN_UPS[other.month - 1] / max(SIGN_UPS)
            ):
                return other
        return day

    def _support(
        self, chance: Stream, registered: date, form: SupportForm, frequency: Frequency, parts: Sequence[str]
    ) -> Supporting:
        household = chance.pick(homes.SUPPORT_HOUSEHOLDS)
        adults = 1 if household.startswith("single") else 2
        supporting = Supporting(
            area=self.area,
            number=len(self.families.supportings),
            district=chance.randrange(6),
            registered_on=max(registered, self.area.started_on),
            offered=homes.draw_offered(chance, form, frequency, parts),
            channel=str(chance.pick(homes.CHANNELS)),
            household=household,
            adults=adults + (household == "couple_grown" and chance.chance(0.2)),
            capacity=chance.pick(homes.CAPACITIES),
        )
        self.families.supportings.append(supporting)
        return supporting

    def _screen(
        self,
        chance: Stream,
        supporting: Supporting,
        steps: Sequence[int],
        *,
        approved: bool,
        latest: date = date.max,
    ) -> None:
        """Plan the call, the visit and a VOG for every adult, and the approval if it comes to that."""
        contact, visit, request, vog, decide = steps

        def later(day: date, days: int) -> date:
            return min(working_day(day + timedelta(days=days)), latest)

        supporting.contacted_on = later(supporting.registered_on, contact)
        supporting.visit_planned_on = supporting.contacted_on
        visited = later(supporting.contacted_on, visit)
        supporting.visited_on = visited
        requested = later(visited, request)
        seen = later(requested, vog)
        for number in range(supporting.adults):
            sooner = chance.randint(0, (seen - requested).days // 3) if number else 0
            one_seen = min(working_day(seen - timedelta(days=sooner)), seen)
            supporting.cycles.append(draw_cycles(chance, requested, one_seen, self.families.horizon))
        if approved:
            supporting.approved_on = later(seen, decide)

    def _stop_asking(self, chance: Stream, asking: Asking, where: str) -> None:
        contact = working_day(asking.registered_on + timedelta(days=chance.days(3, 7, 1, 30)))
        if where == "before_intake" and chance.chance(0.25):
            asking.closed_on = working_day(contact + timedelta(days=chance.randint(14, 35)))
            asking.close_reason = C.UNREACHABLE
            return
        asking.contacted_on = contact
        planned = contact + timedelta(days=chance.days(12, 21, 3, 60))
        if where == "before_intake":
            asking.closed_on = working_day(planned)
            asking.close_reason = chance.pick({C.WITHDRAWN: 60, C.REFERRED: 30, C.MOVED: 10})
            return
        asking.intake_planned_on = contact
        intake = working_day(planned)
        asking.visit_on = intake
        if where == "not_suitable":
            asking.closed_on = working_day(intake + timedelta(days=chance.randint(1, 14)))
            asking.close_reason = chance.pick({C.NOT_SUITABLE: 55, C.REFERRED: 45})
            return
        asking.intake_on = intake
        if where == "waiting" or not self._stop_pairing(chance, asking, intake, trial=where == "trial"):
            if chance.chance(0.3):
                self.families.refuse(
                    chance, asking, asking.concerned, working_day(intake + timedelta(days=10))
                )
            asking.closed_on = working_day(intake + timedelta(days=chance.days(140, 260, 30, 700)))
            asking.close_reason = chance.pick({C.WITHDRAWN: 65, C.REFERRED: 15, C.MOVED: 20})

    def _stop_pairing(self, chance: Stream, asking: Asking, intake: date, *, trial: bool) -> bool:
        """Plan a pairing that stops at the first meeting or during the trial; return whether there was one."""
        proposed = working_day(intake + timedelta(days=chance.days(25, 60, 3, 150)))
        introduced = working_day(proposed + timedelta(days=chance.days(8, 15, 3, 45)))
        started = working_day(introduced + timedelta(days=chance.days(6, 12, 2, 40)))
        tried = chance.randint(10, 45) if trial else chance.randint(1, 8)
        after = (started if trial else introduced) + timedelta(days=tried)
        stopped = working_day(after)
        if self.area.stops_on and stopped > self.area.stops_on:
            return False
        supporting = self.families.find_support(asking, len(asking.concerned), proposed, stopped)
        if supporting is None:
            return False
        shared = [form for form in asking.wanted.forms if form in supporting.offered.forms]
        parts = [part for part in asking.wanted.day_parts if part in supporting.offered.day_parts][:2]
        way = (shared[0], asking.wanted.frequency, parts)
        pairing = self.families.propose(
            chance, asking, supporting, asking.concerned, proposed, introduced, way
        )
        if trial:
            pairing.trial_started_on = started
            pairing.trial_ends_on = max(stopped, started + timedelta(days=42))
        pairing.ended_on, pairing.reason = stopped, str(chance.pick(STOPPED_REASONS))
        self.families.stays_until(supporting, stopped + timedelta(days=20))
        asking.closed_on = working_day(stopped + timedelta(days=chance.days(30, 90, 2, 300)))
        asking.close_reason = chance.pick({C.WITHDRAWN: 70, C.REFERRED: 30})
        return True

    def _stop_support(self, chance: Stream, supporting: Supporting, where: str) -> None:
        contact, visit = chance.days(2, 5, 1, 14), chance.days(14, 28, 3, 70)
        reason = chance.pick({C.WITHDRAWN: 75, C.MOVED: 10, C.OTHER: 15})
        if where == "before_visit":
            called = working_day(supporting.registered_on + timedelta(days=contact))
            supporting.contacted_on = called if chance.chance(0.75) else None
            supporting.leave_reason = reason if supporting.contacted_on else C.UNREACHABLE
            self._leave(supporting, called + timedelta(days=chance.randint(7, 40)))
            return
        vog, decide = chance.days(12, 26, 4, 60), chance.randint(1, 7)
        steps = (contact, max(2, visit - contact), chance.randint(0, 5), vog, decide)
        self._screen(chance, supporting, steps, approved=where == "not_asked")
        visited = supporting.visited_on or supporting.registered_on
        if where == "incomplete":
            self._without_vog(chance, supporting)
            supporting.leave_reason = reason
            self._leave(supporting, visited + timedelta(days=chance.randint(130, 200)))
        elif where == "not_approved":
            supporting.leave_reason = C.NOT_SUITABLE
            self._leave(supporting, visited + timedelta(days=chance.randint(75, 110)))
        else:
            approved = supporting.approved_on or visited
            supporting.leave_reason = reason
            self._leave(supporting, approved + timedelta(days=chance.days(320, 650, 60, 2200)))
            if chance.chance(0.2) and supporting.left_on:
                begin = working_day(approved + timedelta(days=chance.randint(30, 200)))
                end = working_day(begin + timedelta(days=chance.randint(30, 150)))
                if end < supporting.left_on:
                    supporting.paused.append((begin, end))
            self.families.stock.append(supporting)

    def _without_vog(self, chance: Stream, supporting: Supporting) -> None:
        """Stop before everything is there: no VOG was asked for, a reference is missing, or a VOG is never shown."""
        lot = chance.random()
        if lot < NOT_PRESENTED:
            requested = supporting.cycles[-1][0].requested_on
            supporting.cycles[-1] = draw_cycles(chance, requested, None, self.families.horizon)
        elif lot < NO_VOG_ASKED:
            supporting.cycles = []

    def _leave(self, supporting: Supporting, day: date) -> None:
        supporting.left_on = min(working_day(day), self.area.ended_on or date.max)
