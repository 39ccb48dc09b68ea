"""Addresses on the host of the foundation."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "common.problem.bad_request"
handler403 = "common.problem.forbidden"
handler404 = "common.problem.not_found"
handler500 = "common.problem.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("common.urls")),
    path("", include("tenants.accounts.urls")),
    path("", include("tenants.drafts.urls")),
    path("", include("tenants.standards.urls")),
    path("", include("tenants.proofs.urls")),
    path("", include("tenants.municipalities.urls")),
    path("", include("reporting.dashboards.urls")),
    path("", include("reporting.nationwide.urls")),
]
