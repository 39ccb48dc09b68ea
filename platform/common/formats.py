"""How Naober writes dates, numbers, telephone numbers and lists, in the language of the page. Pure functions."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

import phonenumbers
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.formats import get_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common.language import DUTCH

NOTHING = "–"
# A Dutch mobile number as it is stored.
MOBILE = re.compile(r"\+316[0-57-9]\d{7}")


def as_date(value: date | datetime) -> date:
    """Return the Dutch calendar day of a moment, or the date itself."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def long_date(value: date | datetime | None) -> str:
    """``12 maart 2026``: in running text and headings."""
    return NOTHING if value is None else date_format(as_date(value), get_format("DATE_FORMAT"))


def week_date(value: date | datetime | None) -> str:
    """``do 12 maart``: in lists of this year, where the weekday helps. English has capitals: ``Thu 12 March``."""
    if value is None:
        return NOTHING
    text = date_format(as_date(value), "D j F")
    return text.lower() if get_language() == DUTCH else text


def short_date(value: date | datetime | None) -> str:
    """``12-03-2026``: in tables. In English ``12 Mar 2026``, for there the order of day and month is not sure."""
    return NOTHING if value is None else date_format(as_date(value), get_format("SHORT_DATE_FORMAT"))


def month(value: date | datetime | None) -> str:
    """``maart 2026``."""
    return NOTHING if value is None else date_format(as_date(value), get_format("YEAR_MONTH_FORMAT"))


def moment(value: datetime | None) -> str:
    """``12 maart 2026, 14:05`` in Dutch time."""
    return NOTHING if value is None else date_format(timezone.localtime(value), get_format("DATETIME_FORMAT"))


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """``1.234`` or, with decimals, ``1.234,5``."""
    if value is None:
        return NOTHING
    return number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def percentage(part: float | None, decimals: int = 0) -> str:
    """``12%`` of a fraction between 0 and 1."""
    return NOTHING if part is None else f"{number(part * 100, decimals)}%"


COUNTED_DAYS = 60  # nobody counts more days than these


def relative_day(value: date | datetime | None, today: date | None = None) -> str:
    """``vandaag``, ``morgen``, ``over 3 dagen``, ``2 dagen geleden``, far away ``over 5 maanden``."""
    if value is None:
        return NOTHING
    days = (as_date(value) - (today or timezone.localdate())).days
    near = {-1: _("gisteren"), 0: _("vandaag"), 1: _("morgen")}
    if days in near:
        return near[days]
    if abs(days) > COUNTED_DAYS:
        words = _("over %(time)s") if days > 0 else _("%(time)s geleden")
        return words % {"time": duration(abs(days))}
    if days > 0:
        return ngettext("over %(days)s dag", "over %(days)s dagen", days) % {"days": days}
    return ngettext("%(days)s dag geleden", "%(days)s dagen geleden", -days) % {"days": -days}


def days_late(value: date | datetime, today: date | None = None) -> int:
    """Whole days since the due date, 0 when it has not passed."""
    return max(0, ((today or timezone.localdate()) - as_date(value)).days)


def duration(days: int | None) -> str:
    """``5 dagen``, ``6 weken``, ``4 maanden``: rounded the way people say it."""
    if days is None:
        return NOTHING
    if days < 21:  # noqa: PLR2004 (three weeks)
        return ngettext("%(n)s dag", "%(n)s dagen", days) % {"n": days}
    if days < 91:  # noqa: PLR2004 (three months)
        weeks = days // 7
        return ngettext("%(n)s week", "%(n)s weken", weeks) % {"n": weeks}
    months = round(timedelta(days=days) / timedelta(days=30.44))
    return ngettext("%(n)s maand", "%(n)s maanden", months) % {"n": months}


def listing(items: Iterable[object]) -> str:
    """``a, b en c``."""
    words = [str(item) for item in items]
    if len(words) < 2:  # noqa: PLR2004 (one item needs no "en")
        return words[0] if words else NOTHING
    return _("%(first)s en %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def phone(value: str | None) -> str:
    """``06 12345678`` for a stored ``+31612345678``; a foreign number keeps its country code."""
    if not value:
        return NOTHING
    if MOBILE.fullmatch(value):  # nearly all; a page shows fifty, and the library takes its time
        return f"06 {value[4:]}"
    try:
        parsed = phonenumbers.parse(value, "NL")
    except phonenumbers.NumberParseException:
        return value
    home = parsed.country_code == phonenumbers.country_code_for_region("NL")
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, kind).replace("-", " ")
