"""The start page and the agenda, over all municipalities where somebody works, and putting a line off."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.pages import page, show
from common.permissions import Permission
from core.families.action_pages import ActionPage, action_page, actor_of, sent
from core.home.agenda import agenda_page, agenda_week, dates_in
from core.home.rules import Elsewhere
from core.home.today import desk, line_about, today_page
from core.home.today_forms import SnoozeForm
from core.tasks.services import snooze_set
from tenants.accounts.models import User
from tenants.accounts.tie_services import person_from, ties_of
from tenants.context import current_scope
from tenants.elsewhere import Answer, Asking
from tenants.municipalities.selectors import is_practice

T = TypeVar("T")
Others = Sequence[tuple[Elsewhere, T | None]]


@page(Permission.VIEW_CASES, methods=("GET",))
def today(request: HttpRequest) -> HttpResponseBase:
    """Show what waits for the coordinator, here and in every other municipality where she works."""
    day = timezone.localdate()
    own = desk(day)

    def finish(others: Others[Any]) -> HttpResponse:
        actor = actor_of(request)
        context = {
            "view": today_page(own, others, day),
            "day": day,
            "first_name": actor.full_name.split(" ")[0],
            "may_edit": actor.may(Permission.EDIT_CASES),
        }
        return show(request, "home/today.html", context)

    return _everywhere(request, lambda: desk(day), finish)


@page(Permission.VIEW_CASES, methods=("GET",))
def agenda(request: HttpRequest) -> HttpResponseBase:
    """Show the dates of one week, everywhere."""
    monday = agenda_week(request.GET.get("week", ""), timezone.localdate())
    sunday = monday + timedelta(days=6)
    own = dates_in(monday, sunday)

    def finish(others: Others[Any]) -> HttpResponse:
        return show(request, "home/agenda.html", {"view": agenda_page(own, others, monday)})

    return _everywhere(request, lambda: dates_in(monday, sunday), finish)


@page(Permission.EDIT_CASES)
def snooze(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a line of the start page off, with the reason."""
    line = line_about(public_id, request.GET.get("regel", ""), timezone.localdate())
    if line is None:
        raise NotAllowed
    form = SnoozeForm(sent(request), initial={"until": _next_working_day(timezone.localdate())})

    def run() -> None:
        snooze_set(
            code=line.rule.code,
            subject_id=public_id,
            until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
            longest=line.rule.longest,
            actor=actor_of(request),
        )

    words = ActionPage(
        title=_("Even uitstellen"),
        lead=_("%(subject)s: %(reason)s.")
        % {"subject": line.signal.subject, "reason": line.reason[:1].lower() + line.reason[1:]},
        submit=_("Uitstellen"),
        done=_("Uitgesteld. De regel komt vanzelf terug."),
        back_url=reverse("home:today"),
        back_label=_("Vandaag"),
    )
    return action_page(request, words, form, run)


def _next_working_day(today: date) -> date:
    """Return a week from now: never a weekend when today is not one."""
    return today + timedelta(days=7)


def _everywhere(
    request: HttpRequest, question: Callable[[], T], finish: Callable[[Others[T]], HttpResponse]
) -> HttpResponseBase:
    """Ask the other municipalities of this person too, when there are any, and let the page be made after that."""
    actor: User = actor_of(request)
    # What is invented and what is real never stand in one list.
    here, user_id = current_scope().tenant_id, actor.pk
    ties = [tie for tie in ties_of(actor) if is_practice(tie.place_id) == is_practice(here)]
    if not ties:
        return finish([])
    if here is None:
        raise NotAllowed

    def ask_there() -> T:
        person_from(here, user_id)
        return question()

    def complete(answers: list[Answer[T]]) -> HttpResponse:
        return finish([(Elsewhere(answer.place.name, answer.place.slug), answer.said) for answer in answers])

    # The page is made after its middleware: the proof against forgery and the messages are taken before.
    get_token(request)
    list(get_messages(request))
    return Asking([tie.place_id for tie in ties], ask_there, complete)
