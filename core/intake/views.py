"""Pages of the intake: planning the visit, the two intake forms, references and approval."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.forms import NaoberForm
from common.pages import attempt, page, show
from common.permissions import Permission
from core.families.action_pages import (
    ActionPage,
    action_page,
    actor_of,
    asking,
    file_page,
    in_turn,
    offering,
    sent,
)
from core.families.forms import DayForm
from core.families.models import AnyFamily, RequestingFamily
from core.families.selectors import VIEWED, consents_of
from core.intake.forms import COMPLETE, NeedForm, OfferForm, ReferenceForm, ReopenForm, VisitForm
from core.intake.questions import local_questions, questions_now
from core.intake.selectors import need_of, offer_of, reference_for
from core.intake.services import (
    Consents,
    intake_plan,
    local_questions_save,
    missing_for_approval,
    need_write,
    offer_write,
    reference_add,
    reference_change,
    requesting_family_reopen,
    screening_plan,
    support_family_approve,
)
from tenants.audit.services import audit_log
from tenants.standards.forms import ExtraQuestions, extras_of
from tenants.standards.models import StandardKind

KINDS = {"vraaggezin": StandardKind.REQUESTING_INTAKE, "steungezin": StandardKind.SUPPORT_INTAKE}

# ---------------------------------------------------------------------------------------------------------- visits


@page(Permission.EDIT_CASES)
def requesting_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Plan or move the home visit of an asking family."""
    family = asking(request, public_id)
    form = VisitForm(sent(request), initial={"visit_on": family.visit_on})

    def run() -> None:
        intake_plan(family=family, visit_on=form.cleaned_data["visit_on"], actor=actor_of(request))

    return action_page(request, _visit_words(family), form, run)


@page(Permission.EDIT_CASES)
def support_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Plan or move the home visit of a support family."""
    family = offering(request, public_id)
    form = VisitForm(sent(request), initial={"visit_on": family.visit_on})

    def run() -> None:
        screening_plan(family=family, visit_on=form.cleaned_data["visit_on"], actor=actor_of(request))

    return action_page(request, _visit_words(family), form, run)


def _visit_words(family: AnyFamily) -> ActionPage:
    return file_page(
        family,
        title=_("Huisbezoek plannen"),
        submit=_("Huisbezoek plannen"),
        done=_("Het huisbezoek is gepland."),
    )


# --------------------------------------------------------------------------------------------------------- intakes


@page(Permission.EDIT_CASES)
def requesting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note at the kitchen table what an asking family needs."""
    if _on_a_phone(request):
        return HttpResponseRedirect(reverse("intake:requesting_steps", args=[public_id]))
    family = asking(request, public_id)
    need = need_of(family)
    form = NeedForm(sent(request), family=family, need=need, consents=consents_of(family))
    complete = request.POST.get("doen") == COMPLETE

    def run() -> None:
        need_write(
            family=family,
            data=form.data_of(),
            consents=Consents(given=form.consents_given, notes=form.notes),
            agreed=form.parents_now(),
            complete=complete,
            actor=actor_of(request),
        )

    finished = need is not None and need.completed_on is not None
    return _intake(
        request, family, form, run, template="intake/need.html", finished=finished, complete=complete
    )


@page(Permission.EDIT_CASES)
def support(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note what a support family offers."""
    if _on_a_phone(request):
        return HttpResponseRedirect(reverse("intake:support_steps", args=[public_id]))
    family = offering(request, public_id)
    offer = offer_of(family)
    form = OfferForm(sent(request), family=family, offer=offer, consents=consents_of(family))
    complete = request.POST.get("doen") == COMPLETE

    def run() -> None:
        offer_write(
            family=family,
            data=form.data_of(),
            consents=Consents(given=form.consents_given, notes=form.notes),
            complete=complete,
            actor=actor_of(request),
        )

    finished = offer is not None and offer.completed_on is not None
    return _intake(
        request, family, form, run, template="intake/offer.html", finished=finished, complete=complete
    )


def _on_a_phone(request: HttpRequest) -> bool:
    """Tell whether a telephone asks for everything at once, without having chosen that."""
    telephone = "Mobi" in request.headers.get("User-Agent", "")
    return telephone and request.method == "GET" and "alles" not in request.GET


def _intake(
    request: HttpRequest,
    family: AnyFamily,
    form: NaoberForm,
    run: Callable[[], None],
    *,
    template: str,
    finished: bool,
    complete: bool,
) -> HttpResponse:
    if request.method != "POST":
        audit_log(action=VIEWED, subject=family, actor=actor_of(request), purpose="intake")
    words = file_page(
        family,
        title=_("Intake"),
        submit=_("Bewaren"),
        done=_("De intake is afgerond.") if complete else _("De intake is bewaard."),
    )
    side = "requesting" if isinstance(family, RequestingFamily) else "support"
    return action_page(
        request,
        words,
        form,
        run,
        template=template,
        family=family,
        finished=finished,
        steps_url=reverse(f"intake:{side}_steps", args=[family.pk]),
    )


@page(Permission.EDIT_CASES)
def questions(request: HttpRequest, side: str) -> HttpResponse:
    """Add questions of one's own to an intake, below those of the foundation."""
    kind = KINDS.get(side)
    if kind is None:
        raise NotAllowed
    local = local_questions(kind)
    extras = ExtraQuestions(sent(request), prefix="extra", initial=local.questions if local else [])
    form = NaoberForm(sent(request))
    here = reverse("intake:questions", args=[side])

    def save() -> str:
        local_questions_save(kind=kind, questions=extras_of(extras), actor=actor_of(request))
        return here

    if request.method == "POST" and not extras.button_pressed and form.is_valid() and extras.is_valid():
        done = attempt(
            request, form, save, done=_("De vragen zijn bewaard. Zij staan in elke nieuwe intake.")
        )
        if done:
            return done
    national = questions_now(kind)
    added = {one["code"] for one in local.questions} if local else set()
    context = {
        "form": form,
        "extras": extras,
        "side": side,
        "others": [
            (code, StandardKind(standard).label, reverse("intake:questions", args=[code]))
            for code, standard in KINDS.items()
        ],
        "national": [one for one in national.questions if one.code not in added],
        "national_version": national.national_version,
        "local": local,
    }
    return show(request, "intake/questions.html", context, form, extras)


@page(Permission.EDIT_CASES)
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a closed family back on the waiting list."""
    family = asking(request, public_id)
    form = ReopenForm(sent(request))

    def run() -> None:
        clean = form.cleaned_data
        requesting_family_reopen(
            family=family, since=clean["since"], reason=clean["reason"], actor=actor_of(request)
        )

    words = file_page(
        family,
        title=_("Dossier heropenen"),
        lead=_("Het gezin komt weer op de wachtlijst. Kijk samen of de intake nog klopt."),
        submit=_("Dossier heropenen"),
        done=_("Het gezin wacht weer op een steungezin."),
    )
    return action_page(request, words, form, run)


# ------------------------------------------------------------------------------------------- references and approval


@page(Permission.EDIT_CASES)
def reference_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name somebody who can tell about a support family."""
    family = offering(request, public_id)
    form = ReferenceForm(sent(request))

    def run() -> None:
        reference_add(family=family, data=form.data_of(), actor=actor_of(request))

    words = file_page(
        family,
        title=_("Referentie toevoegen"),
        submit=_("Referentie bewaren"),
        done=_("De referentie is bewaard."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def reference_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down how the talk with a reference went."""
    reference = reference_for(actor_of(request), public_id)
    in_turn(request, reference.family, reference)
    form = ReferenceForm(sent(request), reference=reference)

    def run() -> None:
        reference_change(reference=reference, data=form.data_of(), actor=actor_of(request))

    words = file_page(
        reference.family,
        title=_("Referentie"),
        submit=_("Referentie bewaren"),
        done=_("De referentie is bewaard."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve a support family, or show what is still missing."""
    family = offering(request, public_id)
    form = DayForm(sent(request), label=_("Goedgekeurd op"))

    def run() -> None:
        support_family_approve(family=family, approved_on=form.cleaned_data["day"], actor=actor_of(request))

    missing = missing_for_approval(family, timezone.localdate())
    words = file_page(
        family,
        title=_("Steungezin goedkeuren"),
        lead=" ".join([_("Er ontbreekt nog iets."), *missing])
        if missing
        else _(
            "Intake, referenties, huisregels en VOG zijn in orde. Na goedkeuring kun je dit gezin voorstellen."
        ),
        submit=_("Steungezin goedkeuren"),
        done=_("Dit steungezin is goedgekeurd en beschikbaar."),
    )
    return action_page(request, words, form, run)
