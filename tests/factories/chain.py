"""Cases somewhere in the chain: made in the tables up to waiting and available, through the services from there."""

from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from common.vocabulary import AgeBand, DayPart, Frequency, SupportForm
from core.agreements.services import AgreementData
from core.couplings.models import Coupling
from core.couplings.services import Ending, coupling_introduce
from core.families.models import (
    PostcodeArea,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.workflow import RequestingStatus, SupportStatus
from core.guidance.models import GuidanceMoment
from core.guidance.services import (
    FamilyNext,
    SupportNext,
    coupling_finish,
    coupling_make_definitive,
    trial_start,
)
from core.intake.models import NeedChild, SupportNeed, SupportOffer
from core.matching.models import MatchProposal
from core.matching.services import (
    proposal_accept,
    proposal_ask_parents,
    proposal_ask_support,
    proposal_create,
)
from core.vog.models import ConductCertificateCheck
from core.vog.workflow import VogStatus
from tenants.accounts.models import SystemActor
from tenants.models import ScopedModel

Row = TypeVar("Row", bound=ScopedModel)

TESTS = SystemActor("tests")
PHONE, OTHER_PHONE = "+31600000001", "+31600000002"


def day(offset: int = 0) -> date:
    """Return today, or so many days from today."""
    return timezone.localdate() + timedelta(days=offset)


def made(model: type[Row], values: dict[str, Any]) -> Row:
    """Return a new row of a table."""
    row = model(**values)
    row.save()
    return row


def postcode_areas() -> None:
    """Know two places two and a half kilometres apart."""
    PostcodeArea.objects.create(code="1441", place="Purmerend", latitude="52.50500", longitude="4.95000")
    PostcodeArea.objects.create(code="1442", place="Purmerend", latitude="52.52750", longitude="4.95000")


def waiting_family(
    name: str = "Jansen",
    *,
    children: int = 1,
    agreed: bool = True,
    status: str = RequestingStatus.WAITING,
    waits: int = 30,
    need: dict[str, Any] | None = None,
    **columns: Any,
) -> RequestingFamily:
    """Return an asking family after its intake: one parent with custody, children of three and up."""
    values: dict[str, Any] = {
        "name": name,
        "postcode": "1441 AB",
        "place": "Purmerend",
        "municipality_code": "GM0439",
        "registered_on": day(-waits - 30),
        "registered_by": "self",
        "first_contact_on": day(-waits - 28),
        "waiting_since": day(-waits) if status == RequestingStatus.WAITING else None,
        "status": status,
    }
    values.update(columns)
    family = made(RequestingFamily, values)
    RequestingParent.objects.create(
        family=family,
        first_name="Mira",
        last_name=name,
        phone=PHONE,
        is_contact=True,
        agreed_on=day(-waits) if agreed else None,
    )
    asked: dict[str, Any] = {
        "family": family,
        "held_on": day(-waits),
        "completed_on": day(-waits),
        "question_support": "Een vaste ochtend rust",
        "forms": [SupportForm.WEEKLY_HALF_DAY],
        "frequency": Frequency.WEEKLY,
        "day_parts": [DayPart.WEDNESDAY_MORNING, DayPart.SATURDAY_MORNING],
    }
    asked.update(need or {})
    support_need = made(SupportNeed, asked)
    for number in range(children):
        child = SupportedChild.objects.create(
            family=family, first_name=f"Kind{number + 1}", birth_year=day().year - 3 - number, birth_month=1
        )
        NeedChild.objects.create(need=support_need, child=child)
    return family


def available_support(
    name: str = "Bakker",
    *,
    adults: int = 1,
    vog: bool = True,
    status: str = SupportStatus.AVAILABLE,
    offer: dict[str, Any] | None = None,
    **columns: Any,
) -> SupportFamily:
    """Return an approved support family in which every adult has a valid VOG."""
    values: dict[str, Any] = {
        "name": name,
        "postcode": "1442 CD",
        "place": "Purmerend",
        "municipality_code": "GM0439",
        "registered_on": day(-200),
        "registered_by": "self",
        "first_contact_on": day(-195),
        "approved_on": day(-100),
        "status": status,
    }
    values.update(columns)
    family = made(SupportFamily, values)
    for number in range(adults):
        adult = SupportAdult.objects.create(
            family=family,
            first_name=("Jan", "Els", "Bo", "Kim")[number],
            last_name=name,
            phone=OTHER_PHONE,
            is_contact=number == 0,
        )
        if vog:
            vog_seen(adult)
    offered: dict[str, Any] = {
        "family": family,
        "held_on": day(-150),
        "completed_on": day(-120),
        "household": "Twee volwassenen",
        "house_rules_accepted_on": day(-120),
        "forms": [SupportForm.WEEKLY_HALF_DAY, SupportForm.ACTIVITIES],
        "frequency": Frequency.WEEKLY,
        "day_parts": [DayPart.WEDNESDAY_MORNING],
        "age_bands": [AgeBand.FROM_0, AgeBand.FROM_4],
        "capacity": 1,
    }
    offered.update(offer or {})
    made(SupportOffer, offered)
    return family


def vog_seen(
    adult: SupportAdult, *, seen_on: date | None = None, review_due: date | None = None
) -> ConductCertificateCheck:
    """Return a certificate that was seen, almost two years ago unless told otherwise."""
    seen = seen_on or day(-600)
    return ConductCertificateCheck.objects.create(
        adult=adult,
        status=VogStatus.SEEN,
        requested_on=seen - timedelta(days=20),
        issued_on=seen - timedelta(days=3),
        seen_on=seen,
        seen_by="Coordinator",
        profile="84",
        review_due=review_due or seen + timedelta(days=1000),
    )


def proposal(
    family: RequestingFamily | None = None,
    support: SupportFamily | None = None,
    *,
    days_ago: int = 20,
    outside_reason: str = "Zij kennen elkaar van school",
) -> MatchProposal:
    """Return a proposal that nobody was asked about yet; the reason is kept only where one is asked for."""
    family = family or waiting_family(waits=days_ago + 10)
    return proposal_create(
        family=family,
        support_family=support or available_support(),
        children=list(family.children.all()),
        proposed_on=day(-days_ago),
        outside_reason=outside_reason,
        actor=TESTS,
    )


def accepted(
    family: RequestingFamily | None = None, support: SupportFamily | None = None, *, days_ago: int = 20
) -> MatchProposal:
    """Return a proposal to which both sides said yes."""
    made = proposal(family, support, days_ago=days_ago)
    proposal_ask_support(proposal=made, asked_on=day(-days_ago), actor=TESTS)
    proposal_ask_parents(proposal=made, asked_on=day(-days_ago), actor=TESTS)
    return proposal_accept(proposal=made, decided_on=day(-days_ago), actor=TESTS)


def introduced(
    family: RequestingFamily | None = None, support: SupportFamily | None = None, *, days_ago: int = 20
) -> Coupling:
    """Return a coupling of which the families met."""
    made = accepted(family, support, days_ago=days_ago)
    return coupling_introduce(proposal=made, introduced_on=day(-days_ago), actor=TESTS)


def agreement(*, on: date | None = None, **changes: Any) -> AgreementData:
    """Return what both families agreed."""
    start = on or day()
    values: dict[str, Any] = {
        "support_form": SupportForm.WEEKLY_HALF_DAY,
        "frequency": Frequency.WEEKLY,
        "day_parts": [DayPart.WEDNESDAY_MORNING],
        "arrangements": "Halen en brengen door de ouders",
        "house_rules": "Schoenen uit, geen schermen aan tafel",
        "emergency_contact": "Oma, 06 00000003",
        "agreed_on": min(start, day()),
        "valid_from": start,
    }
    return AgreementData(**(values | changes))


def in_trial(
    family: RequestingFamily | None = None,
    support: SupportFamily | None = None,
    *,
    days_ago: int = 20,
    lasts: int = 45,
    **changes: Any,
) -> Coupling:
    """Return a coupling in its trial period; ``changes`` are of what was agreed."""
    made = introduced(family, support, days_ago=days_ago)
    start = day(-days_ago)
    return trial_start(
        coupling=made,
        started_on=start,
        ends_on=start + timedelta(days=lasts),
        agreement=agreement(on=start, **changes),
        actor=TESTS,
    )


def coupled(
    family: RequestingFamily | None = None, support: SupportFamily | None = None, *, days_ago: int = 20
) -> Coupling:
    """Return a definitive coupling."""
    made = in_trial(family, support, days_ago=days_ago, lasts=30)
    start = day(-days_ago)
    return coupling_make_definitive(
        coupling=made, coupled_on=start, agreement=agreement(on=start), actor=TESTS
    )


def ending(**changes: Any) -> Ending:
    """Return an ordinary ending of today."""
    values: dict[str, Any] = {"ended_on": day(), "reason": "goal_reached"}
    values.update(changes)
    return Ending(**values)


def finish(coupling: Coupling, **changes: Any) -> Coupling:
    """Return a coupling that ended: the family needs nothing more, the support family is available again."""
    return coupling_finish(
        coupling=coupling,
        ending=ending(**changes),
        family_next=FamilyNext.CLOSE,
        support_next=SupportNext.AVAILABLE,
        actor=TESTS,
    )


def moments() -> "QuerySet[GuidanceMoment]":
    """Return every moment there is."""
    return GuidanceMoment.objects.all()
