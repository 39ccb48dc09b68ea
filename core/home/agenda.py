"""The agenda: every date that somebody agreed or that follows from the method, week by week."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.formats import week_date
from core.couplings.selectors import couplings
from core.couplings.workflow import CouplingStatus
from core.families.models import RequestingFamily, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance.models import MomentKind
from core.guidance.selectors import moments_planned
from core.home.gather import task_url
from core.home.rules import Elsewhere
from core.tasks.selectors import tasks_open
from core.vog.selectors import reviews_due

WEEK = timedelta(days=7)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Appointment:
    """A date: plain values that may leave the transaction of a municipality."""

    day: date
    what: str
    who: str
    url: str
    icon: str
    place: Elsewhere | None = None

    @property
    def link(self) -> str:
        """Return where it leads: in another municipality she goes through the door first."""
        return self.place.door(self.url) if self.place and self.url else self.url


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """A day with what is on it."""

    day: date
    title: str
    appointments: list[Appointment]


@dataclass(frozen=True, slots=True)
class Agenda:
    """One week."""

    monday: date
    sunday: date
    number: int
    days: list[AgendaDay]
    previous: str
    next: str
    silent: list[Elsewhere]

    @property
    def previous_url(self) -> str:
        """Return the address of the week before."""
        return f"?week={self.previous}"

    @property
    def next_url(self) -> str:
        """Return the address of the week after."""
        return f"?week={self.next}"


def agenda_week(text: str, today: date) -> date:
    """Return the Monday of an asked week ("2026-W48"); what is no week is this one, in a weekend the next."""
    year, _sign, number = text.partition("-W")
    try:
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        monday = today - timedelta(days=today.weekday())
        return monday + WEEK if today.weekday() >= SATURDAY else monday


def agenda_page(
    own: Sequence[Appointment],
    others: Sequence[tuple[Elsewhere, Sequence[Appointment] | None]],
    monday: date,
) -> Agenda:
    """Put the dates of all municipalities under the days of a week."""
    found = [*own, *(replace(one, place=place) for place, rest in others if rest for one in rest)]
    days = [monday + timedelta(days=number) for number in range(7)]
    return Agenda(
        monday=monday,
        sunday=days[-1],
        number=monday.isocalendar().week,
        days=[
            AgendaDay(day, week_date(day), sorted((one for one in found if one.day == day), key=_order))
            for day in days
        ],
        previous=_week(monday - WEEK),
        next=_week(monday + WEEK),
        silent=[place for place, rest in others if rest is None],
    )


def dates_in(first: date, last: date) -> list[Appointment]:
    """Return every date of the municipality of the present scope from one day to another."""
    return [one for gather in GATHERERS for one in gather(first, last) if first <= one.day <= last]


def _visits(first: date, last: date) -> Iterator[Appointment]:
    asking = RequestingFamily.objects.filter(visit_on__range=(first, last)).exclude(
        status=RequestingStatus.CLOSED
    )
    offering = SupportFamily.objects.filter(visit_on__range=(first, last)).exclude(status=SupportStatus.LEFT)
    for family in asking:
        url = reverse("families:requesting_detail", args=[family.pk])
        yield Appointment(family.visit_on or first, _("huisbezoek"), _asking(family), url, "home")
    for other in offering:
        url = reverse("families:support_detail", args=[other.pk])
        who = _("Steungezin %(name)s") % {"name": capfirst(other.name)}
        yield Appointment(other.visit_on or first, _("huisbezoek"), who, url, "home")


def _couplings(first: date, last: date) -> Iterator[Appointment]:
    del first, last  # there are few, and each has two dates
    statuses = [CouplingStatus.INTRODUCTION, CouplingStatus.TRIAL]
    for coupling in couplings(statuses=statuses):
        url = reverse("couplings:coupling_detail", args=[coupling.pk])
        who = _pair(coupling.family.name, coupling.support_family.name)
        yield Appointment(coupling.introduced_on, _("kennismaking"), who, url, "family")
        if coupling.trial_ends_on is not None:
            yield Appointment(coupling.trial_ends_on, _("proefperiode loopt af"), who, url, "clock")


def _moments(first: date, last: date) -> Iterator[Appointment]:
    del first
    for moment in moments_planned(until=last):
        coupling = moment.coupling
        yield Appointment(
            moment.due_on,
            str(MomentKind(moment.kind).label),
            _pair(coupling.family.name, coupling.support_family.name),
            reverse("couplings:coupling_detail", args=[coupling.pk]),
            "calendar",
        )


def _reviews(first: date, last: date) -> Iterator[Appointment]:
    del first
    for check in reviews_due(until=last):
        yield Appointment(
            check.review_due or last,
            _("VOG loopt af"),
            check.adult.full_name,
            reverse("families:support_detail", args=[check.adult.family_id]),
            "shield",
        )


def _tasks(first: date, last: date) -> Iterable[Appointment]:
    del first
    for task in tasks_open(until=last):
        yield Appointment(task.due_on, task.title, task.reason, task_url(task), "check")


GATHERERS = (_visits, _couplings, _moments, _reviews, _tasks)


def _asking(family: RequestingFamily) -> str:
    return _("Gezin %(name)s") % {"name": capfirst(family.name)}


def _pair(family: str, support: str) -> str:
    return _("%(family)s en %(support)s") % {"family": capfirst(family), "support": capfirst(support)}


def _order(one: Appointment) -> tuple[str, str]:
    return one.icon, one.who


def _week(monday: date) -> str:
    year, week, _day = monday.isocalendar()
    return f"{year}-W{week:02d}"
