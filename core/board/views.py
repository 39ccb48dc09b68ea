"""The board: a draft for everybody who waits, and what is missing. Nothing is written here."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.pages import page, show
from common.permissions import Permission
from core.board.choice import choice_of
from core.board.forms import BoardForm
from core.board.panels import board_page
from core.board.selectors import scene_for
from core.board.shortage_panel import shortage_page
from core.board.working_out import work_out
from core.families.action_pages import actor_of


@page(Permission.VIEW_CASES, methods=("GET",))
def board(request: HttpRequest) -> HttpResponse:
    """Show the best set of proposals for everybody who waits, for what the coordinator finds most important."""
    actor, choice = actor_of(request), choice_of(request.GET)
    scene = scene_for(actor, timezone.localdate())
    view = board_page(scene, choice, work_out(scene, choice), actor)
    return show(request, "board/board.html", {"form": BoardForm(choice=choice), "view": view})


@page(Permission.VIEW_CASES, methods=("GET",))
def shortages(request: HttpRequest) -> HttpResponse:
    """Show what families ask that nobody offers, and the other way round."""
    view = shortage_page(scene_for(actor_of(request), timezone.localdate()))
    return show(request, "board/shortages.html", {"view": view})
