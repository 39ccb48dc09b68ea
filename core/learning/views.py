"""Help, the tour, and practising: who is there, starting again, and the mail that was not sent."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from common import problem
from common.errors import InvalidInput
from common.pages import View, page, show
from common.permissions import Permission
from core.families.action_pages import actor_of
from core.learning.forms import TourForm
from core.learning.selectors import (
    PARTS,
    examples,
    kept_mails,
    last_reset,
    practice_place,
    progress_of,
    tour_of,
)
from core.learning.services import practice_reset_ask, tour_stop, tour_walk
from core.learning.tour import LAST, STEPS
from core.learning.workflow import ResetStatus
from tenants.context import current_scope
from tenants.municipalities.selectors import is_practice


def practice_page(
    permission: Permission, *, methods: tuple[str, ...] = ("GET", "POST")
) -> Callable[[View[[]]], View[[]]]:
    """Guard a page as `page` does; in a municipality with real people it is not there, whatever the method."""

    def decorate(view: View[[]]) -> View[[]]:
        guarded = page(permission, methods=methods)(view)

        @wraps(guarded)
        def there(request: HttpRequest) -> HttpResponseBase:
            if request.user.is_authenticated and not is_practice(current_scope().tenant_id):
                return problem.error_page(HTTPStatus.NOT_FOUND)
            return guarded(request)

        return there

    return decorate


@page(Permission.VIEW_CASES, methods=("GET",))
def help_page(request: HttpRequest) -> HttpResponse:
    """Say where the explanations are, and where to practise."""
    actor = actor_of(request)
    here = is_practice(current_scope().tenant_id)
    school, tied = (None, False) if here else practice_place(actor)
    context = {
        "here": here,
        "school": school,
        "tied": tied,
        "progress": tour_of(actor) if here else None,
        "steps": STEPS,
        "may_edit": actor.may(Permission.EDIT_CASES),
    }
    return show(request, "learning/help.html", context)


@practice_page(Permission.VIEW_CASES, methods=("GET",))
def practice(request: HttpRequest) -> HttpResponse:
    """Show everybody there is to practise with, and how far starting again is."""
    reset = last_reset()
    running = reset is not None and reset.status == ResetStatus.ASKED
    context = {
        "examples": examples(),
        "reset": reset,
        "running": running,
        "part": progress_of(reset.pk) if reset and running else 0,
        "parts": PARTS,
        "may_edit": actor_of(request).may(Permission.EDIT_CASES),
    }
    return show(request, "learning/practice.html", context)


@practice_page(Permission.EDIT_CASES)
def reset(request: HttpRequest) -> HttpResponse:
    """Ask whether it is really meant, then have everything made anew."""
    if request.method == "POST":
        practice_reset_ask(actor=actor_of(request))
        return HttpResponseRedirect(reverse("learning:practice"))
    return show(request, "learning/reset.html")


@practice_page(Permission.VIEW_CASES, methods=("GET",))
def mails(request: HttpRequest) -> HttpResponse:
    """Show the mail that would have been sent."""
    return show(request, "learning/mails.html", {"mails": kept_mails()})


@practice_page(Permission.VIEW_CASES, methods=("POST",))
def tour(request: HttpRequest) -> HttpResponse:
    """Begin the tour, go on, go back or stop; then show the page it is about."""
    actor = actor_of(request)
    form = TourForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("Deze stap van de rondleiding bestaat niet."))
    if form.cleaned_data["stop"]:
        finished = form.cleaned_data["stop"] == "end"
        tour_stop(finished=finished, actor=actor)
        messages.success(
            request,
            _("Dat was de rondleiding. Je kunt haar bij Hulp nog eens doen.")
            if finished
            else _("De rondleiding is gestopt. Bij Hulp ga je verder waar je was."),
        )
        return HttpResponseRedirect(reverse("learning:help"))
    known = tour_of(actor)
    progress = tour_walk(step=form.cleaned_data["step"] or (known.step if known else 1), actor=actor)
    return HttpResponseRedirect(STEPS[min(progress.step, LAST) - 1].address())
