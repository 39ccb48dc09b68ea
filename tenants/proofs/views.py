"""The page of the foundation on what keeps municipalities apart."""

from django.http import HttpRequest, HttpResponse

from common.pages import page, show
from common.permissions import Permission
from tenants.proofs import selectors


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def isolation(request: HttpRequest) -> HttpResponse:
    """Show the last run of the isolation probe and those before it."""
    runs = selectors.probe_runs()
    return show(request, "proofs/isolation.html", {"last": runs[0] if runs else None, "earlier": runs[1:]})
