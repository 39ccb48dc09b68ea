"""What belongs on the start page and when: the rules as data. Pure; `home.today` gathers what there is to judge.

A rule counts from the day of a signal. Its due day lies ``within`` so many days after; it is shown from ``ahead`` days
before the due day, or, without ``ahead``, as soon as the signal exists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.errors import Text
from common.formats import long_date, relative_day
from core.families.rules import CALL_ASKING_WITHIN, CALL_OFFERING_WITHIN, call_by

FRIDAY, SUNDAY = 4, 6
# The method has a talk every half year; where nobody planned one this is when it should be.
TALK_EVERY = 182
# And a trial lasts eight weeks when nobody said until when.
TRIAL_DAYS = 56


class Code(StrEnum):
    """What can wait for a coordinator."""

    CALL_ASKING = "call_asking"
    CALL_OFFERING = "call_offering"
    PLAN_INTAKE = "plan_intake"
    PLAN_VISIT = "plan_visit"
    INTAKE = "intake"
    VOG_ASK = "vog_ask"
    VOG_AFTER = "vog_after"
    VOG_REVIEW = "vog_review"
    SEARCH = "search"
    PROPOSE = "propose"
    ANSWER_SUPPORT = "answer_support"
    ANSWER_PARENTS = "answer_parents"
    PLAN_MEETING = "plan_meeting"
    MEETING = "meeting"
    AFTER_MEETING = "after_meeting"
    TRIAL_ENDS = "trial_ends"
    MOMENT = "moment"
    NEXT_TALK = "next_talk"
    NO_CONTACT_ASKING = "no_contact_asking"
    NO_CONTACT_COUPLING = "no_contact_coupling"
    CLOSING_TALK = "closing_talk"
    TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; ``longest`` is how many days its lines may be put off.

    ``reason`` may use %(days)s (how long ago), %(when)s (relative), %(day)s (the date), %(detail)s and %(agreed)s (how
    many days were agreed).
    """

    code: Code
    within: int = 0
    working_days: bool = False
    ahead: int | None = None
    reason: Text
    reason_ahead: Text = ""
    action: Text
    icon: str
    longest: int = 30

    def due(self, since: date) -> date:
        """Return the day by which it must be done."""
        return call_by(since, self.within) if self.working_days else since + timedelta(days=self.within)

    def shown(self, since: date, today: date) -> bool:
        """Tell whether it is on the list today."""
        return self.ahead is None or today >= self.due(since) - timedelta(days=self.ahead)


RULES: tuple[Rule, ...] = (
    Rule(
        code=Code.CALL_ASKING,
        within=CALL_ASKING_WITHIN,
        working_days=True,
        reason=gettext_lazy("wacht %(days)s op een eerste telefoontje"),
        action=gettext_lazy("Gebeld"),
        icon="phone",
        longest=5,
    ),
    Rule(
        code=Code.CALL_OFFERING,
        within=CALL_OFFERING_WITHIN,
        working_days=True,
        reason=gettext_lazy("wil steungezin zijn en wacht %(days)s op een telefoontje"),
        action=gettext_lazy("Gebeld"),
        icon="phone",
        longest=7,
    ),
    Rule(
        code=Code.PLAN_INTAKE,
        within=5,
        working_days=True,
        reason=gettext_lazy("%(when)s gebeld, nog geen huisbezoek gepland"),
        action=gettext_lazy("Huisbezoek plannen"),
        icon="calendar",
    ),
    Rule(
        code=Code.PLAN_VISIT,
        within=10,
        working_days=True,
        reason=gettext_lazy("%(when)s gebeld, nog geen huisbezoek gepland"),
        action=gettext_lazy("Huisbezoek plannen"),
        icon="calendar",
    ),
    Rule(
        code=Code.INTAKE,
        ahead=7,
        reason=gettext_lazy("huisbezoek was %(when)s, de intake is nog niet af"),
        reason_ahead=gettext_lazy("huisbezoek %(when)s"),
        action=gettext_lazy("Intake invullen"),
        icon="home",
    ),
    Rule(
        code=Code.VOG_ASK,
        within=7,
        reason=gettext_lazy("geen geldige VOG en geen aanvraag: %(detail)s"),
        action=gettext_lazy("VOG aanvragen"),
        icon="shield",
        longest=14,
    ),
    Rule(
        code=Code.VOG_AFTER,
        within=21,
        ahead=0,
        reason=gettext_lazy("VOG van %(detail)s is %(when)s aangevraagd en nog niet gezien"),
        action=gettext_lazy("VOG gezien"),
        icon="shield",
    ),
    Rule(
        code=Code.VOG_REVIEW,
        ahead=90,
        reason=gettext_lazy("VOG van %(detail)s is verlopen op %(day)s"),
        reason_ahead=gettext_lazy("VOG van %(detail)s verloopt op %(day)s"),
        action=gettext_lazy("VOG aanvragen"),
        icon="shield",
    ),
    Rule(
        code=Code.SEARCH,
        within=15,
        ahead=0,
        reason=gettext_lazy("wacht %(days)s, er is geen voorstel"),
        action=gettext_lazy("Zoek een steungezin"),
        icon="heart",
    ),
    Rule(
        code=Code.PROPOSE,
        within=1,
        working_days=True,
        reason=gettext_lazy("voorstel voor gezin %(detail)s gemaakt, nog niet gebeld"),
        action=gettext_lazy("Naar het voorstel"),
        icon="bulb",
        longest=7,
    ),
    Rule(
        code=Code.ANSWER_SUPPORT,
        within=5,
        reason=gettext_lazy("%(when)s gevraagd voor gezin %(detail)s, nog geen antwoord"),
        action=gettext_lazy("Naar het voorstel"),
        icon="bulb",
    ),
    Rule(
        code=Code.ANSWER_PARENTS,
        within=5,
        reason=gettext_lazy("%(when)s gevraagd over steungezin %(detail)s, nog geen antwoord"),
        action=gettext_lazy("Naar het voorstel"),
        icon="bulb",
    ),
    Rule(
        code=Code.PLAN_MEETING,
        within=7,
        reason=gettext_lazy("zegt ja tegen steungezin %(detail)s, nog geen kennismaking gepland"),
        action=gettext_lazy("Kennismaking plannen"),
        icon="calendar",
    ),
    Rule(
        code=Code.MEETING,
        ahead=14,
        reason=gettext_lazy("kennismaking %(when)s"),
        reason_ahead=gettext_lazy("kennismaking %(when)s"),
        action=gettext_lazy("Naar de koppeling"),
        icon="family",
    ),
    Rule(
        code=Code.AFTER_MEETING,
        within=7,
        reason=gettext_lazy("kennismaking was %(when)s: gaan ze door?"),
        action=gettext_lazy("Proefperiode starten"),
        icon="family",
    ),
    Rule(
        code=Code.TRIAL_ENDS,
        ahead=14,
        reason=gettext_lazy("proefperiode liep af op %(day)s: koppelen of stoppen?"),
        reason_ahead=gettext_lazy("proefperiode loopt af op %(day)s: koppelen of stoppen?"),
        action=gettext_lazy("Naar de koppeling"),
        icon="clock",
    ),
    Rule(
        code=Code.MOMENT,
        ahead=14,
        reason=gettext_lazy("%(detail)s"),
        action=gettext_lazy("Vastleggen"),
        icon="calendar",
    ),
    Rule(
        code=Code.NEXT_TALK,
        within=TALK_EVERY,
        ahead=14,
        reason=gettext_lazy("er staat geen gesprek gepland; het laatste was %(when)s"),
        action=gettext_lazy("Naar de koppeling"),
        icon="calendar",
    ),
    Rule(
        code=Code.NO_CONTACT_ASKING,
        within=30,
        ahead=0,
        reason=gettext_lazy("al %(days)s geen contact, afgesproken %(agreed)s"),
        action=gettext_lazy("Contact vastleggen"),
        icon="phone",
    ),
    Rule(
        code=Code.NO_CONTACT_COUPLING,
        within=90,
        ahead=0,
        reason=gettext_lazy("al %(days)s geen contact, afgesproken %(agreed)s"),
        action=gettext_lazy("Contact vastleggen"),
        icon="phone",
    ),
    Rule(
        code=Code.CLOSING_TALK,
        within=14,
        reason=gettext_lazy("koppeling eindigde %(when)s, nog geen afsluitend gesprek met %(detail)s"),
        action=gettext_lazy("Gesprek vastleggen"),
        icon="family",
    ),
    Rule(
        code=Code.TASK,
        ahead=14,
        reason=gettext_lazy("%(detail)s"),
        action=gettext_lazy("Gedaan"),
        icon="check",
    ),
)
BY_CODE: dict[Code, Rule] = {rule.code: rule for rule in RULES}
ORDER: dict[Code, int] = {rule.code: place for place, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something that waits: since when, about whom, where to go and whom to call."""

    code: Code
    since: date
    key: UUID
    subject: str
    url: str
    action_url: str
    detail: str = ""
    phone: str = ""
    person: str = ""
    hint: str = ""
    post: bool = False


class When(StrEnum):
    """The groups of the page, in order."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another municipality where she works, and the door to it."""

    name: str
    slug: str

    def door(self, path: str) -> str:
        """Return the address that leads her to a page there."""
        return f"/overstappen?{urlencode({'naar': self.slug, 'pad': path})}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page."""

    signal: Signal
    rule: Rule
    due: date
    when: When
    reason: str
    deadline: str
    place: "Elsewhere | None" = None

    @property
    def url(self) -> str:
        """Return where the line leads: in another municipality she goes through the door first."""
        return self.place.door(self.signal.url) if self.place and self.signal.url else self.signal.url

    @property
    def meta(self) -> str:
        """Return the small print: the reason, and how to call safely."""
        if not self.signal.hint:
            return self.reason
        return _("%(reason)s · Bellen: %(hint)s") % {"reason": self.reason, "hint": self.signal.hint}

    @property
    def kind(self) -> str:
        """Return the mark in the list."""
        return {When.LATE: "late", When.TODAY: "today"}.get(self.when, "soon")


def lines(signals: Iterable[Signal], today: date) -> list[Line]:
    """Return what is on the list today, the earliest due day first."""
    found = [
        _line(signal, BY_CODE[signal.code], today)
        for signal in signals
        if BY_CODE[signal.code].shown(signal.since, today)
    ]
    return in_order(found)


def in_order(found: Iterable[Line]) -> list[Line]:
    """Return lines by due day, the gravest rule first."""
    return sorted(found, key=lambda line: (line.due, ORDER[line.rule.code], line.signal.subject))


def week_end(today: date) -> date:
    """Return the last day of the week to look at: this Sunday, or from Friday on the one after."""
    days = SUNDAY - today.weekday()
    return today + timedelta(days=days if today.weekday() < FRIDAY else days + 7)


def when_of(due: date, today: date) -> When:
    """Return the group of a due day."""
    if due < today:
        return When.LATE
    if due == today:
        return When.TODAY
    return When.WEEK if due <= week_end(today) else When.LATER


def _line(signal: Signal, rule: Rule, today: date) -> Line:
    due = rule.due(signal.since)
    days = max(0, (today - signal.since).days)
    text = rule.reason_ahead if rule.reason_ahead and signal.since >= today else rule.reason
    words = {
        "days": ngettext("%(n)d dag", "%(n)d dagen", days) % {"n": days},
        "when": relative_day(signal.since, today),
        "day": long_date(signal.since),
        "detail": signal.detail,
        "agreed": rule.within,
    }
    return Line(signal, rule, due, when_of(due, today), capfirst(str(text) % words), _deadline(due, today))


def _deadline(due: date, today: date) -> str:
    late = (today - due).days
    if late > 0:
        return ngettext("%(n)d dag te laat", "%(n)d dagen te laat", late) % {"n": late}
    return _("vandaag") if late == 0 else relative_day(due, today)
