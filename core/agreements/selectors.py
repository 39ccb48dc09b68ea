"""Reading agreements."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from common.errors import NotAllowed
from core.agreements.models import CouplingAgreement
from core.couplings.models import Coupling
from core.couplings.selectors import coupling_for
from tenants.accounts.models import User


def agreement_for(actor: User, public_id: UUID) -> CouplingAgreement:
    """Return an agreement of a coupling that this person may see; absent and forbidden look alike."""
    found = CouplingAgreement.objects.filter(pk=public_id).first()
    if found is None:
        raise NotAllowed
    found.coupling = coupling_for(actor, found.coupling_id)
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
