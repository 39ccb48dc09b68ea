"""From request to scope: the host says whose schema it is, and the whole request is one transaction in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from common import problem
from common.logging import add_context
from tenants import context
from tenants.elsewhere import Asking
from tenants.municipalities.models import Municipality
from tenants.municipalities.selectors import is_behind, municipality_of_host
from tenants.origin import coming_from, current_origin

ALIVE = "/gezondheid"
READY = "/gezondheid/gereed"

Next = Callable[[HttpRequest], HttpResponseBase]


def _scope_of_log_line() -> dict[str, str]:
    scope, origin = context.scope_or_none(), current_origin()
    return ({"schema": scope.schema} if scope else {}) | ({"origin": origin} if origin else {})


add_context(_scope_of_log_line)


class OriginMiddleware:
    """Gives a request a name of its own, for the audit log and the log lines."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Next) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Name the request; never by what the client sends."""
        name = f"request {uuid4()}"
        with coming_from(name):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = name.removeprefix("request ")
        return response


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at a host."""

    scope: AbstractContextManager[None]
    alias: str
    urlconf: str
    municipality: Municipality | None = None


class TenantMiddleware:
    """Opens the scope of the host; an unknown host, or one this process has no login for, is not found."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Next) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer within one transaction, which has no effect when the answer is a refusal or a failure."""
        if request.path in {ALIVE, READY}:
            return _health(request)
        try:
            place = _place_of(split_domain_port(request.get_host())[0])
        except DisallowedHost:
            place = None
        if place is None:
            return problem.not_found(request)
        if place.municipality is not None and is_behind(place.municipality):
            return problem.unavailable(request)
        request.urlconf = place.urlconf  # type: ignore[attr-defined]
        request.municipality = place.municipality  # type: ignore[attr-defined]
        with place.scope:
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.BAD_REQUEST and not getattr(
                response, "keep_transaction", False
            ):
                context.roll_back()
        if isinstance(response, Asking):
            response.complete(place.scope)
        return response


def _place_of(host: str) -> Place | None:
    if host == settings.BASE_DOMAIN:
        place = Place(context.releases(), "national", "config.urls_api")
    elif host == settings.FOUNDATION_HOST:
        place = Place(context.foundation(), "national", "config.urls_foundation")
    else:
        municipality = municipality_of_host(host)
        if municipality is None:
            return None
        place = Place(context.municipality(municipality), "default", "config.urls_municipality", municipality)
    return place if has_login(place.alias) else None


def has_login(alias: str) -> bool:
    """Tell whether this process may use a connection; Django's dummy for a missing default does not count."""
    return not settings.DATABASES.get(alias, {}).get("ENGINE", "django.db.backends.dummy").endswith(".dummy")


def _health(request: HttpRequest) -> HttpResponse:
    """Say whether the process runs and, when asked, whether it reaches its database. Any host may ask."""
    if request.path == READY:
        try:
            with context.registry():
                Municipality.objects.exists()
        except DatabaseError:
            structlog.get_logger(__name__).warning("not_ready")
            return HttpResponse("database", status=HTTPStatus.SERVICE_UNAVAILABLE, content_type="text/plain")
    return HttpResponse("in orde", content_type="text/plain")
