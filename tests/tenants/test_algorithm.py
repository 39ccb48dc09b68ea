"""The card for the Algoritmeregister says what the code does: gates, fields and weights, no more and no less."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.apps import apps
from django.test import Client

from common.vocabulary import ScorePart
from core.matching.gates import Gate
from core.matching.sides import Asked, Offered
from tenants.accounts.models import User
from tenants.standards.algorithm import FIELDS, GATES, NEVER, algorithm_card, as_json, as_markdown
from tenants.standards.defaults import shipped
from tenants.standards.models import StandardKind
from tenants.standards.selectors import Version
from tenants.standards.weighing import SHIPPED

SHIPPED_VERSION = Version(StandardKind.WEIGHING.value, 1, shipped(StandardKind.WEIGHING))
DAY = date(2026, 11, 23)
# The names of the fields in the register of the government that every entry fills in.
REGISTER = {
    "name", "organization", "description_short", "type", "status", "goal", "impact", "proportionality",
    "decision_making_process", "human_intervention", "risks", "lawful_basis", "objection_procedure", "source_data",
    "methods_and_models", "monitoring", "revision_date", "lang",
}  # fmt: skip


def test_every_gate_of_the_rules_is_on_the_card_and_no_other() -> None:
    assert set(GATES) == set(Gate.values)


def test_every_field_that_the_rules_read_is_on_the_card_and_no_other() -> None:
    read = {field.name for side in (Asked, Offered) for field in fields(side)}
    assert set(FIELDS) == read


@pytest.mark.parametrize("path", NEVER)
def test_what_never_counts_is_kept_and_is_no_field_of_the_rules(path: str) -> None:
    app, model, column = path.split(".")
    apps.get_model(app, model)._meta.get_field(column)
    assert column not in FIELDS


def test_the_weights_on_the_card_are_those_that_count() -> None:
    content = replace(SHIPPED, points={**SHIPPED.points, "days": 30, "distance": 15}).as_kept()
    later = Version("weging", 3, content, datetime(2027, 2, 1, 12, tzinfo=UTC))
    card = as_json(algorithm_card(later, "Gemeente Purmerend", DAY))
    for part in ScorePart:
        assert f"{part.label} {content['points'][part.value]}" in card["methods_and_models"]
    assert "dagen en hoe vaak 30" in card["methods_and_models"]
    assert (
        card["revision_date"]
        == "Weging versie 3, gepubliceerd op 1 februari 2027. Kaart gemaakt op 23 november 2026."
    )
    assert card["organization"] == "Gemeente Purmerend"


def test_the_card_fills_every_field_of_the_register() -> None:
    card = as_json(algorithm_card(SHIPPED_VERSION, "x", DAY))
    assert set(card) >= REGISTER
    assert all(card.values())


def test_the_document_has_every_heading_and_text() -> None:
    card = algorithm_card(SHIPPED_VERSION, "x", DAY)
    text = as_markdown(card)
    assert text.startswith("# Ordenen van steungezinnen")
    assert all(f"## {field.label}\n\n{field.text}" in text for field in card[1:])


def test_the_foundation_reads_it_and_takes_it_along(
    foundation_user: User, client_for: Callable[..., Client]
) -> None:
    client = client_for("landelijk", foundation_user)
    page = unescape(client.get("/algoritmeregister?gemeente=purmerend").content.decode())
    assert "Menselijke tussenkomst" in page
    assert "Gemeente Purmerend" in page
    answer = client.get("/algoritmeregister/kaart.json?gemeente=purmerend")
    assert json.loads(answer.content)["organization"] == "Gemeente Purmerend"
    assert "attachment" in answer["Content-Disposition"]
    assert "gezinsvorm" in client.get("/algoritmeregister/kaart.md").content.decode()
    assert client.get("/algoritmeregister?gemeente=bestaat-niet").status_code == 200


def test_a_reader_in_english_hands_in_the_same_dutch_card(
    foundation_user: User, client_for: Callable[..., Client]
) -> None:
    client = client_for("landelijk", foundation_user)
    dutch = client.get("/algoritmeregister/kaart.json").content
    client.cookies["language"] = "en"
    assert client.get("/algoritmeregister/kaart.json").content == dutch


def test_it_is_not_there_for_a_municipality(
    purmerend: object, coordinator: User, client_for: Callable[..., Client]
) -> None:
    client = client_for(purmerend, coordinator)
    assert client.get("/algoritmeregister").status_code == 404
