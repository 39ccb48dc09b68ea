from django.http import HttpRequest, HttpResponse

from common.pages import page, show
from common.permissions import Permission
from reporting.dashboards import selectors


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def national(request: HttpRequest) -> HttpResponse:
    """Show the national figures."""
    return show(request, "dashboards/national.html", {"national": selectors.national()})


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def municipalities(request: HttpRequest) -> HttpResponse:
    """Show the municipalities by phase."""
    return show(request, "dashboards/municipalities.html", {"overview": selectors.municipalities_by_phase()})
