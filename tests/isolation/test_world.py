"""The municipality full of canaries really holds one of every kind."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections

from tenants import context
from tenants.municipalities.models import Municipality
from tests.isolation import world as worlds


@pytest.fixture
def world(purmerend: Municipality) -> worlds.World:
    return worlds.fill(purmerend)


def test_every_table_of_a_municipality_has_rows(world: worlds.World) -> None:
    with context.municipality(world.municipality):
        empty = [
            str(model._meta.label) for model in worlds.case_models() if not model._default_manager.exists()
        ]
    assert empty == []


def test_every_free_text_of_a_municipality_is_a_canary(world: worlds.World) -> None:
    missing: list[str] = []
    with connections["owner"].cursor() as cursor:
        for model in worlds.case_models():
            if model is Session:
                continue
            for field in worlds.texts_of(model):
                cursor.execute(_texts(world, model, field))
                found = " ".join(str(row[0]) for row in cursor.fetchall())
                if not worlds.canaries_in(found):
                    missing.append(f"{model._meta.label}.{field.name}")
    assert not missing, "\n".join(missing)


def test_a_canary_is_found_in_whatever_case_and_form() -> None:
    assert worlds.canaries_in("<td>QZKAN0001</td>")
    assert worlds.canaries_in("bel 06 57 13 57 13")
    assert not worlds.canaries_in("gezin De Vries, 06 12345678")


def _texts(world: worlds.World, model: Any, field: Any) -> str:
    table = f'"{world.municipality.schema_name}"."{model._meta.db_table}"'
    return f'SELECT "{field.column}"::text FROM {table}'  # noqa: S608  (names of our own tables)
