"""Every address of the three hosts, read from the URL configuration itself: a new one is in the probe at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

from core.desk.models import FORM_WORDS
from core.guidance.models import SIDE_WORDS
from core.lists.models import ListName
from core.safeguarding.presentation import STEP_WORDS
from reporting.dictionary.measures import MEASURES
from tenants.standards.models import StandardKind

URLCONFS = {
    "municipality": "config.urls_municipality",
    "foundation": "config.urls_foundation",
    "api": "config.urls_api",
}
# What an address may have as a parameter besides the id of an object, and values that exist for it.
# The secret address of a calendar stands for the first story of every world.
CALENDAR_TOKEN = "een-geheim-adres-dat-alleen-in-de-proef-bestaat"
WORDS: Mapping[str, tuple[str, ...]] = {
    "side": tuple(SIDE_WORDS.values()),
    "form": tuple(FORM_WORDS.values()),
    "step": tuple(STEP_WORDS.values()),
    "kind": tuple(StandardKind.values),
    "token": (CALENDAR_TOKEN,),
    "subject": ("vorm",),
    "letter_kind": ("brief-algemeen",),
    "list_name": tuple(ListName.values),
    "measure": tuple(measure.api_name for measure in MEASURES.values()),
}
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Address:
    """One route of one host, with the kinds of its parameters."""

    host: str
    route: str
    name: str
    parameters: Mapping[str, str] = field(hash=False)
    view: Any = field(hash=False, compare=False, default=None)

    @property
    def ids(self) -> list[str]:
        """Return the parameters that name an object."""
        return [name for name, kind in self.parameters.items() if kind == "uuid"]

    def unknown_parameters(self) -> list[str]:
        """Return the parameters that the probe has no value for."""
        return [
            name
            for name, kind in self.parameters.items()
            if kind == "regex" or (kind != "uuid" and name not in WORDS)
        ]

    def path(self, **ids: object) -> str:
        """Return the address with these ids; other parameters get a value that exists."""
        return "/" + _PARAMETER.sub(
            lambda match: str(ids[match["name"]]) if match["name"] in ids else WORDS[match["name"]][0],
            self.route,
        )

    def __str__(self) -> str:
        """Return how a failure names it."""
        return f"{self.host}:/{self.route}"


@cache
def addresses(host: str) -> tuple[Address, ...]:
    """Return all addresses of a host."""
    return tuple(_walk(host, import_module(URLCONFS[host]).urlpatterns, "", ()))


def _walk(host: str, patterns: Any, prefix: str, spaces: tuple[str, ...]) -> Iterator[Address]:
    for pattern in patterns:
        text, kinds = _read(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(host, pattern.url_patterns, prefix + text, space)
        elif isinstance(pattern, URLPattern):
            route = prefix + text
            parameters = {
                match["name"]: match["kind"] or "str" for match in _PARAMETER.finditer(route)
            } | kinds
            name = ":".join([*spaces, pattern.name or route])
            yield Address(host, route, name, parameters, pattern.callback)


def _read(pattern: Any) -> tuple[str, dict[str, str]]:
    """Return the text of a pattern; groups of a regular expression are of a kind that nobody can fill."""
    if isinstance(pattern, RoutePattern):
        return str(pattern), {}
    groups = pattern.regex.groupindex or dict.fromkeys(map(str, range(pattern.regex.groups)))
    return str(pattern).removeprefix("^").removesuffix("$").replace(r"\Z", ""), dict.fromkeys(groups, "regex")
