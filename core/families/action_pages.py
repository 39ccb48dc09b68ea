"""A page for one action on one thing: a short form, its one button, and a refusal beside what was typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst

from common.drafts import draft_saved
from common.errors import Conflict, ForbiddenTransition, InvalidInput, Text
from common.forms import NaoberForm
from common.permissions import Permission
from core.families.guard import GuardedForm
from core.families.models import AnyFamily, RequestingFamily, SupportFamily
from core.families.selectors import requesting_family_for, support_family_for
from tenants.accounts.models import User
from tenants.models import ScopedModel

Row = TypeVar("Row", bound=ScopedModel)
Kind = TypeVar("Kind", bound=RequestingFamily | SupportFamily)


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
    # Whom the page is about: the privacy guard knows that their own names may be written.
    about: Sequence[AnyFamily] = ()


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
    **context: Any,
) -> HttpResponse:
    """Show the form, or run the service; what was typed stays when it refuses. ``context`` is for the template."""
    status = HTTPStatus.OK
    if isinstance(form, GuardedForm):
        form.about = page.about
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
                if report := getattr(form, "merge_report", ""):
                    messages.info(request, report)
                return draft_saved(request, HttpResponseRedirect(page.back_url))
        if status == HTTPStatus.OK:
            status = HTTPStatus.BAD_REQUEST
    return render(request, template, {"page": page, "form": form, **context}, status=status)


# ------------------------------------------------------------------------------------ actions on the file of a family


def family_url(family: AnyFamily) -> str:
    """Return the address of the file of a family."""
    kind = "requesting" if isinstance(family, RequestingFamily) else "support"
    return reverse(f"families:{kind}_detail", args=[family.pk])


def file_page(
    family: AnyFamily, *, title: str, submit: str, done: str, lead: str = "", danger: bool = False
) -> ActionPage:
    """Return the words of a page that starts from a file and ends there."""
    return ActionPage(
        title=title,
        lead=lead,
        submit=submit,
        done=done,
        back_url=family_url(family),
        back_label=capfirst(str(family)),
        danger=danger,
        about=(family,),
    )


def asking(request: HttpRequest, public_id: UUID) -> RequestingFamily:
    """Return the asking family of an address, to change."""
    return _turn(request, requesting_family_for(actor_of(request), public_id, Permission.EDIT_CASES))


def offering(request: HttpRequest, public_id: UUID) -> SupportFamily:
    """Return the support family of an address, to change."""
    return _turn(request, support_family_for(actor_of(request), public_id, Permission.EDIT_CASES))


def in_turn(request: HttpRequest, family: AnyFamily, row: Row) -> Row:
    """Return something in a file, to change: whoever saves first goes first, the next one reads what it became."""
    _turn(request, family)
    if request.method == "POST":
        row.refresh_from_db()
    return row


def _turn(request: HttpRequest, family: Kind) -> Kind:
    if request.method == "POST":
        type(family)._default_manager.select_for_update(no_key=True).get(pk=family.pk)  # noqa: SLF001
        family.refresh_from_db()
    return family
