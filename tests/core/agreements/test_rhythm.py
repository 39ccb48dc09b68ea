"""Weeks as bits: two rhythms meet on some day exactly when they share a bit."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import Frequency
from core.agreements.rhythm import EVERY_WEEK, Pattern, cell_of, in_holidays, occurrences, weeks_of

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
RHYTHMS = st.one_of(
    st.just(EVERY_WEEK),
    DAYS.map(lambda day: weeks_of(Frequency.FORTNIGHTLY, first_on=day, month_week=None)),
    st.integers(1, 5).map(lambda nth: weeks_of(Frequency.MONTHLY, first_on=None, month_week=nth)),
)
START, YEARS = date(2026, 1, 1), timedelta(days=8 * 366)


def days_of(weeks: int) -> set[date]:
    pattern = Pattern(("wo-middag",), weeks, START)
    return {one.day for one in occurrences(pattern, START, START + YEARS)}


@given(RHYTHMS, RHYTHMS)
def test_two_rhythms_meet_exactly_when_they_share_a_bit(one: int, other: int) -> None:
    assert bool(one & other) == bool(days_of(one) & days_of(other))


@given(DAYS)
def test_fortnightly_is_the_week_it_began_in_and_every_second_one_after(first: date) -> None:
    weeks = weeks_of(Frequency.FORTNIGHTLY, first_on=first, month_week=None)
    for number in range(60):
        assert bool(weeks >> cell_of(first + timedelta(days=7 * number)) & 1) == (number % 2 == 0)


@given(st.integers(1, 5), st.integers(2026, 2034), st.integers(1, 12))
def test_monthly_is_once_in_every_month(nth: int, year: int, month: int) -> None:
    weeks = weeks_of(Frequency.MONTHLY, first_on=None, month_week=nth)
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found = list(occurrences(Pattern(("za-ochtend",), weeks, first), first, last))
    assert len(found) == 1
    day = found[0].day
    assert (day.day - 1) // 7 + 1 == nth if nth < 5 else (day + timedelta(days=7)).month != month


def test_what_is_arranged_as_it_comes_takes_no_week() -> None:
    assert weeks_of(Frequency.IRREGULAR, first_on=START, month_week=1) == 0
    assert weeks_of(Frequency.FORTNIGHTLY, first_on=None, month_week=None) == 0
    assert weeks_of(Frequency.MONTHLY, first_on=START, month_week=None) == 0


def test_holidays_are_left_out_and_named() -> None:
    christmas = (date(2026, 12, 19), date(2027, 1, 3))
    pattern = Pattern(("wo-middag", "za-nacht"), EVERY_WEEK, date(2026, 12, 1), None, (christmas,))
    found = list(occurrences(pattern, date(2026, 12, 1), date(2027, 1, 12)))
    assert [one.day.day for one in found] == [2, 5, 9, 12, 16, 6, 9]
    assert [day.day for day in in_holidays(pattern, "wo-middag", date(2027, 1, 12))] == [23, 30]


def test_nothing_takes_place_before_the_begin_or_after_the_end() -> None:
    pattern = Pattern(("wo-middag",), EVERY_WEEK, date(2026, 12, 3), date(2026, 12, 16))
    assert [one.day.day for one in occurrences(pattern, date(2026, 1, 1), date(2028, 1, 1))] == [9, 16]
