"""Pages of the steps of a coupling and of its guidance. Each is one short form; the file page is where they start."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.pages import page
from common.permissions import Permission
from core.agreements.forms import NewVersionForm, agreement_initial
from core.agreements.models import CouplingAgreement
from core.agreements.selectors import agreements_of
from core.agreements.services import agreement_add_version
from core.agreements.week import draft_of, week_of
from core.couplings.models import Coupling
from core.couplings.selectors import coupling_for
from core.couplings.services import closing_talk_record
from core.couplings.workflow import CouplingStatus
from core.families.action_pages import ActionPage, action_page, actor_of, sent
from core.guidance.cadence import GOALS_ASKED
from core.guidance.forms import (
    ClosingTalkForm,
    ContactForm,
    DefinitiveForm,
    DropForm,
    EvaluationForm,
    ExtendForm,
    FinishForm,
    HoldForm,
    ReopenForm,
    RescheduleForm,
    StopForm,
    TrialForm,
)
from core.guidance.models import SIDE_WORDS, GuidanceMoment, MomentKind, Side
from core.guidance.selectors import earlier_goals, moment_for
from core.guidance.services import (
    FamilyNext,
    SupportNext,
    contact_add,
    coupling_finish,
    coupling_make_definitive,
    coupling_reopen,
    evaluation_record,
    moment_drop,
    moment_hold,
    moment_reschedule,
    trial_extend,
    trial_start,
    trial_stop,
)

USUAL_TRIAL = timedelta(days=45)


def _coupling(request: HttpRequest, public_id: UUID) -> Coupling:
    return coupling_for(actor_of(request), public_id, Permission.EDIT_CASES)


def _words(
    coupling: Coupling, *, title: str, lead: str, submit: str, done: str, danger: bool = False
) -> ActionPage:
    return ActionPage(
        title=title,
        lead=lead,
        submit=submit,
        done=done,
        back_url=reverse("couplings:coupling_detail", args=[coupling.pk]),
        back_label=_("Koppeling"),
        danger=danger,
        about=(coupling.family, coupling.support_family),
    )


def _names(coupling: Coupling) -> str:
    return _("%(family)s en %(support)s") % {
        "family": capfirst(coupling.family.name),
        "support": capfirst(coupling.support_family.name),
    }


def _latest(coupling: Coupling) -> CouplingAgreement | None:
    return next(iter(agreements_of(coupling)), None)


# --------------------------------------------------------------------------------------------- the steps of a coupling


@page(Permission.EDIT_CASES)
def trial(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Start the trial period."""
    coupling = _coupling(request, public_id)
    start = max(timezone.localdate(), coupling.introduced_on)
    form = TrialForm(
        sent(request),
        week=week_of(coupling, start),
        initial={"started_on": start, "ends_on": start + USUAL_TRIAL} | draft_of(coupling, start),
    )

    def run() -> None:
        clean = form.cleaned_data
        trial_start(
            coupling=coupling,
            started_on=clean["started_on"],
            ends_on=clean["ends_on"],
            agreement=form.agreement(valid_from=clean["started_on"], valid_until=clean["ends_on"]),
            actor=actor_of(request),
        )

    words = _words(
        coupling,
        title=_("Proefperiode starten"),
        lead=_("Voorlopige afspraken van %(names)s.") % {"names": _names(coupling)},
        submit=_("Proefperiode starten"),
        done=_("De proefperiode is gestart. De gesprekken staan op je lijst."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def extend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make the trial longer."""
    coupling = _coupling(request, public_id)
    form = ExtendForm(sent(request), initial={"ends_on": coupling.trial_ends_on})

    def run() -> None:
        trial_extend(coupling=coupling, ends_on=form.cleaned_data["ends_on"], actor=actor_of(request))

    words = _words(
        coupling,
        title=_("Proefperiode verlengen"),
        lead=_("De evaluatie schuift mee."),
        submit=_("Verlengen"),
        done=_("De proefperiode is verlengd."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def definitive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a trial definitive."""
    coupling = _coupling(request, public_id)
    form = DefinitiveForm(
        sent(request),
        needs_house_rules=True,
        week=week_of(coupling, timezone.localdate()),
        initial=agreement_initial(_latest(coupling)),
    )

    def run() -> None:
        day = form.cleaned_data["coupled_on"]
        coupling_make_definitive(
            coupling=coupling,
            coupled_on=day,
            agreement=form.agreement(valid_from=day),
            actor=actor_of(request),
        )

    words = _words(
        coupling,
        title=_("Definitief koppelen"),
        lead=_("Beide gezinnen, ouders en kinderen, willen door. Leg de afspraken en huisregels vast."),
        submit=_("Koppelen"),
        done=_("De koppeling is een feit. De gesprekken van twee jaar staan gepland."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def agreement_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down a new version of the agreement."""
    coupling = _coupling(request, public_id)
    kinds = CouplingAgreement.Kind
    kind = kinds.DEFINITIVE if coupling.status == CouplingStatus.COUPLED else kinds.TRIAL
    form = NewVersionForm(
        sent(request),
        needs_house_rules=kind == kinds.DEFINITIVE,
        week=week_of(coupling, timezone.localdate()),
        initial=agreement_initial(_latest(coupling)),
    )

    def run() -> None:
        data = form.agreement(valid_from=form.cleaned_data["valid_from"])
        agreement_add_version(coupling=coupling, kind=kind, data=data, actor=actor_of(request))

    words = _words(
        coupling,
        title=_("Afspraken wijzigen"),
        lead=_("Dit wordt een nieuwe versie. De vorige blijft bewaard."),
        submit=_("Nieuwe versie opslaan"),
        done=_("De nieuwe afspraken zijn opgeslagen."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def stop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop an introduction or trial."""
    coupling = _coupling(request, public_id)
    form = StopForm(sent(request))

    def run() -> None:
        trial_stop(coupling=coupling, ending=form.ending(), actor=actor_of(request))

    words = _words(
        coupling,
        title=_("Niet doorgaan"),
        lead=_("Het vraaggezin komt weer op de wachtlijst en het steungezin heeft weer plek."),
        submit=_("Vastleggen dat dit niet doorgaat"),
        done=_("Vastgelegd dat dit niet doorgaat."),
        danger=True,
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a coupling, with what follows for both families."""
    coupling = _coupling(request, public_id)
    form = FinishForm(sent(request))

    def run() -> None:
        clean = form.cleaned_data
        coupling_finish(
            coupling=coupling,
            ending=form.ending(),
            family_next=FamilyNext(clean["family_next"]),
            support_next=SupportNext(clean["support_next"]),
            close_reason=clean["close_reason"],
            pause_until=clean["pause_until"],
            aftercare_on=clean["aftercare_on"],
            actor=actor_of(request),
        )

    words = _words(
        coupling,
        title=_("Koppeling beëindigen"),
        lead=_(
            "Sluit af met een gesprek met beide gezinnen, en met het kind erbij. Daarna bel je nog een keer."
        ),
        submit=_("Koppeling beëindigen"),
        done=_("De koppeling is beëindigd. De nazorg staat gepland."),
        danger=True,
    )
    return action_page(request, words, form, run, template="guidance/finish.html")


@page(Permission.EDIT_CASES)
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an ended coupling up again."""
    coupling = _coupling(request, public_id)
    form = ReopenForm(sent(request))

    def run() -> None:
        coupling_reopen(coupling=coupling, **form.cleaned_data, actor=actor_of(request))

    words = _words(
        coupling,
        title=_("Koppeling heropenen"),
        lead=_(
            "%(names)s gaan weer samen verder, met jouw begeleiding. Het einde blijft in het verloop staan."
        )
        % {"names": _names(coupling)},
        submit=_("Heropenen"),
        done=_("De koppeling loopt weer. De gesprekken staan weer gepland."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def closing_talks(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down closing talks that took place after the end."""
    coupling = _coupling(request, public_id)
    form = ClosingTalkForm(
        sent(request),
        initial={
            "talk_family_on": coupling.closing_talk_family_on,
            "talk_support_on": coupling.closing_talk_support_on,
        },
    )

    def run() -> None:
        clean = form.cleaned_data
        closing_talk_record(
            coupling=coupling,
            talk_family_on=clean["talk_family_on"],
            talk_support_on=clean["talk_support_on"],
            actor=actor_of(request),
        )

    words = _words(
        coupling,
        title=_("Afsluitende gesprekken"),
        lead=_("Met elk gezin apart."),
        submit=_("Opslaan"),
        done=_("Het gesprek is vastgelegd."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down contact in between."""
    coupling = _coupling(request, public_id)
    form = ContactForm(sent(request))

    def run() -> None:
        contact_add(coupling=coupling, **form.cleaned_data, actor=actor_of(request))

    words = _words(
        coupling,
        title=_("Contact vastleggen"),
        lead=_("Een telefoontje, bezoek of bericht tussendoor."),
        submit=_("Opslaan"),
        done=_("Het contact is vastgelegd."),
    )
    return action_page(request, words, form, run)


# ---------------------------------------------------------------------------------------------------------- moments


def _moment(request: HttpRequest, public_id: UUID) -> GuidanceMoment:
    return moment_for(actor_of(request), public_id, Permission.EDIT_CASES)


def _title(moment: GuidanceMoment) -> str:
    return str(MomentKind(moment.kind).label).capitalize()


@page(Permission.EDIT_CASES)
def evaluate(request: HttpRequest, public_id: UUID, side: str) -> HttpResponse:
    """Write down the talk with one side."""
    moment = _moment(request, public_id)
    whom = next((known for known, word in SIDE_WORDS.items() if word == side), None)
    if whom is None:
        raise Http404
    asks_goals = moment.kind in GOALS_ASKED
    form = EvaluationForm(
        sent(request),
        side=whom,
        asks_goals=asks_goals,
        earlier=earlier_goals(moment, whom) if asks_goals else None,
    )

    def run() -> None:
        evaluation_record(moment=moment, data=form.evaluation(), actor=actor_of(request))

    coupling = moment.coupling
    family = coupling.family if whom == Side.FAMILY else coupling.support_family
    words = _words(
        coupling,
        title=_title(moment),
        lead=_("Gesprek met %(family)s, apart van het andere gezin.") % {"family": family},
        submit=_("Gesprek opslaan"),
        done=_("Het gesprek is vastgelegd. Wie nu aan de beurt is, staat bovenaan."),
    )
    return action_page(request, words, form, run, template="guidance/evaluate.html", asks_goals=asks_goals)


@page(Permission.EDIT_CASES)
def hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that a call or talk took place."""
    moment = _moment(request, public_id)
    form = HoldForm(sent(request))

    def run() -> None:
        moment_hold(moment=moment, **form.cleaned_data, actor=actor_of(request))

    words = _words(
        moment.coupling,
        title=_title(moment),
        lead=_names(moment.coupling),
        submit=_("Gehouden"),
        done=_("Vastgelegd."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def reschedule(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Move a planned moment."""
    moment = _moment(request, public_id)
    form = RescheduleForm(sent(request), initial={"due_on": moment.due_on})

    def run() -> None:
        moment_reschedule(moment=moment, due_on=form.cleaned_data["due_on"], actor=actor_of(request))

    words = _words(
        moment.coupling,
        title=_("%(moment)s verzetten") % {"moment": _title(moment)},
        lead=_names(moment.coupling),
        submit=_("Verzetten"),
        done=_("Verzet."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def drop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a moment off the plan."""
    moment = _moment(request, public_id)
    form = DropForm(sent(request))

    def run() -> None:
        moment_drop(moment=moment, reason=form.cleaned_data["reason"], actor=actor_of(request))

    words = _words(
        moment.coupling,
        title=_("%(moment)s laten vervallen") % {"moment": _title(moment)},
        lead=_names(moment.coupling),
        submit=_("Laten vervallen"),
        done=_("Vervallen."),
    )
    return action_page(request, words, form, run)
