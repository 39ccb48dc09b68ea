"""Ticking tasks off. The list itself is the start page's."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from common.pages import page, safe_next
from common.permissions import Permission
from core.tasks.selectors import snooze_for, task_for
from core.tasks.services import snooze_end, task_drop, task_finish, task_reopen
from tenants.accounts.models import User


@page(Permission.EDIT_CASES, methods=("POST",))
def done(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Tick a task off."""
    task_finish(task=task_for(_actor(request), public_id), actor=_actor(request))
    messages.success(request, _("De taak is afgevinkt."))
    return HttpResponseRedirect(safe_next(request, "/"))


@page(Permission.EDIT_CASES, methods=("POST",))
def dropped(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a task off the list."""
    task_drop(task=task_for(_actor(request), public_id), actor=_actor(request))
    messages.success(request, _("De taak is van de lijst gehaald."))
    return HttpResponseRedirect(safe_next(request, "/"))


@page(Permission.EDIT_CASES, methods=("POST",))
def reopened(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a task back that was not done after all."""
    task_reopen(task=task_for(_actor(request), public_id), actor=_actor(request))
    messages.success(request, _("De taak staat weer op de lijst."))
    return HttpResponseRedirect(safe_next(request, "/"))


@page(Permission.EDIT_CASES, methods=("POST",))
def back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a line back that was put off."""
    snooze_end(snooze=snooze_for(_actor(request), public_id), actor=_actor(request))
    messages.success(request, _("De regel staat weer op je lijst."))
    return HttpResponseRedirect(safe_next(request, "/"))


def _actor(request: HttpRequest) -> User:
    actor: User = request.user  # type: ignore[assignment]  # the page's guard let nobody else in
    return actor
