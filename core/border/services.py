"""Steps of an exchange over the border. Each is one transaction: own row, shared rows and the log together.

The card is locked first, for both municipalities may be busy with it; then rows of the own schema.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from core.border.candidates import in_the_way, possible_for
from core.border.contacts import CONTACT_FIELDS, Contact
from core.border.errors import NotYet, Over
from core.border.models import BorderExchange
from core.border.selectors import (
    Exchange,
    can_be_offered,
    distance_to,
    exchanges,
    looking,
    partner_name,
    partner_of,
    standing_now,
)
from core.border.workflow import ALLOWED, LIVE, BorderSide, BorderStatus
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.families.rules import Problems
from core.intake.models import SupportNeed, SupportOffer
from core.ledger.services import age_band_on
from core.matching.errors import GateClosed
from core.matching.selectors import children_sought
from tenants.accounts.models import Actor
from tenants.audit.history import change_fields
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic
from tenants.crossing import services as crossing
from tenants.crossing.faces import Face, face, face_of
from tenants.crossing.models import Who
from tenants.crossing.selectors import card_for_us

USUAL_TIME: Final = timedelta(days=42)
LONGEST_TIME: Final = timedelta(days=91)


def asking_face(family: RequestingFamily, children: Sequence[SupportedChild], partner_id: UUID) -> Face:
    """Return what would be shown of an asking family: this and nothing else."""
    need = SupportNeed.objects.filter(family=family).first()
    return face(
        distance_band=distance_to(family, partner_of(partner_id)),
        day_parts=need.day_parts if need else (),
        age_bands=[age_band_on(child, timezone.localdate()) for child in children],
        forms=need.forms if need else (),
    )


def offering_face(family: SupportFamily, asker_id: UUID) -> Face:
    """Return what would be shown of a support family: this and nothing else."""
    offer = SupportOffer.objects.filter(family=family).first()
    return face(
        distance_band=distance_to(family, partner_of(asker_id)),
        day_parts=offer.day_parts if offer else (),
        age_bands=offer.age_bands if offer else (),
        forms=offer.forms if offer else (),
    )


@atomic()
def border_publish(
    *,
    family: RequestingFamily,
    partner_id: UUID,
    children: Sequence[SupportedChild],
    expires_on: date,
    actor: Actor,
) -> BorderExchange:
    """Show an asking family to one neighbour on a card without identity, until a day."""
    today = timezone.localdate()
    locked = RequestingFamily.objects.select_for_update().get(pk=family.pk)
    problems = Problems()
    own = bool(children) and all(child.family_id == locked.pk for child in children)
    problems.check(own, "children", _("Kies kinderen van dit gezin."))
    problems.not_before("expires_on", expires_on, today, _("Kies een dag vanaf vandaag."))
    problems.not_later(
        "expires_on", expires_on, today + LONGEST_TIME, _("Een kaart staat hoogstens drie maanden open.")
    )
    problems.refuse()
    if gates := in_the_way(locked, children, today):
        raise GateClosed(gates)
    if BorderExchange.objects.filter(family=locked, partner_id=partner_id, status__in=LIVE).exists():
        raise Conflict(_("Voor deze gemeente staat al een kaart van dit gezin open."), code="card_exists")
    shown = asking_face(locked, children, partner_id)
    card = crossing.card_publish(partner_id=partner_id, shown=shown, expires_on=expires_on)
    row = BorderExchange.objects.create(
        side=BorderSide.ASKING,
        status=BorderStatus.OPEN,
        family=locked,
        partner_id=partner_id,
        card_id=card.pk,
        opened_on=today,
        expires_on=expires_on,
        distance_band=shown.distance_band,
        day_parts=list(shown.day_parts),
        age_bands=list(shown.age_bands),
        forms=list(shown.forms),
    )
    audit_log(
        action="border_card_published", subject=row, purpose=partner_name(partner_id)[:200], actor=actor
    )
    return row


@atomic()
def border_offer(*, card_id: UUID, support_family: SupportFamily, actor: Actor) -> BorderExchange:
    """Offer one support family on the card of a neighbour, without identity. No closed gate lets it through."""
    today = timezone.localdate()
    crossing.card_lock(card_id)
    card = card_for_us(card_id)
    locked = SupportFamily.objects.select_for_update().get(pk=support_family.pk)
    _can_support(locked, face_of(card), today)
    _end_what_was_turned_down(card_id, today, actor)
    shown = offering_face(locked, card.municipality_id)
    counter = crossing.counter_offer(card=card, shown=shown)
    row = BorderExchange.objects.create(
        side=BorderSide.OFFERING,
        status=BorderStatus.OPEN,
        support_family=locked,
        partner_id=card.municipality_id,
        card_id=card.pk,
        counter_id=counter.pk,
        opened_on=today,
        expires_on=card.expires_on,
        distance_band=shown.distance_band,
        day_parts=list(shown.day_parts),
        age_bands=list(shown.age_bands),
        forms=list(shown.forms),
    )
    audit_log(
        action="border_family_offered",
        subject=row,
        purpose=partner_name(card.municipality_id)[:200],
        actor=actor,
    )
    return row


@atomic()
def border_not_fitting(*, exchange: BorderExchange, actor: Actor) -> BorderExchange:
    """Say that the support family on offer does not fit: the card stays open for another one."""
    found = _turn(exchange)
    counter = found.standing.counter
    if counter is None or not found.waits_for_offer:
        raise Conflict(_("Er is nu geen aanbod om af te wijzen."), code="nothing_offered")
    crossing.counter_remove(counter_id=counter.pk)
    audit_log(action="border_offer_declined", subject=found.row, actor=actor)
    return found.row


@atomic()
def border_agree(*, exchange: BorderExchange, actor: Actor) -> BorderExchange:
    """Say yes as the coordinator of one side, having seen both cards."""
    found = _turn(exchange)
    counter = found.standing.counter
    if counter is None:
        raise NotYet(_("Er is nog geen steungezin aangeboden."))
    _still_possible(found)
    change_state(found.row, BorderStatus.AGREED, allowed=ALLOWED, actor=actor)
    _write(found.row, {"coordinator_agreed_on": found.today, "counter_id": counter.pk}, actor)
    crossing.assent_give(counter=counter, who=Who.COORDINATOR)
    return found.row


@atomic()
def border_family_agree(
    *, exchange: BorderExchange, agreed_on: date | None = None, actor: Actor
) -> BorderExchange:
    """Write down that the own family says yes. Families are asked after both coordinators agreed, not before."""
    found = _turn(exchange)
    day = agreed_on or found.today
    if found.standing.counter is None or not found.standing.agreed(Who.COORDINATOR):
        raise NotYet(_("Eerst zeggen beide coördinatoren ja. Vraag daarna het gezin."))
    problems = Problems()
    problems.not_later("agreed_on", day, found.today)
    problems.not_before(
        "agreed_on",
        day,
        found.row.coordinator_agreed_on or found.row.opened_on,
        _("Deze datum ligt voor de vorige stap."),
    )
    problems.refuse()
    _still_possible(found)
    change_state(found.row, BorderStatus.FAMILY_AGREED, allowed=ALLOWED, actor=actor)
    _write(found.row, {"family_agreed_on": day}, actor)
    crossing.assent_give(counter=found.standing.counter, who=Who.FAMILY)
    return found.row


@atomic()
def border_contact_give(*, exchange: BorderExchange, contact: Contact, actor: Actor) -> BorderExchange:
    """Write for the other coordinator whom to call, now that both coordinators and both families agreed."""
    found = _turn(exchange)
    if not found.standing.complete:
        raise NotYet(_("Namen gaan pas over als beide coördinatoren en beide gezinnen ja zeggen."))
    if found.row.status != BorderStatus.CONTACT_GIVEN:
        change_state(found.row, BorderStatus.CONTACT_GIVEN, allowed=ALLOWED, actor=actor)
    _write(found.row, asdict(contact), actor)
    audit_log(
        action="border_contact_given",
        subject=found.row,
        purpose=partner_name(found.row.partner_id)[:200],
        actor=actor,
    )
    return found.row


@atomic()
def border_end(*, exchange: BorderExchange, to: BorderStatus, actor: Actor) -> BorderExchange:
    """End the own part at once: what this side showed goes, and so does every yes that hung on it."""
    crossing.card_lock(exchange.card_id)
    row = exchanges().select_for_update(of=("self",)).get(pk=exchange.pk)
    return _end(row, to, actor)


@atomic()
def border_stop_neighbour(*, partner_id: UUID, actor: Actor) -> None:
    """Exchange nothing with a neighbour from now on: whatever runs with it ends."""
    running = exchanges().filter(partner_id=partner_id, status__in=LIVE).order_by("card_id")
    for row in running:
        border_end(exchange=row, to=BorderStatus.WITHDRAWN, actor=actor)
    crossing.neighbour_stop(partner_id=partner_id, actor=actor)


@atomic()
def border_tidy(*, on: date, actor: Actor) -> int:
    """End what is over: past its last day, stopped by the other side, or of a family that no longer looks."""
    ended = 0
    for row in exchanges().filter(status__in=LIVE).order_by("card_id"):
        crossing.card_lock(row.card_id)
        locked = exchanges().select_for_update(of=("self",)).get(pk=row.pk)
        to = standing_now(locked, on).over or _no_longer_wanted(locked)
        if locked.status in LIVE and to is not None:
            _end(locked, to, actor)
            ended += 1
    return ended


def _end_what_was_turned_down(card_id: UUID, today: date, actor: Actor) -> None:
    """Close the own exchange on a card whose offer the neighbour has taken away, so that another can follow."""
    for row in exchanges().filter(card_id=card_id, side=BorderSide.OFFERING, status__in=LIVE):
        if standing_now(row, today).over is not None:
            _end(row, BorderStatus.STOPPED, actor)


def _no_longer_wanted(row: BorderExchange) -> BorderStatus | None:
    if row.family is not None:
        return None if looking(row.family) else BorderStatus.WITHDRAWN
    if row.support_family is not None and row.status == BorderStatus.OPEN:
        return None if can_be_offered(row.support_family) else BorderStatus.WITHDRAWN
    return None


def _turn(exchange: BorderExchange) -> Exchange:
    """Have an exchange for this transaction, or refuse because it is over."""
    crossing.card_lock(exchange.card_id)
    row = exchanges().select_for_update(of=("self",)).get(pk=exchange.pk)
    found = standing_now(row, timezone.localdate())
    if found.over is not None:
        raise Over
    return found


def _still_possible(found: Exchange) -> None:
    """Look at the own family again: much may have changed since the card was made."""
    row, theirs = found.row, found.theirs
    if row.family is not None:
        children = children_sought(row.family) or list(row.family.children.all())
        if gates := in_the_way(row.family, children, found.today):
            raise GateClosed(gates)
    elif row.support_family is not None and theirs is not None:
        _can_support(row.support_family, theirs, found.today)


def _can_support(family: SupportFamily, asked: Face, today: date) -> None:
    possible = possible_for(asked, today, only=family.pk)
    if not possible:
        raise Conflict(_("Dit steungezin kan nu niet worden aangeboden."), code="not_available")
    if gates := possible[0].fit.gates:
        raise GateClosed(gates)


def _end(row: BorderExchange, to: BorderStatus, actor: Actor) -> BorderExchange:
    if row.status in LIVE:
        _write(row, {**dict.fromkeys(CONTACT_FIELDS, ""), "ended_on": timezone.localdate()}, actor)
    change_state(row, to, allowed=ALLOWED, actor=actor)
    if row.side == BorderSide.ASKING:
        crossing.card_remove(card_id=row.card_id)
    elif row.counter_id is not None:
        crossing.counter_remove(counter_id=row.counter_id)
    return row


def _write(row: BorderExchange, values: Mapping[str, object], actor: Actor) -> None:
    """Write columns; names and numbers for the other side stay out of the history, where they could not be wiped."""
    about = row.family or row.support_family
    if about is not None:
        change_fields(row, values, about=about, actor=actor, withhold=CONTACT_FIELDS)
