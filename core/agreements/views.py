"""The agreement as both families read it, to print or to show."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from common.formats import listing
from common.pages import page, show
from common.permissions import Permission
from common.vocabulary import DayPart, Frequency, SupportForm
from core.agreements.selectors import agreement_for
from core.families.action_pages import actor_of
from tenants.audit.services import audit_log


@page(Permission.VIEW_CASES, methods=("GET",))
def agreement_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one version of an agreement in plain Dutch; that somebody opened it is written down."""
    agreement = agreement_for(actor_of(request), public_id)
    coupling = agreement.coupling
    audit_log(action="agreement_viewed", subject=agreement, actor=actor_of(request))
    days = [str(part.label) for part in DayPart if part.value in agreement.day_parts]
    context = {
        "agreement": agreement,
        "coupling": coupling,
        "definitive": agreement.kind == agreement.Kind.DEFINITIVE,
        "children": listing(child.first_name or str(child) for child in coupling.children.all()),
        "support_form": SupportForm(agreement.support_form).label,
        "frequency": Frequency(agreement.frequency).label,
        "days": listing(days) if days else "",
        "back_url": reverse("couplings:coupling_detail", args=[coupling.pk]),
        "coordinator": actor_of(request).full_name,
    }
    return show(request, "agreements/agreement_print.html", context)
