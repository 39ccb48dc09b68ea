"""The page on which the foundation sees whether every kind of family is helped alike: from published figures alone."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from core.families.models import RequestingFamily
from core.families.services import requesting_family_close, requesting_family_support
from core.ledger.models import LedgerEntry
from reporting.dashboards.fairness import GAP, group_line
from reporting.dictionary.measures import HOUSEHOLD, INTERPRETER, OUTCOME, SEARCHES_ENDED
from reporting.dictionary.periods import Period, PeriodKind
from reporting.disclosure.models import Status
from reporting.disclosure.selectors import Figure
from reporting.extract.rebuild import rebuild_totals
from tenants.accounts.models import SystemActor, User
from tenants.municipalities.models import Municipality
from tests.factories import chain
from tests.reporting.conftest import NOW, write_ledger
from tests.reporting.worlds import Line

YEAR = Period(date(2025, 1, 1), PeriodKind.YEAR)
TESTS = SystemActor("tests")


def found(**values: int | None) -> Callable[[str, str], Figure | None]:
    """Return a release in which one kind of family has these figures; None is withheld."""

    def find(attribute: str, category: str) -> Figure | None:
        value = values[category]
        status = Status.CONFIDENTIAL if value is None else Status.FREE
        return Figure(SEARCHES_ENDED, "NL", YEAR, attribute, category, value, status)

    return find


def line(**values: int | None) -> tuple[str, str, str]:
    shown = group_line("x", OUTCOME.name, str, found(**values))
    return shown.searches.text, shown.matched.text, shown.soon.text


def test_shares_are_whole_percents_of_all_that_ended() -> None:
    assert line(soon=10, later=20, stopped=10) == ("40", "75%", "25%")


@pytest.mark.parametrize("hidden", ["soon", "later", "stopped"])
def test_one_figure_that_is_withheld_leaves_a_gap_in_all(hidden: str) -> None:
    assert line(**({"soon": 10, "later": 20, "stopped": 10} | {hidden: None})) == (GAP, GAP, GAP)


def test_below_twenty_there_is_no_share() -> None:
    assert line(soon=10, later=5, stopped=4) == ("19", GAP, GAP)
    assert line(soon=10, later=5, stopped=5)[1] == "75%"


def test_every_category_is_one_kind_of_family_with_one_outcome() -> None:
    for attribute in (HOUSEHOLD, INTERPRETER):
        parts = [attribute.of(outcome) for outcome in OUTCOME.categories()]
        assert sorted(name for part in parts for name in part) == sorted(attribute.categories())
        assert max(len(name) for name in attribute.categories()) <= 32


def searches(household: str, soon: int, later: int, stopped: int) -> list[Line]:
    """Return so many ended searches of last year."""
    month, lines = date(NOW.year - 1, 3, 1), []
    for days, matched, count in ((30, True, soon), (150, True, later), (60, False, stopped)):
        for _search in range(count):
            family = uuid4()
            lines.append(Line("waiting_started", month, family))
            lines.append(
                Line("waiting_ended", month, family, days=days, household=household, interpreter="not_needed")
            )
            if matched:
                lines.append(Line("trial_started", month, family, support_family=uuid4(), coupling=uuid4()))
    return lines


def test_the_foundation_sees_shares_of_large_groups_and_gaps_for_small_ones(
    purmerend: Municipality,
    zaanstad: Municipality,
    foundation_user: User,
    client_for: Callable[..., Client],
) -> None:
    write_ledger(purmerend, [*searches("single_parent", 30, 15, 15), *searches("co_parenting", 2, 1, 1)])
    write_ledger(zaanstad, [*searches("two_parents", 24, 12, 12), *searches("other", 3, 1, 2)])
    rebuild_totals()
    page = client_for("landelijk", foundation_user).get("/gelijke-kansen").content.decode()
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    assert re.search(r"Een ouder 60 75% 50%", text)
    assert re.search(r"Co-ouderschap \. [a-z]", text)
    assert "Een punt is geen nul" in text
    assert "alleen of er een tolk nodig is" in text


def test_a_search_that_ends_tells_the_ledger_how_the_family_is_made_up(in_purmerend: Municipality) -> None:
    with_interpreter = chain.waiting_family("Een", household="single_parent", interpreter_language="Tigrinya")
    without = chain.waiting_family("Twee")
    requesting_family_support(family=with_interpreter, supported_on=chain.day(), actor=TESTS)
    requesting_family_close(family=without, reason="withdrawn", closed_on=chain.day(), actor=TESTS)
    told = LedgerEntry.objects.filter(event="waiting_ended")
    assert set(told.values_list("household", "interpreter")) == {
        ("single_parent", "needed"),
        ("", "not_needed"),
    }
    columns = {field.name for field in LedgerEntry._meta.concrete_fields}
    assert "interpreter_language" not in columns
    assert RequestingFamily.objects.count() == 2
