from datetime import date

from reporting.dashboards.growth import GrowthYear, Life, Milestone, growth, milestones

TOTALS = [
    (date(2018, 11, 1), 700),
    (date(2018, 12, 1), 746),
    (date(2019, 8, 1), 998),
    (date(2019, 9, 1), 1003),
    (date(2020, 2, 1), 3100),
]
LIVES = [
    Life(date(2017, 5, 1), None),
    Life(date(2018, 12, 31), date(2019, 12, 30)),
    Life(date(2020, 2, 2), None),
]


def test_each_year_tells_what_it_added_and_who_took_part_on_its_last_day() -> None:
    found = growth(TOTALS, LIVES, until=date(2020, 2, 15))
    assert found.years == (
        GrowthYear("2018", 746, 746, 2),
        GrowthYear("2019", 257, 1003, 1),
        GrowthYear("2020 tot nu", 2097, 3100, 2),
    )


def test_every_thousandth_coupling_has_the_month_in_which_it_began() -> None:
    assert milestones(TOTALS) == (
        Milestone("1.000e koppeling", "september 2019"),
        Milestone("2.000e koppeling", "februari 2020"),
        Milestone("3.000e koppeling", "februari 2020"),
    )


def test_before_the_first_coupling_there_is_nothing_to_tell() -> None:
    assert growth([], LIVES, until=date(2020, 2, 15)).years == ()
    assert milestones([]) == ()
