"""Wherever somebody walks by what the pages offer: no status but those of the tables, no button that is refused.

Hypothesis chooses what is pressed; every button really does its work, so that the next page is that of another state.
The scenes of ``test_offers`` look at every state once (and show that a refusal is noticed); these walks meet the states
that follow from each other.
"""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.permissions import Role
from core.handover.services import hand_over
from core.safeguarding.models import NoticedBy
from core.safeguarding.services import ConcernData, concern_raise
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import Transition
from tenants.municipalities.models import Municipality
from tests.conftest import _clean
from tests.core.home.test_offers import FACTS, PAGE, Stage, _badges, _labels, _offered
from tests.core.test_workflows import TABLES
from tests.factories import chain
from tests.isolation import probe as probes
from tests.isolation.forms import forms_in
from tests.isolation.probe import Answer, Probe

pytestmark = pytest.mark.slow
# A page of one thing, where a walk goes on: its address ends with an id.
FILE = re.compile(r"/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
KNOWN = {str(label).lower() for states, _table, _text in TABLES.values() for label in _labels(states)}
KNOWN |= {fact.lower() for fact in FACTS}
FINE = {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.BAD_REQUEST}


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep what the walks leave for the whole module."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@pytest.fixture(scope="module")
def town(_database: None) -> Municipality:
    with context.registry():
        return Municipality.objects.get(slug="purmerend")


@pytest.fixture(scope="module")
def stage(town: Municipality) -> Iterator[Stage]:
    with context.municipality(town):
        person = User.objects.get(role=Role.COORDINATOR).pk
    with Probe().listening() as probe:
        yield Stage(probe, probes.person(town, person, "coordinator"), probes.host_of(town))


def _at(name: str, row: Any) -> str:
    return reverse(name, args=[row.pk], urlconf=PAGE)


def _asking() -> str:
    return _at("families:requesting_detail", chain.waiting_family(status="registered", waiting_since=None))


def _offering() -> str:
    family = chain.available_support(status="registered", vog=False, approved_on=None)
    return _at("families:support_detail", family)


def _available() -> str:
    return _at("families:support_detail", chain.available_support())


def _proposal() -> str:
    return _at("matching:proposal_detail", chain.proposal())


def _introduced() -> str:
    return _at("couplings:coupling_detail", chain.introduced())


def _coupled() -> str:
    return _at("couplings:coupling_detail", chain.coupled())


def _concern() -> str:
    coordinator = User.objects.get(role=Role.COORDINATOR)
    told = ConcernData(noticed_by=NoticedBy.SUPPORT, noticed_on=chain.day(), text="Een blauwe plek.")
    return _at(
        "safeguarding:concern_detail", concern_raise(subject=chain.coupled(), data=told, actor=coordinator)
    )


def _handover() -> str:
    here, there = (User.objects.filter(role=role).first() for role in (Role.COORDINATOR, Role.DEPUTY))
    assert here is not None
    assert there is not None
    start = chain.day(1)
    made = hand_over(from_user=here, to_user=there, starts_on=start, until=start, actor=here)
    return _at("handover:detail", made)


STARTS: dict[str, Callable[[], str]] = {
    "an asking family": _asking,
    "a support family": _offering,
    "a support family that is available": _available,
    "a proposal": _proposal,
    "an introduction": _introduced,
    "a coupling": _coupled,
    "a concern": _concern,
}


def _strange(answer: Answer) -> set[str]:
    return {
        badge for badge in _badges(answer.body) if badge.lower() not in KNOWN and not re.search(r"\d", badge)
    }


def _path(answer: Answer) -> str:
    return re.sub(r"^https?://[^/]+", "", answer.headers.get("Location", "")).split("?")[0].split("#")[0]


def _walk(stage: Stage, here: str, picks: list[int]) -> list[str]:
    """Press what the page offers, as often as there are picks; return what went wrong."""
    wrong: list[str] = []
    for pick in picks:
        page = stage.get(here)
        if page.status != HTTPStatus.OK:
            return [*wrong, f"{here} answers {page.status}"]
        wrong += [f"{here} says {badge!r}" for badge in _strange(page)]
        offered = list(_offered(page.body, here))
        if not offered:
            return wrong
        action = offered[pick % len(offered)]
        answer = (
            stage.send(action.action, action.typed()) if action.method == "post" else stage.get(action.action)
        )
        if action.method == "get" and answer.status == HTTPStatus.OK:
            form = next(
                (one for one in forms_in(answer.body, action.action) if one.action == action.action), None
            )
            if form is not None:
                answer = stage.send(form.action, form.typed())
        if answer.status not in FINE:
            wrong.append(f"{here} offers {action.action}: {answer.status}")
        there = _path(answer)
        if answer.status == HTTPStatus.FOUND and FILE.search(there):
            here = there
    return wrong


@settings(
    max_examples=14,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(start=st.sampled_from(sorted(STARTS)), picks=st.lists(st.integers(0, 40), min_size=3, max_size=7))
@example(start="an asking family", picks=[0] * 6)
@example(start="a support family", picks=[0] * 6)
@example(start="a concern", picks=[0, 1, 2, 3, 4, 5, 0])
@example(start="a coupling", picks=[0, 1, 2, 3, 4, 5])
def test_wherever_somebody_walks_pages_say_known_states_and_offer_what_can_be(
    stage: Stage, town: Municipality, start: str, picks: list[int]
) -> None:
    with context.municipality(town):
        here = STARTS[start]()
        before = Transition.objects.count()
    assert _walk(stage, here, picks) == [], start
    with context.municipality(town):
        WALKED.append(Transition.objects.count() - before)


WALKED: list[int] = []


def test_the_walks_went_somewhere() -> None:
    assert 2 * sum(WALKED) >= len(WALKED), "by what was pressed states changed"


def test_a_hand_over_offers_only_what_can_be(stage: Stage, town: Municipality) -> None:
    with context.municipality(town):
        here = _handover()
    assert _walk(stage, here, [0, 0]) == []
