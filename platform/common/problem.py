"""Errors to HTTP, once, for pages and for the API (problem+json, RFC 9457 with the government's `invalidParams`).

The pages made here run no query and use no context processor: they must work when nothing else does.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as rest
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import NaoberError, NotAllowed, Text

log = structlog.get_logger(__name__)

TITLES: dict[int, Text] = {
    400: _("Dit kunnen wij niet verwerken"),
    403: _("Deze actie is niet toegestaan"),
    404: _("Deze pagina bestaat niet"),
    405: _("Zo kan deze pagina niet worden gebruikt"),
    409: _("Dit kan nu niet"),
    429: _("Even wachten"),
    500: _("Er ging iets mis bij ons"),
    503: _("Wij zijn even bezig"),
}
TEXTS: dict[int, Text] = {
    400: _("Er klopt iets niet aan wat uw browser stuurde. Ga terug en probeer het opnieuw."),
    403: _("Ververs de pagina en probeer het nog een keer. Log eventueel opnieuw in."),
    404: _("Het adres klopt niet, of de pagina is weggehaald."),
    405: _("Ga terug naar de vorige pagina en gebruik de knoppen op die pagina."),
    409: _("Iemand anders heeft dit intussen veranderd. Ga terug, ververs de pagina en kijk opnieuw."),
    429: _("U probeert het te vaak achter elkaar. Wacht een paar minuten en probeer het dan opnieuw."),
    500: _(
        "De fout is vastgelegd. Probeer het over een paar minuten opnieuw. Wat u eerder opsloeg, is er nog."
    ),
    503: _(
        "Wij werken deze site bij. Probeer het over een paar minuten opnieuw. Wat u eerder opsloeg, is er nog."
    ),
}


# Two people changed the same cases at the same moment: deadlock detected, lock not available in time.
_SOMEBODY_ELSE_IS_BUSY = frozenset({"40P01", "55P03"})


# ------------------------------------------------------------------------------------------------------------ pages


def error_page(status: int, text: Text | None = None, *, title: Text | None = None) -> HttpResponse:
    """Return the page for a refusal or a failure."""
    context = {
        "status": status,
        "title": title or TITLES.get(status, TITLES[500]),
        "text": text or TEXTS.get(status, ""),
    }
    return HttpResponse(render_to_string("errors/error.html", context), status=status)


def page_for(error: NaoberError | OperationalError) -> HttpResponse:
    """Return the page for an error that a service raised and no form showed; a failure of ours goes on its way."""
    if isinstance(error, OperationalError):
        if getattr(error.__cause__, "sqlstate", None) not in _SOMEBODY_ELSE_IS_BUSY:
            raise error
        return error_page(HTTPStatus.CONFLICT)
    if isinstance(error, NotAllowed):
        return error_page(HTTPStatus.NOT_FOUND)
    return error_page(error.status, error.message)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 400 (handler400)."""
    return error_page(HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 404 for whoever may not: absent and forbidden look alike (handler403)."""
    return error_page(HTTPStatus.NOT_FOUND)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer 403 when the proof that the form is ours is missing or old (CSRF_FAILURE_VIEW)."""
    return error_page(
        HTTPStatus.FORBIDDEN,
        _("Uw scherm stond misschien te lang open. Ga terug, ververs de pagina en probeer het nog een keer."),
        title=_("Dit formulier is verlopen"),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 404 (handler404, and hosts that nobody has)."""
    return error_page(HTTPStatus.NOT_FOUND)


def unavailable(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 503: the tables of this municipality are not those of this version yet."""
    refused = error_page(HTTPStatus.SERVICE_UNAVAILABLE)
    refused["Retry-After"] = "60"
    return refused


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 500 (handler500)."""
    return error_page(HTTPStatus.INTERNAL_SERVER_ERROR)


# -------------------------------------------------------------------------------------------------------------- API


def problem_body(
    status: int,
    *,
    title: Text | None = None,
    detail: Text = "",
    code: str = "",
    instance: str = "",
    invalid_params: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """Return the members of a problem document."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": int(status),
        "title": str(title or HTTPStatus(status).phrase),
        "detail": str(detail or TEXTS.get(status, TITLES[500])),
    }
    if code:
        body["code"] = code
    if instance:
        body["instance"] = instance
    if invalid_params:
        body["invalidParams"] = list(invalid_params)
    return body


def problem_response(status: int, **members: Any) -> JsonResponse:
    """Return a problem document outside Django REST framework."""
    return JsonResponse(
        problem_body(status, **members), status=status, content_type="application/problem+json"
    )


def api_bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 400 on the API's host (handler400)."""
    return problem_response(
        HTTPStatus.BAD_REQUEST, detail=_("Het verzoek is niet leesbaar."), instance=request.path
    )


def api_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 404 on the API's host (handler404)."""
    return problem_response(HTTPStatus.NOT_FOUND, detail=_("Dit adres bestaat niet."), instance=request.path)


def api_server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 on the API's host (handler500)."""
    return problem_response(
        HTTPStatus.INTERNAL_SERVER_ERROR, detail=_("Er ging iets mis bij ons."), instance=request.path
    )


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Translate every expected exception of an API view; unknown ones go on to the 500 handler (EXCEPTION_HANDLER)."""
    status, members, headers = _api_problem(exc)
    if status is None:
        return None
    set_rollback()
    request = context.get("request")
    body = problem_body(status, instance=request.path if request is not None else "", **members)
    return Response(body, status=status, headers=headers, content_type="application/problem+json")


def _api_problem(exc: Exception) -> tuple[int | None, dict[str, Any], dict[str, str]]:
    headers: dict[str, str] = {}
    if isinstance(exc, NaoberError):
        params = [{"name": name, "reason": str(text), "code": exc.code} for name, text in exc.fields.items()]
        return exc.status, {"detail": exc.message, "code": exc.code, "invalid_params": params}, headers
    if isinstance(exc, (Http404, PermissionDenied)):
        return HTTPStatus.NOT_FOUND, {"detail": _("Dit adres bestaat niet.")}, headers
    if isinstance(exc, ValidationError):
        params = [{"name": "", "reason": text, "code": exc.code or "invalid"} for text in exc.messages]
        return HTTPStatus.BAD_REQUEST, {"invalid_params": params}, headers
    if not isinstance(exc, rest.APIException):
        return None, {}, headers
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]  # set by the view
    wait = getattr(exc, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(exc, rest.ValidationError):
        return exc.status_code, {"invalid_params": _invalid_params(exc.get_full_details())}, headers
    return exc.status_code, {"detail": str(exc.detail), "code": str(exc.get_codes())}, headers


def _invalid_params(details: Any, path: str = "") -> list[dict[str, str]]:
    if isinstance(details, dict) and {"message", "code"} <= set(details) and isinstance(details["code"], str):
        return [{"name": path, "reason": str(details["message"]), "code": details["code"]}]
    if isinstance(details, dict):
        found = [
            _invalid_params(value, f"{path}.{key}" if path else "" if key == "non_field_errors" else str(key))
            for key, value in details.items()
        ]
        return [param for params in found for param in params]
    if isinstance(details, list):
        return [param for value in details for param in _invalid_params(value, path)]
    return []
