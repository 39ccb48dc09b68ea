"""From script to rows: every act of one municipality, in order, as the services would have written it."""

from collections.abc import Callable
from datetime import date

from django.db import models

from config.synthesis.book import Book, Who
from config.synthesis.codes import Codes
from config.synthesis.copying import Tables
from config.synthesis.homes import area_points
from config.synthesis.plan import Act, Asking, Pairing, Script, Supporting
from config.synthesis.randomness import Stream
from config.synthesis.staff import Team
from config.synthesis.timeline import Step, timeline
from config.synthesis.writing_families import FamilyWriter
from config.synthesis.writing_pairings import PairingWriter
from core.agreements.models import Booking, CouplingAgreement
from core.couplings.models import Coupling, CouplingChild
from core.families.models import (
    Consent,
    ContactNote,
    PostcodeArea,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.workflow import SupportStatus
from core.guidance.models import ContactMoment, Evaluation, GuidanceMoment
from core.intake.models import NeedChild, Reference, SupportNeed, SupportOffer
from core.ledger.models import LedgerEntry
from core.matching.models import MatchProposal, ProposalChild
from core.matching.workflow import ProposalStatus
from core.vog.models import ConductCertificateCheck
from core.vog.workflow import VogStatus
from tenants.audit.models import AuditEntry, Transition

# What a row points to comes before it; the VOGs stand before the couplings, whose trigger looks for them.
WRITING_ORDER: list[type[models.Model]] = [
    PostcodeArea,
    RequestingFamily,
    RequestingParent,
    SupportedChild,
    SupportFamily,
    SupportAdult,
    Consent,
    ContactNote,
    SupportNeed,
    NeedChild,
    SupportOffer,
    Reference,
    ConductCertificateCheck,
    MatchProposal,
    ProposalChild,
    Coupling,
    CouplingChild,
    CouplingAgreement,
    Booking,
    GuidanceMoment,
    Evaluation,
    ContactMoment,
    Transition,
    AuditEntry,
    LedgerEntry,
]


class Chronicle:
    """Writes one script into one book."""

    def __init__(self, script: Script, *, team: Team, codes: Codes, until: date) -> None:
        """Prepare the book of one municipality."""
        key = (script.seed, script.area.slug)
        self.script = script
        self.team = team
        self.until = until
        self.book = Book(key=key, codes=codes, last_day=until)
        self.families = FamilyWriter(self.book, team, script.seed)
        self.pairings = PairingWriter(self.book, self.families, script.area, script.seed)
        self._duty = Stream(*key, "duty")

    def write(self) -> Tables:
        """Return every row up to and including the last day."""
        for code, latitude, longitude in area_points(self.script.area):
            self.book.add(
                PostcodeArea, code=code, place=self.script.area.place, latitude=latitude, longitude=longitude
            )
        for step in timeline(self.script, self.until):
            self.book.open_day(step.on)
            self._do(step, self.team.on_duty(self._duty))
        return self.book.tables

    def _do(self, step: Step, who: Who) -> None:
        subject = step.subject
        if isinstance(subject, Asking):
            self._asking(step, subject, who)
        elif isinstance(subject, Supporting):
            self._supporting(step, subject, who)
        else:
            self._pairing(step, subject, who)

    def _asking(self, step: Step, plan: Asking, who: Who) -> None:
        write, on = self.families, step.on
        if step.act == Act.FAMILY_REGISTERED:
            write.family_registered(plan, on, who)
            return
        case = write.askings[plan.number]
        if step.act == Act.FAMILY_CONTACTED:
            write.family_contacted(case, on, who)
        elif step.act == Act.INTAKE_PLANNED:
            write.intake_planned(case, plan.visit_on or on, who)
        elif step.act == Act.INTAKE_COMPLETED:
            write.intake_completed(case, on, who)
        else:
            write.family_closed(case, on, plan.close_reason, who)

    def _supporting(self, step: Step, plan: Supporting, who: Who) -> None:
        write, on = self.families, step.on
        if step.act == Act.SUPPORT_REGISTERED:
            write.support_registered(plan, on, who)
            return
        case = write.supportings[plan.number]
        if step.act in VOG_STATES:
            write.vog(case, step, VOG_STATES[step.act], who)
        elif step.act == Act.SUPPORT_CONTACTED:
            write.support_contacted(case, on, who)
        elif step.act == Act.VISIT_PLANNED:
            write.visit_planned(case, plan.visited_on or on, who)
        elif step.act == Act.OFFER_RECORDED:
            write.offer_recorded(case, on, who)
        elif step.act == Act.SUPPORT_APPROVED:
            write.support_approved(case, on, who)
        elif step.act == Act.SUPPORT_PAUSED:
            write.support_moved(case, SupportStatus.PAUSED, who)
        elif step.act == Act.SUPPORT_RESUMED:
            write.support_moved(case, SupportStatus.AVAILABLE, who)
        else:
            write.support_left(case, on, plan.leave_reason, who)

    def _pairing(self, step: Step, plan: Pairing, who: Who) -> None:
        write, on = self.pairings, step.on
        if step.act == Act.PROPOSED:
            write.proposed(plan, on, who)
            return
        case = write.cases[plan.number]
        if step.act in {Act.EVALUATED, Act.AFTERCARE}:
            write.moment_held(case, step, who)
        elif step.act == Act.SUPPORT_ASKED:
            write.asked(case, on, ProposalStatus.SUPPORT_ASKED, who)
        elif step.act == Act.PARENTS_ASKED:
            write.asked(case, on, ProposalStatus.PARENTS_ASKED, who)
        else:
            simple: dict[Act, Callable[..., None]] = {
                Act.ACCEPTED: write.accepted,
                Act.DECLINED_BY_SUPPORT: write.declined,
                Act.DECLINED_BY_PARENTS: write.declined,
                Act.INTRODUCED: write.introduced,
                Act.TRIAL_STARTED: write.trial_started,
                Act.NOT_CONTINUED: write.not_continued,
                Act.COUPLED: write.coupled,
                Act.CONTACTED: write.contacted,
                Act.ENDED: write.ended,
                Act.CLOSING_TALK: write.closing_talked,
            }
            simple[step.act](case, on, who)


VOG_STATES = {
    Act.VOG_REQUESTED: VogStatus.REQUESTED,
    Act.VOG_RECEIVED: VogStatus.RECEIVED,
    Act.VOG_SEEN: VogStatus.SEEN,
    Act.VOG_NOT_PRESENTED: VogStatus.NOT_PRESENTED,
    Act.VOG_EXPIRED: VogStatus.EXPIRED,
}
