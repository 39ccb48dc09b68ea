"""Every address, asked as everybody with GET and POST: what the matrix says is what happens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from common.permissions import Role
from reporting.api.services import api_token_create
from tenants import context
from tenants.accounts.models import SystemActor, User
from tenants.municipalities.models import Municipality
from tests.architecture.permission_matrix import ROWS, Row
from tests.conftest import _clean
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.addresses import URLCONFS, Address, addresses
from tests.isolation.probe import API, FOUNDATION, Guide, Probe, Visitor

pytestmark = pytest.mark.slow
METHODS = {"G": "GET", "P": "POST"}
REFUSED_API = {401, 403}
NOT_THERE, WRONG_METHOD = 404, 405
COLUMN = {Role.COORDINATOR: "edit", Role.DEPUTY: "edit", Role.SAFEGUARDING_OFFICER: "view"}


@dataclass
class Stage:
    """A full municipality and everybody who could ask something there, at the foundation or at the API."""

    probe: Probe
    guide: Guide
    visitors: dict[str, list[tuple[Visitor, str]]]  # host -> (visitor, column of the matrix)


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep what was made for the whole module; the fixture of the same name cleans after each test."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@pytest.fixture(scope="module")
def stage(_database: None) -> Iterator[Stage]:
    with context.registry():
        purmerend = Municipality.objects.get(slug="purmerend")
    world = worlds.fill(purmerend)
    with context.foundation():
        staff = User.objects.get(role=Role.FOUNDATION_STAFF).pk
    with context.releasing():
        token = api_token_create(
            municipality=purmerend, label="proef", days=3, actor=SystemActor("tests")
        ).secret
    nobody = (probes.ANONYMOUS, "")
    with Probe().listening() as probe:
        people = probes.people(world)
        yield Stage(
            probe=probe,
            guide=Guide(probe, world, people[Role.COORDINATOR]),
            visitors={
                "municipality": [nobody, *((people[role], column) for role, column in COLUMN.items())],
                "foundation": [nobody, (probes.person(None, staff, "the foundation"), "national")],
                "api": [nobody, (Visitor("a municipality's system", token=token), "token")],
            },
        )


@pytest.mark.parametrize("host", URLCONFS)
def test_every_address_has_a_row_and_every_row_an_address(host: str) -> None:
    assert {address.name for address in addresses(host)} == set(ROWS[host])


@pytest.mark.parametrize("host", URLCONFS)
def test_everybody_may_do_what_the_matrix_says_and_nothing_else(host: str, stage: Stage) -> None:
    wrong: list[str] = []
    with stage.probe.without_effect():
        for address in addresses(host):
            row = ROWS[host][address.name]
            for visitor, column in stage.visitors[host]:
                for letter, method in METHODS.items():
                    status, to_sign_in = _ask(stage, address, visitor, method)
                    expected = _expected(row, column, letter, host)
                    if row.own and expected == "done" and visitor is not stage.guide.visitor:
                        expected = "not there"
                    outcome = _outcome(status, to_sign_in=to_sign_in)
                    # No report was published for the municipality here, so one by its id is not there.
                    published = expected == "done" and host == "api" and address.ids
                    if outcome != expected and not (published and outcome == "not there"):
                        wrong.append(f"{method} {address} as {visitor.name}: {status}, expected: {expected}")
    assert wrong == []


def test_the_matrix_would_notice_a_page_that_forgot_its_guard(stage: Stage) -> None:
    rows = ROWS["municipality"] | {"families:requesting_detail": Row(edit="G")}
    address = next(found for found in addresses("municipality") if found.name == "families:requesting_detail")
    officer = next(visitor for visitor, column in stage.visitors["municipality"] if column == "view")
    with stage.probe.without_effect():
        status, to_sign_in = _ask(stage, address, officer, "GET")
    assert _outcome(status, to_sign_in=to_sign_in) != _expected(
        rows[address.name], "view", "G", "municipality"
    )


def _ask(stage: Stage, address: Address, visitor: Visitor, method: str) -> tuple[int, bool]:
    host = {"municipality": stage.guide.host, "foundation": FOUNDATION, "api": API}[address.host]
    if address.host == "municipality":
        ids: dict[str, UUID] = stage.guide.objects(address)[0] if address.ids else {}
    else:
        ids = dict.fromkeys(address.ids, stage.guide.world.municipality.pk)
    answer = stage.probe.ask(visitor, method, host, address.path(**ids))
    return answer.status, answer.headers.get("Location", "").startswith("/inloggen?")


def _outcome(status: int, *, to_sign_in: bool) -> str:
    if to_sign_in or status in REFUSED_API:
        return "who are you"
    return {NOT_THERE: "not there", WRONG_METHOD: "wrong method"}.get(status, "done")


def _expected(row: Row, column: str, letter: str, host: str) -> str:
    mine = row.public or (getattr(row, column) if column else "")
    if letter in mine:
        return "done"
    if mine:
        return "wrong method"
    if column:
        return "not there"
    # Who has not signed in is asked to, before anything else; the API first says which methods there are.
    return "wrong method" if host == "api" and letter == "P" else "who are you"
