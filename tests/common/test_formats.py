"""Dates, numbers and lists as Dutch readers expect them."""

from datetime import UTC, date, datetime

import phonenumbers
import pytest
from django.template import Context, Template

from common import formats


def test_dates_are_written_in_dutch() -> None:
    day = date(2026, 3, 12)
    assert formats.long_date(day) == "12 maart 2026"
    assert formats.short_date(day) == "12-03-2026"
    assert formats.short_date(date(2026, 11, 3)) == "03-11-2026"
    assert formats.month(day) == "maart 2026"
    assert formats.week_date(day) == "do 12 maart"


def test_moments_are_in_dutch_time_even_around_midnight() -> None:
    assert formats.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2 juli 2026, 00:30"
    assert formats.long_date(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2 juli 2026"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234567, 0, "1.234.567"), (1234.5, 1, "1.234,5"), (0, 0, "0"), (None, 0, "–"), (-1200, 0, "-1.200")],
)
def test_numbers_have_dutch_separators(value: float | None, decimals: int, text: str) -> None:
    assert formats.number(value, decimals) == text


def test_percentages_are_of_fractions() -> None:
    assert formats.percentage(0.125, 1) == "12,5%"


@pytest.mark.parametrize(
    ("day", "text"),
    [(22, "vandaag"), (23, "morgen"), (21, "gisteren"), (25, "over 3 dagen"), (20, "2 dagen geleden")],
)
def test_days_are_told_from_today(day: int, text: str) -> None:
    assert formats.relative_day(date(2026, 11, day), today=date(2026, 11, 22)) == text


def test_days_far_away_are_rounded() -> None:
    today = date(2026, 11, 22)
    assert formats.relative_day(date(2027, 1, 21), today=today) == "over 60 dagen"
    assert formats.relative_day(date(2027, 4, 22), today=today) == "over 5 maanden"
    assert formats.relative_day(date(2026, 5, 22), today=today) == "6 maanden geleden"


@pytest.mark.parametrize(
    ("days", "text"), [(1, "1 dag"), (20, "20 dagen"), (21, "3 weken"), (90, "12 weken"), (183, "6 maanden")]
)
def test_durations_are_rounded_as_people_say_them(days: int, text: str) -> None:
    assert formats.duration(days) == text


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+31612345678", "06 12345678"),
        ("+31600000123", "06 00000123"),
        ("+31201234567", "020 123 4567"),
        ("+32470123456", "+32 470 12 34 56"),
        ("", "–"),
        ("geen nummer", "geen nummer"),
    ],
)
def test_telephone_numbers_are_shown_nationally(stored: str, shown: str) -> None:
    assert formats.phone(stored) == shown


@pytest.mark.parametrize(
    "number", [f"+316{first}{rest}" for first in "0123456789" for rest in ("0000000", "2345678")]
)
def test_mobile_numbers_look_as_the_library_writes_them(number: str) -> None:
    parsed = phonenumbers.parse(number, "NL")
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert formats.phone(number) == written.replace("-", " ")


def test_lists_end_with_en() -> None:
    assert formats.listing(["a"]) == "a"
    assert formats.listing(["a", "b"]) == "a en b"
    assert formats.listing(["a", "b", "c"]) == "a, b en c"
    assert formats.listing([]) == "–"


def test_what_people_typed_is_escaped_by_every_tag() -> None:
    evil = "<script>alert(1)</script>"
    source = (
        "{% badge evil %}{% card evil %}x{% endcard %}{% datalist %}{% fact evil evil %}{% enddatalist %}"
        "{% page_header evil lead=evil %}{% endpage_header %}{% button_link evil evil %}{% phone_link evil evil %}"
        "{% table evil evil %}{% tr %}{% td evil %}{{ evil }}{% endtd %}{% endtr %}{% endtable %}"
        "{% timeline evil %}{% event day evil who=evil %}{{ evil }}{% endevent %}{% endtimeline %}"
        "{% tabs evil %}{% tab evil evil %}{% endtabs %}{% stepper evil %}{% step evil note=evil %}{% endstepper %}"
        "{% note title=evil %}{{ evil }}{% endnote %}{% empty_state evil text=evil %}{{ evil }}{% endempty_state %}"
        "{% itemlist evil %}{% listitem evil url=evil meta=evil %}{{ evil }}{% endlistitem %}{% enditemlist %}"
        "{% figure evil evil note=evil definition=evil %}{% mail_link evil %}{% submit evil evil evil %}"
        "{% fieldset evil help_text=evil %}{{ evil }}{% endfieldset %}{% icon 'phone' evil %}"
    )
    shown = Template(source).render(Context({"evil": evil, "day": date(2026, 1, 1)}))
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") > 20
