"""The language of a request: what the person chose, before they sign in what their browser remembers, else Dutch."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import override

from common.language import DUTCH, chosen_before
from tenants.accounts.models import User
from tenants.context import SchemaKind, current_scope

_WITH_PAGES = frozenset({SchemaKind.MUNICIPALITY, SchemaKind.FOUNDATION})


class LanguageMiddleware:
    """Opens the language for the whole request; the API is Dutch for everybody. Stands right after signing in."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the language; whoever keeps the answer is told that it depends on the cookies."""
        if current_scope().kind not in _WITH_PAGES:
            with override(DUTCH):
                return self.get_response(request)
        with override(_language_of(request)):
            response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        return response


def _language_of(request: HttpRequest) -> str:
    user = request.user
    return (user.language if isinstance(user, User) else "") or chosen_before(request)
