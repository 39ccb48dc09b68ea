"""Every table and column says what it holds; one that does not is noticed."""

from typing import Any

import pytest
from django.db import connections, models
from django.test.utils import isolate_apps

from config.checks import check_classification
from tenants import classification
from tenants.classification import UNCLASSIFIED, Columns, Sort
from tenants.database import names
from tenants.models import ScopedModel


def test_every_table_and_column_is_classified() -> None:
    assert [(gap.model._meta.label, gap.text) for gap in classification.gaps()] == []


def test_the_register_is_the_database() -> None:
    # A table made by hand or by SQL in a migration has no model and would be in no register.
    schemas = [names.PUBLIC, names.FOUNDATION, names.VAULT, names.RELEASES, names.TEMPLATE]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY(%s)"
            " AND c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped",
            [schemas],
        )
        there = {(table, column) for table, column in cursor.fetchall() if table not in UNCLASSIFIED}
    classified = {(table.name, column) for table in classification.register() for column in table.columns}
    assert there - classified == set(), "in the database and in no model"
    assert classified - there == set(), "in a model and not in the database"


def test_what_opens_a_door_is_never_exported() -> None:
    tables = {table.name: table for table in classification.register()}
    assert tables["accounts_user"].columns["password"] is Sort.SEALED
    assert "password" not in tables["accounts_user"].exported
    assert "email" in tables["accounts_user"].exported
    assert tables["django_session"].exported == []
    assert tables["families_requestingfamily"].export
    assert tables["families_requestingfamily"].erase


def test_shared_tables_hold_nothing_about_people() -> None:
    shared = [table for table in classification.register() if table.shared]
    assert {"municipalities_municipality", "facts_fact", "disclosure_cell"} <= {
        table.name for table in shared
    }
    assert {sort for table in shared for sort in table.columns.values()} <= {
        Sort.KEY,
        Sort.PLAIN,
        Sort.SEALED,
    }


# What is forgotten, by the sentence that says so.
TWINS: list[tuple[str, dict[str, Any], str]] = [
    ("tenants.accounts", {}, "table is not classified"),
    ("tenants.accounts", {"columns": Columns()}, "column 'diagnosis' is not classified"),
    ("tenants.accounts", {"columns": Columns(special="diagnosis", plain="diagnosis")}, "classified twice"),
    ("tenants.accounts", {"columns": Columns(special="diagnosis illness")}, "'illness', which is no column"),
    ("reporting.facts", {"columns": Columns(special="diagnosis", export=False, erase=False)}, "about people"),
    ("reporting.facts", {"columns": Columns(plain="diagnosis", export=False)}, "erase=True or False"),
]


@pytest.mark.parametrize(("app", "body", "sentence"), TWINS)
def test_twin_whatever_is_forgotten_fails_the_checks(
    monkeypatch: pytest.MonkeyPatch, app: str, body: dict[str, Any], sentence: str
) -> None:
    label = app.rpartition(".")[2]
    with isolate_apps(app):
        made = type(
            "Forgotten",
            (ScopedModel,),
            {
                "__module__": f"{app}.models",
                "diagnosis": models.CharField(max_length=10),
                "Meta": type("Meta", (), {"app_label": label}),
                **body,
            },
        )
    known = list(classification._models())
    monkeypatch.setattr(classification, "_models", lambda: iter([*known, made]))
    found = [message for message in check_classification() if message.obj is made]
    assert len(found) == 1
    assert sentence in found[0].msg


def test_a_base_classifies_its_own_columns() -> None:
    tables = {table.name: table for table in classification.register()}
    family = tables["families_requestingfamily"].columns
    assert family["name"] is Sort.PERSONAL
    assert family["status"] is Sort.PERSONAL
    assert family["remarks"] is Sort.SPECIAL
    assert tables["families_requestingparent"].columns["family_id"] is Sort.KEY
