"""Django's protection against forged requests, with a cookie that is worth nothing in another schema."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware import csrf
from django.utils.crypto import constant_time_compare, salted_hmac

from tenants.context import current_scope


class ScopedCsrfMiddleware(csrf.CsrfViewMiddleware):
    """Signs the secret in the cookie for the schema of the host, and takes no notice of one signed for another."""

    def _get_secret(self, request: HttpRequest) -> str | None:
        cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
        if cookie is None:
            return None
        secret, _dot, mark = cookie.partition(".")
        if not constant_time_compare(mark, _mark_of(secret)):
            return None
        return secret

    def _set_csrf_cookie(self, request: HttpRequest, response: HttpResponseBase) -> None:
        secret = request.META["CSRF_COOKIE"]
        request.META["CSRF_COOKIE"] = f"{secret}.{_mark_of(secret)}"
        try:
            super()._set_csrf_cookie(request, response)  # type: ignore[misc]
        finally:
            request.META["CSRF_COOKIE"] = secret


def _mark_of(secret: str) -> str:
    value = f"{current_scope().schema}:{secret}"
    return salted_hmac("tenants.forgery", value, algorithm="sha256").hexdigest()[:32]
