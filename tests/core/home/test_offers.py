"""What pages show and offer follows from the workflow tables: no status of their own, no action that is refused.

Every file stands in every state it can have. Each page is read as a browser does; every link and button on it is
followed, its form filled in plausibly and sent, and the service must not answer that this cannot be in this state.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.db.models import TextChoices
from django.urls import reverse

from common.permissions import Role
from core.couplings.workflow import CouplingStatus
from core.families.duplicates import duplicate_keys_write
from core.families.workflow import RequestingStatus, SupportStatus
from core.home.merge_services import families_merge
from core.matching.models import MatchProposal
from core.matching.workflow import ProposalStatus
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.conftest import _clean
from tests.core.test_workflows import TABLES
from tests.factories import chain
from tests.isolation import probe as probes
from tests.isolation.forms import FoundForm, forms_in
from tests.isolation.probe import Answer, Probe, Visitor

pytestmark = pytest.mark.slow
PAGE = "config.urls_municipality"
# Badges that tell a fact and no state: each with where it comes from.
FACTS = {
    "contactpersoon", "akkoord", "geen gezag", "geheim adres",  # of a parent or family
    "VOG in orde", "nog geen geldige VOG", "geen VOG nodig", "woont hier niet meer",  # of the VOG register
    "goed", "niet goed",  # of a reference
    "geldt nu", "doorgaan", "aanpassen", "stoppen",  # of agreements and talks
    "alleen coördinatoren", "alleen de aandachtsfunctionaris en ik",  # of a note
}  # fmt: skip
# Buttons that belong to the frame of every page, and what leads away from the casework.
ELSEWHERE = re.compile(r"^/(uitloggen|taal|inloggen|wachtwoord|concept|lijsten|weergaven|export)")


@dataclass
class Scene:
    """A page of a file in one state."""

    name: str
    url: str


@dataclass
class Stage:
    """Files in every state, and a coordinator who opens them."""

    probe: Probe
    visitor: Visitor
    host: str
    scenes: list[Scene] = field(default_factory=list)

    def get(self, url: str) -> Answer:
        """Open a page."""
        return self.probe.ask(self.visitor, "GET", self.host, url)

    def send(self, url: str, filled: dict[str, Any]) -> Answer:
        """Send a form."""
        return self.probe.ask(self.visitor, "POST", self.host, url, filled)


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep the scenes for the whole module; the fixture of the same name cleans after each test."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@pytest.fixture(scope="module")
def stage(_database: None) -> Iterator[Stage]:
    with context.registry():
        purmerend = Municipality.objects.get(slug="purmerend")
    with context.municipality(purmerend):
        scenes = list(_scenes())
        person = User.objects.get(role=Role.COORDINATOR).pk
    with Probe().listening() as probe, probe.without_effect():
        visitor = probes.person(purmerend, person, "coordinator")
        yield Stage(probe, visitor, probes.host_of(purmerend), scenes)


def _scenes() -> Iterator[Scene]:
    def at(name: str, pk: UUID) -> str:
        return reverse(name, args=[pk], urlconf=PAGE)

    for status in set(RequestingStatus) - {RequestingStatus.SUPPORTED, RequestingStatus.MERGED}:
        closed: dict[str, Any] = (
            {"close_reason": "other", "closed_on": chain.day(-1)} if status == RequestingStatus.CLOSED else {}
        )
        family = chain.waiting_family(f"Vraag{status}", status=status, **closed)
        yield Scene(f"asking, {status}", at("families:requesting_detail", family.pk))
    for state in set(SupportStatus) - {SupportStatus.MERGED}:
        left: dict[str, Any] = (
            {"close_reason": "other", "closed_on": chain.day(-1)} if state == SupportStatus.LEFT else {}
        )
        support = chain.available_support(f"Steun{state}", status=state, **left)
        yield Scene(f"offering, {state}", at("families:support_detail", support.pk))
    kept, gone = (chain.waiting_family(name, status="registered") for name in ("Dubbel", "Dubbell"))
    for family in (kept, gone):
        duplicate_keys_write(family)
    yield Scene("asking, alike", at("families:requesting_detail", kept.pk))
    stays, away = (chain.waiting_family(name, status="registered") for name in ("Samen", "Samenn"))
    families_merge(kept=stays, gone=away, take=set(), actor=chain.TESTS)
    yield Scene("asking, merged", at("families:requesting_detail", away.pk))
    for step in ("proposal", "accepted"):
        made: MatchProposal = getattr(chain, step)()
        yield Scene(f"proposal, {made.status}", at("matching:proposal_detail", made.pk))
    for step in ("introduced", "in_trial", "coupled"):
        coupling = getattr(chain, step)()
        yield Scene(f"coupling, {coupling.status}", at("couplings:coupling_detail", coupling.pk))
        yield Scene(f"asking, {step}", at("families:requesting_detail", coupling.family_id))


# -------------------------------------------------------------------------------------------------------------- states


def test_every_status_on_every_page_comes_from_a_workflow_table(stage: Stage) -> None:
    known = {str(label).lower() for states, _table, _text in TABLES.values() for label in _labels(states)}
    known |= {fact.lower() for fact in FACTS}
    strange: dict[str, set[str]] = {}
    lists = ["/vraaggezinnen", "/steungezinnen", "/koppelingen", "/voorstellen", "/aanmeldingen"]
    for url in [*(scene.url for scene in stage.scenes), *lists]:
        for badge in _badges(stage.get(url).body):
            # A number in a badge is a count, not a state.
            if badge.lower() not in known and not re.search(r"\d", badge):
                strange.setdefault(badge, set()).add(url)
    assert strange == {}


@pytest.mark.parametrize("states", [RequestingStatus, SupportStatus, CouplingStatus, ProposalStatus])
def test_every_status_has_a_table_that_knows_it(states: type[TextChoices]) -> None:
    (table,) = [table for known, table, _text in TABLES.values() if known is states]
    assert {state.value for state in states} - set(table) <= {state.value for state in _ends(states, table)}


def test_the_page_of_each_file_says_its_status(stage: Stage) -> None:
    for scene in stage.scenes:
        assert _badges(stage.get(scene.url).body), scene.name


# ------------------------------------------------------------------------------------------------------------- actions


def test_no_page_offers_an_action_that_the_service_refuses(stage: Stage) -> None:
    refused: list[str] = []
    tried = 0
    for scene in stage.scenes:
        answer = stage.get(scene.url)
        assert answer.status == HTTPStatus.OK, (scene.name, answer.status)
        for action in _offered(answer.body, scene.url):
            tried += 1
            outcome = _take(stage, action)
            if outcome:
                refused.append(f"{scene.name}: {action.action}: {outcome}")
    assert refused == []
    assert tried > len(stage.scenes)


def test_the_walk_would_notice_an_action_that_cannot_be(stage: Stage) -> None:
    waiting = next(scene for scene in stage.scenes if scene.name == f"asking, {RequestingStatus.WAITING}")
    called = FoundForm(f"{waiting.url}/gebeld", "get")
    assert "409" in _take(stage, called)


def _take(stage: Stage, action: FoundForm) -> str:
    """Do what a page offers; return what the service said when it refused."""
    if action.method == "post":
        return _refusal(stage.send(action.action, action.typed()))
    answer = stage.get(action.action)
    if answer.status != HTTPStatus.OK:
        return f"the page answers {answer.status}"
    for form in forms_in(answer.body, action.action):
        if form.action == action.action:
            outcome = _refusal(stage.send(form.action, form.typed()))
            if outcome:
                return outcome
    return ""


def _refusal(answer: Answer) -> str:
    # Bad request: what we filled in was not good enough. That is no refusal of the action itself.
    fine = {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.BAD_REQUEST}
    return "" if answer.status in fine else f"the service answers {answer.status}"


class _Links(HTMLParser):
    """Reads the links that look like buttons, inside the main part of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and "utrecht-button-link" in (given.get("class") or ""):
            self.found.append((given.get("href") or "").split("?")[0])


def _offered(body: str, url: str) -> Iterator[FoundForm]:
    main = body[body.index("<main") : body.index("</main>")]
    reader = _Links()
    reader.feed(main)
    for href in dict.fromkeys(reader.found):
        if href.startswith("/") and href != url and not ELSEWHERE.match(href):
            yield FoundForm(href, "get")
    for form in forms_in(main, url):
        if not ELSEWHERE.match(form.action):
            yield FoundForm(form.action, "post", form.fields, form.kinds)


def _badges(body: str) -> list[str]:
    main = body[body.index("<main") : body.index("</main>")]
    return [unescape(text) for text in re.findall(r'class="utrecht-status-badge [^"]*">([^<]+)<', main)]


def _labels(states: type[TextChoices]) -> list[str]:
    return [str(label) for label in states.labels]


def _ends(states: type[TextChoices], table: Any) -> set[Any]:
    """Return the states that nothing follows, which a table may leave out."""
    return {state for state in states if not table.get(state)}
