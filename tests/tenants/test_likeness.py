# ruff: noqa: S608  (the names of schemas are our own)
"""A schema that was changed by hand is found: at night, by the command, and on the page of the foundation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from tenants import context
from tenants.accounts.models import User
from tenants.database import catalogue, names
from tenants.jobs import enqueue, scheduled_jobs
from tenants.municipalities.jobs import schema_compare
from tenants.municipalities.models import (
    Likeness,
    Municipality,
    Progress,
    SchemaCheck,
    SchemaJournal,
    SchemaScript,
)


@contextmanager
def changed_by_hand(schema: str) -> Iterator[None]:
    """Let somebody add a column, drop an index, give a right."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{schema}".tasks_task ADD COLUMN bsn text')
        cursor.execute(
            f'GRANT SELECT ON "{schema}".tasks_task TO {names.role_name(_database(), "shared_web")}'
        )
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{schema}".tasks_task DROP COLUMN bsn')
            cursor.execute(
                f'REVOKE SELECT ON "{schema}".tasks_task FROM {names.role_name(_database(), "shared_web")}'
            )


def _database() -> str:
    return str(connections["owner"].settings_dict["NAME"])


def found() -> dict[str, tuple[str, list[str]]]:
    with context.owning_registry():
        return {
            check.municipality.slug: (check.state, check.differences)
            for check in SchemaCheck.objects.select_related("municipality")
        }


def by_night(run_outbox: Callable[[], int], *rows: Municipality) -> None:
    with context.dispatching():
        for row in rows:
            enqueue(schema_compare, municipality=row)
    run_outbox()


def test_every_night_each_schema_is_compared(
    run_outbox: Callable[[], int], purmerend: Municipality, zaanstad: Municipality
) -> None:
    assert schema_compare in scheduled_jobs()
    by_night(run_outbox, purmerend, zaanstad)
    assert found() == {"purmerend": (Likeness.EQUAL, []), "zaanstad": (Likeness.EQUAL, [])}


def test_a_schema_changed_by_hand_is_found_and_named(
    run_outbox: Callable[[], int],
    purmerend: Municipality,
    zaanstad: Municipality,
    client_for: Callable[..., Client],
    foundation_user: User,
) -> None:
    with changed_by_hand(purmerend.schema_name):
        by_night(run_outbox, purmerend, zaanstad)
        state, lines = found()["purmerend"]
        with pytest.raises(CommandError, match="1 schema's wijken af van het sjabloon"):
            call_command("municipalities_compare")
    assert state == Likeness.DIFFERS
    assert "kolom tasks_task.bsn: staat niet in het sjabloon" in lines
    assert any(line.startswith("recht tasks_task.<shared_web>.SELECT") for line in lines)
    assert found()["zaanstad"][0] == Likeness.EQUAL
    page = client_for("landelijk", foundation_user).get("/beheer/schemas").content.decode()
    assert "kolom tasks_task.bsn" in page
    assert "wijkt af van het sjabloon" in page
    call_command("municipalities_compare", "purmerend")
    assert found()["purmerend"] == (Likeness.EQUAL, [])


def test_twin_a_comparison_that_sees_nothing_would_find_nothing(
    monkeypatch: pytest.MonkeyPatch, run_outbox: Callable[[], int], purmerend: Municipality
) -> None:
    monkeypatch.setattr(catalogue, "_QUERIES", {})
    with changed_by_hand(purmerend.schema_name):
        by_night(run_outbox, purmerend)
    assert found()["purmerend"] == (Likeness.EQUAL, [])


def test_every_login_sees_the_same(purmerend: Municipality) -> None:
    as_owner = catalogue.fingerprint(purmerend.schema_name)
    with context.aggregation(purmerend):
        assert catalogue.fingerprint(purmerend.schema_name, "aggregator") == as_owner
        # The comparison leaves the path of the transaction as it was.
        with connections["aggregator"].cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            assert cursor.fetchone() == (names.VAULT,)


def test_a_schema_that_is_behind_is_no_alarm(purmerend: Municipality, capsys: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE municipalities_municipality SET schema_version = 1 WHERE slug = 'purmerend'")
    call_command("municipalities_compare", "purmerend")
    assert "nog niet bijgewerkt" in capsys.readouterr().out


@pytest.mark.parametrize("slug", ["nergens"])
def test_an_unknown_municipality_is_refused(slug: str) -> None:
    with pytest.raises(CommandError, match="Er is geen gemeente nergens"):
        call_command("municipalities_compare", slug)


def test_the_page_tells_who_is_behind_and_why(
    client_for: Callable[..., Client], foundation_user: User, purmerend: Municipality
) -> None:
    with context.owning_registry():
        latest = SchemaScript.objects.count()
        Municipality.objects.filter(pk=purmerend.pk).update(schema_version=latest - 1)
        SchemaJournal.objects.create(
            municipality=purmerend,
            version=latest,
            state=Progress.FAILED,
            error="Er staat iets in de weg.",
            milliseconds=12,
            attempts=3,
        )
    page = client_for("landelijk", foundation_user).get("/beheer/schemas").content.decode()
    assert page.index("Purmerend") < page.index("Zaanstad")
    for text in (
        "Er staat iets in de weg.",
        "12 ms",
        "3 keer geprobeerd",
        f"{latest - 1} van {latest}",
        "mislukt",
    ):
        assert text in page
