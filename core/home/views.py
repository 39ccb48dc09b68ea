"""The file of a coupling."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from common.pages import page, show
from common.permissions import Permission
from core.couplings.selectors import coupling_for
from core.families.action_pages import actor_of
from core.home.coupling_panel import VIEWED, coupling_file
from tenants.audit.services import audit_log


@page(Permission.VIEW_CASES, methods=("GET",))
def coupling_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the file of a coupling; that somebody looked is written down."""
    actor = actor_of(request)
    coupling = coupling_for(actor, public_id)
    audit_log(action=VIEWED, subject=coupling, actor=actor)
    return show(request, "home/coupling_detail.html", {"view": coupling_file(coupling, actor)})
