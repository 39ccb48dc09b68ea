"""Reading agreements."""

import hashlib
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from common.errors import NotAllowed
from common.permissions import Permission
from core.agreements.models import AgreementAcceptance, Booking, CalendarFeed, CouplingAgreement, Party
from core.couplings.models import Coupling
from core.couplings.selectors import coupling_for
from core.couplings.workflow import RUNNING
from core.families.models import RequestingFamily, SupportFamily
from tenants.accounts.models import User


def agreement_for(
    actor: User, public_id: UUID, permission: Permission = Permission.VIEW_CASES
) -> CouplingAgreement:
    """Return an agreement of a coupling that this person may see; absent and forbidden look alike."""
    found = CouplingAgreement.objects.filter(pk=public_id).first()
    if found is None:
        raise NotAllowed
    found.coupling = coupling_for(actor, found.coupling_id, permission)
    return found


def agreements_of(coupling: Coupling) -> list[CouplingAgreement]:
    """Return every version, the latest first."""
    return list(coupling.agreements.all())


def agreement_now(coupling: Coupling, on: date) -> CouplingAgreement | None:
    """Return the version that holds on a day: the latest that has begun, or else the first to come."""
    versions = agreements_of(coupling)
    begun = [version for version in versions if version.valid_from <= on]
    return next(iter(begun or versions[-1:]), None)


def latest_agreements(coupling_ids: Collection[UUID]) -> dict[UUID, CouplingAgreement]:
    """Return the latest version of each coupling, for lists."""
    latest: dict[UUID, CouplingAgreement] = {}
    for agreement in CouplingAgreement.objects.filter(coupling__in=coupling_ids).order_by("version"):
        latest[agreement.coupling_id] = agreement
    return latest


def in_force(coupling: Coupling) -> list[tuple[CouplingAgreement, date | None]]:
    """Return each version with the last day on which it holds: until the next begins, or the coupling ends."""
    found: list[tuple[CouplingAgreement, date | None]] = []
    next_begins: date | None = None
    for agreement in agreements_of(coupling):
        ends = [day for day in (_own_end(agreement, coupling), coupling.ended_on) if day is not None]
        if next_begins is not None:
            ends.append(next_begins - timedelta(days=1))
        until = min(ends) if ends else None
        if until is None or until >= agreement.valid_from:
            found.append((agreement, until))
        next_begins = min(agreement.valid_from, next_begins or agreement.valid_from)
    return found


def _own_end(agreement: CouplingAgreement, coupling: Coupling) -> date | None:
    """Return the last day of a version by itself; a trial that was made longer takes its agreement along."""
    if agreement.kind == CouplingAgreement.Kind.TRIAL and agreement.valid_until and coupling.trial_ends_on:
        return max(agreement.valid_until, coupling.trial_ends_on)
    return agreement.valid_until


def acceptances_of(agreement: CouplingAgreement) -> dict[str, AgreementAcceptance]:
    """Return who said yes to a version, by side."""
    return {acceptance.party: acceptance for acceptance in agreement.acceptances.all()}


def parties_to_ask(agreement: CouplingAgreement) -> list[Party]:
    """Return the sides of which no yes is written down."""
    known = acceptances_of(agreement)
    return [party for party in Party if party.value not in known]


def bookings_of(
    *, family: RequestingFamily | None = None, support_family: SupportFamily | None = None, on: date
) -> list[Booking]:
    """Return what running agreements take up in the week of one family."""
    found = Booking.objects.filter(agreement__coupling__status__in=RUNNING).exclude(ends_on__lt=on)
    if family is not None:
        found = found.filter(child__family=family)
    if support_family is not None:
        found = found.filter(support_family=support_family)
    return list(found.select_related("child"))


def calendars_of(coupling: Coupling) -> dict[str, CalendarFeed]:
    """Return the calendars that can be followed now, by side."""
    live = coupling.calendars.filter(revoked_on__isnull=True)
    return {calendar.party: calendar for calendar in live}


def calendar_for(actor: User, public_id: UUID) -> CalendarFeed:
    """Return a calendar of a coupling that this person may change; absent and forbidden look alike."""
    found = CalendarFeed.objects.filter(pk=public_id).first()
    if found is None:
        raise NotAllowed
    found.coupling = coupling_for(actor, found.coupling_id, Permission.EDIT_CASES)
    return found


def calendar_of_address(token: str) -> CalendarFeed:
    """Return the calendar of a secret address; a revoked address looks like one that never was."""
    found = CalendarFeed.objects.filter(token_hash=token_hash(token), revoked_on__isnull=True)
    calendar = found.select_related("coupling").first()
    if calendar is None:
        raise NotAllowed
    return calendar


def token_hash(token: str) -> str:
    """Return what is kept of a secret address."""
    return hashlib.sha256(token.encode()).hexdigest()
