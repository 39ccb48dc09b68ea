"""Signing in, signing out, another password."""

from http import HTTPStatus

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from common import problem
from common.language import known, set_cookie
from common.pages import public_page, safe_next, show, signed_in_page
from tenants.accounts.forms import PasswordForm, SignInForm
from tenants.accounts.models import User
from tenants.accounts.selectors import demo_accounts
from tenants.accounts.services import (
    language_choose,
    password_change,
    sign_in_refused,
    signed_in,
    signed_out,
)
from tenants.accounts.throttle import SECONDS, Attempts

log = structlog.get_logger(__name__)


@sensitive_post_parameters("password")
@public_page()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form and let people in; a wrong password and an unknown account get the same answer."""
    target = safe_next(request, settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    form = SignInForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        user, status = _check(request, form)
        if user is not None:
            login(request, user)
            signed_in(user=user)
            log.info("signed_in", user_id=str(user.pk))
            return HttpResponseRedirect(target)
    accounts = demo_accounts() if settings.DEMO else []
    context = {"form": form, "next": target, "accounts": accounts, "demo_password": settings.DEMO_PASSWORD}
    response = show(request, "accounts/sign_in.html", context, form)
    response.keep_transaction = True  # type: ignore[attr-defined]  # a refusal stands in the audit log
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.status_code = status
        response["Retry-After"] = str(SECONDS)
    return response


def _check(request: HttpRequest, form: SignInForm) -> tuple[User | None, HTTPStatus]:
    if not form.is_valid():
        return None, HTTPStatus.BAD_REQUEST
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    attempts = Attempts.of(request, email)
    if attempts.used_up:
        form.add_error(
            None,
            _(
                "Er is te vaak een verkeerd wachtwoord ingevuld. Wacht vijf minuten en probeer het dan opnieuw."
            ),
        )
        log.warning("sign_in_locked")
        return None, HTTPStatus.TOO_MANY_REQUESTS
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        attempts.failed()
        sign_in_refused(email=email)
        log.warning("sign_in_refused")
        form.add_error(None, _("Het e-mailadres of het wachtwoord klopt niet."))
        return None, HTTPStatus.BAD_REQUEST
    attempts.succeeded()
    return user, HTTPStatus.OK


@public_page(methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        signed_out(user=request.user)
    logout(request)
    messages.success(request, _("Je bent uitgelogd."))
    response = HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
    response["Clear-Site-Data"] = '"storage"'  # drafts that were kept on the device
    return response


@public_page(methods=("POST",))
def language(request: HttpRequest) -> HttpResponse:
    """Go on in another language: kept in the account of who is signed in, and in the browser for the next time."""
    code = request.POST.get("language", "")
    if not known(code):
        return problem.bad_request(request)
    if isinstance(request.user, User):
        language_choose(user=request.user, language=code, actor=request.user)
    response = HttpResponseRedirect(safe_next(request, settings.LOGIN_REDIRECT_URL))
    set_cookie(response, code)
    return response


@sensitive_post_parameters("current", "new", "again")
@signed_in_page()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions of the person end."""
    user = request.user
    if not isinstance(user, User):
        return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
    form = PasswordForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST":
        attempts = Attempts.of(request, user.email)
        if attempts.used_up:
            form.show_typed()
            messages.error(request, _("Er is te vaak een verkeerd wachtwoord ingevuld. Wacht vijf minuten."))
            response = show(request, "accounts/password.html", {"form": form})
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            return response
        if form.is_valid():
            password_change(user=user, password=form.cleaned_data["new"], actor=user)
            update_session_auth_hash(request, user)
            messages.success(request, _("Je wachtwoord is gewijzigd."))
            return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))
        if form.has_error("current", "current"):
            attempts.failed()
    return show(request, "accounts/password.html", {"form": form}, form)
