"""What the pages of candidates show, as plain values: the list, the comparison, and one support family to choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.formats import duration, number
from common.permissions import Permission
from core.families.models import RequestingFamily, SupportAdult, SupportedChild, SupportFamily
from core.families.workflow import RequestingStatus
from core.intake.models import SupportNeed
from core.matching.candidates import Candidate, look_at, outside, place_of, ranked
from core.matching.gates import ClosedGate
from core.matching.panels import Fact, need_facts, score_text
from core.matching.profile import profile_text
from core.matching.rules import FIRST_SHOWN, family_gates
from core.matching.score import PartScore
from core.matching.score_words import SAME_AREA_KM
from tenants.accounts.models import User

PASSED_OVER_AFTER_DAYS = 30
# Of those that do not fit: the first few in full, then some in a line each. The rest would be read by nobody.
NEARLY_SHOWN, OTHERS_SHOWN = 5, 12
MOST_COMPARED = 3
# Of each kind of reason: what somebody reads at a glance. The rest is one click away.
GLANCE = 3


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part of the score, in points; ``tenths`` and ``most`` are for the bar."""

    label: str
    points: str
    weight: str
    tenths: int
    most: int
    unknown: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A support family beside the asking family."""

    pk: UUID
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
    lift: str
    parts: list[PartLine]
    gates: tuple[ClosedGate, ...]
    changes: int

    @property
    def title(self) -> str:
        """Return how the family is called."""
        return _("Gezin %(name)s") % {"name": self.name}

    @property
    def first_for(self) -> tuple[str, ...]:
        """Return what speaks most for it: what can be read at a glance."""
        return self.reasons_for[:GLANCE]

    @property
    def first_against(self) -> tuple[str, ...]:
        """Return what speaks most against it."""
        return self.reasons_against[:GLANCE]

    @property
    def first_questions(self) -> tuple[str, ...]:
        """Return the questions that weigh most."""
        return self.questions[:GLANCE]

    @property
    def more(self) -> list[str]:
        """Return the reasons and questions after those."""
        return [*self.reasons_for[GLANCE:], *self.reasons_against[GLANCE:], *self.questions[GLANCE:]]

    @property
    def nearly(self) -> str:
        """Return how little would have to change."""
        if self.changes == 1:
            return _("Eén ding staat in de weg")
        return _("%(n)d dingen staan in de weg") % {"n": self.changes}


@dataclass(frozen=True, slots=True)
class CandidatesPage:
    """Who could fit."""

    family: RequestingFamily
    family_url: str
    compare_url: str
    lead: str
    need: list[Fact]
    profile: str
    children: list[SupportedChild]
    choose_children: bool
    family_gates: tuple[ClosedGate, ...]
    proposable: list[Card]
    further: list[Card]
    total: int
    all_url: str
    nearly: list[Card]
    others: list[Card]
    blocked: int
    left_out: int
    may_edit: bool


@dataclass(frozen=True, slots=True)
class ProposePage:
    """One support family, to choose."""

    family: RequestingFamily
    back_url: str
    card: Card | None
    gates: tuple[ClosedGate, ...]
    place: str
    outside: bool
    profile: str


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One thing in which the families are compared: a text or a part of the score for each."""

    label: str
    parts: list[tuple[str, PartLine]]


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """Two or three support families side by side."""

    family: RequestingFamily
    back_url: str
    cards: list[Card]
    rows: list[ComparisonRow]
    shut: bool
    may_edit: bool
    children: list[SupportedChild]


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
    fitting = [candidate for candidate in found if candidate.fits]
    gated = [candidate for candidate in found if not candidate.fits]
    shown = [*(fitting if everything else fitting[:FIRST_SHOWN]), *gated[:OTHERS_SHOWN]]
    cards = {card.pk: card for card in _cards(family, children, shown)}
    best = [cards[candidate.pk] for candidate in fitting if candidate.pk in cards]
    blocked = [cards[candidate.pk] for candidate in gated[:OTHERS_SHOWN]]
    own = family_gates(found[0].assessment.gates) if found else ()
    query = _query(children)
    return CandidatesPage(
        family=family,
        family_url=reverse("families:requesting_detail", args=[family.pk]),
        compare_url=reverse("matching:compare", args=[family.pk]),
        lead=_waiting(family),
        need=need_facts(SupportNeed.objects.filter(family=family).first()),
        profile=profile_text(found[0].asked) if found else "",
        children=list(children),
        choose_children=len(offered) > 1,
        family_gates=own,
        proposable=best[:FIRST_SHOWN],
        further=best[FIRST_SHOWN:],
        total=len(fitting),
        all_url="" if everything or len(fitting) <= FIRST_SHOWN else f"?{query}&alles=ja",
        nearly=blocked[:NEARLY_SHOWN],
        others=blocked[NEARLY_SHOWN:],
        blocked=len(gated),
        left_out=max(0, len(gated) - OTHERS_SHOWN),
        may_edit=actor.may(Permission.EDIT_CASES),
    )


def propose_page(
    family: RequestingFamily, support_family: SupportFamily, children: Sequence[SupportedChild]
) -> ProposePage:
    """Gather the page on which one support family is chosen."""
    today = timezone.localdate()
    all_found = ranked(family, children, on=today)
    found = next((one for one in all_found if one.pk == support_family.pk), None) or look_at(
        family, support_family, children, on=today
    )
    place = place_of(support_family, all_found)
    total = sum(candidate.proposable for candidate in all_found)
    return ProposePage(
        family=family,
        back_url=f"{reverse('matching:candidates', args=[family.pk])}?{_query(children)}",
        card=_cards(family, children, [found])[0] if found else None,
        gates=found.assessment.gates if found else (),
        place=_("nummer %(place)d van %(total)d") % {"place": place, "total": total} if place else "",
        outside=place is not None and outside(place),
        profile=profile_text(found.asked, distance_km=found.assessment.distance_km) if found else "",
    )


def comparison_page(
    family: RequestingFamily,
    children: Sequence[SupportedChild],
    found: Sequence[Candidate],
    *,
    actor: User,
) -> ComparisonPage:
    """Gather a few support families side by side."""
    cards = _cards(family, children, found)
    names = [card.title for card in cards]
    return ComparisonPage(
        family=family,
        back_url=f"{reverse('matching:candidates', args=[family.pk])}?{_query(children)}",
        cards=cards,
        rows=[
            ComparisonRow(lines[0].label, list(zip(names, lines, strict=True)))
            for lines in zip(*(card.parts for card in cards), strict=True)
        ],
        shut=bool(found and family_gates(found[0].assessment.gates)),
        may_edit=actor.may(Permission.EDIT_CASES),
        children=list(children),
    )


def _cards(
    family: RequestingFamily, children: Sequence[SupportedChild], found: Sequence[Candidate]
) -> list[Card]:
    ids = [candidate.pk for candidate in found]
    families = SupportFamily.objects.in_bulk(ids)
    contacts = {
        adult.family_id: adult for adult in SupportAdult.objects.filter(family__in=ids, is_contact=True)
    }
    query = _query(children)
    return [
        Card(
            pk=candidate.pk,
            name=capfirst(families[candidate.pk].name),
            url=reverse("families:support_detail", args=[candidate.pk]),
            propose_url=reverse("matching:propose", args=[family.pk, candidate.pk]) + f"?{query}",
            points=score_text(candidate.assessment.score),
            tenths=candidate.assessment.score,
            summary=_summary(candidate, families[candidate.pk]),
            passed_over=_passed_over(candidate),
            contact=contacts.get(candidate.pk),
            reasons_for=candidate.assessment.reasons_for,
            reasons_against=candidate.assessment.reasons_against,
            questions=candidate.assessment.questions,
            lift=str(candidate.lift or "") if not candidate.assessment.gates_of_support_family else "",
            parts=[_part_line(part) for part in candidate.assessment.parts],
            gates=candidate.assessment.gates_of_support_family,
            changes=len(candidate.assessment.gates_of_support_family),
        )
        for candidate in found
    ]


def _query(children: Sequence[SupportedChild]) -> str:
    return "&".join(f"children={child.pk}" for child in children)


def _part_line(part: PartScore) -> PartLine:
    return PartLine(
        label=str(part.part.label),
        points=number(part.points / 10, 1 if part.points % 10 else 0),
        weight=number(part.weight / 10),
        tenths=part.points,
        most=part.weight,
        unknown=part.unknown,
    )


def _summary(candidate: Candidate, support_family: SupportFamily) -> str:
    km = candidate.assessment.distance_km
    if km is None:
        far = _("afstand onbekend")
    else:
        far = _("%(km)s km") % {"km": number(km, 1)} if km >= SAME_AREA_KM else _("zelfde postcodegebied")
    free = candidate.free_places
    places = (
        ngettext("%(n)d plek vrij", "%(n)d plekken vrij", free) % {"n": free} if free else _("geen plek vrij")
    )
    return " · ".join([str(support_family.place), far, places])


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
