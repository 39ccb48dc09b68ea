"""What the file of a coupling and the list of couplings show, gathered from every app of the case work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.formats import listing
from common.permissions import Permission
from common.vocabulary import DayPart, EndingReason, Frequency, Goal, SupportForm
from core.agreements.models import CouplingAgreement
from core.agreements.selectors import agreement_now, agreements_of
from core.couplings.models import Coupling
from core.couplings.workflow import RUNNING, CouplingStatus
from core.files.models import StoredFile
from core.files.selectors import files_about
from core.guidance.cadence import EVALUATIONS
from core.guidance.models import (
    SIDE_WORDS,
    ContactMoment,
    Evaluation,
    GuidanceMoment,
    MomentKind,
    Side,
    Verdict,
)
from core.guidance.panel import GuidancePanel, guidance_panel
from core.guidance.selectors import contacts_of, moments_of, sides_to_speak
from core.guidance.workflow import MomentStatus
from core.home.letters import LetterLine, letter_entries, letter_line
from core.home.next_steps import Choice, StepLine, short_day
from core.home.timeline import (
    Entry,
    InTime,
    LookDay,
    Sort,
    changes_about,
    done_entries,
    file_entries,
    in_order,
    looked,
    steps_and_changes,
)
from core.letters.selectors import letters_about
from core.matching.forms import child_label
from core.tasks.models import Task
from core.tasks.selectors import tasks_about
from core.vog.selectors import adults_without_valid_vog
from tenants.accounts.models import User
from tenants.audit.selectors import transitions_of

SOON = timedelta(days=30)
# The audit action of somebody who opened a coupling.
VIEWED = "coupling_viewed"
STATUS_KINDS: dict[str, str] = {
    CouplingStatus.INTRODUCTION: "info",
    CouplingStatus.TRIAL: "brand",
    CouplingStatus.COUPLED: "good",
    CouplingStatus.ENDED: "neutral",
    CouplingStatus.NOT_CONTINUED: "neutral",
}


@dataclass(frozen=True, slots=True)
class MomentLine:
    """A talk that was planned or held."""

    title: str
    due_on: date
    held_on: date | None
    kind: str
    planned: bool
    meta: str
    choices: list[Choice]

    @property
    def icon(self) -> str:
        """Return the icon in the list."""
        return "calendar" if self.planned else "check" if self.held_on else "circle"


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """What one side said."""

    title: str
    side: str
    held_on: date
    scores: list[tuple[str, str]]
    verdict: str
    verdict_kind: str
    note: str


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """A version of the agreement."""

    url: str
    title: str
    summary: str
    valid_from: date
    current: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Whom to call."""

    name: str
    phone: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouplingFile(InTime):
    """The file of a coupling."""

    coupling: Coupling
    title: str
    lead: str
    status_label: str
    status_kind: str
    steps: list[StepLine]
    choices: list[Choice]
    more: list[Choice]
    without_vog: list[str]
    moments: list[MomentLine]
    evaluations: list[EvaluationLine]
    agreements: list[AgreementLine]
    contacts: list[ContactMoment]
    tasks: list[Task]
    files: list[StoredFile]
    letters: list[LetterLine]
    timeline: list[Entry]
    looked: list[LookDay]
    url: str
    file_url: str
    letter_url: str
    timeline_url: str
    children: list[str]
    parents: list[PersonLine]
    adults: list[PersonLine]
    guidance: GuidancePanel
    family_url: str
    support_url: str
    proposal_url: str
    contact_url: str
    ending_reason: str
    may_edit: bool

    @property
    def over(self) -> bool:
        """Tell whether it has ended."""
        return self.coupling.status not in RUNNING


def coupling_file(coupling: Coupling, actor: User) -> CouplingFile:
    """Gather the file of a coupling."""
    today = timezone.localdate()
    moments, contacts, files = moments_of(coupling), contacts_of(coupling), files_about([coupling.pk])
    letters = letters_about([coupling.pk], actor)
    may_edit = actor.may(Permission.EDIT_CASES)
    children = [child_label(child) for child in coupling.children.all()]
    missing = adults_without_valid_vog(coupling.support_family, today) if coupling.status in RUNNING else []
    return CouplingFile(
        coupling=coupling,
        title=_title(coupling),
        lead=_("Steun voor %(children)s") % {"children": listing(children)},
        status_label=str(CouplingStatus(coupling.status).label).capitalize(),
        status_kind=STATUS_KINDS[coupling.status],
        steps=_steps(coupling),
        choices=_choices(coupling) if may_edit else [],
        more=_more(coupling) if may_edit else [],
        without_vog=[adult.full_name for adult in missing],
        moments=_moment_lines(moments, today, may_edit=may_edit),
        evaluations=[_evaluation_line(moment, one) for moment in moments for one in moment.evaluations.all()],
        agreements=_agreement_lines(coupling, today),
        contacts=contacts,
        tasks=tasks_about([coupling.pk]),
        files=files,
        timeline=in_order(
            _happened(coupling, moments, contacts),
            file_entries(files),
            letter_entries(letters),
            done_entries(coupling),
        ),
        looked=looked(coupling, VIEWED),
        url=reverse("couplings:coupling_detail", args=[coupling.pk]),
        file_url=reverse("couplings:coupling_file", args=[coupling.pk]),
        letters=[letter_line(letter) for letter in letters],
        letter_url=reverse("couplings:coupling_letters", args=[coupling.pk]),
        timeline_url=reverse("couplings:coupling_timeline", args=[coupling.pk]),
        children=children,
        parents=[
            PersonLine(
                parent.full_name, parent.phone, coupling.family.safe_contact if parent.is_contact else ""
            )
            for parent in coupling.family.parents.all()
        ],
        adults=[
            PersonLine(adult.full_name, adult.phone)
            for adult in coupling.support_family.adults.all()
            if adult.left_household_on is None
        ],
        guidance=guidance_panel(coupling, moments, today, may_edit=may_edit),
        family_url=reverse("families:requesting_detail", args=[coupling.family_id]),
        support_url=reverse("families:support_detail", args=[coupling.support_family_id]),
        proposal_url=reverse("matching:proposal_detail", args=[coupling.proposal_id]),
        contact_url=reverse("guidance:contact", args=[coupling.pk]),
        ending_reason=str(EndingReason(coupling.ending_reason).label) if coupling.ending_reason else "",
        may_edit=may_edit,
    )


def _title(coupling: Coupling) -> str:
    return _("%(family)s en %(support)s") % {
        "family": capfirst(coupling.family.name),
        "support": capfirst(coupling.support_family.name),
    }


def _steps(coupling: Coupling) -> list[StepLine]:
    days = (
        (_("Kennismaking"), coupling.introduced_on),
        (_("Proefperiode"), coupling.trial_started_on),
        (_("Gekoppeld"), coupling.coupled_on),
        (_("Afgerond"), coupling.ended_on if coupling.status == CouplingStatus.ENDED else None),
    )
    over = coupling.status == CouplingStatus.NOT_CONTINUED
    last = max(place for place, (_text, day) in enumerate(days) if day is not None)
    finished = coupling.status == CouplingStatus.ENDED
    steps = []
    for place, (text, day) in enumerate(days):
        here = "stopped" if over else "done" if finished else "current"
        state = "done" if place < last else here if place == last else "todo"
        steps.append(StepLine(text, state, short_day(day)))
    return steps


def _choices(coupling: Coupling) -> list[Choice]:
    def to(name: str) -> str:
        return reverse(f"guidance:{name}", args=[coupling.pk])

    if coupling.status == CouplingStatus.INTRODUCTION:
        return [
            Choice(to("trial"), _("Proefperiode starten"), "primary", "check"),
            Choice(to("stop"), _("Niet doorgaan")),
        ]
    if coupling.status == CouplingStatus.TRIAL:
        return [
            Choice(to("definitive"), _("Definitief koppelen"), "primary", "heart"),
            Choice(to("extend"), _("Proefperiode verlengen")),
            Choice(to("stop"), _("Niet doorgaan")),
        ]
    if coupling.status == CouplingStatus.COUPLED:
        return [
            Choice(to("agreement_new"), _("Afspraken wijzigen"), "secondary", "pencil"),
        ]
    talks = (coupling.closing_talk_family_on, coupling.closing_talk_support_on)
    if coupling.status == CouplingStatus.ENDED and None in talks:
        return [Choice(to("closing_talks"), _("Afsluitend gesprek vastleggen"), "primary", "check")]
    return []


def _more(coupling: Coupling) -> list[Choice]:
    if coupling.status == CouplingStatus.COUPLED:
        return [Choice(reverse("guidance:finish", args=[coupling.pk]), _("Koppeling beëindigen"), "subtle")]
    if coupling.status == CouplingStatus.ENDED:
        return [Choice(reverse("guidance:reopen", args=[coupling.pk]), _("Koppeling heropenen"), "subtle")]
    return []


def _moment_lines(moments: Sequence[GuidanceMoment], today: date, *, may_edit: bool) -> list[MomentLine]:
    """Return the talks; the buttons only at those that are near, and always at the first to come."""
    first = next((moment.pk for moment in moments if moment.status == MomentStatus.PLANNED), None)
    return [
        _moment_line(
            moment,
            today,
            buttons=may_edit and (moment.pk == first or moment.due_on <= today + SOON),
            on_top=moment.pk == first,
        )
        for moment in moments
    ]


def _moment_line(moment: GuidanceMoment, today: date, *, buttons: bool, on_top: bool) -> MomentLine:
    planned = moment.status == MomentStatus.PLANNED
    left = sides_to_speak(moment) if moment.kind in EVALUATIONS else []
    kind = ""
    if planned:
        kind = "late" if moment.due_on < today else "today" if moment.due_on == today else "soon"
    choices = _moment_choices(moment, left, on_top=on_top) if planned and buttons else []
    if moment.status == MomentStatus.DROPPED:
        meta = _("vervallen")
    elif not planned:
        meta = _("gehouden")
    elif left and len(left) < len(Side):
        meta = _("nog met het %(side)s") % {"side": left[0].label}
    else:
        meta = ""
    title = str(MomentKind(moment.kind).label).capitalize()
    return MomentLine(title, moment.due_on, moment.held_on, kind, planned, meta, choices)


def _moment_choices(moment: GuidanceMoment, left: list[Side], *, on_top: bool) -> list[Choice]:
    """Return what can be done with a talk; what is next has the buttons of the talks at the top of the page."""
    talks = [
        Choice(
            reverse("guidance:evaluate", args=[moment.pk, SIDE_WORDS[side]]),
            _("Gesprek %(side)s") % {"side": side.label},
            icon="pencil",
        )
        for side in left
    ]
    choices = [] if on_top else talks
    if len(left) < len(Side) and (left or not on_top):
        choices.append(Choice(reverse("guidance:hold", args=[moment.pk]), _("Gehouden"), icon="check"))
    choices.append(Choice(reverse("guidance:reschedule", args=[moment.pk]), _("Verzetten"), "subtle"))
    choices.append(Choice(reverse("guidance:drop", args=[moment.pk]), _("Vervalt"), "subtle"))
    return choices


def _evaluation_line(moment: GuidanceMoment, one: Evaluation) -> EvaluationLine:
    goals = (one.goal_relief, one.goal_strength, one.goal_climate, one.goal_network)
    kinds = {Verdict.CONTINUE: "good", Verdict.ADJUST: "attention", Verdict.STOP: "danger"}
    return EvaluationLine(
        title=str(MomentKind(moment.kind).label).capitalize(),
        side=str(Side(one.side).label),
        held_on=one.held_on,
        scores=[
            (str(label), str(score))
            for label, score in (
                *zip(Goal.labels, goals, strict=True),
                (_("rapportcijfer"), one.satisfaction),
            )
            if score is not None
        ],
        verdict=str(Verdict(one.verdict).label),
        verdict_kind=kinds[Verdict(one.verdict)],
        note=one.note,
    )


def _agreement_lines(coupling: Coupling, today: date) -> list[AgreementLine]:
    now = agreement_now(coupling, today)
    return [
        AgreementLine(
            url=reverse("agreements:print", args=[agreement.pk]),
            title=_("Versie %(n)d, %(kind)s")
            % {"n": agreement.version, "kind": CouplingAgreement.Kind(agreement.kind).label},
            summary=_agreement_summary(agreement),
            valid_from=agreement.valid_from,
            current=now is not None and agreement.pk == now.pk,
        )
        for agreement in agreements_of(coupling)
    ]


def _agreement_summary(agreement: CouplingAgreement) -> str:
    days = [str(part.label) for part in DayPart if part.value in agreement.day_parts]
    parts = [SupportForm(agreement.support_form).label, Frequency(agreement.frequency).label]
    return ", ".join([*(str(part) for part in parts), *([listing(days)] if days else [])])


def _happened(
    coupling: Coupling, moments: Sequence[GuidanceMoment], contacts: Sequence[ContactMoment]
) -> list[Entry]:
    labels: dict[str, str] = {str(code): str(label) for code, label in CouplingStatus.choices}
    talks = [
        Entry(
            at=one.held_on,
            sort=Sort.TALK,
            title=_("%(talk)s met het %(side)s")
            % {"talk": str(MomentKind(moment.kind).label).capitalize(), "side": Side(one.side).label},
            text=one.note,
        )
        for moment in moments
        for one in moment.evaluations.all()
    ]
    held = [
        Entry(at=moment.held_on, sort=Sort.TALK, title=str(MomentKind(moment.kind).label).capitalize())
        for moment in moments
        if moment.held_on and not moment.evaluations.all()
    ]
    between = [
        Entry(
            at=contact.happened_on,
            sort=Sort.TALK,
            title=_("%(kind)s met %(side)s")
            % {"kind": capfirst(contact.get_kind_display()), "side": contact.get_side_display()},
            who=contact.author_name,
            text=contact.note,
        )
        for contact in contacts
    ]
    met = Entry(at=coupling.introduced_on, sort=Sort.STEP, title=_("Kennismaking"))
    steps = steps_and_changes(transitions_of(coupling), labels, changes_about(coupling))
    return [met, *steps, *talks, *held, *between]
