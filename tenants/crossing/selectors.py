"""Reading what stands between this municipality and its neighbours: always through the eyes of its own role."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import cached_property

from common.errors import NotAllowed
from tenants.context import current_scope
from tenants.crossing.models import Assent, Card, CounterCard, Neighbour, Who


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which municipalities this one allows, and which ones allow this one."""

    allowed: frozenset[UUID]
    allowing: frozenset[UUID]

    @property
    def open(self) -> frozenset[UUID]:
        """Return those with which cards are exchanged: both said yes."""
        return self.allowed & self.allowing


@dataclass(frozen=True)
class Standing:
    """A card with what hangs on it, as far as it is still there."""

    card: Card | None
    counter: CounterCard | None
    said: frozenset[tuple[UUID, str]]

    @cached_property
    def _sides(self) -> tuple[UUID, UUID] | None:
        return (self.card.municipality_id, self.card.partner_id) if self.card else None

    def agreed(self, who: Who) -> bool:
        """Tell whether both sides said yes: both coordinators, or both families."""
        return self._sides is not None and all((side, who.value) in self.said for side in self._sides)

    def yes_of(self, municipality_id: UUID, who: Who) -> bool:
        """Tell whether one side said yes."""
        return (municipality_id, who.value) in self.said

    @property
    def complete(self) -> bool:
        """Tell whether everybody said yes: only then may names be told."""
        return self.agreed(Who.COORDINATOR) and self.agreed(Who.FAMILY)


GONE = Standing(card=None, counter=None, said=frozenset())


def own_id() -> UUID:
    """Return the municipality that is at work."""
    found = current_scope().tenant_id
    if found is None:
        raise NotAllowed
    return found


def neighbours() -> Neighbours:
    """Return what this municipality and its neighbours allow: one query."""
    own, allowed, allowing = own_id(), set(), set()
    for municipality_id, partner_id in Neighbour.objects.values_list("municipality", "partner"):
        if municipality_id == own:
            allowed.add(partner_id)
        else:
            allowing.add(municipality_id)
    return Neighbours(allowed=frozenset(allowed), allowing=frozenset(allowing))


def cards_for_us() -> list[Card]:
    """Return the open cards of the neighbours, the ones that end first on top."""
    cards = Card.objects.filter(partner=own_id()).select_related("counter")
    return list(cards.order_by("expires_on", "id"))


def card_for_us(card_id: UUID) -> Card:
    """Return the card of a neighbour; absent, over, withdrawn and not ours look alike."""
    found = Card.objects.filter(pk=card_id, partner=own_id()).first()
    if found is None:
        raise NotAllowed
    return found


def standing(card_id: UUID) -> Standing:
    """Return how a card stands: always the same number of queries."""
    return standings([card_id]).get(card_id, GONE)


def standings(card_ids: "list[UUID]") -> dict[UUID, Standing]:
    """Return how cards stand: those that are gone are not in it."""
    cards = {card.pk: card for card in Card.objects.filter(pk__in=card_ids)}
    counters = {counter.card_id: counter for counter in CounterCard.objects.filter(card__in=card_ids)}
    said: dict[UUID, set[tuple[UUID, str]]] = {}
    rows = Assent.objects.filter(counter__card__in=card_ids)
    for counter_id, municipality_id, who in rows.values_list("counter", "municipality", "who"):
        said.setdefault(counter_id, set()).add((municipality_id, who))
    found = {}
    for pk, card in cards.items():
        counter = counters.get(pk)
        yes = frozenset(said.get(counter.pk, ())) if counter else frozenset()
        found[pk] = Standing(card=card, counter=counter, said=yes)
    return found
