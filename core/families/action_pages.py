"""A page for one action on one thing: a short form, its one button, and a refusal beside what was typed."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from common.errors import Conflict, ForbiddenTransition, InvalidInput, Text
from common.forms import NaoberForm
from tenants.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPage:
    """What the page says. ``back_url`` is where the action came from and where it ends."""

    title: Text
    lead: Text = ""
    submit: Text
    done: Text
    back_url: str
    back_label: Text
    danger: bool = False


def actor_of(request: HttpRequest) -> User:
    """Return the signed-in person; the guard of a page lets nobody else in."""
    actor: User = request.user  # type: ignore[assignment]
    return actor


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what was sent in; an empty form that was sent is not the same as one that was not."""
    return request.POST if request.method == "POST" else None


def action_page(
    request: HttpRequest,
    page: ActionPage,
    form: NaoberForm,
    run: Callable[[], object],
    *,
    template: str = "families/action.html",
) -> HttpResponse:
    """Show the form, or run the service; what was typed stays when it refuses."""
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            try:
                run()
            except InvalidInput as refusal:
                form.add_refusal(refusal)
            except (Conflict, ForbiddenTransition) as refusal:
                form.add_error(None, str(refusal.message))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, str(page.done))
                return HttpResponseRedirect(page.back_url)
        if status == HTTPStatus.OK:
            status = HTTPStatus.BAD_REQUEST
    return render(request, template, {"page": page, "form": form}, status=status)
