"""What two municipalities tell each other by name, when both coordinators and both families have agreed.

It never stands in a shared table. Each side writes it in its own schema for the other; the other asks for it from
there, in a transaction of that municipality, which looks itself whether everybody agreed and writes down who asked.
"""

from dataclasses import astuple, dataclass, fields
from typing import Final
from uuid import UUID

from core.border.models import BorderExchange
from core.border.workflow import BorderStatus
from tenants.accounts.models import SystemActor
from tenants.audit.services import audit_log
from tenants.crossing.selectors import standing


@dataclass(frozen=True, slots=True)
class Contact:
    """All that crosses by name."""

    coordinator_name: str
    coordinator_phone: str
    family_name: str
    family_phone: str


CONTACT_FIELDS: Final = tuple(field.name for field in fields(Contact))


def contact_of(row: BorderExchange) -> Contact | None:
    """Return what this side wrote for the other, if it did."""
    found = Contact(*(getattr(row, name) for name in CONTACT_FIELDS))
    return found if any(astuple(found)) else None


def contact_for(asker_id: UUID, asker_name: str, card_id: UUID) -> Contact | None:
    """Return what this municipality wrote for the one that asks; asked in a transaction of this municipality."""
    row = BorderExchange.objects.filter(
        card_id=card_id, partner_id=asker_id, status=BorderStatus.CONTACT_GIVEN
    ).first()
    found = standing(card_id)
    if row is None or found.card is None or not found.complete:
        return None
    if asker_id not in {found.card.municipality_id, found.card.partner_id}:
        return None
    audit_log(action="border_contact_read", subject=row, actor=SystemActor(asker_name))
    return contact_of(row)
