"""The protected path of a concern: raising it, the five steps, closing it. Who may not know of one finds nothing."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.forms import NaoberForm
from common.pages import attempt, page, show
from common.pagination import Page, paginate
from common.permissions import Permission
from core.couplings.models import Coupling
from core.couplings.selectors import coupling_for
from core.families.action_pages import ActionPage, action_page, actor_of, family_url, sent
from core.families.models import AnyFamily
from core.families.selectors import requesting_family_for, support_family_for
from core.safeguarding.forms import CloseForm, HandOverForm, RaiseForm, ReopenForm, StepForm
from core.safeguarding.models import Concern, EntryKind
from core.safeguarding.presentation import STEP_ADVICE, STEP_WORDS, ConcernLine, concern_file
from core.safeguarding.selectors import (
    Subject,
    concern_for,
    concerns,
    concerns_about,
    subject_name,
)
from core.safeguarding.services import (
    concern_close,
    concern_hand_over,
    concern_raise,
    concern_reopen,
    concern_step,
)
from core.safeguarding.workflow import ConcernStatus
from tenants.audit.services import audit_log

CLOSED = "afgesloten"
# At these steps the number of Veilig Thuis stands on the page.
CALL_AT = frozenset({EntryKind.CONSULT, EntryKind.DECIDE})


@page(Permission.HANDLE_CONCERNS, methods=("GET",))
def concern_list(request: HttpRequest) -> HttpResponse:
    """List the concerns that this person handles or oversees."""
    closed = request.GET.get("stand") == CLOSED
    status = ConcernStatus.CLOSED if closed else ConcernStatus.OPEN
    found: Page[Any] = paginate(request, concerns(actor_of(request), status=status))
    today = timezone.localdate()
    context = {
        "page": found,
        "lines": [ConcernLine.of(concern, today) for concern in found.items],
        "closed": closed,
        "open": not closed,
        "oversees": actor_of(request).may(Permission.OVERSEE_CONCERNS),
    }
    return show(request, "safeguarding/concern_list.html", context)


@page(Permission.HANDLE_CONCERNS, methods=("GET",))
def concern_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one concern; that somebody looked is written down."""
    concern = concern_for(actor_of(request), public_id)
    audit_log(action="concern_viewed", subject=concern, actor=actor_of(request))
    return show(
        request, "safeguarding/concern_detail.html", {"file": concern_file(concern, timezone.localdate())}
    )


# ----------------------------------------------------------------------------------------------------------- raising


@page(Permission.HANDLE_CONCERNS)
def raise_requesting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Raise a concern about an asking family."""
    family = requesting_family_for(actor_of(request), public_id)
    return _raise(request, family, back_url=family_url(family), back_label=capfirst(str(family)))


@page(Permission.HANDLE_CONCERNS)
def raise_support(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Raise a concern about a support family."""
    family = support_family_for(actor_of(request), public_id)
    return _raise(request, family, back_url=family_url(family), back_label=capfirst(str(family)))


@page(Permission.HANDLE_CONCERNS)
def raise_coupling(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Raise a concern about a coupling."""
    coupling = coupling_for(actor_of(request), public_id)
    url = reverse("couplings:coupling_detail", args=[coupling.pk])
    return _raise(request, coupling, back_url=url, back_label=_("Koppeling"))


def _raise(request: HttpRequest, subject: Subject, *, back_url: str, back_label: str) -> HttpResponse:
    form = RaiseForm(sent(request))
    form.about = [subject.family, subject.support_family] if isinstance(subject, Coupling) else [subject]

    def run() -> str:
        concern = concern_raise(subject=subject, data=form.concern(), actor=actor_of(request))
        return _url(concern)

    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, run, done=_("De zorg is vastgelegd. Alleen wie meekijkt, ziet hem."))
        if done:
            return done
    today = timezone.localdate()
    context = {
        "form": form,
        "about": subject_name(subject),
        "known": [ConcernLine.of(concern, today) for concern in concerns_about(actor_of(request), subject)],
        "back_url": back_url,
        "back_label": back_label,
    }
    return show(request, "safeguarding/raise.html", context, form)


# ----------------------------------------------------------------------------------------------------------- handling


@page(Permission.HANDLE_CONCERNS)
def step(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Write down one of the five steps."""
    concern = concern_for(actor_of(request), public_id)
    kind = next((kind for kind, word in STEP_WORDS.items() if word == step), None)
    if kind is None:
        raise Http404
    form = StepForm(sent(request), kind=kind)

    def run() -> None:
        concern_step(
            concern=concern,
            data=form.step(),
            next_on=form.cleaned_data["next_on"],
            actor=actor_of(request),
        )

    number = list(STEP_WORDS).index(kind) + 1
    words = _words(
        concern,
        title=_("Stap %(number)s: %(step)s") % {"number": number, "step": EntryKind(kind).label},
        submit=_("Stap vastleggen"),
        done=_("De stap is vastgelegd."),
    )
    return action_page(
        request,
        words,
        form,
        run,
        template="safeguarding/step.html",
        advice=STEP_ADVICE[kind],
        show_advice=kind in CALL_AT,
    )


@page(Permission.HANDLE_CONCERNS)
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close a concern."""
    concern = concern_for(actor_of(request), public_id)
    form = CloseForm(sent(request))
    words = _words(
        concern,
        title=_("Zorg afsluiten"),
        lead=_("Dat kan als er een besluit is en het kind veilig is. Heropenen kan altijd."),
        submit=_("Afsluiten"),
        done=_("De zorg is afgesloten."),
    )

    def run() -> None:
        concern_close(concern=concern, **form.cleaned_data, actor=actor_of(request))

    return action_page(request, words, form, run)


@page(Permission.HANDLE_CONCERNS)
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open a closed concern again."""
    concern = concern_for(actor_of(request), public_id)
    form: NaoberForm = ReopenForm(sent(request))
    words = _words(
        concern,
        title=_("Zorg heropenen"),
        lead=_("Er zijn nieuwe signalen."),
        submit=_("Heropenen"),
        done=_("De zorg is weer open."),
    )

    def run() -> None:
        concern_reopen(concern=concern, text=form.cleaned_data["text"], actor=actor_of(request))

    return action_page(request, words, form, run)


@page(Permission.HANDLE_CONCERNS)
def hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a concern to somebody else; who may no longer see it goes back to the list."""
    concern = concern_for(actor_of(request), public_id)
    form = HandOverForm(sent(request), concern=concern)
    words = _words(
        concern,
        title=_("Behandelaar en vervanger"),
        lead=_("Alleen deze twee en de aandachtsfunctionaris zien deze zorg."),
        submit=_("Opslaan"),
        done=_("Vastgelegd wie deze zorg behandelt."),
    )

    def run() -> None:
        concern_hand_over(concern=concern, **form.chosen(), actor=actor_of(request))

    answer = action_page(request, words, form, run)
    actor = actor_of(request)
    gone = not actor.may(Permission.OVERSEE_CONCERNS) and actor.pk not in {
        concern.coordinator_id,
        concern.deputy_id,
    }
    if answer.status_code == HttpResponseRedirect.status_code and gone:
        return HttpResponseRedirect(reverse("safeguarding:concern_list"))
    return answer


def _words(concern: Concern, *, title: str, submit: str, done: str, lead: str = "") -> ActionPage:
    return ActionPage(
        title=title,
        lead=lead,
        submit=submit,
        done=done,
        back_url=_url(concern),
        back_label=_("Zorg"),
        about=_families(concern),
    )


def _families(concern: Concern) -> list[AnyFamily]:
    """Return the families that a concern may speak of by name."""
    pair = (concern.coupling.family, concern.coupling.support_family) if concern.coupling else ()
    return [family for family in (concern.family, concern.support_family, *pair) if family]


def _url(concern: Concern) -> str:
    return reverse("safeguarding:concern_detail", args=[concern.pk])
