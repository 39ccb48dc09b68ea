"""Pages of handing work over: who stands in now, a new hand-over, and the pack."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pages import attempt, page, show
from common.pagination import Page, paginate
from common.permissions import Permission
from core.families.action_pages import actor_of, sent
from core.handover.forms import HandoverForm
from core.handover.models import Handover
from core.handover.selectors import counting, handover_for, handovers, pack
from core.handover.services import hand_over, handover_end
from tenants.audit.services import audit_log


@page(Permission.VIEW_CASES, methods=("GET",))
def handover_list(request: HttpRequest) -> HttpResponse:
    """Show who stands in for whom, now and before."""
    found: Page[Handover] = paginate(request, handovers())
    now = set(counting(timezone.localdate()).values_list("pk", flat=True))
    context = {
        "page": found,
        "rows": [(row, row.pk in now) for row in found.items],
        "today": timezone.localdate(),
        "may_edit": actor_of(request).may(Permission.EDIT_CASES),
    }
    return show(request, "handover/list.html", context)


@page(Permission.EDIT_CASES)
def handover_new(request: HttpRequest) -> HttpResponse:
    """Hand work over."""
    actor = actor_of(request)
    form = HandoverForm(sent(request), actor=actor)

    def run() -> str:
        made = hand_over(**form.handed(), actor=actor)
        return reverse("handover:detail", args=[made.pk])

    if form.is_bound and form.is_valid():
        done = attempt(request, form, run, done=_("Overgedragen. Je collega ziet dit pakket."))
        if done:
            return done
    return show(request, "handover/new.html", {"form": form}, form)


@page(Permission.VIEW_CASES, methods=("GET",))
def handover_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the pack: open promises, last talks, next dates."""
    actor = actor_of(request)
    handover = handover_for(actor, public_id)
    audit_log(action="handover_viewed", subject=handover, actor=actor)
    today = timezone.localdate()
    over = handover.ended_on is not None or (handover.until is not None and handover.until < today)
    context = {
        "handover": handover,
        "over": over,
        "parts": [] if over else pack(),
        "may_edit": actor.may(Permission.EDIT_CASES),
    }
    return show(request, "handover/detail.html", context)


@page(Permission.EDIT_CASES, methods=("POST",))
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take work back."""
    actor = actor_of(request)
    handover_end(handover=handover_for(actor, public_id, Permission.EDIT_CASES), actor=actor)
    messages.success(request, _("De overdracht is beëindigd."))
    return HttpResponseRedirect(reverse("handover:list"))
