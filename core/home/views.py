"""The start page of a coordinator, the list of couplings and the file of a coupling."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pages import page, show
from common.pagination import Page, paginate
from common.permissions import Permission
from core.couplings.selectors import coupling_for, couplings
from core.couplings.workflow import RUNNING, CouplingStatus
from core.families.action_pages import actor_of
from core.home.coupling_panel import coupling_file, coupling_rows
from core.home.today import today_page
from tenants.audit.services import audit_log

# The tabs of the list: the word in the address, what it says, and which states it holds.
TABS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("", "Lopend", RUNNING),
    ("kennismaking", "Kennismaking", frozenset({CouplingStatus.INTRODUCTION})),
    ("proef", "Proefperiode", frozenset({CouplingStatus.TRIAL})),
    ("gekoppeld", "Gekoppeld", frozenset({CouplingStatus.COUPLED})),
    ("voorbij", "Voorbij", frozenset({CouplingStatus.ENDED, CouplingStatus.NOT_CONTINUED})),
)


@page(Permission.VIEW_CASES, methods=("GET",))
def today(request: HttpRequest) -> HttpResponse:
    """Show what waits for the coordinator."""
    day = timezone.localdate()
    context = {
        "view": today_page(day),
        "day": day,
        "first_name": actor_of(request).full_name.split(" ")[0],
        "may_edit": actor_of(request).may(Permission.EDIT_CASES),
    }
    return show(request, "home/today.html", context)


@page(Permission.VIEW_CASES, methods=("GET",))
def coupling_list(request: HttpRequest) -> HttpResponse:
    """List couplings with their phase and next talk."""
    chosen = request.GET.get("stand", "")
    statuses = next((states for word, _text, states in TABS if word == chosen), RUNNING)
    order = (F("ended_on").desc(nulls_last=True),) if chosen == "voorbij" else (F("introduced_on").desc(),)
    found: Page[Any] = paginate(request, couplings(statuses=statuses).order_by(*order, "pk"))
    context = {
        "page": found,
        "rows": coupling_rows(found.items),
        "tabs": [
            (f"?stand={word}" if word else "?", _(text), word == chosen) for word, text, _states in TABS
        ],
        "over": chosen == "voorbij",
    }
    return show(request, "home/coupling_list.html", context)


@page(Permission.VIEW_CASES, methods=("GET",))
def coupling_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the file of a coupling; that somebody looked is written down."""
    actor = actor_of(request)
    coupling = coupling_for(actor, public_id)
    audit_log(action="coupling_viewed", subject=coupling, actor=actor)
    return show(request, "home/coupling_detail.html", {"view": coupling_file(coupling, actor)})
