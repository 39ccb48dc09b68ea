"""What somebody types is kept on their own device, encrypted, until it was saved: the server's half of it.

A form with ``data-draft`` (``{% postform draft=True %}``) is watched by ``naober/draft.js``. The form sends the name of
its draft along; the answer to a form that was saved says so in a cookie, and the script throws the draft away.
"""

import re
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.crypto import salted_hmac

FIELD: Final = "concept"
SAVED: Final = "naober-bewaard"
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_SECONDS: Final = 600
Response = TypeVar("Response", bound=HttpResponseBase)


def draft_name(request: HttpRequest) -> str:
    """Return the name of the draft of a page: nothing can be read from it, not even which file it is about."""
    where = f"{request.get_host()}{request.path}"
    return salted_hmac("common.drafts", where, algorithm="sha256").hexdigest()[:32]


def draft_saved(request: HttpRequest, response: Response) -> Response:
    """Tell the browser that what was typed is safe with us now."""
    name = request.POST.get(FIELD, "") if request.method == "POST" else ""
    done = response.status_code in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}
    target = urlsplit(response.headers.get("Location", "")).path
    if done and _NAME.fullmatch(name) and target != resolve_url(settings.LOGIN_URL):
        response.set_cookie(
            SAVED,
            name,
            max_age=_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=False,  # the script reads it; it is a name without a meaning
            samesite="Lax",
        )
    return response
