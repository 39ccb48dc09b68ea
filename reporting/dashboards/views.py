from django.http import HttpRequest, HttpResponse

from common.pages import page, show
from common.permissions import Permission
from reporting.dashboards import selectors
from reporting.dashboards.definitions import definition_for, groups
from reporting.dashboards.fairness import fairness


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def national(request: HttpRequest) -> HttpResponse:
    """Show the national figures."""
    return show(request, "dashboards/national.html", {"national": selectors.national()})


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def municipalities(request: HttpRequest) -> HttpResponse:
    """Show the municipalities by phase."""
    return show(request, "dashboards/municipalities.html", {"overview": selectors.municipalities_by_phase()})


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def equal_chances(request: HttpRequest) -> HttpResponse:
    """Show whether every kind of family finds a support family alike."""
    return show(request, "dashboards/fairness.html", {"view": fairness()})


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def definitions(request: HttpRequest) -> HttpResponse:
    """Show what every figure means, by unit of count."""
    return show(request, "dashboards/definition_list.html", {"groups": groups()})


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def definition(request: HttpRequest, measure: str) -> HttpResponse:
    """Show what one figure means, how it is counted, and an example."""
    return show(request, "dashboards/definition.html", {"definition": definition_for(measure)})
