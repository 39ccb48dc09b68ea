"""Reading intakes."""

from dataclasses import dataclass
from uuid import UUID

from common.errors import NotAllowed
from common.permissions import Permission
from core.families.models import RequestingFamily, SupportFamily
from core.intake.models import Reference, SupportNeed, SupportOffer
from tenants.accounts.models import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """One of the things that must be in order before a support family may be matched."""

    code: str
    done: bool
    missing: str = ""


def need_of(family: RequestingFamily) -> SupportNeed | None:
    """Return the intake of an asking family with its children, if there is one."""
    return (
        SupportNeed.objects.filter(family=family).select_related("asked").prefetch_related("children").first()
    )


def offer_of(family: SupportFamily) -> SupportOffer | None:
    """Return the intake of a support family, if there is one."""
    return SupportOffer.objects.filter(family=family).select_related("asked").first()


def references_of(family: SupportFamily) -> list[Reference]:
    """Return the people who were named to ask about a support family."""
    return list(family.references.order_by("name"))


def reference_for(actor: Actor, public_id: UUID) -> Reference:
    """Return a reference with its family, to change; absent and forbidden look alike."""
    found = Reference.objects.select_related("family").filter(pk=public_id).first()
    if found is None or not actor.may(Permission.EDIT_CASES):
        raise NotAllowed
    return found
