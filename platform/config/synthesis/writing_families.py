"""The acts of families, row by row as the services of families, intake and vog write them."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from common.vocabulary import Interpreter
from config.synthesis.book import AMSTERDAM, Book, ChildFacts, Who
from config.synthesis.copying import Row
from config.synthesis.dossiers import (
    AskingFile,
    SupportFile,
    asking_file,
    case_id,
    reference_talk,
    support_file,
)
from config.synthesis.plan import Asking, Supporting
from config.synthesis.randomness import Stream
from config.synthesis.staff import Team
from config.synthesis.timeline import Step
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
from core.families.registration import PersonData
from core.families.rules import family_name
from core.families.workflow import REQUESTING_ALLOWED, SUPPORT_ALLOWED, RequestingStatus, SupportStatus
from core.intake.models import NeedChild, Reference, SupportNeed, SupportOffer
from core.ledger.models import Event
from core.vog.models import ConductCertificateCheck, ScreeningAspect
from core.vog.workflow import ALLOWED as VOG_ALLOWED
from core.vog.workflow import VogStatus
from tenants.accounts.models import PUBLIC_FORM

NIGHTLY = Who(None, "nachtelijke controle")
PUBLIC = Who(None, PUBLIC_FORM.full_name)
R, S = RequestingStatus, SupportStatus
NIGHT = 22


@dataclass(slots=True)
class AskingCase:
    """An asking family as it stands."""

    plan: Asking
    file: AskingFile
    row: Row
    parents: list[Row]
    children: list[ChildFacts]
    need: Row | None = None
    supported_by: set[UUID] = field(
        default_factory=set
    )  # couplings in which a child is with a support family


@dataclass(slots=True)
class SupportCase:
    """A support family as it stands."""

    plan: Supporting
    file: SupportFile
    row: Row
    adults: list[Row]
    offer: Row | None = None
    references: list[Row] = field(default_factory=list)
    checks: dict[tuple[int, date], Row] = field(default_factory=dict)


class FamilyWriter:
    """Writes registrations, intakes, VOG checks and what follows from them."""

    def __init__(self, book: Book, team: Team, seed: int) -> None:
        """Write in one book."""
        self.book, self.team, self.seed = book, team, seed
        self.askings: dict[int, AskingCase] = {}
        self.supportings: dict[int, SupportCase] = {}

    # ------------------------------------------------------------------------------------------------ asking families

    def family_registered(self, plan: Asking, on: date, who: Who) -> None:
        """Register an asking family."""
        found = asking_file(plan, self.seed, self.book.codes)
        data = found.registration
        actor = who if data.registered_by == Registrant.COORDINATOR else PUBLIC
        row = self.book.add(
            RequestingFamily,
            **self._shared(data, data.parents[0], plan, "asking"),
            **asdict(data.details),
            status=R.REGISTERED.value,
        )
        parents = [
            self.book.add(RequestingParent, family_id=row["id"], is_contact=number == 0, **asdict(person))
            for number, person in enumerate(data.parents)
        ]
        children = [self._child(row, asdict(child)) for child in data.children]
        case = self.askings[plan.number] = AskingCase(plan, found, row, parents, children)
        self._registered(RequestingFamily, row, actor)
        self._note(
            case, Event.FAMILY_REGISTERED, on, children=children, referral_source=data.details.referral_source
        )

    def family_contacted(self, case: AskingCase, on: date, who: Who) -> None:
        """Write down the first call with an asking family."""
        case.row["first_contact_on"] = on
        self.book.change(RequestingFamily, case.row, R.CONTACTED, REQUESTING_ALLOWED, who)
        self._note(
            case,
            Event.FAMILY_CONTACTED,
            on,
            days=self._since(case, on),
            referral_source=case.row["referral_source"],
        )
        self._contact_note(RequestingFamily, "requesting_family_id", case.row, on, case.file.call_note, who)

    def intake_planned(self, case: AskingCase, visit_on: date, who: Who) -> None:
        """Plan the home visit."""
        self.book.change(RequestingFamily, case.row, R.INTAKE, REQUESTING_ALLOWED, who)
        case.row["visit_on"] = visit_on
        self.book.audit("visit_planned", RequestingFamily, case.row, who)

    def intake_completed(self, case: AskingCase, on: date, who: Who) -> None:
        """Write down the intake, the consents and the agreement of the parents; the family waits from now on."""
        book, row = self.book, case.row
        values = {
            name: _plain(value) for name, value in vars_of(case.file.need).items() if name != "children"
        }
        case.need = book.add(SupportNeed, family_id=row["id"], completed_on=on, **values)
        concerned = sorted(
            (case.children[number] for number in case.plan.concerned), key=lambda child: child.place
        )
        for child in concerned:
            book.add(NeedChild, need_id=case.need["id"], child_id=child.id)
        book.audit("intake_saved", RequestingFamily, row, who)
        for group, note in case.file.consents:
            book.add(
                Consent,
                requesting_family_id=row["id"],
                group=group,
                given_on=on,
                note=note,
                recorded_by=who.full_name,
            )
            book.audit("consent_given", RequestingFamily, row, who, group)
        for parent in case.parents:
            parent["agreed_on"] = on
            book.audit("parent_changed", RequestingFamily, row, who)
        self.family_waits(case, on, who)
        self._note(
            case,
            Event.INTAKE_DONE,
            on,
            children=concerned,
            support_form=case.need["forms"][0],
            referral_source=row["referral_source"],
            days=self._since(case, on),
        )

    def family_waits(self, case: AskingCase, since: date, who: Who, reason: str = "") -> None:
        """Put a family on the waiting list."""
        self.book.change(RequestingFamily, case.row, R.WAITING, REQUESTING_ALLOWED, who, reason)
        case.row.update(waiting_since=since, closed_on=None, close_reason="")
        self._note(case, Event.WAITING_STARTED, since)

    def family_supported(self, case: AskingCase, on: date, who: Who) -> None:
        """Take a family off the waiting list because a trial began."""
        if case.row["status"] == R.WAITING:
            self.book.change(RequestingFamily, case.row, R.SUPPORTED, REQUESTING_ALLOWED, who)
            self._waiting_ended(case, on)

    def family_closed(self, case: AskingCase, on: date, reason: str, who: Who) -> None:
        """Close the file of an asking family."""
        waited = case.row["status"] == R.WAITING
        case.row.update(close_reason=str(reason), closed_on=on)
        self.book.change(RequestingFamily, case.row, R.CLOSED, REQUESTING_ALLOWED, who)
        if waited:
            self._waiting_ended(case, on)
        self._note(
            case,
            Event.FAMILY_CLOSED,
            on,
            close_reason=str(reason),
            referral_source=case.row["referral_source"],
            days=self._since(case, on),
        )

    def _waiting_ended(self, case: AskingCase, on: date) -> None:
        since = case.row["waiting_since"]
        case.row["waiting_since"] = None
        needed = bool(case.row["interpreter_language"])
        self._note(
            case,
            Event.WAITING_ENDED,
            on,
            household=case.row["household"],
            interpreter=(Interpreter.NEEDED if needed else Interpreter.NOT_NEEDED).value,
            days=(on - since).days if since else None,
        )

    def _note(self, case: AskingCase, event: Event, on: date, **values: Any) -> None:
        self.book.record(
            event, on, code=case.row["municipality_code"], family=case.row["pseudonym"], **values
        )

    def _child(self, family: Row, values: dict[str, Any]) -> ChildFacts:
        row = self.book.add(SupportedChild, family_id=family["id"], pseudonym=self.book.new_id(), **values)
        facts = ("id", "pseudonym", "first_name", "birth_year", "birth_month", "due_on")
        return ChildFacts(*(row[column] for column in facts))

    # ----------------------------------------------------------------------------------------------- support families

    def support_registered(self, plan: Supporting, on: date, who: Who) -> None:
        """Register a support family."""
        found = support_file(plan, self.seed, self.book.codes)
        data = found.registration
        actor = who if data.registered_by == Registrant.COORDINATOR else PUBLIC
        row = self.book.add(
            SupportFamily,
            **self._shared(data, data.adults[0], plan, "support"),
            **asdict(data.details),
            status=S.REGISTERED.value,
        )
        adults = [
            self.book.add(
                SupportAdult, family_id=row["id"], is_contact=number == 0, **_without_custody(person)
            )
            for number, person in enumerate(data.adults)
        ]
        self.supportings[plan.number] = SupportCase(plan, found, row, adults)
        self._registered(SupportFamily, row, actor)
        self._tell(row, Event.SUPPORT_REGISTERED, on, channel=row["channel"])

    def support_contacted(self, case: SupportCase, on: date, who: Who) -> None:
        """Write down the first call with a support family."""
        case.row["first_contact_on"] = on
        self.book.change(SupportFamily, case.row, S.CONTACTED, SUPPORT_ALLOWED, who)
        self._contact_note(SupportFamily, "support_family_id", case.row, on, case.file.call_note, who)

    def visit_planned(self, case: SupportCase, visit_on: date, who: Who) -> None:
        """Plan the visit of a support family."""
        self.book.change(SupportFamily, case.row, S.SCREENING, SUPPORT_ALLOWED, who)
        case.row["visit_on"] = visit_on
        self.book.audit("visit_planned", SupportFamily, case.row, who)

    def offer_recorded(self, case: SupportCase, on: date, who: Who) -> None:
        """Write down the visit: what is offered, and who can be asked about the family."""
        values = {name: _plain(value) for name, value in vars_of(case.file.offer).items()}
        case.offer = self.book.add(SupportOffer, family_id=case.row["id"], completed_on=on, **values)
        self.book.audit("intake_saved", SupportFamily, case.row, who)
        self.book.audit("intake_completed", SupportFamily, case.row, who)
        for reference in case.file.references:
            case.references.append(self.book.add(Reference, family_id=case.row["id"], **asdict(reference)))
            self.book.audit("reference_added", SupportFamily, case.row, who)

    def support_approved(self, case: SupportCase, on: date, who: Who) -> None:
        """Write down the talks with the references and approve the family."""
        for row, reference in zip(case.references, case.file.references, strict=True):
            row.update(asdict(reference_talk(reference, on)))
            self.book.audit("reference_changed", SupportFamily, case.row, who)
        self.book.change(SupportFamily, case.row, S.AVAILABLE, SUPPORT_ALLOWED, who)
        case.row["approved_on"] = on
        days = (on - case.row["registered_on"]).days
        self._tell(case.row, Event.SUPPORT_APPROVED, on, channel=case.row["channel"], days=days)

    def support_moved(self, case: SupportCase, to: SupportStatus, who: Who, reason: str = "") -> None:
        """Pause a support family, or take it back."""
        self.book.change(SupportFamily, case.row, to, SUPPORT_ALLOWED, who, reason)

    def support_left(self, case: SupportCase, on: date, reason: str, who: Who) -> None:
        """Write down that a support family stops."""
        case.row.update(close_reason=str(reason), closed_on=on)
        self.book.change(SupportFamily, case.row, S.LEFT, SUPPORT_ALLOWED, who)
        row, days = case.row, (on - case.row["registered_on"]).days
        self._tell(row, Event.SUPPORT_LEFT, on, channel=row["channel"], close_reason=str(reason), days=days)

    def _tell(self, row: Row, event: Event, on: date, **values: Any) -> None:
        self.book.record(event, on, code=row["municipality_code"], support_family=row["pseudonym"], **values)

    # ------------------------------------------------------------------------------------------------------------ VOG

    def vog(self, case: SupportCase, step: Step, to: VogStatus, who: Who) -> None:
        """Move a VOG check of one adult on, or begin one."""
        cycle = step.cycle
        if cycle is None:
            return
        key = (step.adult, cycle.requested_on)
        if to == VogStatus.REQUESTED:
            row = case.checks[key] = self.book.add(
                ConductCertificateCheck,
                adult_id=case.adults[step.adult]["id"],
                requested_on=cycle.requested_on,
                status=to.value,
            )
            self.book.audit("vog_requested", ConductCertificateCheck, row, who)
            return
        row = case.checks[key]
        self.book.change(
            ConductCertificateCheck, row, to, VOG_ALLOWED, NIGHTLY if to == VogStatus.EXPIRED else who
        )
        if to == VogStatus.RECEIVED:
            row["received_on"] = step.on
        elif to == VogStatus.SEEN:
            row.update(
                issued_on=cycle.issued_on,
                seen_on=step.on,
                seen_by=who.full_name,
                profile=ScreeningAspect.MINORS.value,
                review_due=cycle.review_due,
            )

    # --------------------------------------------------------------------------------------------------------- shared

    def _shared(self, data: Any, contact: PersonData, plan: Asking | Supporting, kind: str) -> Row:
        shared = asdict(data.family)
        return shared | {
            "id": case_id(self.seed, plan.area.slug, kind, plan.number),
            "name": family_name(contact.name_prefix, contact.last_name),
            "registered_on": data.registered_on,
            "registered_by": str(data.registered_by),
            "submission_key": data.submission_key,
            "pseudonym": self.book.new_id(),
            "created_at": self._registered_at(plan, data.registered_by),
        }

    def _registered_at(self, plan: Asking | Supporting, registered_by: str) -> datetime:
        if registered_by == Registrant.COORDINATOR:
            return self.book.now
        chance = Stream(self.seed, plan.area.slug, "hour", type(plan).__name__, plan.number)
        hour = (
            NIGHT
            if plan.at_night
            else chance.pick(
                {0: 2, 6: 2, 8: 4, 10: 8, 12: 8, 14: 7, 16: 7, 19: 12, 20: 18, 21: 18, 22: 10, 23: 4}
            )
        )
        return datetime.combine(plan.registered_on, time(hour, chance.randrange(60)), AMSTERDAM)

    def _registered(self, model: type[RequestingFamily | SupportFamily], row: Row, who: Who) -> None:
        at = row["created_at"] if who is PUBLIC else None
        self.book.audit("family_registered", model, row, who, at=at)

    def _contact_note(self, model: type[Any], column: str, row: Row, on: date, text: str, who: Who) -> None:
        values = {column: row["id"], "kind": ContactNote.Kind.CALL.value, "happened_on": on, "text": text}
        self.book.add(ContactNote, author_name=who.full_name, created_at=self.book.now, **values)
        self.book.audit("note_added", model, row, who)

    @staticmethod
    def _since(case: AskingCase, on: date) -> int:
        return (on - case.plan.registered_on).days


def vars_of(data: Any) -> dict[str, Any]:
    """Return the fields of a frozen data class by name."""
    return {name: getattr(data, name) for name in data.__dataclass_fields__}


def _plain(value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else value


def _without_custody(person: PersonData) -> dict[str, Any]:
    return {name: value for name, value in asdict(person).items() if name != "has_custody"}
