"""The calendar that a family follows: when there is support, and not a name of anybody."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vRecur

from common.language import in_dutch
from common.vocabulary import DayPart, Frequency
from core.agreements.models import CalendarFeed, CouplingAgreement
from core.agreements.rhythm import Pattern, in_holidays, occurrences, weekday_of
from core.agreements.selectors import in_force
from core.agreements.week import pattern_of

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
# School holidays are taken out this far ahead; calendars ask again long before.
HORIZON: Final = timedelta(days=3 * 366)
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# The exact hour is for the families to agree; these are what the words mean to most people.
_HOURS: Final = {
    "ochtend": (time(9), time(12), 0),
    "middag": (time(13), time(17), 0),
    "avond": (time(17), time(20), 0),
    "nacht": (time(20), time(9), 1),
}
_LONGEST_GAP: Final = 62  # days: the first time of what takes place once a month


@in_dutch()
def calendar_text(feed: CalendarFeed) -> bytes:
    """Return the calendar in the format of RFC 5545."""
    calendar = Calendar()
    calendar.add("prodid", "-//Naober//Steunafspraken//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Steunafspraken"))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    horizon = timezone.localdate() + HORIZON
    for agreement, until in in_force(feed.coupling):
        for event in _events(feed, agreement, pattern_of(agreement, until=until, horizon=horizon), horizon):
            calendar.add_component(event)
    if calendar.subcomponents:
        calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text


def _events(
    feed: CalendarFeed, agreement: CouplingAgreement, pattern: Pattern, horizon: date
) -> Iterator[Event]:
    for part in pattern.day_parts:
        begin = pattern.starts_on
        alone = Pattern((part,), pattern.weeks, begin, pattern.ends_on)
        first = next(occurrences(alone, begin, begin + timedelta(days=_LONGEST_GAP)), None)
        if first is None:
            continue
        start, end = _hours(first.day, part)
        event = Event()
        # Stable, so that a calendar that asks again changes what it has; and it tells nothing.
        event.add("uid", f"{uuid5(NAMESPACE_URL, f'{feed.pk}/{agreement.pk}/{part}')}@naober")
        event.add("dtstamp", datetime.combine(agreement.agreed_on, time(12), ZoneInfo("UTC")))
        event.add("sequence", agreement.version)
        event.add("summary", _("Steun: %(part)s") % {"part": DayPart(part).label})
        event.add("description", _("De precieze tijd spreekt u samen af. Kan het niet doorgaan? Bel elkaar."))
        event.add("class", "PRIVATE")
        event.add("dtstart", start)
        event.add("dtend", end)
        event.add("rrule", _rule(agreement, part, pattern.ends_on))
        skipped = [_hours(day, part)[0] for day in in_holidays(pattern, part, horizon)]
        if skipped:
            event.add("exdate", skipped)
        yield event


def _rule(agreement: CouplingAgreement, part: str, until: date | None) -> vRecur:
    day = _DAYS[weekday_of(part)]
    if agreement.frequency == Frequency.MONTHLY:
        last = 5
        which = "-1" if agreement.month_week == last else str(agreement.month_week)
        rule = vRecur({"FREQ": ["MONTHLY"], "BYDAY": [f"{which}{day}"]})
    else:
        every = 2 if agreement.frequency == Frequency.FORTNIGHTLY else 1
        rule = vRecur({"FREQ": ["WEEKLY"], "INTERVAL": [every], "BYDAY": [day]})
    if until is not None:
        rule["UNTIL"] = [datetime.combine(until, time(23, 59), _zone()).astimezone(ZoneInfo("UTC"))]
    return rule


def _hours(day: date, part: str) -> tuple[datetime, datetime]:
    begin, end, nights = _HOURS[part.partition("-")[2]]
    return (
        datetime.combine(day, begin, _zone()),
        datetime.combine(day + timedelta(days=nights), end, _zone()),
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
