"""Without a scope nothing answers: no model, no manager, no signal, template, command or shell."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.signals import request_finished
from django.db import connections, models
from django.template import engines
from django.test import RequestFactory

from tenants import context
from tenants.accounts.models import User
from tenants.context import NoScope
from tenants.municipalities.models import Municipality

ROOT = Path(__file__).resolve().parents[2]


def managers() -> Iterator[tuple[type[models.Model], Any]]:
    """Return every manager of every table that the product makes, the registry's too."""
    ours = {app for kind in settings.SCHEMA_APPS.values() for app in kind}
    for app in apps.get_app_configs():
        if app.name in ours:
            for model in app.get_models(include_auto_created=True):
                seen = {*model._meta.managers, model._base_manager}
                yield from ((model, manager) for manager in seen)


def refused(use: Any) -> bool:
    try:
        use()
    except NoScope:
        return True
    return False


def answering() -> list[str]:
    """Return what could be asked of which model outside any scope."""
    found = []
    for model, manager in managers():
        uses = {
            "count": manager.count,
            "read": lambda rows=manager: list(rows.all()[:1]),
            "exists": manager.exists,
            "delete": lambda rows=manager: rows.all().delete(),
            "update": lambda rows=manager, key=model._meta.pk.name: rows.update(**{key: models.F(key)}),
            "save": lambda kind=model: kind().save(),
        }
        found += [
            f"{model._meta.label}.{manager.name}: {name}" for name, use in uses.items() if not refused(use)
        ]
    return found


def test_no_manager_of_any_model_answers() -> None:
    assert len(list(managers())) > 40
    assert answering() == []


def test_twin_with_a_scope_they_do(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        reading = {
            model._meta.label
            for model, manager in managers()
            if "municipality" in settings.SCHEMAS_OF_APP[model._meta.app_config.name]
            and not refused(manager.exists)
        }
    assert {"accounts.User", "families.RequestingFamily", "audit.AuditEntry"} <= reading
    assert len(reading) > 20


def test_twin_without_our_router_and_backend_the_managers_would_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As the owner, whom django-tenants' own router and connection leave in whatever schema comes first.
    for name in ("db_for_read", "db_for_write"):
        monkeypatch.setattr(f"tenants.database.router.ScopeRouter.{name}", lambda *_rows, **_hints: "owner")
    with context.owning_registry():
        pass
    assert not refused(Municipality.objects.count)


def test_a_signal_has_no_scope() -> None:
    outcome: list[bool] = []

    def receiver(**_signal: Any) -> None:
        outcome.append(refused(User.objects.count))

    request_finished.connect(receiver)
    try:
        request_finished.send(sender=None)
    finally:
        request_finished.disconnect(receiver)
    assert outcome == [True]


def test_a_template_rendered_outside_a_scope_fails_instead_of_showing_rows(purmerend: Municipality) -> None:
    template = engines["django"].from_string("{% for person in people %}{{ person.email }}{% endfor %}")
    with context.municipality(purmerend):
        people = User.objects.all()
        assert purmerend.slug in template.render({"people": people.all()})
    with pytest.raises(NoScope):
        template.render({"people": people})
    with pytest.raises(NoScope):
        template.render({"people": User.objects.all().order_by("email")})


def test_a_context_processor_outside_a_request_has_no_scope() -> None:
    template = engines["django"].from_string("{{ ask }}")
    with pytest.raises(NoScope):
        template.render({"ask": User.objects.count}, RequestFactory().get("/"))


def test_a_command_that_enters_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless(BaseCommand):
        def handle(self, *_arguments: Any, **_options: Any) -> str:
            return str(User.objects.count())

    with pytest.raises(NoScope):
        call_command(Careless())


def test_a_shell_is_refused_too() -> None:
    statement = "from tenants.accounts.models import User; User.objects.count()"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", statement],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "config.settings_test", "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "NoScope: No scope is open" in done.stderr


def test_there_is_no_admin() -> None:
    assert not apps.is_installed("django.contrib.admin")


def test_a_raw_cursor_is_refused_at_every_login() -> None:
    for alias in ("default", "national", "aggregator", "releaser"):
        with pytest.raises(NoScope):
            connections[alias].cursor()
