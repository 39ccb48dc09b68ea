"""The acts of pairings, row by row as the services of matching, couplings, agreements and guidance write them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from config.synthesis import homes
from config.synthesis.book import Book, ChildFacts, Who
from config.synthesis.copying import Row
from config.synthesis.dossiers import case_id
from config.synthesis.municipalities import Profile
from config.synthesis.plan import Pairing
from config.synthesis.talks import (
    agreed,
    closing_talks,
    contact_of,
    decline_reason,
    missing_side,
    reason_label,
    talks_of,
)
from config.synthesis.timeline import Step
from config.synthesis.writing_families import AskingCase, FamilyWriter, SupportCase
from core.agreements.models import Booking, CouplingAgreement
from core.agreements.rhythm import weeks_of
from core.agreements.services import TEXT_OF
from core.couplings.models import Coupling, CouplingChild
from core.couplings.services import GUIDANCE_MONTHS
from core.couplings.workflow import ALLOWED as COUPLING_ALLOWED
from core.couplings.workflow import CouplingStatus
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance.cadence import EVALUATIONS, due_dates
from core.guidance.models import ContactMoment, Evaluation, GuidanceMoment, MomentKind
from core.guidance.services import EvaluationData
from core.guidance.workflow import ALLOWED as MOMENT_ALLOWED
from core.guidance.workflow import MomentStatus
from core.ledger.models import Event
from core.ledger.services import Scores, age_band_on
from core.matching.candidates import outside
from core.matching.gates import closed_gates
from core.matching.models import MatchProposal, ProposalChild
from core.matching.profile import profile_text
from core.matching.rules import assess
from core.matching.score import score_parts, total
from core.matching.sides import Asked, Availability, Offered, Point
from core.matching.weights import WEIGHTS
from core.matching.workflow import ALLOWED as PROPOSAL_ALLOWED
from core.matching.workflow import HOLDS_PLACES, ProposalStatus
from core.vog.rules import months_later
from tenants.standards.defaults import SHIPPED_VERSION, shipped

OUTSIDE = "De ouders kennen dit gezin al van school."
C, P = CouplingStatus, ProposalStatus


class ImpossiblePlan(Exception):
    """The plan asks for something that the services would refuse."""


@dataclass(slots=True)
class PairCase:
    """A proposal and its coupling as they stand."""

    plan: Pairing
    asking: AskingCase
    support: SupportCase
    children: list[ChildFacts]
    proposal: Row
    coupling: Row | None = None
    moments: dict[MomentKind, Row] = field(default_factory=dict)
    versions: int = 0
    bookings: list[Row] = field(default_factory=list)

    @property
    def row(self) -> Row:
        """Return the coupling, which must be there."""
        if self.coupling is None:
            message = "There is no coupling yet."
            raise ImpossiblePlan(message)
        return self.coupling


class PairingWriter:
    """Writes proposals, couplings, agreements and guidance."""

    def __init__(self, book: Book, families: FamilyWriter, area: Profile, seed: int) -> None:
        """Write in the same book as the families."""
        self.book, self.families, self.area, self.seed = book, families, area, seed
        self.cases: dict[tuple[int, int, int], PairCase] = {}
        self.held: dict[UUID, list[PairCase]] = defaultdict(list)
        self.points = {code: Point(lat, lon) for code, lat, lon in homes.area_points(area)}

    # ------------------------------------------------------------------------------------------------------ proposals

    def proposed(self, plan: Pairing, on: date, who: Who) -> None:
        """Make a proposal with what the rules of matching say of it."""
        asking = self.families.askings[plan.asking.number]
        support = self.families.supportings[plan.supporting.number]
        children = [asking.children[place] for place in plan.children]
        asked, offered = self._asked(asking, children, on), self._offered(support, on)
        found = assess(asked, offered)
        if not found.proposable:
            message = f"{self.area.slug} {plan.number}: {[gate.why for gate in found.gates]}"
            raise ImpossiblePlan(message)
        place = self._place(support, asked, on)
        proposal = self.book.add(
            MatchProposal,
            id=case_id(self.seed, self.area.slug, "proposal", plan.number),
            family_id=asking.row["id"],
            support_family_id=support.row["id"],
            status=P.DRAFT.value,
            proposed_on=on,
            score=found.score,
            reasons_for=list(found.reasons_for),
            reasons_against=list(found.reasons_against),
            questions=list(found.questions),
            weights_version=found.weights_version,
            place_in_list=place,
            outside_reason=OUTSIDE if outside(place) else "",
            profile_text=profile_text(asked, distance_km=found.distance_km),
        )
        for child in children:
            self.book.add(ProposalChild, proposal_id=proposal["id"], child_id=child.id)
        case = self.cases[plan.number] = PairCase(plan, asking, support, children, proposal)
        self.held[support.row["id"]].append(case)
        self.book.audit("proposal_made", MatchProposal, proposal, who)
        self._note(case, Event.PROPOSAL_MADE, on, days=self._waited(case, on))

    def _taken(self, support: SupportCase, on: date) -> tuple[int, dict[str, int]]:
        """Return how many places are taken without saying when, and how many in each part of the week."""
        loose, booked = 0, dict[str, int]()
        for case in self.held[support.row["id"]]:
            if case.proposal["status"] not in HOLDS_PLACES or case.proposal.get("places_freed_on"):
                continue
            live = [row for row in case.bookings if row["ends_on"] is None or row["ends_on"] >= on]
            loose += 0 if live else len(case.children)
            for part, _child in {(row["day_part"], row["child_id"]) for row in live}:
                booked[part] = booked.get(part, 0) + 1
        return loose, booked

    def _place(self, chosen: SupportCase, asked: Asked, on: date) -> int:
        """Return the place of a support family among all that could be proposed that day, as matching orders them."""
        found = []
        for case in self.families.supportings.values():
            if case.row["status"] == SupportStatus.AVAILABLE and case.offer is not None:
                offered = self._offered(case, on)
                if not closed_gates(asked, offered):
                    days = (on - case.row["approved_on"]).days
                    score = total(score_parts(asked, offered, WEIGHTS))
                    found.append((-score, -days, str(case.row["id"])))
        return 1 + [pk for _score, _days, pk in sorted(found)].index(str(chosen.row["id"]))

    def asked(self, case: PairCase, on: date, to: ProposalStatus, who: Who) -> None:
        """Ask one side."""
        self.book.change(MatchProposal, case.proposal, to, PROPOSAL_ALLOWED, who)
        case.proposal["asked_on"] = on

    def accepted(self, case: PairCase, on: date, who: Who) -> None:
        """Write down that both say yes."""
        self.book.change(MatchProposal, case.proposal, P.ACCEPTED, PROPOSAL_ALLOWED, who)
        case.proposal["decided_on"] = on

    def declined(self, case: PairCase, on: date, who: Who) -> None:
        """Write down a no."""
        to = P.DECLINED_BY_SUPPORT if case.plan.declined_by == "support" else P.DECLINED_BY_PARENTS
        reason = decline_reason(case.plan, self.seed)
        self.book.change(MatchProposal, case.proposal, to, PROPOSAL_ALLOWED, who, reason)
        case.proposal.update(decline_reason=reason, decided_on=on)
        self._note(case, Event.PROPOSAL_DECLINED, on, days=self._waited(case, on))

    def _waited(self, case: PairCase, on: date) -> int | None:
        row = case.asking.row
        since = row["waiting_since"] if row["status"] == RequestingStatus.WAITING else None
        return (on - since).days if since else None

    def _asked(self, case: AskingCase, children: list[ChildFacts], on: date) -> Asked:
        need = case.need
        if need is None:
            raise ImpossiblePlan(self.area.slug)
        return Asked(
            age_bands=tuple(age_band_on(child, on) for child in children),
            place=self.points.get(case.row["postcode"][:4]),
            waiting=case.row["status"] in {RequestingStatus.WAITING, RequestingStatus.SUPPORTED},
            parents_to_ask=tuple(
                parent["first_name"] for parent in case.parents if parent["agreed_on"] is None
            ),
            forms=frozenset(need["forms"]),
            frequency=need["frequency"],
            day_parts=frozenset(need["day_parts"]),
            overnight=need["overnight"],
            vetoes=frozenset(need["vetoes"]),
            traits=frozenset(need["traits"]),
            wishes=frozenset(need["wishes"]),
            gives=frozenset(need["gives"]),
            needs_transport=need["needs_transport"],
            max_distance_km=need["max_distance_km"],
        )

    def _offered(self, case: SupportCase, on: date) -> Offered:
        offer = case.offer
        if offer is None:
            raise ImpossiblePlan(self.area.slug)
        available = case.row["status"] == SupportStatus.AVAILABLE
        loose, booked = self._taken(case, on)
        valid = {
            adult
            for (adult, _requested), row in case.checks.items()
            if row["seen_on"] and row["seen_on"] <= on < row["review_due"]
        }
        return Offered(
            availability=Availability.AVAILABLE if available else Availability.NOT_APPROVED,
            free_places=offer["capacity"] - loose,
            booked=booked,
            adults_without_vog=tuple(
                row["first_name"] for number, row in enumerate(case.adults) if number not in valid
            ),
            forms=frozenset(offer["forms"]),
            frequency=offer["frequency"],
            day_parts=frozenset(offer["day_parts"]),
            overnight=offer["overnight"],
            vetoes=frozenset(offer["vetoes"]),
            traits=frozenset(offer["traits"]),
            strengths=frozenset(offer["strengths"]),
            hopes=frozenset(offer["hopes"]),
            age_bands=frozenset(offer["age_bands"]),
            own_children_age_bands=frozenset(offer["own_children_age_bands"]),
            has_transport=offer["has_transport"],
            max_distance_km=offer["max_distance_km"],
            place=self.points.get(case.row["postcode"][:4]),
        )

    # ------------------------------------------------------------------------------------------------------ couplings

    def introduced(self, case: PairCase, on: date, who: Who) -> None:
        """Let both families meet."""
        self.book.change(MatchProposal, case.proposal, P.INTRODUCED, PROPOSAL_ALLOWED, who)
        case.coupling = self.book.add(
            Coupling,
            id=case_id(self.seed, self.area.slug, "coupling", case.plan.number),
            family_id=case.asking.row["id"],
            support_family_id=case.support.row["id"],
            proposal_id=case.proposal["id"],
            status=C.INTRODUCTION.value,
            introduced_on=on,
            pseudonym=self.book.new_id(),
        )
        for child in case.children:
            self.book.add(CouplingChild, coupling_id=case.coupling["id"], child_id=child.id)
        self.book.audit("coupling_introduced", Coupling, case.coupling, who)
        self._note(case, Event.INTRODUCTION, on, days=self._since(case, on))

    def trial_started(self, case: PairCase, on: date, who: Who) -> None:
        """Start the trial: a state, an agreement and moments."""
        case.row.update(trial_started_on=on, trial_ends_on=case.plan.trial_ends_on)
        self.book.change(Coupling, case.row, C.TRIAL, COUPLING_ALLOWED, who)
        self._note(case, Event.TRIAL_STARTED, on, support_form=case.plan.form, days=self._since(case, on))
        case.asking.supported_by.add(case.row["id"])
        self.families.family_supported(case.asking, on, who)
        self._agree(case, CouplingAgreement.Kind.TRIAL, on, who)
        self._plan_moments(case, on, who)

    def coupled(self, case: PairCase, on: date, who: Who) -> None:
        """Make the trial definitive."""
        case.row.update(coupled_on=on, guidance_until=months_later(on, GUIDANCE_MONTHS))
        self.book.change(Coupling, case.row, C.COUPLED, COUPLING_ALLOWED, who)
        self._note(case, Event.COUPLING_STARTED, on, support_form=case.plan.form, days=self._since(case, on))
        self._agree(case, CouplingAgreement.Kind.DEFINITIVE, on, who)
        self._drop_planned(case, _("de proefperiode is voorbij"), who, (MomentKind.TWO_WEEKS,))
        self._plan_moments(case, on, who)

    def not_continued(self, case: PairCase, on: date, who: Who) -> None:
        """Stop an introduction or a trial."""
        was_trial = case.row["status"] == C.TRIAL
        self._end(case, C.NOT_CONTINUED, on, who)
        self._give_back(case, on, who)
        self._family_waits(case, on, who)
        if was_trial:
            days = (on - case.row["trial_started_on"]).days
            self._note(case, Event.TRIAL_STOPPED, on, ending_reason=case.plan.reason, days=days)
        self._drop_planned(case, _("niet doorgegaan"), who)

    def ended(self, case: PairCase, on: date, who: Who) -> None:
        """End a coupling, plan aftercare and move the family on."""
        self._end(case, C.ENDED, on, who)
        self._give_back(case, on, who)
        days = (on - case.row["coupled_on"]).days
        self._note(case, Event.COUPLING_ENDED, on, ending_reason=case.plan.reason, days=days)
        self._drop_planned(case, _("de koppeling is voorbij"), who)
        self._plan_moments(case, on, who)
        if closes_with(case.plan):
            asking = case.asking
            if asking.row["status"] == RequestingStatus.SUPPORTED and not asking.supported_by:
                self.families.family_closed(asking, on, case.plan.asking.close_reason, who)
        else:
            self._family_waits(case, on, who)

    def closing_talked(self, case: PairCase, on: date, who: Who) -> None:
        """Write down the closing talks that followed after the end."""
        for column in ("closing_talk_family_on", "closing_talk_support_on"):
            case.row[column] = case.row[column] or on
        self.book.audit("closing_talk_recorded", Coupling, case.row, who)

    def _end(self, case: PairCase, to: CouplingStatus, on: date, who: Who) -> None:
        family_on, support_on = closing_talks(case.plan, self.seed, on)
        case.row.update(
            ended_on=on,
            ending_reason=str(case.plan.reason),
            closing_talk_family_on=family_on,
            closing_talk_support_on=support_on,
        )
        self.book.change(Coupling, case.row, to, COUPLING_ALLOWED, who, reason_label(str(case.plan.reason)))
        case.proposal["places_freed_on"] = on
        case.asking.supported_by.discard(case.row["id"])
        self.book.audit("places_freed", MatchProposal, case.proposal, who)

    def _family_waits(self, case: PairCase, on: date, who: Who) -> None:
        asking = case.asking
        if asking.row["status"] == RequestingStatus.SUPPORTED and not asking.supported_by:
            self.families.family_waits(asking, on, who, _("koppeling is voorbij"))

    def _give_back(self, case: PairCase, on: date, who: Who) -> None:
        self._end_bookings(case, on)
        self.book.audit("bookings_ended", Coupling, case.row, who)

    def _agree(self, case: PairCase, kind: CouplingAgreement.Kind, on: date, who: Who) -> None:
        case.versions += 1
        text = agreed(case.plan, self.seed, kind.value)
        row = self.book.add(
            CouplingAgreement,
            coupling_id=case.row["id"],
            kind=kind.value,
            version=case.versions,
            valid_from=on,
            valid_until=case.plan.trial_ends_on if kind == CouplingAgreement.Kind.TRIAL else None,
            support_form=case.plan.form,
            frequency=case.plan.frequency,
            day_parts=list(case.plan.day_parts),
            arrangements=text.arrangements,
            house_rules=text.house_rules,
            agreed_on=on,
            month_week=text.month_week,
            holiday_region=text.holiday_region,
            text_version=SHIPPED_VERSION,
            text=shipped(TEXT_OF[kind])["text"],
        )
        self._book(case, row)
        self.book.audit("agreement_made", CouplingAgreement, row, who)

    def _book(self, case: PairCase, agreement: Row) -> None:
        """Book the parts of the week of a version, from the day on which those of the one before end."""
        self._end_bookings(case, agreement["valid_from"] - timedelta(days=1))
        weeks = weeks_of(
            agreement["frequency"], first_on=agreement["valid_from"], month_week=agreement["month_week"]
        )
        if not weeks:
            return
        case.bookings += [
            self.book.add(
                Booking,
                agreement_id=agreement["id"],
                child_id=child.id,
                support_family_id=case.support.row["id"],
                day_part=part,
                weeks=weeks,
                starts_on=agreement["valid_from"],
                ends_on=agreement["valid_until"],
            )
            for child in case.children
            for part in agreement["day_parts"]
        ]

    def _end_bookings(self, case: PairCase, on: date) -> None:
        for booking in list(case.bookings):
            if booking["starts_on"] > on:
                case.bookings.remove(booking)
                self.book.tables[Booking].rows.remove(booking)
            elif booking["ends_on"] is None or booking["ends_on"] > on:
                booking["ends_on"] = on

    # ------------------------------------------------------------------------------------------------------- guidance

    def moment_held(self, case: PairCase, step: Step, who: Who) -> None:
        """Hold a planned moment; an evaluation with what was said."""
        kind = step.moment
        if kind is None or case.moments[kind]["status"] != MomentStatus.PLANNED:
            return
        row, reason = case.moments[kind], ""
        if kind in EVALUATIONS:
            talks = talks_of(case.plan, self.seed, kind, step.on)
            for talk in talks:
                self._evaluated(case, row, talk, who)
            reason = missing_side(talks)
        row["held_on"] = step.on
        self.book.change(GuidanceMoment, row, MomentStatus.HELD, MOMENT_ALLOWED, who, reason)

    def contacted(self, case: PairCase, on: date, who: Who) -> None:
        """Write down contact in between."""
        side, kind, note = contact_of(case.plan, self.seed, on)
        values = {"side": side, "kind": kind, "happened_on": on, "note": note}
        row = self.book.add(ContactMoment, coupling_id=case.row["id"], author_name=who.full_name, **values)
        self.book.audit("contact_recorded", ContactMoment, row, who)

    def _evaluated(self, case: PairCase, moment: Row, talk: EvaluationData, who: Who) -> None:
        relief, strength, climate, network = talk.goals
        row = self.book.add(
            Evaluation,
            moment_id=moment["id"],
            side=talk.side,
            held_on=talk.held_on,
            goal_relief=relief,
            goal_strength=strength,
            goal_climate=climate,
            goal_network=network,
            satisfaction=talk.satisfaction,
            verdict=talk.verdict,
            note=talk.note,
        )
        self.book.audit("evaluation_recorded", Evaluation, row, who)
        goals = [score for score in talk.goals if score is not None]
        complete = goals if len(goals) == len(talk.goals) else ()
        scores = Scores(moment["kind"], talk.side, talk.satisfaction, complete)
        days = (talk.held_on - moment["due_on"]).days
        self._note(case, Event.EVALUATION_DONE, talk.held_on, days=days, scores=scores)

    def _plan_moments(self, case: PairCase, start: date, who: Who) -> None:
        wanted = due_dates(case.row["status"], start=start, end=case.row["trial_ends_on"])
        for kind, day in wanted.items():
            case.moments[kind] = self.book.add(
                GuidanceMoment,
                coupling_id=case.row["id"],
                kind=kind.value,
                due_on=day,
                status=MomentStatus.PLANNED.value,
            )
        self.book.audit("moments_planned", Coupling, case.row, who)

    def _drop_planned(
        self, case: PairCase, reason: str, who: Who, kinds: tuple[MomentKind, ...] = tuple(MomentKind)
    ) -> None:
        for kind, row in case.moments.items():
            if kind in kinds and row["status"] == MomentStatus.PLANNED:
                self.book.change(GuidanceMoment, row, MomentStatus.DROPPED, MOMENT_ALLOWED, who, reason)

    # --------------------------------------------------------------------------------------------------------- shared

    def _note(self, case: PairCase, event: Event, on: date, **values: Any) -> None:
        coupling: UUID | None = case.coupling["pseudonym"] if case.coupling else None
        self.book.record(
            event,
            on,
            code=case.asking.row["municipality_code"],
            family=case.asking.row["pseudonym"],
            support_family=case.support.row["pseudonym"],
            coupling=coupling,
            children=sorted(case.children, key=lambda child: child.place),
            **values,
        )

    @staticmethod
    def _since(case: PairCase, on: date) -> int:
        return (on - case.asking.plan.registered_on).days


def closes_with(plan: Pairing) -> bool:
    """Return whether the file of the asking family is closed with the end of this coupling."""
    return plan.asking.closed_on == plan.ended_on
