"""Plays a generated script through the real services, and names what both left behind so that it can be compared."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from config.synthesis.codes import Codes
from config.synthesis.copying import Tables
from config.synthesis.dossiers import AskingFile, SupportFile, asking_file, reference_talk, support_file
from config.synthesis.plan import Act, Asking, Pairing, Script, Supporting
from config.synthesis.talks import agreed, closing_talks, contact_of, decline_reason, missing_side, talks_of
from config.synthesis.timeline import Step, timeline
from config.synthesis.writing_pairings import OUTSIDE, closes_with
from core.agreements.models import Booking, CouplingAgreement
from core.agreements.services import AgreementData
from core.couplings.models import Coupling
from core.couplings.services import Ending, closing_talk_record, coupling_introduce
from core.families.models import (
    Consent,
    ContactNote,
    Registrant,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.record_services import consent_give, note_add, parent_change
from core.families.registration import PersonData
from core.families.services import (
    family_contacted,
    requesting_family_close,
    requesting_family_register,
    support_family_leave,
    support_family_pause,
    support_family_register,
    support_family_resume,
)
from core.guidance.cadence import EVALUATIONS
from core.guidance.models import ContactMoment, Evaluation, GuidanceMoment
from core.guidance.services import (
    FamilyNext,
    SupportNext,
    contact_add,
    coupling_finish,
    coupling_make_definitive,
    evaluation_record,
    moment_hold,
    trial_start,
    trial_stop,
)
from core.guidance.workflow import MomentStatus
from core.intake.models import Reference, SupportNeed, SupportOffer
from core.intake.services import (
    intake_plan,
    need_complete,
    need_save,
    offer_complete,
    offer_save,
    reference_add,
    reference_change,
    screening_plan,
    support_family_approve,
)
from core.ledger.models import LedgerEntry
from core.matching.models import MatchProposal
from core.matching.services import (
    proposal_accept,
    proposal_ask_parents,
    proposal_ask_support,
    proposal_create,
    proposal_decline,
)
from core.vog.models import ConductCertificateCheck, ScreeningAspect
from core.vog.services import vog_expire_overdue, vog_not_presented, vog_received, vog_request, vog_seen
from tenants.accounts.models import PUBLIC_FORM, SystemActor, User
from tenants.audit.models import AuditEntry, Transition

NIGHTLY = SystemActor("nachtelijke controle")


class Replay:
    """Does what a script says through the services, as one coordinator, in the scope that is open."""

    def __init__(self, script: Script, codes: Codes, actor: User) -> None:
        self.script, self.codes, self.actor = script, codes, actor
        self.askings: dict[int, tuple[RequestingFamily, AskingFile]] = {}
        self.supportings: dict[int, tuple[SupportFamily, SupportFile]] = {}
        self.proposals: dict[tuple[int, int, int], MatchProposal] = {}
        self.couplings: dict[tuple[int, int, int], Coupling] = {}

    def play(self, until: date) -> None:
        for step in timeline(self.script, until):
            subject = step.subject
            if isinstance(subject, Asking):
                self._asking(step, subject)
            elif isinstance(subject, Supporting):
                self._supporting(step, subject)
            else:
                self._pairing(step, subject)

    # ------------------------------------------------------------------------------------------------ asking families

    def _asking(self, step: Step, plan: Asking) -> None:
        actor, on = self.actor, step.on
        if step.act == Act.FAMILY_REGISTERED:
            found = asking_file(plan, self.script.seed, self.codes)
            data = found.registration
            who = actor if data.registered_by == Registrant.COORDINATOR else PUBLIC_FORM
            self.askings[plan.number] = requesting_family_register(data=data, actor=who), found
            return
        family, found = self.askings[plan.number]
        family.refresh_from_db()
        if step.act == Act.FAMILY_CONTACTED:
            family_contacted(family=family, contacted_on=on, actor=actor)
            note_add(
                family=family, kind=ContactNote.Kind.CALL, happened_on=on, text=found.call_note, actor=actor
            )
        elif step.act == Act.INTAKE_PLANNED:
            intake_plan(family=family, visit_on=plan.visit_on or on, actor=actor)
        elif step.act == Act.INTAKE_COMPLETED:
            self._intake(family, found, plan, on)
        else:
            requesting_family_close(family=family, reason=plan.close_reason, closed_on=on, actor=actor)

    def _intake(self, family: RequestingFamily, found: AskingFile, plan: Asking, on: date) -> None:
        ordered = self._children(family, plan)
        values = {name: getattr(found.need, name) for name in found.need.__dataclass_fields__}
        data = type(found.need)(**(values | {"children": [ordered[place] for place in plan.concerned]}))
        need = need_save(family=family, data=data, actor=self.actor)
        for group, note in found.consents:
            consent_give(family=family, group=group, given_on=on, note=note, actor=self.actor)
        for parent in family.parents.all():
            person = PersonData(**{name: getattr(parent, name) for name in PersonData.__dataclass_fields__})
            parent_change(parent=parent, data=person, agreed_on=on, actor=self.actor)
        need_complete(need=need, completed_on=on, actor=self.actor)

    def _children(self, family: RequestingFamily, plan: Asking) -> list[Any]:
        """Return the children in the order of the plan."""
        left = list(family.children.all())
        ordered = []
        for wanted in asking_file(plan, self.script.seed, self.codes).registration.children:
            facts = (wanted.first_name, wanted.birth_year, wanted.birth_month, wanted.due_on)
            child = next(
                one for one in left if (one.first_name, one.birth_year, one.birth_month, one.due_on) == facts
            )
            left.remove(child)
            ordered.append(child)
        return ordered

    # ----------------------------------------------------------------------------------------------- support families

    def _supporting(self, step: Step, plan: Supporting) -> None:
        actor, on = self.actor, step.on
        if step.act == Act.SUPPORT_REGISTERED:
            found = support_file(plan, self.script.seed, self.codes)
            data = found.registration
            who = actor if data.registered_by == Registrant.COORDINATOR else PUBLIC_FORM
            self.supportings[plan.number] = support_family_register(data=data, actor=who), found
            return
        family, found = self.supportings[plan.number]
        family.refresh_from_db()
        if step.cycle is not None:
            self._vog(step, family, found)
        elif step.act == Act.SUPPORT_CONTACTED:
            family_contacted(family=family, contacted_on=on, actor=actor)
            note_add(
                family=family, kind=ContactNote.Kind.CALL, happened_on=on, text=found.call_note, actor=actor
            )
        elif step.act == Act.VISIT_PLANNED:
            screening_plan(family=family, visit_on=plan.visited_on or on, actor=actor)
        elif step.act == Act.OFFER_RECORDED:
            self._offer(family, found, on)
        elif step.act == Act.SUPPORT_APPROVED:
            self._approve(family, found, on)
        elif step.act == Act.SUPPORT_PAUSED:
            support_family_pause(family=family, actor=actor)
        elif step.act == Act.SUPPORT_RESUMED:
            support_family_resume(family=family, actor=actor)
        else:
            support_family_leave(family=family, reason=plan.leave_reason, left_on=on, actor=actor)

    def _offer(self, family: SupportFamily, found: SupportFile, on: date) -> None:
        offer = offer_save(family=family, data=found.offer, actor=self.actor)
        offer_complete(offer=offer, completed_on=on, actor=self.actor)
        for data in found.references:
            reference_add(family=family, data=data, actor=self.actor)

    def _approve(self, family: SupportFamily, found: SupportFile, on: date) -> None:
        for data in found.references:
            reference = Reference.objects.filter(family=family, name=data.name, positive=None).first()
            assert reference
            reference_change(reference=reference, data=reference_talk(data, on), actor=self.actor)
        support_family_approve(family=family, approved_on=on, actor=self.actor)

    def _vog(self, step: Step, family: SupportFamily, found: SupportFile) -> None:
        cycle, actor, on = step.cycle, self.actor, step.on
        assert cycle
        person = found.registration.adults[step.adult]
        adult = SupportAdult.objects.get(family=family, email=person.email)
        if step.act == Act.VOG_REQUESTED:
            vog_request(adult=adult, requested_on=on, actor=actor)
            return
        check = ConductCertificateCheck.objects.get(adult=adult, requested_on=cycle.requested_on)
        if step.act == Act.VOG_RECEIVED:
            vog_received(check=check, received_on=on, actor=actor)
        elif step.act == Act.VOG_SEEN:
            assert cycle.issued_on
            profile = ScreeningAspect.MINORS
            vog_seen(check=check, issued_on=cycle.issued_on, seen_on=on, profile=profile, actor=actor)
        elif step.act == Act.VOG_EXPIRED:
            vog_expire_overdue(on=on, actor=NIGHTLY)
        else:
            vog_not_presented(check=check, actor=actor)

    # ------------------------------------------------------------------------------------------------------- pairings

    def _pairing(self, step: Step, plan: Pairing) -> None:
        actor, on, number = self.actor, step.on, plan.number
        if step.act == Act.PROPOSED:
            family, support_family = self.askings[number[0]][0], self.supportings[number[1]][0]
            family.refresh_from_db()
            children = self._children(family, plan.asking)
            self.proposals[number] = proposal_create(
                family=family,
                support_family=support_family,
                children=[children[place] for place in plan.children],
                proposed_on=on,
                outside_reason=OUTSIDE,  # kept only where the service asks for it
                actor=actor,
            )
            return
        proposal = self.proposals[number]
        simple: dict[Act, Callable[[], Any]] = {
            Act.SUPPORT_ASKED: lambda: proposal_ask_support(proposal=proposal, asked_on=on, actor=actor),
            Act.PARENTS_ASKED: lambda: proposal_ask_parents(proposal=proposal, asked_on=on, actor=actor),
            Act.ACCEPTED: lambda: proposal_accept(proposal=proposal, decided_on=on, actor=actor),
        }
        if step.act in simple:
            simple[step.act]()
        elif step.act in {Act.DECLINED_BY_SUPPORT, Act.DECLINED_BY_PARENTS}:
            reason = decline_reason(plan, self.script.seed)
            proposal_decline(proposal=proposal, reason=reason, decided_on=on, actor=actor)
        elif step.act == Act.INTRODUCED:
            self.couplings[number] = coupling_introduce(proposal=proposal, introduced_on=on, actor=actor)
        else:
            self._coupling(step, plan, self.couplings[number])

    def _coupling(self, step: Step, plan: Pairing, coupling: Coupling) -> None:
        actor, on = self.actor, step.on
        coupling.refresh_from_db()
        if step.act == Act.TRIAL_STARTED:
            assert plan.trial_ends_on
            agreement = self._agreement(plan, CouplingAgreement.Kind.TRIAL, on)
            trial_start(
                coupling=coupling, started_on=on, ends_on=plan.trial_ends_on, agreement=agreement, actor=actor
            )
        elif step.act == Act.COUPLED:
            agreement = self._agreement(plan, CouplingAgreement.Kind.DEFINITIVE, on)
            coupling_make_definitive(coupling=coupling, coupled_on=on, agreement=agreement, actor=actor)
        elif step.act == Act.NOT_CONTINUED:
            trial_stop(coupling=coupling, ending=self._ending(plan, on), actor=actor)
        elif step.act == Act.ENDED:
            coupling_finish(
                coupling=coupling,
                ending=self._ending(plan, on),
                family_next=FamilyNext.CLOSE if closes_with(plan) else FamilyNext.WAIT,
                support_next=SupportNext.AVAILABLE,
                close_reason=plan.asking.close_reason,
                actor=actor,
            )
        elif step.act == Act.CLOSING_TALK:
            closing_talk_record(
                coupling=coupling,
                talk_family_on=None if coupling.closing_talk_family_on else on,
                talk_support_on=None if coupling.closing_talk_support_on else on,
                actor=actor,
            )
        elif step.act == Act.CONTACTED:
            side, kind, note = contact_of(plan, self.script.seed, on)
            contact_add(coupling=coupling, side=side, kind=kind, happened_on=on, note=note, actor=actor)
        else:
            self._moment(step, plan, coupling)

    def _moment(self, step: Step, plan: Pairing, coupling: Coupling) -> None:
        assert step.moment
        moment = coupling.moments.filter(kind=step.moment, status=MomentStatus.PLANNED).first()
        if moment is None:
            return
        if step.moment not in EVALUATIONS:
            moment_hold(moment=moment, held_on=step.on, actor=self.actor)
            return
        talks = talks_of(plan, self.script.seed, step.moment, step.on)
        for data in talks:
            evaluation_record(moment=moment, data=data, actor=self.actor)
        if reason := missing_side(talks):
            moment_hold(moment=moment, held_on=step.on, reason=reason, actor=self.actor)

    def _agreement(self, plan: Pairing, kind: CouplingAgreement.Kind, on: date) -> AgreementData:
        text = agreed(plan, self.script.seed, kind.value)
        return AgreementData(
            support_form=plan.form,
            frequency=plan.frequency,
            agreed_on=on,
            valid_from=on,
            valid_until=plan.trial_ends_on if kind == CouplingAgreement.Kind.TRIAL else None,
            day_parts=list(plan.day_parts),
            arrangements=text.arrangements,
            house_rules=text.house_rules,
            month_week=text.month_week,
            holiday_region=text.holiday_region,
        )

    def _ending(self, plan: Pairing, on: date) -> Ending:
        family_on, support_on = closing_talks(plan, self.script.seed, on)
        return Ending(ended_on=on, reason=plan.reason, talk_family_on=family_on, talk_support_on=support_on)


Rows = dict[type[Any], list[dict[str, Any]]]


def rows_of(tables: Tables, models: Iterable[type[Any]]) -> Rows:
    """Return the generated rows of some tables."""
    return {model: list(tables[model].rows) for model in models}


def rows_in_database(models: Iterable[type[Any]]) -> Rows:
    """Return what the services wrote, column by column as in the database."""
    return {
        model: [
            {field.column: getattr(row, field.attname) for field in model._meta.concrete_fields}
            for row in model.objects.all()
        ]
        for model in models
    }


def names_of(rows: Rows) -> dict[UUID, str]:
    """Name every case by what it is, because both sides made identifiers of their own."""
    names: dict[UUID, str] = {}
    for model, kind in ((RequestingFamily, "asking"), (SupportFamily, "support")):
        for row in rows[model]:
            names[row["id"]] = names[row["pseudonym"]] = f"{kind} {row['submission_key']}"
    for model, name in NAMES.items():
        for row in rows[model]:
            names[row["id"]] = name(row, names)
            if "pseudonym" in row:
                names[row["pseudonym"]] = names[row["id"]]
    return names


# In this order: a name may hold the name of what it belongs to.
NAMES: dict[type[Any], Callable[[dict[str, Any], dict[UUID, str]], str]] = {
    SupportAdult: lambda row, _names: f"adult {row['email']}",
    SupportedChild: lambda row, names: (
        f"child {row['first_name']} {row['birth_year']} {row['birth_month']} of {names[row['family_id']]}"
    ),
    ConductCertificateCheck: lambda row, names: (
        f"vog of {names[row['adult_id']]} asked {row['requested_on']}"
    ),
    MatchProposal: lambda row, names: (
        f"proposal {names[row['family_id']]} + {names[row['support_family_id']]} {row['proposed_on']}"
    ),
    Coupling: lambda row, names: f"coupling of {names[row['proposal_id']]}",
    GuidanceMoment: lambda row, names: f"{row['kind']} of {names[row['coupling_id']]} due {row['due_on']}",
    Evaluation: lambda row, names: f"{row['side']} at {names[row['moment_id']]}",
    CouplingAgreement: lambda row, names: f"version {row['version']} of {names[row['coupling_id']]}",
    ContactMoment: lambda row, names: f"contact on {row['happened_on']} of {names[row['coupling_id']]}",
}
# An intake without words of its own was asked in the shipped ones, which those of the services here are.
NOT_COMPARED = {
    "asked_id",
    "id",
    "at",
    "created_at",
    "recorded_month",
    "origin",
    "pseudonym",
    "actor_id",
    "author_id",
}


def compared(rows: Rows, model: type[Any], names: dict[UUID, str]) -> Counter[str]:
    """Return the rows of one table as comparable texts, with names instead of identifiers."""

    def plain(column: str, value: Any) -> Any:
        if column == "children":
            return len(value)  # children are named by their age bands
        if isinstance(value, list):
            return [str(one) for one in value]
        if isinstance(value, UUID) and column != "submission_key":
            return names[value]
        return str(value) if value is not None else None

    return Counter(
        str(
            {
                column: plain(column, value)
                for column, value in sorted(row.items())
                if column not in NOT_COMPARED
            }
        )
        for row in rows[model]
    )


COMPARED = (Transition, AuditEntry, LedgerEntry, RequestingFamily, SupportFamily, MatchProposal, Coupling)
NAMED = (
    RequestingFamily,
    SupportFamily,
    SupportAdult,
    ConductCertificateCheck,
    MatchProposal,
    Coupling,
    GuidanceMoment,
    Evaluation,
    CouplingAgreement,
    ContactMoment,
)
WRITTEN_DOWN = (
    RequestingParent,
    SupportedChild,
    Consent,
    ContactNote,
    SupportNeed,
    SupportOffer,
    Reference,
    Booking,
)
EVERYTHING = (*dict.fromkeys((*COMPARED, *NAMED, *WRITTEN_DOWN)),)
