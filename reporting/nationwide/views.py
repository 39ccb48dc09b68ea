"""The page of the foundation with what is counted for the whole country."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.pages import page, show
from common.permissions import Permission
from reporting.nationwide.selectors import concerns_by_year, interest_since

YEARS = 2


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def counts(request: HttpRequest) -> HttpResponse:
    """Show where people ask for the programme, and how many concerns there were."""
    since = timezone.localdate().year - YEARS
    context = {"interest": interest_since(since), "since": since, "concerns": concerns_by_year()}
    return show(request, "nationwide/counts.html", context)
