"""What every dossier has besides its own page: everything that happened in it, and its files."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Text
from common.pages import page, show
from common.pagination import Page, paginate
from common.permissions import Permission
from core.couplings.selectors import coupling_for
from core.families.action_pages import ActionPage, action_page, actor_of, asking, family_url, offering, sent
from core.families.models import AnyFamily
from core.families.selectors import VIEWED, requesting_family_for, support_family_for
from core.files.selectors import file_policy
from core.files.services import file_add
from core.home.coupling_panel import VIEWED as COUPLING_VIEWED
from core.home.coupling_panel import coupling_file
from core.home.forms import AttachForm
from core.home.panels import requesting_file, support_file
from core.home.timeline import Entry, Sort
from tenants.audit.services import audit_log
from tenants.models import ScopedModel

TABS: tuple[tuple[str, Text], ...] = (
    ("", gettext_lazy("Alles")),
    (Sort.STEP, gettext_lazy("Stappen")),
    (Sort.TALK, gettext_lazy("Gesprekken en notities")),
    (Sort.LETTER, gettext_lazy("Brieven en mails")),
    (Sort.CHANGE, gettext_lazy("Wijzigingen")),
    (Sort.THING, gettext_lazy("Bestanden en taken")),
)
PER_PAGE = 40


# ------------------------------------------------------------------------------------------------- everything in time


@page(Permission.VIEW_CASES, methods=("GET",))
def requesting_timeline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show everything that happened in the file of an asking family."""
    actor = actor_of(request)
    family = requesting_family_for(actor, public_id)
    audit_log(action=VIEWED, subject=family, actor=actor, purpose="verloop")
    file = requesting_file(family, actor)
    return _timeline(request, file.timeline, name=file.name, url=file.url)


@page(Permission.VIEW_CASES, methods=("GET",))
def support_timeline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show everything that happened in the file of a support family."""
    actor = actor_of(request)
    family = support_family_for(actor, public_id)
    audit_log(action=VIEWED, subject=family, actor=actor, purpose="verloop")
    file = support_file(family, actor)
    return _timeline(request, file.timeline, name=file.name, url=file.url)


@page(Permission.VIEW_CASES, methods=("GET",))
def coupling_timeline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show everything that happened in a coupling."""
    actor = actor_of(request)
    coupling = coupling_for(actor, public_id)
    audit_log(action=COUPLING_VIEWED, subject=coupling, actor=actor, purpose="verloop")
    file = coupling_file(coupling, actor)
    url = reverse("couplings:coupling_detail", args=[coupling.pk])
    return _timeline(request, file.timeline, name=file.title, url=url)


def _timeline(request: HttpRequest, entries: list[Entry], *, name: str, url: str) -> HttpResponse:
    chosen = request.GET.get("soort", "")
    known = chosen in {word for word, _text in TABS}
    wanted = [entry for entry in entries if not chosen or entry.sort == chosen] if known else entries
    shown: Page[Entry] = paginate(request, wanted, per_page=PER_PAGE)
    tabs = [(f"?soort={word}" if word else "?", text, word == chosen) for word, text in TABS]
    context = {"name": name, "url": url, "page": shown, "tabs": tabs}
    return show(request, "home/timeline.html", context)


# -------------------------------------------------------------------------------------------------------------- files


@page(Permission.EDIT_CASES)
def requesting_file_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a file to the dossier of an asking family."""
    family = asking(request, public_id)
    return _upload(
        request, family, back_url=family_url(family), back_label=capfirst(str(family)), about=(family,)
    )


@page(Permission.EDIT_CASES)
def support_file_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a file to the dossier of a support family."""
    family = offering(request, public_id)
    return _upload(
        request, family, back_url=family_url(family), back_label=capfirst(str(family)), about=(family,)
    )


@page(Permission.EDIT_CASES)
def coupling_file_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a file to a coupling."""
    coupling = coupling_for(actor_of(request), public_id, Permission.EDIT_CASES)
    label = _("%(family)s en %(support)s") % {
        "family": capfirst(coupling.family.name),
        "support": capfirst(coupling.support_family.name),
    }
    url = reverse("couplings:coupling_detail", args=[coupling.pk])
    about = (coupling.family, coupling.support_family)
    return _upload(request, coupling, back_url=url, back_label=label, about=about)


def _upload(
    request: HttpRequest,
    subject: ScopedModel,
    *,
    back_url: str,
    back_label: str,
    about: Sequence[AnyFamily],
) -> HttpResponse:
    words = ActionPage(
        title=_("Bestand toevoegen"),
        submit=_("Bestand toevoegen"),
        done=_("Het bestand is toegevoegd."),
        back_url=back_url,
        back_label=back_label,
        about=about,
    )
    form = AttachForm(
        sent(request),
        request.FILES if request.method == "POST" else None,
        most=file_policy().max_megabytes,
        too_large=getattr(request, "upload_too_large", False),
    )

    def run() -> None:
        clean = form.cleaned_data
        file_add(
            subject=subject,
            content=clean["file"],
            name=clean["file"].name,
            note=clean["note"],
            sure=clean["sure"],
            actor=actor_of(request),
        )

    return action_page(request, words, form, run, template="files/upload.html")
