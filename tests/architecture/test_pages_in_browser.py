"""Every page of a municipality in a real browser, on a telephone and at a desk: two checkers find nothing.

The addresses come from the URL configuration and the objects from the world of the isolation probe, so that a new page
is in at once. Of the pages at one address those are opened that show something which the others do not. The pages of
the foundation, which need figures, are in `tests/journeys/test_foundation.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext

from common.permissions import Role
from tenants import context
from tenants.municipalities.models import Municipality
from tests.browser import DESK, HEIGHTS, PHONE, launched, look_at, serving, visit
from tests.conftest import _clean
from tests.factories import chain
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.addresses import Address, addresses
from tests.isolation.probe import ANONYMOUS, Guide, Probe, Visitor, methods_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MOST = 2  # pages of one address
_KINDS = re.compile(r'<(\w+)(?:[^>]*?\bclass="([^"]*)")?')
PAGES = [address for address in addresses("municipality") if "GET" in methods_of(address)]
# What is fetched and no page; steps between two municipalities that need the word of the other one; and what is only
# there in the practice municipality.
NO_PAGES = {
    "common:security-txt", "drafts:key", "agreements:pdf", "agreements:calendar", "files:download", "letters:pdf",
    "places:leave", "places:arrive", "places:tie", "places:tied",
    "learning:practice", "learning:reset", "learning:mails",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep what was made for the whole module; the fixture of the same name cleans after each test."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@dataclass
class Town:
    """A municipality in which something stands at every address, and two windows on it."""

    guide: Guide
    others: dict[str, list[str]]
    signed_in: BrowserContext
    stranger: BrowserContext

    def pages(self, address: Address) -> list[tuple[Visitor, str]]:
        """Return who opens what: those pages of an address that show a kind of thing the others do not."""
        paths = [address.path(**ids) for ids in self.guide.objects(address)]
        if len(address.ids) == 1:
            label = self.guide._labels.get(address.route.split("<", 1)[0], "")
            paths += [address.path(**{address.ids[0]: one}) for one in self.others.get(label, [])]
        found: list[tuple[Visitor, str]] = []
        seen: set[tuple[str, str]] = set()
        for path in paths:
            for visitor in (self.guide.visitor, ANONYMOUS):
                answer = self.guide.probe.ask(visitor, "GET", self.guide.host, path)
                if answer.status == 200:
                    break
            else:
                continue
            kinds = set(_KINDS.findall(answer.body))
            if answer.headers["Content-Type"].startswith("text/html") and kinds - seen and len(found) < MOST:
                found.append((visitor, path))
                seen |= kinds
        return found

    def window(self, visitor: Visitor) -> BrowserContext:
        """Return the window of a visitor."""
        return self.stranger if visitor is ANONYMOUS else self.signed_in


@pytest.fixture(scope="module")
def browser(_database: None) -> Iterator[tuple[Browser, int]]:
    with serving() as port, launched() as started:
        yield started, port


@pytest.fixture(scope="module")
def town(browser: tuple[Browser, int]) -> Iterator[Town]:
    started, port = browser
    with context.registry():
        municipality = Municipality.objects.get(slug="purmerend")
    world = worlds.fill(municipality)
    with context.municipality(municipality):
        others = _more()
    coordinator = probes.people(world)[Role.COORDINATOR]
    with Probe().listening() as probe:
        guide = Guide(probe, world, coordinator)
        home = f"http://{guide.host}:{port}"
        signed_in, stranger = (visit(started, home=home) for _window in range(2))
        cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": coordinator.session, "url": home}
        signed_in.add_cookies([cookie])
        yield Town(guide, others, signed_in, stranger)


def _more() -> dict[str, list[str]]:
    """Make cases through the services as well, which have everything that belongs to their state."""
    chain.postcode_areas()
    proposal = chain.accepted(chain.waiting_family("Yilmaz"), chain.available_support("Postma"))
    couplings = [
        chain.introduced(chain.waiting_family("De Wit"), chain.available_support("Hoekstra")),
        chain.in_trial(chain.waiting_family("Bos"), chain.available_support("Mulder", adults=2)),
        chain.coupled(
            chain.waiting_family("El Amrani", waits=100), chain.available_support("Visser"), days_ago=90
        ),
    ]
    waiting, free = chain.waiting_family("Smit", waits=70), chain.available_support("Dekker")
    return {
        "families.requestingfamily": [str(waiting.pk), str(couplings[2].proposal.family.pk)],
        "families.supportfamily": [str(free.pk), str(couplings[2].proposal.support_family.pk)],
        "matching.matchproposal": [str(proposal.pk)],
        "couplings.coupling": [str(one.pk) for one in couplings],
    }


@pytest.mark.parametrize("address", PAGES, ids=str)
def test_two_checkers_find_nothing(town: Town, address: Address) -> None:
    found = town.pages(address)
    assert bool(found) is (address.name not in NO_PAGES), (
        "no page was found, or what was no page has become one"
    )
    for number, (visitor, path) in enumerate(found):
        page = town.window(visitor).new_page()
        page.goto(path)
        look_at(page, with_axe=not number, with_second=False)  # of one address the frame is the same
        page.set_viewport_size({"width": PHONE, "height": HEIGHTS[PHONE]})
        # The second checker takes its time, and judges the same elements at every width.
        look_at(page, with_second=not number)
        page.close()


def test_the_second_checker_would_notice(browser: tuple[Browser, int]) -> None:
    started, port = browser
    page = visit(started, width=DESK, home=f"http://purmerend.{settings.BASE_DOMAIN}:{port}").new_page()
    page.goto("/inloggen")
    page.evaluate("document.querySelector('main label').remove()")
    with pytest.raises(AssertionError, match="axe"):
        look_at(page)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.browser.hurdles", lambda _page: [])
        with pytest.raises(AssertionError, match="second checker"):
            look_at(page)
