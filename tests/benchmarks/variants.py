"""Other ways of tenancy under the same pages: none at all, and django-tenants as it comes.

Here the product's own guards are taken out, so that what is compared is Django without them: models, querysets and
queries get Django's own methods back, and the scope is a constant that nothing checks.
"""

import os
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_tenants.middleware.main import TenantMainMiddleware

from tenants import context, models
from tenants.context import SchemaKind, Scope
from tenants.municipalities.models import Domain, Municipality

Next = Callable[[HttpRequest], HttpResponseBase]
_KEPT = {"__module__", "__doc__", "__qualname__", "__dict__", "__weakref__", "as_manager", "__orig_bases__"}


def take_out_guards() -> None:
    """Give models, querysets and queries Django's own methods back."""
    for guarded in (models.ScopedQuery, models.ScopedQuerySet, models.ScopedModel):
        for name, member in list(vars(guarded).items()):
            if (callable(member) or isinstance(member, classmethod)) and name not in _KEPT:
                _take_out(guarded, name)


def _take_out(guarded: type, name: str) -> None:
    own = any(name in vars(base) for base in guarded.__mro__[1:])
    if own:
        delattr(guarded, name)


def scope_of(municipality: Municipality) -> Scope:
    """Return a scope that is there for whoever asks, and does nothing."""
    return Scope(
        kind=SchemaKind.MUNICIPALITY,
        schema=municipality.schema_name,
        alias="default",
        tenant_id=municipality.pk,
        tenant_schema=municipality.schema_name,
    )


class OneSchemaMiddleware:
    """Django with one schema: the path is that of the login, and there is one municipality."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Next) -> None:
        """Keep the rest of the chain and look the municipality up, once."""
        self.get_response = get_response
        self.municipality: Municipality | None = None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        if self.municipality is None:
            self.municipality = Municipality.objects.get(slug=os.environ["BENCH_SLUG"])
        return _answer(request, self.municipality, self.get_response)


class DjangoTenantsMiddleware(TenantMainMiddleware):  # type: ignore[misc]  # django-tenants has no types
    """django-tenants as it comes: looks the host up in the table of domains, then sets the tenant."""

    def get_tenant(self, domain_model: type[Domain], hostname: str) -> Municipality:
        """Look up as django-tenants does; our columns have other names than its."""
        return domain_model.objects.select_related("municipality").get(host=hostname).municipality

    def process_request(self, request: Any) -> Any:
        """Set the tenant, and what the product's pages want to know of it."""
        answer = super().process_request(request)
        request.municipality = request.tenant
        request.urlconf = "config.urls_municipality"
        context._scope.set(scope_of(request.tenant))
        return answer


def _answer(request: HttpRequest, municipality: Municipality, get_response: Next) -> HttpResponseBase:
    request.urlconf = "config.urls_municipality"  # type: ignore[attr-defined]
    request.municipality = municipality  # type: ignore[attr-defined]
    context._scope.set(scope_of(municipality))
    return get_response(request)
