"""The languages a person can choose for the product, and what stays Dutch whatever they chose.

Dutch is the source: texts stand in the code in Dutch, through gettext. Every other language is a catalogue in
`config/locale`, kept by the command `texts`.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from common.errors import Text

DUTCH: Final = "nl"
_A_YEAR: Final = 365 * 24 * 60 * 60


def in_dutch() -> override:
    """Make what goes to families or has national wording: in Dutch, whoever asks for it. Also a decorator."""
    return override(DUTCH)


def written(text: Text) -> str:
    """Return a lazy text as it is kept in a file: the next reader may have chosen another language."""
    with in_dutch():
        return str(text)


def known(code: str) -> bool:
    """Tell whether the product can be read in this language."""
    return code in dict(settings.LANGUAGES)


def chosen_before(request: HttpRequest) -> str:
    """Return the language this browser was told to remember, or Dutch.

    What the browser itself prefers is not asked: the people we write to read Dutch, also on a borrowed phone.
    """
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return code if known(code) else DUTCH


def set_cookie(response: HttpResponse, code: str) -> None:
    """Let the browser remember a language, for the pages before anybody signs in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=_A_YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
