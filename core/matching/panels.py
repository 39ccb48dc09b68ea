"""What the pages of matching show, as plain values: templates run no queries and decide nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.formats import duration, listing, number, relative_day
from common.permissions import Permission
from common.vocabulary import DayPart, Frequency, HouseTrait, SupportForm, Veto, Wish
from core.families.models import (
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.workflow import RequestingStatus
from core.intake.models import SupportNeed
from core.matching.forms import child_label
from core.matching.gates import ClosedGate
from core.matching.models import MatchProposal
from core.matching.rules import family_gates
from core.matching.score import SAME_AREA_KM, PartScore
from core.matching.selectors import Candidate, look_at
from core.matching.workflow import OPEN, ProposalStatus
from tenants.accounts.models import User
from tenants.audit.selectors import transitions_of

PASSED_OVER_AFTER_DAYS = 30
FIRST_SHOWN = 8
STATUS_KINDS: dict[str, str] = {
    ProposalStatus.DRAFT: "attention",
    ProposalStatus.SUPPORT_ASKED: "info",
    ProposalStatus.PARENTS_ASKED: "info",
    ProposalStatus.ACCEPTED: "good",
    ProposalStatus.INTRODUCED: "good",
    ProposalStatus.DECLINED_BY_SUPPORT: "neutral",
    ProposalStatus.DECLINED_BY_PARENTS: "neutral",
    ProposalStatus.WITHDRAWN: "neutral",
}
STEPS: tuple[tuple[ProposalStatus, str], ...] = (
    (ProposalStatus.DRAFT, "Voorstel"),
    (ProposalStatus.SUPPORT_ASKED, "Steungezin gevraagd"),
    (ProposalStatus.PARENTS_ASKED, "Ouders gevraagd"),
    (ProposalStatus.ACCEPTED, "Allebei ja"),
    (ProposalStatus.INTRODUCED, "Kennismaking"),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value in words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part of the score, in points."""

    label: str
    points: str
    weight: str


@dataclass(frozen=True, slots=True)
class Card:
    """A support family beside the asking family."""

    name: str
    url: str
    propose_url: str
    points: str
    tenths: int
    summary: str
    passed_over: str
    contact: SupportAdult | None
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    questions: tuple[str, ...]
    parts: list[PartLine]
    gates: tuple[ClosedGate, ...]
    can_be_chosen: bool

    @property
    def title(self) -> str:
        """Return how the family is called."""
        return _("Gezin %(name)s") % {"name": self.name}


@dataclass(frozen=True, slots=True)
class CandidatesPage:
    """Who could fit."""

    family: RequestingFamily
    family_url: str
    lead: str
    need: list[Fact]
    children: list[SupportedChild]
    choose_children: bool
    family_gates: tuple[ClosedGate, ...]
    proposable: list[Card]
    total: int
    all_url: str
    nearly: list[Card]
    impossible: list[Card]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class ProposePage:
    """One support family, to choose."""

    family: RequestingFamily
    back_url: str
    card: Card | None
    gates: tuple[ClosedGate, ...]
    forbidden: bool


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in the list."""

    url: str
    families: str
    children: str
    status: str
    status_kind: str
    since: str
    reason: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to call."""

    name: str
    phone: str
    safe_contact: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A change of state in words."""

    at: object
    title: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the proposal."""

    text: str
    state: str


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal."""

    proposal: MatchProposal
    family_url: str
    support_url: str
    status_label: str
    status_kind: str
    points: str
    children: list[str]
    steps: list[Step]
    support_person: Person | None
    parents: list[Person]
    history: list[Line]
    may_edit: bool
    coupling_url: str = ""

    @property
    def status(self) -> str:
        """Return the state."""
        return str(self.proposal.status)

    @property
    def open(self) -> bool:
        """Tell whether somebody still has to answer."""
        return self.proposal.status in OPEN


def candidates_page(
    family: RequestingFamily,
    children: Sequence[SupportedChild],
    offered: Sequence[SupportedChild],
    found: Sequence[Candidate],
    *,
    everything: bool,
    actor: User,
) -> CandidatesPage:
    """Gather the page of candidates: the best few, or everything."""
    cards = _cards(family, children, found)
    fitting = [card for card in cards if not card.gates]
    own = family_gates(found[0].assessment.gates) if found else ()
    return CandidatesPage(
        family=family,
        family_url=reverse("families:requesting_detail", args=[family.pk]),
        lead=_waiting(family),
        need=need_facts(SupportNeed.objects.filter(family=family).first()),
        children=list(children),
        choose_children=len(offered) > 1,
        family_gates=own,
        proposable=fitting if everything else fitting[:FIRST_SHOWN],
        total=len(fitting),
        all_url="" if everything or len(fitting) <= FIRST_SHOWN else f"?{_query(children)}&alles=ja",
        nearly=[card for card in cards if card.gates and not _shut(card)],
        impossible=[card for card in cards if _shut(card)],
        may_edit=actor.may(Permission.EDIT_CASES),
    )


def propose_page(
    family: RequestingFamily, support_family: SupportFamily, children: Sequence[SupportedChild]
) -> ProposePage:
    """Gather the page on which one support family is chosen."""
    found = look_at(family, support_family, children, on=timezone.localdate())
    return ProposePage(
        family=family,
        back_url=reverse("matching:candidates", args=[family.pk]),
        card=_cards(family, children, [found])[0] if found else None,
        gates=found.assessment.gates if found else (),
        forbidden=found is None or found.assessment.forbidden,
    )


def need_facts(need: SupportNeed | None) -> list[Fact]:
    """Return what a family is looking for, in words."""
    if need is None:
        return []
    facts = [
        Fact(_("Steunvorm"), listing(_labels(SupportForm, need.forms))),
        Fact(_("Hoe vaak"), str(Frequency(need.frequency).label)),
        Fact(_("Dagdelen"), listing(_labels(DayPart, need.day_parts))),
        Fact(_("Wensen"), listing(_labels(Wish, need.wishes))),
        Fact(_("Kan echt niet"), listing(_labels(Veto, need.vetoes))),
        Fact(_("In hun huis"), listing(_labels(HouseTrait, need.traits))),
        Fact(_("Logeren"), _("ja, hoort erbij") if need.overnight else ""),
        Fact(_("Halen en brengen"), _("nodig") if need.needs_transport else ""),
        Fact(_("Hoogstens"), _("%(km)s km") % {"km": need.max_distance_km} if need.max_distance_km else ""),
    ]
    return [fact for fact in facts if fact.value and fact.value != listing([])]


def proposal_rows(found: Iterable[MatchProposal]) -> list[ProposalRow]:
    """Return the lines of the list."""
    return [
        ProposalRow(
            url=reverse("matching:proposal_detail", args=[proposal.pk]),
            families=_("%(family)s en %(support)s")
            % {"family": capfirst(proposal.family.name), "support": capfirst(proposal.support_family.name)},
            children=listing(child_label(child) for child in proposal.children.all()),
            status=str(ProposalStatus(proposal.status).label),
            status_kind=STATUS_KINDS[proposal.status],
            since=relative_day(_since(proposal)),
            reason=proposal.decline_reason,
        )
        for proposal in found
    ]


def proposal_page(proposal: MatchProposal, actor: User) -> ProposalPage:
    """Gather the page of a proposal."""
    changes = transitions_of(proposal)
    labels: dict[str, str] = {str(code): str(label) for code, label in ProposalStatus.choices}
    parents = list(proposal.family.parents.all())
    introduced = proposal.status == ProposalStatus.INTRODUCED
    coupling = getattr(proposal, "coupling", None) if introduced else None
    return ProposalPage(
        proposal=proposal,
        family_url=reverse("families:requesting_detail", args=[proposal.family_id]),
        support_url=reverse("families:support_detail", args=[proposal.support_family_id]),
        status_label=labels[proposal.status].capitalize(),
        status_kind=STATUS_KINDS[proposal.status],
        points=score_text(proposal.score),
        children=[child_label(child) for child in proposal.children.all()],
        steps=_steps(proposal, {row.to_state for row in changes}),
        support_person=_support_person(proposal.support_family),
        parents=[_parent(parent, proposal.family) for parent in parents if parent.phone or parent.is_contact],
        history=[
            Line(
                at=row.at,
                title=labels.get(row.to_state, row.to_state).capitalize(),
                who=row.actor_name,
                reason=row.reason,
            )
            for row in reversed(changes)
        ],
        may_edit=actor.may(Permission.EDIT_CASES),
        coupling_url=reverse("couplings:coupling_detail", args=[coupling.pk]) if coupling else "",
    )


def score_text(tenths: int) -> str:
    """Return a score as people read it: whole points out of a hundred."""
    return number(round(tenths / 10))


def _cards(
    family: RequestingFamily, children: Sequence[SupportedChild], found: Sequence[Candidate]
) -> list[Card]:
    contacts = {
        adult.family_id: adult
        for adult in SupportAdult.objects.filter(
            family__in=[candidate.support_family.pk for candidate in found], is_contact=True
        )
    }
    query = _query(children)
    return [
        Card(
            name=capfirst(candidate.support_family.name),
            url=reverse("families:support_detail", args=[candidate.support_family.pk]),
            propose_url=reverse("matching:propose", args=[family.pk, candidate.support_family.pk])
            + f"?{query}",
            points=score_text(candidate.assessment.score),
            tenths=candidate.assessment.score,
            summary=_summary(candidate),
            passed_over=_passed_over(candidate),
            contact=contacts.get(candidate.support_family.pk),
            reasons_for=candidate.assessment.reasons_for,
            reasons_against=candidate.assessment.reasons_against,
            questions=candidate.assessment.questions,
            parts=[_part_line(part) for part in candidate.assessment.parts],
            gates=candidate.assessment.gates_of_support_family,
            can_be_chosen=not candidate.assessment.forbidden,
        )
        for candidate in found
    ]


def _query(children: Sequence[SupportedChild]) -> str:
    return "&".join(f"children={child.pk}" for child in children)


def _part_line(part: PartScore) -> PartLine:
    return PartLine(str(part.part.label), number(part.points / 10, 1), number(part.weight / 10))


def _shut(card: Card) -> bool:
    return any(gate.absolute for gate in card.gates)


def _summary(candidate: Candidate) -> str:
    km = candidate.assessment.distance_km
    if km is None:
        far = _("afstand onbekend")
    else:
        far = _("%(km)s km") % {"km": number(km, 1)} if km >= SAME_AREA_KM else _("zelfde postcodegebied")
    free = candidate.free_places
    places = (
        ngettext("%(n)d plek vrij", "%(n)d plekken vrij", free) % {"n": free} if free else _("geen plek vrij")
    )
    return " · ".join([str(candidate.support_family.place), far, places])


def _passed_over(candidate: Candidate) -> str:
    days = candidate.days_available
    if not candidate.never_proposed or days is None or days < PASSED_OVER_AFTER_DAYS:
        return ""
    return _("Al %(time)s beschikbaar en nog nooit voorgesteld") % {"time": duration(days)}


def _waiting(family: RequestingFamily) -> str:
    days = family.waiting_days
    if family.status != RequestingStatus.WAITING or days is None:
        return str(RequestingStatus(family.status).label).capitalize()
    return _("Wacht %(time)s op een steungezin") % {"time": duration(days)}


def _since(proposal: MatchProposal) -> date:
    return proposal.decided_on or proposal.asked_on or proposal.proposed_on


def _steps(proposal: MatchProposal, passed: set[str]) -> list[Step]:
    order = [status for status, _text in STEPS]
    reached = passed | {ProposalStatus.DRAFT}
    over = proposal.status not in order
    last = max(order.index(status) for status in order if status in reached)
    steps = []
    for place, (_status, text) in enumerate(STEPS):
        here = "stopped" if over else "current"
        finished = proposal.status == ProposalStatus.INTRODUCED
        state = "done" if place < last or finished else here if place == last else "todo"
        steps.append(Step(_(text), state))
    return steps


def _support_person(family: SupportFamily) -> Person | None:
    adult = family.adults.filter(left_household_on__isnull=True).order_by("-is_contact", "first_name").first()
    return Person(adult.full_name, adult.phone) if adult else None


def _parent(parent: RequestingParent, family: RequestingFamily) -> Person:
    return Person(parent.full_name, parent.phone, family.safe_contact if parent.is_contact else "")


def _labels(choices: type[TextChoices], values: Iterable[str]) -> list[str]:
    wanted = set(values)
    return [str(choice.label) for choice in choices if choice.value in wanted]
