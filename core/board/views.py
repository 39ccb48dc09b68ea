"""The board: a draft for everybody who waits, and what is missing. No proposal is written here."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from common.pages import page, show
from common.permissions import Permission
from core.board.choice import choice_of
from core.board.forms import BoardForm
from core.board.panels import board_page, hidden
from core.board.selectors import draft_of, progress_of, scene_for, too_large
from core.board.services import draft_ask
from core.board.shortage_panel import shortage_page
from core.board.working_out import work_out, worked_out
from core.families.action_pages import actor_of

# What a worker does for a large board: reading, and the three wishes one after the other.
STEPS = 4


@page(Permission.VIEW_CASES, methods=("GET",))
def board(request: HttpRequest) -> HttpResponse:
    """Show the best set of proposals for everybody who waits, for what the coordinator finds most important."""
    actor, choice = actor_of(request), choice_of(request.GET)
    form = BoardForm(choice=choice)
    draft = None
    if too_large(actor, choice):
        draft = draft_of(choice)
        if draft is None or draft.ready_at is None:
            context: dict[str, Any] = {
                "form": form,
                "hidden": hidden(choice),
                "choice": choice,
                "draft": draft,
            }
            if draft is not None:
                context |= {"step": progress_of(draft), "steps": STEPS, "progress_url": f"?{choice.query}"}
            return show(request, "board/large.html", context)
    scene = scene_for(actor, timezone.localdate())
    outcome = worked_out(scene, choice, draft) if draft else work_out(scene, choice)
    view = board_page(scene, choice, outcome, actor)
    return show(request, "board/board.html", {"form": form, "view": view, "draft": draft, "choice": choice})


@page(Permission.VIEW_CASES, methods=("POST",))
def ask(request: HttpRequest) -> HttpResponse:
    """Let a worker work out a board that is too large for a page."""
    choice = choice_of(request.POST)
    draft_ask(choice=choice, actor=actor_of(request))
    return HttpResponseRedirect(f"{reverse('board:board')}?{choice.query}")


@page(Permission.VIEW_CASES, methods=("GET",))
def shortages(request: HttpRequest) -> HttpResponse:
    """Show what families ask that nobody offers, and the other way round."""
    view = shortage_page(scene_for(actor_of(request), timezone.localdate()))
    return show(request, "board/shortages.html", {"view": view})
