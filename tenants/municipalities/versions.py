"""Which migrations this code has, and which version a municipality needs to be at for it."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings


@cache
def migrations_in_code(kind: str | None = None) -> frozenset[tuple[str, str]]:
    """Return app and name of every migration of this code, or of one kind of schema. Imports none of them."""
    found: set[tuple[str, str]] = set()
    for app in apps.get_app_configs():
        kinds: frozenset[str] = settings.SCHEMAS_OF_APP.get(app.name, frozenset())
        module = f"{app.name}.migrations"
        if (kind in kinds if kind else kinds) and find_spec(module) is not None:
            folder = import_module(module).__path__
            found |= {(app.label, entry.name) for entry in iter_modules(folder) if entry.name[0] not in "_~"}
    return frozenset(found)


def required_version(script: Iterable[tuple[int, str, str]]) -> int:
    """Return the version a municipality has to have for this code: the last recorded migration that it knows.

    A migration that this code does not know belongs to a newer version, and does no harm to this one.
    """
    known = migrations_in_code("municipality")
    return max((version for version, app, migration in script if (app, migration) in known), default=0)
