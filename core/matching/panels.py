"""What the pages of matching show, as plain values: templates run no queries and decide nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.formats import listing, number, relative_day
from common.permissions import Permission
from common.vocabulary import DayPart, Frequency, HouseTrait, Return, SupportForm, Veto, Wish
from core.families.models import RequestingFamily, RequestingParent, SupportFamily
from core.intake.models import SupportNeed
from core.matching.forms import child_label
from core.matching.models import MatchProposal
from core.matching.reasons import labels
from core.matching.workflow import OPEN, ProposalStatus
from tenants.accounts.models import User
from tenants.audit.selectors import transitions_of

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


def need_facts(need: SupportNeed | None) -> list[Fact]:
    """Return what a family is looking for, in words."""
    if need is None:
        return []
    facts = [
        Fact(_("Steunvorm"), listing(labels(SupportForm, need.forms))),
        Fact(_("Hoe vaak"), str(Frequency(need.frequency).label)),
        Fact(_("Dagdelen"), listing(labels(DayPart, need.day_parts))),
        Fact(_("Wensen"), listing(labels(Wish, need.wishes))),
        Fact(_("Doet graag terug"), listing(labels(Return, need.gives))),
        Fact(_("Kan echt niet"), listing(labels(Veto, need.vetoes))),
        Fact(_("In hun huis"), listing(labels(HouseTrait, need.traits))),
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
