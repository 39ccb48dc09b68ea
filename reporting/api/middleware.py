"""Headers that every answer of the API carries, errors from outside the framework included."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from reporting.api.conventions import API_VERSION, SECURITY_POLICY


class ApiHeadersMiddleware:
    """Outside everything else, so that a failure further in still says which version failed."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers on the API's host."""
        response = self.get_response(request)
        if getattr(request, "urlconf", None) == settings.ROOT_URLCONF:
            response.headers["API-Version"] = API_VERSION
            response.headers["Content-Security-Policy"] = SECURITY_POLICY
            response.headers.setdefault("Cache-Control", "no-store")
        return response
