"""What is asked and not offered: pure."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import AgeBand, DayPart, SupportForm
from core.board.shortages import Subject, balances, to_recruit, without_offer, without_wish
from core.matching.sides import Asked, Availability, Offered

SOME_DAYS = st.frozensets(st.sampled_from(DayPart.values[:6]), max_size=4)
ASKED = st.builds(
    Asked,
    day_parts=SOME_DAYS,
    forms=st.frozensets(st.sampled_from(SupportForm.values)),
    age_bands=st.lists(st.sampled_from(AgeBand.values)).map(tuple),
)
OFFERED = st.builds(
    Offered,
    day_parts=SOME_DAYS,
    forms=st.frozensets(st.sampled_from(SupportForm.values)),
    age_bands=st.frozensets(st.sampled_from(AgeBand.values)),
    free_places=st.integers(-1, 3),
    availability=st.sampled_from(Availability),
)


@given(st.lists(ASKED, max_size=6), st.lists(OFFERED, max_size=6))
def test_everything_that_anybody_names_is_counted_once_per_family(
    asked: list[Asked], offered: list[Offered]
) -> None:
    found = balances(asked, offered)
    days = {one.value: (one.asking, one.offering) for one in found if one.subject is Subject.DAY_PART}
    wishes = Counter(part for one in asked for part in one.day_parts)
    able = [one for one in offered if one.free_places > 0 and one.availability is Availability.AVAILABLE]
    gifts = Counter(part for one in able for part in one.day_parts)
    assert days == {part: (wishes[part], gifts[part]) for part in wishes.keys() | gifts.keys()}
    assert all(one.offering == 0 < one.asking for one in without_offer(found))
    assert all(one.asking == 0 < one.offering for one in without_wish(found))


@given(st.lists(ASKED, max_size=6), st.lists(OFFERED, max_size=6))
def test_the_three_largest_shortages_come_first(asked: list[Asked], offered: list[Offered]) -> None:
    found = balances(asked, offered)
    advice = to_recruit(found)
    short = sorted((one.short for one in found if one.short > 0), reverse=True)
    assert [one.short for one in advice] == short[:3]
