"""The weights: national versions, what a municipality makes of them within bounds, and the version a proposal keeps."""

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.test import Client

from common.errors import InvalidInput
from common.vocabulary import AreaKind, ScorePart
from core.matching.models import LocalWeights
from core.matching.weighing import in_force
from core.matching.weighing_services import local_weights_set
from core.matching.weights import WEIGHTS
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tenants.standards.models import StandardKind
from tenants.standards.services import standard_draft_save, standard_publish
from tenants.standards.weighing import SHIPPED, Weighing
from tests.factories import chain

Clients = Callable[..., Client]
OWN = {**SHIPPED.points, "days": 30, "distance": 15}


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def publish(weighing: Weighing, actor: User) -> None:
    with context.foundation():
        standard_draft_save(kind=StandardKind.WEIGHING, content=weighing.as_kept(), actor=actor)
        standard_publish(kind=StandardKind.WEIGHING, actor=actor)


def test_without_anything_set_the_weights_of_the_product_count(in_purmerend: Municipality) -> None:
    now = in_force()
    assert (now.weights, now.version) == (WEIGHTS, "1")


def test_a_municipality_may_differ_within_bounds_and_a_proposal_keeps_the_version(
    in_purmerend: Municipality, coordinator: User
) -> None:
    family, support = chain.waiting_family(), chain.available_support(offer={"capacity": 3})
    before = chain.proposal(family, support)
    row = local_weights_set(area=AreaKind.RURAL, points=OWN, reason="Verre dorpen", actor=coordinator)
    assert row is not None
    assert (row.version, row.national_version, row.made_by) == (1, 1, coordinator.full_name)
    now = in_force()
    assert (now.version, now.weights.far_km, now.weights.parts[ScorePart.DAYS]) == ("1.1", 15, 300)
    after = chain.proposal(chain.waiting_family("Kok"), support)
    before.refresh_from_db()
    assert (before.weights_version, after.weights_version) == ("1", "1.1")
    assert AuditEntry.objects.filter(action="local_weights_set", object_id=row.pk).exists()


@pytest.mark.parametrize(
    "points",
    [
        {**SHIPPED.points, "days": 36, "distance": 9},
        {**SHIPPED.points, "days": 26},
        {**SHIPPED.points, "transport": -1, "days": 31},
        {"days": 100},
    ],
)
def test_past_the_bounds_or_the_hundred_is_refused(
    in_purmerend: Municipality, coordinator: User, points: dict[str, int]
) -> None:
    with pytest.raises(InvalidInput):
        local_weights_set(area=AreaKind.URBAN, points=points, reason="Zomaar", actor=coordinator)
    assert not LocalWeights.objects.exists()


def test_a_reason_is_needed_and_the_same_again_is_no_version(
    in_purmerend: Municipality, coordinator: User
) -> None:
    with pytest.raises(InvalidInput):
        local_weights_set(area=AreaKind.RURAL, points=None, reason=" ", actor=coordinator)
    for _time in range(2):
        local_weights_set(area=AreaKind.RURAL, points=None, reason="Dorpen", actor=coordinator)
    assert LocalWeights.objects.count() == 1


def test_a_new_national_version_ends_the_points_of_a_municipality_but_not_its_kind_of_area(
    purmerend: Municipality, coordinator: User, foundation_user: User
) -> None:
    with context.municipality(purmerend):
        local_weights_set(area=AreaKind.RURAL, points=OWN, reason="Dorpen", actor=coordinator)
    publish(replace(SHIPPED, points={**SHIPPED.points, "form": 20, "age": 10}), foundation_user)
    with context.municipality(purmerend):
        now = in_force()
        assert (now.version, now.differs, now.lapsed) == ("2.1", False, True)
        assert (now.weights.far_km, now.weights.parts[ScorePart.FORM]) == (15, 200)


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": {**SHIPPED.points, "days": 26}},
        {"least": {**SHIPPED.least, "days": 26}},
        {"most": {**SHIPPED.most, "days": 24}},
        {"bands": {**SHIPPED.bands, "rural": SHIPPED.bands["rural"].__class__(15, 15)}},
    ],
)
def test_impossible_national_weights_are_refused(foundation_user: User, wrong: dict[str, Any]) -> None:
    content = replace(SHIPPED, **wrong).as_kept()
    with context.foundation(), pytest.raises(InvalidInput):
        standard_draft_save(kind=StandardKind.WEIGHING, content=content, actor=foundation_user)


def test_the_foundation_writes_and_publishes_weights_on_a_page(
    purmerend: Municipality, foundation_user: User, client_for: Clients
) -> None:
    client = client_for("landelijk", foundation_user)
    page = text(client.get("/teksten/weging/bewerken"))
    assert "Dagen en hoe vaak" in page
    sent = {
        f"{name}_{part}": points[part]
        for name, points in (("points", SHIPPED.points), ("least", SHIPPED.least), ("most", SHIPPED.most))
        for part in ScorePart
    } | {"near_urban": 1, "far_urban": 8, "near_rural": 2, "far_rural": 15}
    refused = client.post("/teksten/weging/bewerken", {**sent, "points_days": 26})
    assert refused.status_code == 400
    assert "samen 101" in text(refused)
    assert client.post("/teksten/weging/bewerken", sent).status_code == 302
    with context.municipality(purmerend):
        assert in_force().weights.far_km == 10
    client.post("/teksten/weging/publiceren")
    with context.municipality(purmerend):
        assert (in_force().version, in_force().weights.far_km) == ("2", 8)
    assert "8 km" in text(client.get("/teksten/weging"))


def test_who_may_see_cases_reads_how_the_order_works_and_only_a_coordinator_sets_it(
    purmerend: Municipality, coordinator: User, safeguarding_officer: User, client_for: Clients
) -> None:
    reader, writer = client_for(purmerend, safeguarding_officer), client_for(purmerend, coordinator)
    assert "Weging 1 geldt nu" in text(reader.get("/zo-werkt-de-volgorde"))
    assert reader.get("/zo-werkt-de-volgorde/aanpassen").status_code == 404
    sent = {f"points_{part}": OWN[part] for part in ScorePart} | {"area": "rural", "own": "on"}
    refused = writer.post("/zo-werkt-de-volgorde/aanpassen", {**sent, "points_days": 50, "reason": "Proef"})
    assert refused.status_code == 400
    assert "Kies een aantal van 15 tot en met 35 punten" in text(refused)
    writer.post("/zo-werkt-de-volgorde/aanpassen", {**sent, "reason": "Verre dorpen"})
    page = text(reader.get("/zo-werkt-de-volgorde"))
    assert "Weging 1.1 geldt nu" in page
    assert "Verre dorpen" in page
    assert "vanaf 15 km niet meer" in page
