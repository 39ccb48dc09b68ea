"""A form that somebody sends twice happens once: the second time leads to where the first one led."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase

from tenants.context import SchemaKind, current_scope

KEY = "form_key"
_SENT = "sent_forms"
_REMEMBERED = 20
_LONGEST_KEY = 40


class OnceMiddleware:
    """Remembers in the session which shown forms were done, and where they led.

    Stands right after the session: it has to take the lock before anybody reads from it.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the second of two equal messages wait for the first, and follow it."""
        key = _key_of(request)
        if key is None:
            return self.get_response(request)
        session_key = request.session.session_key
        Session.objects.select_for_update().filter(pk=session_key).first()
        sent: dict[str, str] = request.session.get(_SENT, {})
        if key in sent:
            return HttpResponseRedirect(sent[key])
        response = self.get_response(request)
        # Signing in or out gives another session, in which nothing has been sent yet.
        if response.status_code == HTTPStatus.FOUND and request.session.session_key == session_key:
            latest = {**request.session.get(_SENT, {}), key: response.headers["Location"]}
            request.session[_SENT] = dict(list(latest.items())[-_REMEMBERED:])
        return response


def _key_of(request: HttpRequest) -> str | None:
    if request.method != "POST" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    if current_scope().kind not in {SchemaKind.MUNICIPALITY, SchemaKind.FOUNDATION}:
        return None
    try:
        key = request.POST.get(KEY, "")
    except (BadRequest, SuspiciousOperation, MultiPartParserError):
        return None  # no form at all: the page itself says so, in its own words
    return key if 0 < len(key) <= _LONGEST_KEY and "\x00" not in key else None
