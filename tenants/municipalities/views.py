"""Pages about the platform itself, for the foundation."""

from django.http import HttpRequest, HttpResponse

from common.pages import page, show
from common.permissions import Permission
from tenants.municipalities import progress


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def schemas(request: HttpRequest) -> HttpResponse:
    """Show which version the database of each municipality has, and whether it is as it should be."""
    return show(request, "municipalities/schemas.html", {"matrix": progress.matrix()})
