"""The file pages of both kinds of families, the list of support families, and closing a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.pages import page, show
from common.permissions import Permission
from core.families.action_pages import action_page, actor_of, asking, file_page, offering, sent
from core.families.record_forms import CloseForm
from core.families.selectors import VIEWED, requesting_family_for, support_family_for
from core.families.workflow import SupportStatus
from core.home.file_services import requesting_file_close, support_file_close
from core.home.panels import requesting_file, support_file
from tenants.audit.services import audit_log

# Before the home visit nobody was asked for a VOG yet, and who stopped needs none.
VOG_MATTERS = frozenset({SupportStatus.SCREENING, SupportStatus.AVAILABLE, SupportStatus.PAUSED})


@page(Permission.VIEW_CASES, methods=("GET",))
def requesting_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the file of an asking family; that somebody looked is written down."""
    family = requesting_family_for(actor_of(request), public_id)
    audit_log(action=VIEWED, subject=family, actor=actor_of(request))
    return show(request, "home/requesting_detail.html", {"file": requesting_file(family, actor_of(request))})


@page(Permission.VIEW_CASES, methods=("GET",))
def support_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the file of a support family; that somebody looked is written down."""
    family = support_family_for(actor_of(request), public_id)
    audit_log(action=VIEWED, subject=family, actor=actor_of(request))
    return show(request, "home/support_detail.html", {"file": support_file(family, actor_of(request))})


@page(Permission.EDIT_CASES)
def requesting_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close the file of an asking family."""
    family = asking(request, public_id)
    form = CloseForm(sent(request), label=_("Afgesloten op"))

    def run() -> None:
        clean = form.cleaned_data
        requesting_file_close(
            family=family,
            reason=clean["reason"],
            closed_on=clean["day"],
            note=clean["note"],
            actor=actor_of(request),
        )

    words = file_page(
        family,
        title=_("Dossier afsluiten"),
        lead=_(
            "Het gezin komt van de lijsten af. Je kunt het dossier later heropenen als er een intake is geweest."
        ),
        submit=_("Dossier afsluiten"),
        done=_("Het dossier is afgesloten."),
        danger=True,
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def support_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that a support family stops."""
    family = offering(request, public_id)
    form = CloseForm(sent(request), label=_("Gestopt op"))

    def run() -> None:
        clean = form.cleaned_data
        support_file_close(
            family=family,
            reason=clean["reason"],
            left_on=clean["day"],
            note=clean["note"],
            actor=actor_of(request),
        )

    words = file_page(
        family,
        title=_("Stopt als steungezin"),
        lead=_("Bedank het gezin. Wil het later weer meedoen, dan pak je het contact hier weer op."),
        submit=_("Vastleggen dat dit gezin stopt"),
        done=_("Vastgelegd dat dit gezin stopt."),
        danger=True,
    )
    return action_page(request, words, form, run)
