"""What every page view shares: who may see it, with which methods, and how a service's refusal becomes a page.

>>> @page(Permission.EDIT_CASES)
... def registration_detail(request: HttpRequest, public_id: UUID) -> HttpResponse: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.contrib import messages
from django.db import OperationalError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from common import problem
from common.drafts import draft_saved
from common.errors import InvalidInput, NaoberError
from common.permissions import Permission

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class PageRule:
    """Who may call a view, and how; kept on the view as ``page_rule`` for the tests that walk all addresses."""

    permission: Permission | None
    methods: tuple[str, ...]
    public: bool


def page(
    permission: Permission, *, methods: tuple[str, ...] = ("GET", "POST")
) -> Callable[[View[P]], View[P]]:
    """Let only people with ``permission`` in; who has not signed in does so first, others see a 404."""
    return _guarded(PageRule(permission=permission, methods=_with_head(methods), public=False))


def signed_in_page(*, methods: tuple[str, ...] = ("GET", "POST")) -> Callable[[View[P]], View[P]]:
    """Let everybody in who has signed in, whatever their role."""
    return _guarded(PageRule(permission=None, methods=_with_head(methods), public=False))


def public_page(*, methods: tuple[str, ...] = ("GET", "POST")) -> Callable[[View[P]], View[P]]:
    """Let everybody in: registration forms, sign-in, the accessibility statement."""
    return _guarded(PageRule(permission=None, methods=_with_head(methods), public=True))


def _with_head(methods: tuple[str, ...]) -> tuple[str, ...]:
    return (*methods, "HEAD") if "GET" in methods and "HEAD" not in methods else methods


def _guarded(rule: PageRule) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if "\x00" in unquote(request.META.get("QUERY_STRING", "")):
                return problem.bad_request(request)  # no browser sends it, and PostgreSQL cannot read it
            if not rule.public:
                user: Any = getattr(request, "user", None)
                if user is None or not user.is_authenticated:
                    return to_sign_in(request)
                if rule.permission is not None and not user.may(rule.permission):
                    refusal = problem.error_page(HTTPStatus.NOT_FOUND)
                    refusal.refused_permission = rule.permission  # type: ignore[attr-defined]
                    return refusal
            if request.method not in rule.methods:
                refused = problem.error_page(HTTPStatus.METHOD_NOT_ALLOWED)
                refused["Allow"] = ", ".join(rule.methods)
                return refused
            try:
                return view(request, *args, **kwargs)
            except (NaoberError, OperationalError) as error:
                return problem.page_for(error)

        guarded.page_rule = rule  # type: ignore[attr-defined]
        return cast("View[P]", guarded)

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send an anonymous visitor to the sign-in page and remember where they were going."""
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def safe_next(request: HttpRequest, default: str) -> str:
    """Return where to go after this page: an address on this host from ``next``, or ``default``."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if allowed and target.isprintable() else resolve_url(default)


def show(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *forms: BaseForm | Any
) -> HttpResponse:
    """Render a page; status 400 when one of ``forms`` was sent and has errors, so that nothing half-written stays."""
    wrong = any(
        form.is_bound and not getattr(form, "button_pressed", False) and has_errors(form) for form in forms
    )
    return render(request, template, context, status=HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK)


def has_errors(form: Any) -> bool:
    """Whether a bound form or set of repeating forms has errors (those a service added included)."""
    if hasattr(form, "forms"):
        return bool(form.non_form_errors()) or any(form.errors)
    return bool(form.errors)


def attempt(
    request: HttpRequest, form: Any, action: Callable[[], str], *, done: str = ""
) -> HttpResponse | None:
    """Run a service for a valid form: return the redirect, or None after putting the refusal on the form.

    ``action`` calls the service and returns the address to go to; ``done`` is the message shown there.
    """
    try:
        target = action()
    except InvalidInput as refusal:
        form.add_refusal(refusal)
        return None
    if done:
        messages.success(request, done)
    return draft_saved(request, HttpResponseRedirect(target))
