"""The intake on a telephone: one subject per screen, kept after every step, to be finished later at a desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.drafts import draft_saved
from common.pages import page, show
from common.permissions import Permission
from core.families.action_pages import ActionPage, action_page, actor_of, asking, family_url, offering, sent
from core.families.models import AnyFamily, RequestingFamily
from core.families.selectors import VIEWED, consents_of
from core.intake.forms import NeedForm, OfferForm
from core.intake.models import SupportNeed, SupportOffer
from core.intake.questions import AGREED, SENSITIVE
from core.intake.selectors import need_of, offer_of
from core.intake.services import (
    NEED_IN_STATES,
    OFFER_IN_STATES,
    Consents,
    need_complete,
    need_missing,
    need_write,
    offer_complete,
    offer_missing,
    offer_write,
)
from tenants.audit.services import audit_log

IntakeForm = NeedForm | OfferForm


@dataclass(frozen=True, slots=True)
class Screen:
    """A subject in the list of all of them."""

    title: str
    url: str
    filled: bool
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Intake:
    """The intake of either side, with what its pages need."""

    family: AnyFamily
    row: SupportNeed | SupportOffer | None
    form: Callable[..., IntakeForm]
    missing: dict[str, Any]
    open: bool

    @property
    def side(self) -> str:
        """Return how the names of the addresses begin."""
        return "requesting" if isinstance(self.family, RequestingFamily) else "support"

    @property
    def finished(self) -> bool:
        """Tell whether the intake was finished."""
        return self.row is not None and self.row.completed_on is not None

    def url(self, name: str, *subject: str) -> str:
        """Return the address of a page of this intake."""
        return reverse(f"intake:{self.side}_{name}", args=[self.family.pk, *subject])


def _asking(request: HttpRequest, public_id: UUID) -> Intake:
    family = asking(request, public_id)
    need = need_of(family)

    def form(data: Any, **options: Any) -> NeedForm:
        return NeedForm(data, family=family, need=need, consents=consents_of(family), **options)

    missing = need_missing(need) if need else {}
    return Intake(family, need, form, missing, family.status in NEED_IN_STATES)


def _offering(request: HttpRequest, public_id: UUID) -> Intake:
    family = offering(request, public_id)
    offer = offer_of(family)

    def form(data: Any, **options: Any) -> OfferForm:
        return OfferForm(data, family=family, offer=offer, consents=consents_of(family), **options)

    missing = offer_missing(offer) if offer else {}
    return Intake(family, offer, form, missing, family.status in OFFER_IN_STATES)


# --------------------------------------------------------------------------------------------------------- all screens


@page(Permission.EDIT_CASES)
def requesting_steps(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the subjects of the intake of an asking family; finish it when everything is there."""
    return _steps(request, _asking(request, public_id))


@page(Permission.EDIT_CASES)
def support_steps(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the subjects of the intake of a support family; finish it when everything is there."""
    return _steps(request, _offering(request, public_id))


def _steps(request: HttpRequest, intake: Intake) -> HttpResponse:
    if request.method == "POST":
        if intake.row is not None:
            _complete(intake.row, request)
            messages.success(request, _("De intake is afgerond."))
        return HttpResponseRedirect(family_url(intake.family))
    audit_log(action=VIEWED, subject=intake.family, actor=actor_of(request), purpose="intake")
    form = intake.form(None)
    screens = [
        Screen(
            subject.title,
            intake.url("step", subject.code),
            _filled(form, subject.fields, subject.code, saved=intake.row is not None),
            [str(intake.missing[name]) for name in subject.fields if name in intake.missing],
        )
        for subject in form.all_screens
    ]
    first = next((screen for screen in screens if not screen.filled), screens[0])
    context = {
        "family": intake.family,
        "screens": screens,
        "first": first,
        "begun": intake.row is not None,
        "open": intake.open,
        "finished": intake.finished,
        "may_finish": intake.open and intake.row is not None and not intake.finished and not intake.missing,
        "back_url": family_url(intake.family),
        "all_url": f"{reverse(f'intake:{intake.side}', args=[intake.family.pk])}?alles=1",
        "questions_url": reverse(
            "intake:questions", args=["vraaggezin" if intake.side == "requesting" else "steungezin"]
        ),
    }
    return show(request, "intake/steps.html", context)


def _complete(row: SupportNeed | SupportOffer, request: HttpRequest) -> None:
    if row.completed_on is not None:
        return
    today = timezone.localdate()
    if isinstance(row, SupportNeed):
        need_complete(need=row, completed_on=today, actor=actor_of(request))
    else:
        offer_complete(offer=row, completed_on=today, actor=actor_of(request))


def _filled(form: IntakeForm, names: tuple[str, ...], code: str, *, saved: bool) -> bool:
    """Tell whether something was noted on a screen. What is only proposed, such as the day, counts once it is saved."""
    if not saved or code == AGREED:
        return False
    if code == SENSITIVE:
        return any(form.initial.get(name) for name in names if name.startswith("note_"))
    return any(form.initial.get(name) not in (None, "", [], False) for name in names)


# ---------------------------------------------------------------------------------------------------------- one screen


@page(Permission.EDIT_CASES)
def requesting_step(request: HttpRequest, public_id: UUID, subject: str) -> HttpResponse:
    """Note one subject of the intake of an asking family."""
    intake = _asking(request, public_id)
    form = intake.form(sent(request), screen=subject)

    def run() -> None:
        if isinstance(form, NeedForm) and isinstance(intake.family, RequestingFamily):
            need_write(
                family=intake.family,
                data=form.data_of(),
                consents=Consents(given=form.consents_given, notes=form.notes),
                agreed=form.parents_now(),
                actor=actor_of(request),
            )

    return _step(request, intake, form, run, subject)


@page(Permission.EDIT_CASES)
def support_step(request: HttpRequest, public_id: UUID, subject: str) -> HttpResponse:
    """Note one subject of the intake of a support family."""
    intake = _offering(request, public_id)
    form = intake.form(sent(request), screen=subject)

    def run() -> None:
        if isinstance(form, OfferForm) and not isinstance(intake.family, RequestingFamily):
            offer_write(
                family=intake.family,
                data=form.data_of(),
                consents=Consents(given=form.consents_given, notes=form.notes),
                actor=actor_of(request),
            )

    return _step(request, intake, form, run, subject)


def _step(
    request: HttpRequest, intake: Intake, form: IntakeForm, run: Callable[[], None], subject: str
) -> HttpResponse:
    codes = [screen.code for screen in form.all_screens]
    place = codes.index(subject)
    overview = intake.url("steps")
    after = intake.url("step", codes[place + 1]) if place + 1 < len(codes) else overview
    stay = request.POST.get("doen") == "terug"
    if request.method != "POST":
        audit_log(action=VIEWED, subject=intake.family, actor=actor_of(request), purpose="intake")
    words = ActionPage(
        title=form.all_screens[place].title,
        submit=_("Bewaren en verder"),
        done=_("Bewaard."),
        back_url=overview if stay else after,
        back_label=_("Alle onderwerpen"),
    )
    response = action_page(
        request,
        words,
        form,
        run,
        template="intake/step.html",
        family=intake.family,
        number=place + 1,
        total=len(codes),
        overview=overview,
        before=intake.url("step", codes[place - 1]) if place else "",
        sensitive=subject == SENSITIVE,
    )
    return draft_saved(request, response)
