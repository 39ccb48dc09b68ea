"""How many queries each page of a municipality takes: in a file that is reviewed, and the same for few rows and many.

A page that asks one query per row would show here at once. After a wanted change: NAOBER_QUERY_BUDGET=write pytest
tests/architecture/test_query_budget.py, and look at the difference in `query_budget.json`.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.permissions import Role
from core.families.models import (
    ContactNote,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.intake.models import Reference
from core.matching.models import MatchProposal
from core.tasks.models import Task
from core.vog.models import ConductCertificateCheck
from tenants import context
from tenants.audit.models import AuditEntry, Transition
from tenants.municipalities.models import Municipality
from tenants.municipalities.selectors import municipality_of_host
from tests.conftest import _clean
from tests.factories import chain
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.addresses import Address, addresses
from tests.isolation.probe import Guide, Probe, methods_of

pytestmark = pytest.mark.slow
BUDGET = Path(__file__).with_name("query_budget.json")
WRITE = os.environ.get("NAOBER_QUERY_BUDGET") == "write"
MORE = 8
# What a request needs to be one transaction in one schema is the same for every page.
HOUSEKEEPING = ("BEGIN", "SET ", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")

Budget = dict[str, int]


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep what was made for the whole module; the fixture of the same name cleans after each test."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@pytest.fixture(scope="module")
def counted(_database: None) -> tuple[Budget, Budget]:
    """Count the queries of every page with a few rows of everything, and again with many more."""
    with context.registry():
        municipality = Municipality.objects.get(slug="purmerend")
    world = worlds.fill(municipality)
    with Probe().listening() as probe:
        guide = Guide(probe, world, probes.people(world)[Role.COORDINATOR])
        few = _count(guide)
        with context.municipality(municipality):
            _grow()
        return few, _count(guide)


def test_a_page_takes_as_many_queries_for_many_rows_as_for_few(counted: tuple[Budget, Budget]) -> None:
    few, many = counted
    growing = {name: (few[name], many[name]) for name in few if many[name] > few[name]}
    assert growing == {}


def test_a_page_takes_no_more_queries_than_agreed(counted: tuple[Budget, Budget]) -> None:
    _few, many = counted
    if WRITE:
        BUDGET.write_text(json.dumps(many, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    assert many == json.loads(BUDGET.read_text(encoding="utf-8"))


def test_the_count_would_notice_a_query_per_row(counted: tuple[Budget, Budget]) -> None:
    del counted
    with context.registry():
        municipality = Municipality.objects.get(slug="purmerend")
    with context.municipality(municipality):
        with CaptureQueriesContext(connections["default"]) as captured:
            children = [list(family.children.all()) for family in RequestingFamily.objects.all()]
        assert _queries(captured) == len(children) + 1


def _count(guide: Guide) -> Budget:
    found: Budget = {}
    for address in addresses("municipality"):
        if "GET" in methods_of(address) and not address.name.startswith(("common:", "accounts:")):
            found[address.name] = max(_queries_of(guide, address, ids) for ids in guide.objects(address))
    return found


def _queries_of(guide: Guide, address: Address, ids: dict[str, Any]) -> int:
    # The host was looked up just now, so that no page pays for that.
    municipality_of_host(guide.host)
    with CaptureQueriesContext(connections["default"]) as captured:
        guide.probe.ask(guide.visitor, "GET", guide.host, address.path(**ids))
    return _queries(captured)


def _queries(captured: CaptureQueriesContext) -> int:
    return sum(
        not query["sql"].lstrip().upper().startswith(HOUSEKEEPING) for query in captured.captured_queries
    )


def _grow() -> None:
    """Put many more rows in every list, and in every file."""
    asking, offering = list(RequestingFamily.objects.all()), list(SupportFamily.objects.all())
    proposals = list(MatchProposal.objects.all())
    for number in range(MORE):
        chain.waiting_family(f"Nieuw{number}", status="registered", waits=5)
        chain.available_support(f"Vrij{number}", adults=2, vog=bool(number % 2))
        chain.proposal(days_ago=number + 1)
        chain.coupled(days_ago=number + 1)
        chain.introduced(days_ago=number + 1)
        for family in asking:
            RequestingParent.objects.create(family=family, first_name="Bo", last_name=f"Ouder{number}")
            SupportedChild.objects.create(family=family, birth_year=2020, birth_month=number + 1)
            _write_in(family, number, requesting_family=family)
        for other in offering:
            adult = SupportAdult.objects.create(family=other, first_name="Kim", last_name=f"Mee{number}")
            ConductCertificateCheck.objects.create(adult=adult, requested_on=chain.day(-3))
            Reference.objects.create(family=other, name=f"Ria {number}")
            _write_in(other, number, support_family=other)
    for proposal in proposals:
        for family in asking:
            MatchProposal.objects.create(
                family=family,
                support_family=proposal.support_family,
                score=500,
                status="withdrawn",
                proposed_on=chain.day(-9),
            )


def _write_in(family: RequestingFamily | SupportFamily, number: int, **owner: Any) -> None:
    note = ContactNote(
        kind="call", happened_on=timezone.localdate(), text=f"Gebeld {number}", author_name="Kim"
    )
    for name, value in owner.items():
        setattr(note, name, value)
    note.save()
    label = family._meta.label_lower
    Task.objects.create(title=f"Taak {number}", due_on=chain.day(), subject_kind=label, subject_id=family.pk)
    Transition.objects.create(
        object_kind=label,
        object_id=family.pk,
        from_state="registered",
        to_state="contacted",
        actor_name="Kim",
    )
    AuditEntry.objects.create(
        object_kind=label, object_id=family.pk, action="family_viewed", actor_name="Kim", purpose=""
    )
