"""From plan to days: every act of a script in the order in which it happens, up to and including one day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from config.synthesis.plan import Act, Asking, Cycle, Pairing, Script, Supporting
from config.synthesis.randomness import SATURDAY, Stream, working_day
from config.synthesis.talks import late_closing_talk
from core.couplings.workflow import CouplingStatus
from core.guidance.cadence import due_dates
from core.guidance.models import MomentKind

# Of the evaluations 82% are on time, 12% at most thirty days late, the rest later.
ON_TIME, A_LITTLE_LATE = 0.82, 0.94
CONTACT_EVERY = (60, 170)


@dataclass(slots=True)
class Step:
    """One act: on a day, by or about somebody."""

    on: date
    act: Act
    order: int
    subject: Asking | Supporting | Pairing
    adult: int = 0
    cycle: Cycle | None = None
    moment: MomentKind | None = None


def timeline(script: Script, until: date) -> list[Step]:
    """Return what happens up to ``until``, in order."""
    steps: list[Step] = []
    subjects: list[Asking | Supporting | Pairing] = [*script.askings, *script.supportings, *script.pairings]
    for subject in subjects:
        for found in _steps_of(subject, script.seed):
            if found.on <= until:
                found.order = len(steps)
                steps.append(found)
    steps.sort(key=lambda step: (step.on, step.act, step.order))
    return steps


def _steps_of(subject: Asking | Supporting | Pairing, seed: int) -> Iterator[Step]:
    if isinstance(subject, Asking):
        yield from _asking_steps(subject)
    elif isinstance(subject, Supporting):
        yield from _support_steps(subject)
    else:
        yield from _pairing_steps(subject, seed)


def _asking_steps(asking: Asking) -> Iterator[Step]:
    days = (
        (asking.registered_on, Act.FAMILY_REGISTERED),
        (asking.contacted_on, Act.FAMILY_CONTACTED),
        (asking.intake_planned_on, Act.INTAKE_PLANNED),
        (asking.intake_on, Act.INTAKE_COMPLETED),
    )
    for on, act in days:
        if on:
            yield Step(on, act, 0, asking)
    # The end of the last coupling closes the file by itself.
    if asking.closed_on and all(
        pairing.ended_on != asking.closed_on or pairing.declined_by for pairing in asking.pairings
    ):
        yield Step(asking.closed_on, Act.FAMILY_CLOSED, 0, asking)


def _support_steps(supporting: Supporting) -> Iterator[Step]:
    left = supporting.left_on or date.max
    days = (
        (supporting.registered_on, Act.SUPPORT_REGISTERED),
        (supporting.contacted_on, Act.SUPPORT_CONTACTED),
        (supporting.visit_planned_on, Act.VISIT_PLANNED),
        (supporting.visited_on, Act.OFFER_RECORDED),
        (supporting.approved_on, Act.SUPPORT_APPROVED),
        (supporting.left_on, Act.SUPPORT_LEFT),
    )
    for on, act in days:
        if on and on <= left:
            yield Step(on, act, 0, supporting)
    for begin, end in supporting.paused:
        if begin < left:
            yield Step(begin, Act.SUPPORT_PAUSED, 0, supporting)
            if end and end < left:
                yield Step(end, Act.SUPPORT_RESUMED, 0, supporting)
    for adult, cycles in enumerate(supporting.cycles):
        for cycle in cycles:
            yield from _vog_steps(supporting, adult, cycle, left)


def _vog_steps(supporting: Supporting, adult: int, cycle: Cycle, left: date) -> Iterator[Step]:
    if (cycle.seen_on or cycle.refused_on or date.max) >= left:
        return
    days = (
        (cycle.requested_on, Act.VOG_REQUESTED),
        (cycle.received_on, Act.VOG_RECEIVED),
        (cycle.seen_on, Act.VOG_SEEN),
        (cycle.refused_on, Act.VOG_NOT_PRESENTED),
        (cycle.review_due, Act.VOG_EXPIRED),
    )
    for on, act in days:
        if on:
            yield Step(on, act, 0, supporting, adult=adult, cycle=cycle)


def _pairing_steps(pairing: Pairing, seed: int) -> Iterator[Step]:
    refused = {"support": Act.DECLINED_BY_SUPPORT, "parents": Act.DECLINED_BY_PARENTS}
    days = (
        (pairing.proposed_on, Act.PROPOSED),
        (pairing.support_asked_on, Act.SUPPORT_ASKED),
        (pairing.parents_asked_on, Act.PARENTS_ASKED),
        (pairing.decided_on, refused.get(pairing.declined_by, Act.ACCEPTED)),
        (pairing.introduced_on, Act.INTRODUCED),
        (pairing.trial_started_on, Act.TRIAL_STARTED),
        (pairing.coupled_on, Act.COUPLED),
    )
    for on, act in days:
        if on:
            yield Step(on, act, 0, pairing)
    if pairing.introduced_on and pairing.ended_on:
        yield Step(pairing.ended_on, Act.ENDED if pairing.coupled_on else Act.NOT_CONTINUED, 0, pairing)
        if talked_on := late_closing_talk(pairing, seed, pairing.ended_on):
            yield Step(talked_on, Act.CLOSING_TALK, 0, pairing)
    yield from _talks(pairing, seed)


def _talks(pairing: Pairing, seed: int) -> Iterator[Step]:
    """Yield the moments that are held, and contact in between."""
    chance = Stream(seed, pairing.asking.area.slug, "talks", *pairing.number)
    started, ended, coupled = pairing.trial_started_on, pairing.ended_on or date.max, pairing.coupled_on
    if started is None or pairing.trial_ends_on is None:
        return
    last_of_trial = coupled or ended
    trial = due_dates(CouplingStatus.TRIAL, start=started, end=pairing.trial_ends_on)
    call = working_day(trial[MomentKind.TWO_WEEKS] + timedelta(days=chance.randint(-3, 5)))
    if started < call <= last_of_trial:
        yield Step(call, Act.EVALUATED, 0, pairing, moment=MomentKind.TWO_WEEKS)
    talk = _before_weekend(min(last_of_trial, pairing.trial_ends_on) - timedelta(days=chance.randint(0, 3)))
    if coupled and talk > started:
        yield Step(talk, Act.EVALUATED, 0, pairing, moment=MomentKind.TRIAL_EVALUATION)
    if coupled is None:
        return
    for kind, due in due_dates(CouplingStatus.COUPLED, start=coupled).items():
        held = _held(chance, due)
        if kind == MomentKind.MONTH_24:
            held = min(held, ended)
        if coupled < held <= ended:
            yield Step(held, Act.EVALUATED, 0, pairing, moment=kind)
    on = working_day(coupled + timedelta(days=chance.randint(*CONTACT_EVERY)))
    while on < min(ended, coupled + timedelta(days=800)):
        yield Step(on, Act.CONTACTED, 0, pairing)
        on = working_day(on + timedelta(days=chance.randint(*CONTACT_EVERY)))
    if pairing.ended_on:
        due = due_dates(CouplingStatus.ENDED, start=pairing.ended_on)[MomentKind.AFTERCARE]
        yield Step(_held(chance, due), Act.AFTERCARE, 0, pairing, moment=MomentKind.AFTERCARE)


def _held(chance: Stream, due: date) -> date:
    lot = chance.random()
    if lot < ON_TIME:
        return _before_weekend(due - timedelta(days=chance.randint(0, 9)))
    late = chance.randint(1, 28) if lot < A_LITTLE_LATE else chance.randint(31, 85)
    return working_day(due + timedelta(days=late))


def _before_weekend(day: date) -> date:
    late = day.weekday() - SATURDAY
    return day if late < 0 else day - timedelta(days=late + 1)
