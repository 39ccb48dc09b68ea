"""The file pages of both kinds of families, the list of support families, and closing a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.pages import page, show
from common.pagination import Page, paginate
from common.permissions import Permission
from core.families.action_pages import action_page, actor_of, asking, file_page, offering, sent
from core.families.forms import SearchForm
from core.families.models import SupportFamily
from core.families.presentation import STATUS_KINDS
from core.families.record_forms import CloseForm
from core.families.selectors import VIEWED, requesting_family_for, support_families, support_family_for
from core.families.workflow import SupportStatus
from core.home.file_services import requesting_file_close, support_file_close
from core.home.panels import requesting_file, support_file
from core.intake.models import SupportOffer
from core.matching.models import MatchProposal
from core.matching.selectors import taken_places
from core.vog.selectors import families_without_valid_vog
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


@dataclass(frozen=True, slots=True)
class SupportRow:
    """A support family in the list, with what is easily forgotten about it."""

    family: SupportFamily
    never_proposed: bool
    vog_missing: int
    capacity: int | None = None
    free: int = 0

    @property
    def status_kind(self) -> str:
        """Return the colour of the status."""
        return STATUS_KINDS[SupportStatus(self.family.status)]

    @property
    def days(self) -> int:
        """Return for how long the family has been with us."""
        return (timezone.localdate() - self.family.registered_on).days


@page(Permission.VIEW_CASES, methods=("GET",))
def support_list(request: HttpRequest) -> HttpResponse:
    """List support families, with a hint at those that were never thought of."""
    form = SearchForm(request.GET, statuses=[("", gettext_lazy("alle lopende")), *SupportStatus.choices])
    search, status = form.wanted
    families: Page[Any] = paginate(
        request, support_families(search=search, statuses=[status] if status else [])
    )
    return show(
        request,
        "home/support_list.html",
        {
            "form": form,
            "page": families,
            "rows": _rows(families.items),
            "searched": bool(search or status),
            "may_edit": actor_of(request).may(Permission.EDIT_CASES),
        },
    )


def _rows(families: Iterable[SupportFamily]) -> list[SupportRow]:
    shown = list(families)
    ids = [family.pk for family in shown]
    proposed = set(
        MatchProposal.objects.filter(support_family__in=ids)
        .order_by()
        .values_list("support_family", flat=True)
    )
    missing = families_without_valid_vog(ids, timezone.localdate())
    capacities = dict(SupportOffer.objects.filter(family__in=ids).values_list("family", "capacity"))
    taken = taken_places(ids)
    return [
        SupportRow(
            family=family,
            never_proposed=family.status == SupportStatus.AVAILABLE and family.pk not in proposed,
            vog_missing=len(missing.get(family.pk, ())) if family.status in VOG_MATTERS else 0,
            capacity=capacities.get(family.pk),
            free=max(0, capacities.get(family.pk, 0) - taken.get(family.pk, 0)),
        )
        for family in shown
    ]


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
