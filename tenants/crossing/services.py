"""Writing between two municipalities. Each service leaves the line in the log of its own municipality to its caller,.

who knows what it is about; only who may exchange with whom is logged here.
"""

from datetime import date
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, NotAllowed
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log
from tenants.context import atomic, current_scope
from tenants.crossing.faces import Face, columns_of
from tenants.crossing.models import Assent, Card, CounterCard, Neighbour, Who
from tenants.crossing.selectors import neighbours, own_id
from tenants.municipalities.selectors import is_practice


@atomic()
def neighbour_allow(*, partner_id: UUID, actor: Actor) -> None:
    """Allow another municipality to exchange cards with this one. Nothing is shown until it does the same."""
    own = own_id()
    if partner_id == own or is_practice(own) or is_practice(partner_id):
        raise NotAllowed
    _, made = Neighbour.objects.get_or_create(municipality_id=own, partner_id=partner_id)
    if made:
        audit_log(action="neighbour_allowed", subject=None, purpose=str(partner_id), actor=actor)


@atomic()
def neighbour_stop(*, partner_id: UUID, actor: Actor) -> None:
    """Stop at once: own cards for this neighbour go, and from now on neither sees those of the other."""
    own = own_id()
    for card in Card.objects.filter(municipality_id=own, partner_id=partner_id).order_by("id"):
        card_lock(card.pk)
        card.delete()
    CounterCard.objects.filter(card__municipality_id=partner_id, card__partner_id=own).delete()
    stopped, _by_model = Neighbour.objects.filter(municipality_id=own, partner_id=partner_id).delete()
    if stopped:
        audit_log(action="neighbour_stopped", subject=None, purpose=str(partner_id), actor=actor)


def card_lock(card_id: UUID) -> None:
    """Have a card for this transaction: both municipalities may be busy with it at once."""
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"crossing {card_id}"])


@atomic()
def card_publish(*, partner_id: UUID, shown: Face, expires_on: date) -> Card:
    """Show an asking family to one neighbour, without identity."""
    if partner_id not in neighbours().open:
        raise Conflict(_("Deze gemeente en jullie wisselen nog geen kaarten uit."), code="not_neighbours")
    return Card.objects.create(
        municipality_id=own_id(), partner_id=partner_id, expires_on=expires_on, **columns_of(shown)
    )


@atomic()
def counter_offer(*, card: Card, shown: Face) -> CounterCard:
    """Offer a support family on the card of a neighbour, without identity. The card has been locked."""
    if CounterCard.objects.filter(card=card).exists():
        raise Conflict(_("Op deze kaart is al een steungezin aangeboden."), code="card_taken")
    return CounterCard.objects.create(card=card, **columns_of(shown))


@atomic()
def assent_give(*, counter: CounterCard, who: Who) -> None:
    """Say yes for the own side."""
    Assent.objects.get_or_create(counter=counter, municipality_id=own_id(), who=who.value)


@atomic()
def card_remove(*, card_id: UUID) -> None:
    """Take an own card away with everything that hangs on it, what the other side put there included."""
    Card.objects.filter(pk=card_id, municipality_id=own_id()).delete()


@atomic()
def counter_remove(*, counter_id: UUID) -> None:
    """Take a counter-card away with every yes to it; either side may."""
    CounterCard.objects.filter(pk=counter_id).delete()
