"""The invented people of the practice municipality: the same every time, with days counted from today.

One line is one family. Whoever stands somewhere in the work stands there for somebody who practises it: to be called,
to be visited, waiting, proposed, trying, coupled, ended. Nothing is drawn that a trainee would notice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.utils import timezone

from common.permissions import Role
from common.vocabulary import (
    CloseReason,
    DayPart,
    EndingReason,
    Frequency,
    HouseholdKind,
    RecruitmentChannel,
    ReferralSource,
    SupportForm,
)
from config.synthesis.chronicle import WRITING_ORDER, Chronicle
from config.synthesis.codes import Codes
from config.synthesis.municipalities import Profile
from config.synthesis.plan import Asking, Cycle, Pairing, Script, Supporting, Wanted
from config.synthesis.randomness import add_months
from config.synthesis.staff import Team, team_of
from core.families.duplicates import keys_fill
from core.families.models import RequestingFamily, SupportFamily
from core.safeguarding.models import NoticedBy
from core.safeguarding.services import ConcernData, concern_raise
from core.tasks.services import task_add
from tenants.accounts.models import SystemActor, User

# With this one no two families have the same last name.
SEED = 1966
PEOPLE = SystemActor("oefengemeente")
CODE = "GM0000"  # no municipality has it
STARTED_ON = date(2020, 1, 1)
AREA = Profile(
    slug="oefengemeente",
    name="Oefengemeente",
    code=CODE,
    inhabitants=30.0,
    capacity=10,
    started_on=STARTED_ON,
    latitude=52.1,
    longitude=5.3,
    place_number=998,
)
VOG_LATER = 36  # months

F, D = SupportForm, DayPart
HALF_DAY = (F.WEEKLY_HALF_DAY, Frequency.WEEKLY, (D.WEDNESDAY_AFTERNOON,))
DAY_OUT = (F.FORTNIGHTLY_DAY, Frequency.FORTNIGHTLY, (D.SATURDAY_MORNING, D.SATURDAY_AFTERNOON))
AFTER_SCHOOL = (F.HOMEWORK, Frequency.WEEKLY, (D.TUESDAY_AFTERNOON,))
Way = tuple[SupportForm, Frequency, tuple[DayPart, ...]]


@dataclass(frozen=True, slots=True)
class Ask:
    """An asking family; numbers are days before today, and below zero days after it."""

    registered: int
    ages: tuple[int, ...]
    way: Way = HALF_DAY
    called: int | None = None
    planned: int | None = None
    visit: int | None = None
    intake: int | None = None
    closed: int | None = None
    source: ReferralSource = ReferralSource.SELF
    household: HouseholdKind = HouseholdKind.SINGLE_PARENT
    at_night: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A support family; numbers are days before today."""

    registered: int
    way: Way = HALF_DAY
    adults: int = 1
    capacity: int = 2
    called: int | None = None
    visited: int | None = None
    vog_asked: int | None = None
    vog_issued: int | None = None
    approved: int | None = None
    paused: int | None = None
    household: str = "couple_grown"
    channel: RecruitmentChannel = RecruitmentChannel.PRESS
    at_night: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A proposal and what came of it; numbers are days before today."""

    ask: int
    offer: int
    proposed: int
    support_asked: int | None = None
    parents_asked: int | None = None
    decided: int | None = None
    declined_by: str = ""
    met: int | None = None
    trial: tuple[int, int] | None = None  # from and until
    coupled: int | None = None
    ended: int | None = None
    reason: str = ""


S = ReferralSource
# Places in these lists are what a match points to, and make the names; new families come at the end.
ASKS: tuple[Ask, ...] = (
    Ask(1, (6,), at_night=True),  # 0: to be called
    Ask(5, (4, 8), source=S.SCHOOL, household=HouseholdKind.TWO_PARENTS),  # 1: waits too long for a call
    Ask(9, (2,), called=7, source=S.WELL_BABY_CLINIC),  # 2: called, no visit planned
    Ask(12, (9,), DAY_OUT, called=10, planned=8, visit=-1, source=S.SOCIAL_TEAM),  # 3: a visit tomorrow
    Ask(34, (5,), called=32, planned=30, intake=20),  # 4: waits, many fit
    Ask(95, (7, 10), DAY_OUT, called=93, planned=90, intake=78, source=S.SOCIAL_TEAM),  # 5: waits long
    Ask(50, (3,), called=48, planned=46, intake=40),  # 6: a proposal, nobody asked yet
    Ask(55, (8,), AFTER_SCHOOL, called=53, planned=50, intake=44, source=S.SCHOOL),  # 7: support family asked
    Ask(60, (4,), called=58, planned=55, intake=48),  # 8: parents asked
    Ask(64, (6, 11), DAY_OUT, called=62, planned=60, intake=52),  # 9: both said yes
    Ask(70, (5,), called=68, planned=66, intake=58, source=S.GP),  # 10: they met
    Ask(90, (7,), called=88, planned=86, intake=78),  # 11: on trial since two weeks
    Ask(130, (9,), AFTER_SCHOOL, called=128, planned=126, intake=116),  # 12: the trial ends this week
    Ask(
        290, (3, 6), called=288, planned=286, intake=276, household=HouseholdKind.TWO_PARENTS
    ),  # 13: half a year
    Ask(480, (10,), DAY_OUT, called=478, planned=475, intake=466),  # 14: a year
    Ask(
        520, (12,), AFTER_SCHOOL, called=518, planned=515, intake=505, closed=45, source=S.YOUTH_CARE
    ),  # 15: ended
)
SCREENED = Offer(400, called=398, visited=390, vog_asked=388, vog_issued=372, approved=360)
LONG_KNOWN = Offer(700, called=698, visited=690, vog_asked=688, vog_issued=672, approved=660)
OFFERS: tuple[Offer, ...] = (
    Offer(1, at_night=True, channel=RecruitmentChannel.SOCIAL_MEDIA),  # 0: to be called
    Offer(6, DAY_OUT, called=4, adults=2),  # 1: called, no visit planned
    Offer(40, called=38, visited=30, vog_asked=24, adults=2),  # 2: the VOG is not there yet
    Offer(
        1120, DAY_OUT, called=1118, visited=1112, vog_asked=1110, vog_issued=1075, approved=1060
    ),  # 3: VOG ends
    SCREENED,  # 4: available, never proposed
    replace(SCREENED, paused=25),  # 5: pauses
    *(replace(SCREENED, way=way) for way in (HALF_DAY, AFTER_SCHOOL, HALF_DAY, DAY_OUT, HALF_DAY)),  # 6-10
    *(replace(SCREENED, way=way) for way in (HALF_DAY, AFTER_SCHOOL)),  # 11, 12
    *(replace(LONG_KNOWN, way=way) for way in (HALF_DAY, DAY_OUT, AFTER_SCHOOL)),  # 13-15
)
MATCHES: tuple[Match, ...] = (
    Match(5, 3, 60, 60, 58, 55, declined_by="parents"),
    Match(6, 6, 1),
    Match(7, 7, 4, 3),
    Match(8, 8, 6, 5, 3),
    Match(9, 9, 10, 9, 7, 4),
    Match(10, 10, 20, 19, 17, 14, met=3),
    Match(11, 11, 40, 39, 37, 34, met=25, trial=(16, -40)),
    Match(12, 12, 85, 84, 82, 79, met=70, trial=(57, -3)),
    Match(13, 13, 260, 259, 257, 254, met=245, trial=(235, 190), coupled=188),
    Match(14, 14, 450, 449, 447, 444, met=435, trial=(425, 380), coupled=369),
    Match(
        15,
        15,
        490,
        489,
        487,
        484,
        met=475,
        trial=(465, 420),
        coupled=419,
        ended=45,
        reason=EndingReason.GOAL_REACHED,
    ),
)


@dataclass(slots=True, eq=False)
class Fixed(Pairing):
    """A pairing that is told apart by its place in the list: the same on whatever day it is made."""

    place: int = field(default=0, kw_only=True)

    @property
    def number(self) -> tuple[int, int, int]:
        """Return what tells this pairing from every other one."""
        return self.asking.number, self.supporting.number, self.place


def practice_script(today: date) -> Script:
    """Return what happened in the practice municipality, as seen on a day."""

    def on(days: int | None) -> date | None:
        return None if days is None else today - timedelta(days=days)

    askings = [_asking(number, line, today) for number, line in enumerate(ASKS)]
    supportings = [_supporting(number, line, today) for number, line in enumerate(OFFERS)]
    pairings: list[Pairing] = []
    for place, line in enumerate(MATCHES):
        asking, supporting = askings[line.ask], supportings[line.offer]
        form, frequency, parts = ASKS[line.ask].way
        pairing = Fixed(
            asking,
            supporting,
            list(asking.concerned),
            str(form),
            str(frequency),
            [str(part) for part in parts],
            proposed_on=today - timedelta(days=line.proposed),
            # One that was not asked yet is asked when nobody looks any more.
            support_asked_on=on(line.support_asked) or date.max,
            parents_asked_on=on(line.parents_asked),
            decided_on=on(line.decided),
            declined_by=line.declined_by,
            introduced_on=on(line.met),
            trial_started_on=on(line.trial[0]) if line.trial else None,
            trial_ends_on=on(line.trial[1]) if line.trial else None,
            coupled_on=on(line.coupled),
            ended_on=on(line.ended) or (on(line.decided) if line.declined_by else None),
            reason=line.reason,
            place=place,
        )
        asking.pairings.append(pairing)
        supporting.pairings.append(pairing)
        pairings.append(pairing)
    return Script(AREA, SEED, askings, supportings, pairings)


def practice_people() -> Team:
    """Return the colleagues who did the work so far."""
    return team_of(AREA, SEED)


def practice_write(*, done: Callable[[int], None] = lambda _step: None) -> int:
    """Write the invented people into the practice municipality that is in scope and empty; return how many rows."""
    today = timezone.localdate()
    codes = Codes.of([(CODE, STARTED_ON, None)])
    # Yesterday is the last day on which something happened: today is for whoever practises.
    tables = Chronicle(
        practice_script(today), team=practice_people(), codes=codes, until=today - timedelta(days=1)
    ).write()
    done(1)
    tables.write(list(WRITING_ORDER))
    keys_fill(len(tables))
    _beside_the_chain(today)
    done(2)
    return len(tables)


def _beside_the_chain(today: date) -> None:
    """Put a task on a file and raise a concern, where there is a coordinator to look after it."""
    waiting = RequestingFamily.objects.filter(status="waiting").order_by("registered_on").first()
    support = SupportFamily.objects.filter(status="available").order_by("registered_on", "name").first()
    if waiting is not None:
        task_add(
            title="Vraag of de school al iets weet",
            due_on=today,
            reason="De juf zou terugbellen.",
            subject=waiting,
            actor=PEOPLE,
        )
    if support is not None:
        task_add(
            title="Bel over de buurtdag",
            due_on=today + timedelta(days=3),
            reason="Zij willen misschien helpen.",
            subject=support,
            actor=PEOPLE,
        )
    people = User.objects.filter(role=Role.COORDINATOR.value, is_active=True)
    coordinator = people.order_by("created_at", "email").first()
    subject = RequestingFamily.objects.filter(status="supported").order_by("registered_on").first()
    if coordinator is not None and subject is not None:
        concern_raise(
            subject=subject,
            data=ConcernData(
                noticed_by=NoticedBy.SUPPORT,
                noticed_on=today - timedelta(days=1),
                text="De steunmoeder zag een blauwe plek op de arm. Het kind wilde niet zeggen hoe dat kwam.",
            ),
            actor=coordinator,
        )


def _asking(number: int, line: Ask, today: date) -> Asking:
    form, frequency, parts = line.way
    return Asking(
        area=AREA,
        number=number,
        district=number % 3,
        registered_on=today - timedelta(days=line.registered),
        births=[add_months(today, -12 * age - 3) for age in line.ages],
        wanted=_wanted(form, frequency, parts),
        household=str(line.household),
        source=str(line.source),
        contacted_on=_before(today, line.called),
        intake_planned_on=_before(today, line.planned),
        visit_on=_before(today, line.visit if line.visit is not None else line.intake),
        intake_on=_before(today, line.intake),
        closed_on=_before(today, line.closed),
        close_reason=CloseReason.FINISHED if line.closed is not None else "",
        concerned=list(range(len(line.ages))),
        at_night=line.at_night,
    )


def _supporting(number: int, line: Offer, today: date) -> Supporting:
    form, frequency, parts = line.way
    issued = _before(today, line.vog_issued)
    asked = _before(today, line.vog_asked)
    cycle = asked and Cycle(
        requested_on=asked,
        received_on=issued + timedelta(days=3) if issued else None,
        issued_on=issued,
        seen_on=issued + timedelta(days=6) if issued else None,
        # One that nobody has shown yet is given up when nobody looks any more.
        refused_on=None if issued else date.max - timedelta(days=1),
        review_due=add_months(issued, VOG_LATER) if issued else None,
    )
    paused = _before(today, line.paused)
    return Supporting(
        area=AREA,
        number=number,
        district=(number + 1) % 3,
        registered_on=today - timedelta(days=line.registered),
        offered=_wanted(form, frequency, parts),
        channel=str(line.channel),
        household=line.household,
        adults=line.adults,
        capacity=line.capacity,
        contacted_on=_before(today, line.called),
        visit_planned_on=_before(today, line.called if line.visited is not None else None),
        visited_on=_before(today, line.visited),
        approved_on=_before(today, line.approved),
        paused=[(paused, None)] if paused else [],
        cycles=[[cycle] for _adult in range(line.adults)] if cycle else [],
        at_night=line.at_night,
    )


def _wanted(form: SupportForm, frequency: Frequency, parts: tuple[DayPart, ...]) -> Wanted:
    return Wanted(forms=[str(form)], frequency=str(frequency), day_parts=[str(part) for part in parts])


def _before(today: date, days: int | None) -> date | None:
    return None if days is None else today - timedelta(days=days)
