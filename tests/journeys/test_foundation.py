"""Every page of the foundation with the figures of a filled country: two checkers find nothing at either width."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import DESK, HEIGHTS, PHONE, look_at
from tests.isolation.addresses import Address, addresses
from tests.isolation.probe import methods_of
from tests.journeys.stack import Stack
from tests.journeys.visitor import Visitor, sign_in, visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# What is fetched and no page.
NO_PAGES = {
    "common:security-txt", "drafts:key", "standards:algorithm_json", "standards:algorithm_markdown",
}  # fmt: skip
PAGES = [
    address
    for address in addresses("foundation")
    if "GET" in methods_of(address) and not address.ids and address.name not in NO_PAGES
]


@pytest.fixture(scope="module")
def employee(stack: Stack, browser: Browser) -> Iterator[Visitor]:
    with visitor(browser, stack.country, width=DESK) as somebody:
        sign_in(somebody, stack.people["landelijk.localhost", "medewerker van de stichting"], stack.password)
        yield somebody


@pytest.mark.parametrize("address", PAGES, ids=str)
def test_two_checkers_find_nothing(employee: Visitor, address: Address) -> None:
    answer = employee.page.goto(address.path())
    assert answer is not None
    assert answer.ok, address
    for width in (DESK, PHONE):
        employee.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        look_at(employee.page, with_second=width == PHONE)  # it judges the same elements at every width
    employee.page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})
