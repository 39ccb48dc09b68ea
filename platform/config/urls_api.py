"""Addresses on the base domain: the API."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "common.problem.api_bad_request"
handler404 = "common.problem.api_not_found"
handler500 = "common.problem.api_server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("reporting.api.urls")),
]
