"""The agreement as both families read it, on the screen and on paper; who said yes; and the calendars."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.pages import page, public_page, show
from common.pdf import available, pdf
from common.permissions import Permission
from core.agreements.calendar import CONTENT_TYPE, calendar_text
from core.agreements.forms import AcceptForm
from core.agreements.models import CouplingAgreement, Party
from core.agreements.paper import Paper, file_name, next_times, paper_of
from core.agreements.selectors import (
    agreement_for,
    calendar_for,
    calendar_of_address,
    calendars_of,
    in_force,
    parties_to_ask,
)
from core.agreements.services import agreement_accept, calendar_make, calendar_read, calendar_revoke
from core.couplings.selectors import coupling_for
from core.couplings.workflow import RUNNING
from core.families.action_pages import ActionPage, action_page, actor_of, sent
from tenants.audit.services import audit_log
from tenants.standards.holidays import known_until

# Where a new secret address waits for the one page that shows it.
NEW_ADDRESS = "calendar_address"


@page(Permission.VIEW_CASES, methods=("GET",))
def agreement_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one version of an agreement in plain Dutch; that somebody opened it is written down."""
    agreement = agreement_for(actor_of(request), public_id)
    audit_log(action="agreement_viewed", subject=agreement, actor=actor_of(request))
    may_edit = actor_of(request).may(Permission.EDIT_CASES)
    today = timezone.localdate()
    holds = any(
        one.pk == agreement.pk and (until is None or until >= today)
        for one, until in in_force(agreement.coupling)
    )
    context = {
        "agreement": agreement,
        "paper": _paper(request, agreement),
        "back_url": reverse("couplings:coupling_detail", args=[agreement.coupling.pk]),
        "pdf_url": reverse("agreements:pdf", args=[agreement.pk]) if available() else "",
        "accept_url": reverse("agreements:accept", args=[agreement.pk])
        if may_edit and parties_to_ask(agreement)
        else "",
        "next_times": next_times(agreement, today) if holds else [],
        "holidays_until": known_until(agreement.holiday_region) if agreement.holiday_region else None,
        "calendars_url": reverse("agreements:calendars", args=[agreement.coupling.pk])
        if may_edit and agreement.coupling.status in RUNNING
        else "",
    }
    return show(request, "agreements/agreement_print.html", context)


@page(Permission.VIEW_CASES, methods=("GET",))
def agreement_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand out one version of an agreement as a PDF that everybody can read, screen readers too."""
    agreement = agreement_for(actor_of(request), public_id)
    made = pdf("agreements/agreement_pdf.html", {"paper": _paper(request, agreement)})
    audit_log(action="agreement_exported", subject=agreement, actor=actor_of(request), purpose="pdf")
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name(agreement)}"'},
    )


@page(Permission.EDIT_CASES)
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that one family says yes."""
    agreement = agreement_for(actor_of(request), public_id, Permission.EDIT_CASES)
    form = AcceptForm(sent(request), parties=parties_to_ask(agreement) or list(Party))

    def run() -> None:
        agreement_accept(agreement=agreement, **form.cleaned_data, actor=actor_of(request))

    words = ActionPage(
        title=_("Akkoord vastleggen"),
        lead=_("Voor versie %(version)d van de afspraken.") % {"version": agreement.version},
        submit=_("Akkoord vastleggen"),
        done=_("Het akkoord is vastgelegd."),
        back_url=reverse("agreements:print", args=[agreement.pk]),
        back_label=_("Afspraken"),
    )
    return action_page(request, words, form, run)


def _paper(request: HttpRequest, agreement: CouplingAgreement) -> Paper:
    municipality: Any = getattr(request, "municipality", None)
    return paper_of(agreement, municipality=municipality.name if municipality is not None else "")


# ---------------------------------------------------------------------------------------------------------- calendars


@page(Permission.EDIT_CASES)
def calendars(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show which family follows the agreed days in its calendar, and make an address for one."""
    coupling = coupling_for(actor_of(request), public_id, Permission.EDIT_CASES)
    if request.method == "POST":
        party = request.POST.get("party", "")
        token = calendar_make(coupling=coupling, party=party, actor=actor_of(request))
        # Told once, on the next page: afterwards nobody can find it any more, and neither can we.
        request.session[NEW_ADDRESS] = [str(coupling.pk), party, token]
        messages.success(request, _("Het adres is gemaakt. Geef het nu door: je ziet het maar een keer."))
        return HttpResponseRedirect(request.path)
    live = calendars_of(coupling)
    rows = [
        {"party": party, "label": capfirst(str(party.label)), "calendar": live.get(party.value)}
        for party in Party
    ]
    context = {
        "coupling": coupling,
        "rows": rows,
        "new": _new_address(request, coupling.pk),
        "running": coupling.status in RUNNING,
        "back_url": reverse("couplings:coupling_detail", args=[coupling.pk]),
    }
    return show(request, "agreements/calendars.html", context)


def _new_address(request: HttpRequest, coupling: UUID) -> dict[str, str] | None:
    """Return an address that was made just now, and forget it."""
    known, party, token = request.session.get(NEW_ADDRESS) or ("", "", "")
    if known != str(coupling):
        return None
    del request.session[NEW_ADDRESS]
    path = reverse("agreements:calendar", args=[token])
    return {"party": str(Party(party).label), "address": request.build_absolute_uri(path)}


@page(Permission.EDIT_CASES, methods=("POST",))
def calendar_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let an address stop working."""
    calendar = calendar_for(actor_of(request), public_id)
    calendar_revoke(calendar=calendar, actor=actor_of(request))
    messages.success(request, _("Het adres werkt niet meer."))
    return HttpResponseRedirect(reverse("agreements:calendars", args=[calendar.coupling_id]))


@public_page(methods=("GET",))
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give the calendar of a secret address to whoever knows it; there is no name in it."""
    del request
    calendar = calendar_of_address(token)
    calendar_read(calendar=calendar)
    return HttpResponse(
        calendar_text(calendar),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": 'inline; filename="steunafspraken.ics"', "X-Robots-Tag": "noindex"},
    )
