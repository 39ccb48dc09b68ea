"""Two municipalities that exchange cards, brought to any point of the way through the services themselves."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from core.border.contacts import Contact
from core.border.models import BorderExchange
from core.border.services import (
    border_agree,
    border_contact_give,
    border_family_agree,
    border_offer,
    border_publish,
)
from core.matching.selectors import children_sought
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.crossing.services import neighbour_allow
from tenants.municipalities.models import Municipality
from tests.factories import chain

TESTS = SystemActor("tests")
# Words that stand nowhere else: whatever leaves may not have one of them.
NAME, OTHER_NAME = "Qzkanaster", "Bzwanenburg"
ASKING_CONTACT = Contact("Coördinator Een", "+31600000011", NAME, "+31600000012")
OFFERING_CONTACT = Contact("Coördinator Twee", "+31600000021", OTHER_NAME, "+31600000022")


NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Both:
    """The exchange as each side has it, by id."""

    asking: UUID
    offering: UUID
    card: UUID
    family: UUID
    support_family: UUID


def allow(one: Municipality, other: Municipality) -> None:
    """Let one municipality allow the other."""
    with context.municipality(one):
        neighbour_allow(partner_id=other.pk, actor=TESTS)


def neighbours(one: Municipality, other: Municipality) -> None:
    """Let two municipalities allow each other."""
    allow(one, other)
    allow(other, one)


def published(asks: Municipality, offers: Municipality, *, until: date | None = None, **need: Any) -> Both:
    """Have a family on a card for the neighbour."""
    neighbours(asks, offers)
    with context.municipality(asks):
        family = chain.waiting_family(NAME, need=need or None)
        row = border_publish(
            family=family,
            partner_id=offers.pk,
            children=children_sought(family),
            expires_on=until or chain.day(30),
            actor=TESTS,
        )
        return Both(row.pk, NOBODY, row.card_id, family.pk, NOBODY)


def offered(asks: Municipality, offers: Municipality, found: Both | None = None) -> Both:
    """Have a support family offered on the card."""
    both = found or published(asks, offers)
    with context.municipality(offers):
        family = chain.available_support(OTHER_NAME)
        row = border_offer(card_id=both.card, support_family=family, actor=TESTS)
        return Both(both.asking, row.pk, both.card, both.family, family.pk)


def agreed(asks: Municipality, offers: Municipality) -> Both:
    """Have both coordinators say yes."""
    both = offered(asks, offers)
    for place, pk in ((asks, both.asking), (offers, both.offering)):
        with context.municipality(place):
            border_agree(exchange=BorderExchange.objects.get(pk=pk), actor=TESTS)
    return both


def complete(asks: Municipality, offers: Municipality) -> Both:
    """Have both families say yes too."""
    both = agreed(asks, offers)
    for place, pk in ((asks, both.asking), (offers, both.offering)):
        with context.municipality(place):
            border_family_agree(exchange=BorderExchange.objects.get(pk=pk), actor=TESTS)
    return both


def told(asks: Municipality, offers: Municipality) -> Both:
    """Have each side write down whom the other may call."""
    both = complete(asks, offers)
    for place, pk, contact in (
        (asks, both.asking, ASKING_CONTACT),
        (offers, both.offering, OFFERING_CONTACT),
    ):
        with context.municipality(place):
            border_contact_give(exchange=BorderExchange.objects.get(pk=pk), contact=contact, actor=TESTS)
    return both
