"""The lists of the coordinator as pages and as files, and keeping a support family warm."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.language import written
from common.pages import page
from common.permissions import Permission
from core.families.action_pages import ActionPage, action_page, actor_of, offering, sent
from core.families.models import ContactNote, SupportFamily
from core.families.record_services import note_add
from core.home.deeds import Deed
from core.home.forms import WarmForm
from core.home.letters import desk_of, values_for
from core.home.lists import couplings, proposals, support, vog, waiting
from core.home.lists.support import last_heard, silence
from core.home.warm import deed_for
from core.letters.kinds import LETTER_KINDS
from core.letters.paper import blocks_of
from core.letters.selectors import deeds_of
from core.letters.services import deed_note
from core.lists.frame import ListDefinition
from core.lists.models import ListName
from core.lists.pages import export_page, list_page
from core.matching.models import MatchProposal
from tenants.context import atomic
from tenants.standards.selectors import current
from tenants.standards.wording import filled

# Every list, and where it stands.
LISTS: dict[str, tuple[ListDefinition, str]] = {
    ListName.WAITING: (waiting.WAITING, "home:waiting"),
    ListName.REQUESTING: (waiting.ALL, "families:requesting_list"),
    ListName.SUPPORT: (support.LIST, "families:support_list"),
    ListName.COUPLINGS: (couplings.LIST, "couplings:coupling_list"),
    ListName.VOG: (vog.LIST, "home:vog"),
    ListName.PROPOSALS: (proposals.LOG, "home:proposal_log"),
}


@page(Permission.VIEW_CASES, methods=("GET",))
def waiting_list(request: HttpRequest) -> HttpResponse:
    """List who waits for a support family, the longest wait first."""
    return list_page(request, waiting.WAITING, actor=actor_of(request))


@page(Permission.VIEW_CASES, methods=("GET",))
def requesting_list(request: HttpRequest) -> HttpResponse:
    """List all asking families."""
    return list_page(request, waiting.ALL, actor=actor_of(request), template="home/requesting_list.html")


@page(Permission.VIEW_CASES, methods=("GET",))
def support_list(request: HttpRequest) -> HttpResponse:
    """List support families: available, pausing, never proposed, silent."""
    return list_page(request, support.LIST, actor=actor_of(request), template="home/support_list.html")


@page(Permission.VIEW_CASES, methods=("GET",))
def coupling_list(request: HttpRequest) -> HttpResponse:
    """List couplings with their phase, next talk and two years."""
    return list_page(request, couplings.LIST, actor=actor_of(request))


@page(Permission.VIEW_CASES, methods=("GET",))
def vog_list(request: HttpRequest) -> HttpResponse:
    """List every adult who needs a VOG, what ends first on top."""
    return list_page(request, vog.LIST, actor=actor_of(request), template="home/vog_list.html")


@page(Permission.VIEW_CASES, methods=("GET",))
def proposal_log(request: HttpRequest) -> HttpResponse:
    """List every proposal there was, with who said no and why."""
    return list_page(request, proposals.LOG, actor=actor_of(request))


@page(Permission.EDIT_CASES)
def export(request: HttpRequest, list_name: str) -> HttpResponse:
    """Hand over a list as a file, with its purpose in the log."""
    if list_name not in LISTS:
        raise NotAllowed
    definition, url_name = LISTS[list_name]
    return export_page(request, definition, actor=actor_of(request), back_url=reverse(url_name))


# --------------------------------------------------------------------------------------------------- keeping warm


@page(Permission.EDIT_CASES)
def support_warm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Suggest a small deed for a silent support family, with words for a mail; write down what was done."""
    family = offering(request, public_id)
    weeks, deed = _silence(family)
    desk = desk_of(family)
    person = desk.people[0]
    values = values_for(desk, person, actor=actor_of(request), municipality=_municipality(request))
    form = WarmForm(
        sent(request), initial={"kind": ContactNote.Kind.CALL, "text": capfirst(written(deed.short))}
    )

    @atomic()
    def run() -> None:
        deed_note(
            family=family,
            code=deed.code,
            done_on=form.cleaned_data["happened_on"],
            actor=actor_of(request),
        )
        note_add(
            family=family,
            kind=form.cleaned_data["kind"],
            happened_on=form.cleaned_data["happened_on"],
            text=form.cleaned_data["text"],
            actor=actor_of(request),
        )

    page_words = ActionPage(
        title=_("%(family)s warm houden") % {"family": capfirst(str(family))},
        lead=str(deed.long),
        submit=_("Vastleggen"),
        done=_("Vastgelegd. Fijn dat je aan ze dacht."),
        back_url=f"{reverse('families:support_list')}?stil=8&sorteer=-stil",
        back_label=_("Warm houden"),
        about=(family,),
    )
    context = {
        "family": family,
        "adult": next((one for one in family.adults.all() if one.phone or one.email), None),
        "silent": silence(weeks),
        "blocks": blocks_of(filled(current(deed.kind.value).content["text"], values)),
        "topic": written(LETTER_KINDS[deed.kind.value].topic.label),
        "mail": bool(person.email),
        "write_url": desk.write_url(deed.kind.value),
    }
    return action_page(request, page_words, form, run, template="home/support_warm.html", **context)


def _silence(family: SupportFamily) -> tuple[int, Deed]:
    today = timezone.localdate()
    weeks = (today - last_heard([family.pk])[family.pk]).days // 7
    proposed = MatchProposal.objects.filter(support_family=family).exists()
    deed = deed_for(
        weeks=weeks,
        never_proposed=not proposed,
        paused_until=family.paused_until,
        today=today,
        done=deeds_of([family.pk]).get(family.pk, ()),
    )
    return weeks, deed


def _municipality(request: HttpRequest) -> str:
    municipality: Any = getattr(request, "municipality", None)
    return municipality.name if municipality is not None else ""
