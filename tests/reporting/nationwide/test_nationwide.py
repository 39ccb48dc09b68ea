"""What is counted for the whole country only: interest from elsewhere, and concerns from a threshold on."""

from datetime import date
from uuid import uuid4

import pytest

from reporting.dictionary.measures import CONCERNS, INTEREST, INTEREST_FROM
from reporting.facts.models import Fact
from reporting.nationwide.models import Counted, NationwideCount
from reporting.nationwide.selectors import concerns_by_year, interest_since
from reporting.nationwide.services import nationwide_publish
from tenants import context
from tenants.municipalities.models import Municipality

TODAY = date(2026, 11, 22)


def fact(measure: str, value: int, *, year: int = 2025, category: str = "") -> Fact:
    return Fact(
        municipality=uuid4(),
        municipality_code="GM0439",
        measure=measure,
        period_kind="year",
        period_start=date(year, 1, 1),
        attribute=INTEREST_FROM if category else "",
        category=category,
        value=value,
        asking_families=0,
        support_families=0,
    )


def published(purmerend: Municipality, *facts: Fact) -> list[NationwideCount]:
    with context.aggregation(purmerend):
        Fact.objects.bulk_create(facts)
    with context.releasing():
        nationwide_publish(on=TODAY)
    with context.releases():
        return list(NationwideCount.objects.order_by("kind", "lives_in", "year"))


@pytest.mark.parametrize(
    ("values", "shown"),
    [((3, 3, 3), None), ((3, 3, 4), 10), ((5, 5), None), ((30,), None), ((4, 4, 4, 4), 16)],
)
def test_concerns_are_said_from_ten_and_from_three_places_on(
    purmerend: Municipality, values: tuple[int, ...], shown: int | None
) -> None:
    rows = published(purmerend, *(fact(CONCERNS, value) for value in values))
    assert [(row.kind, row.value) for row in rows] == [(Counted.CONCERNS, shown)]


def test_a_year_that_is_not_over_tells_nothing_of_concerns(purmerend: Municipality) -> None:
    assert published(purmerend, *(fact(CONCERNS, 9, year=2026) for _ in range(4))) == []


def test_interest_is_added_up_over_who_passed_it_on(purmerend: Municipality) -> None:
    published(
        purmerend,
        fact(INTEREST, 2, category="GM0363"),
        fact(INTEREST, 3, category="GM0363", year=2026),
        fact(INTEREST, 1, category="GM0439"),
        fact(INTEREST, 9, category="GM0200", year=2020),
        fact(INTEREST, 9, category="Jansen"),
    )
    with context.releases():
        assert [(line.name, line.total, line.takes_part) for line in interest_since(2024)] == [
            ("Amsterdam", 5, False),
            ("Purmerend", 1, True),
        ]
        assert concerns_by_year() == []


def test_publishing_twice_gives_the_same(purmerend: Municipality) -> None:
    first = [
        (row.kind, row.lives_in, row.value)
        for row in published(purmerend, fact(INTEREST, 2, category="GM0363"))
    ]
    assert [(row.kind, row.lives_in, row.value) for row in published(purmerend)] == first
