"""Reading the exchanges of this municipality, each with how it stands in the shared tables."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from common.errors import NotAllowed
from common.permissions import Permission
from core.border.contacts import contact_of
from core.border.models import BorderExchange
from core.border.workflow import LIVE, BorderSide, BorderStatus
from core.families.models import RequestingFamily, RequestingParent, SupportAdult, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.matching.gather import points
from core.matching.sides import Point, distance_km
from tenants.accounts.models import User
from tenants.crossing.faces import Face, band_of, face_of
from tenants.crossing.models import DistanceBand, Who
from tenants.crossing.selectors import GONE, Standing, own_id, standing, standings
from tenants.municipalities.models import Municipality
from tenants.municipalities.selectors import places_at_hand

STILL_LOOKING = (RequestingStatus.WAITING, RequestingStatus.SUPPORTED)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The own part of an exchange with how the whole stands today."""

    row: BorderExchange
    standing: Standing
    today: date

    @property
    def live(self) -> bool:
        """Tell whether something can still happen."""
        return self.row.status in LIVE and self.over is None

    @property
    def waits_for_offer(self) -> bool:
        """Tell whether it is an own card to which this side has not said yes: a counter-card may come and go."""
        return self.row.side == BorderSide.ASKING and self.row.status == BorderStatus.OPEN

    @property
    def over(self) -> BorderStatus | None:
        """Return how it ended when nobody has written that down yet: the day passed, or the other side stopped."""
        if self.row.status not in LIVE:
            return None
        if self.row.expires_on < self.today:
            return BorderStatus.EXPIRED
        gone = self.standing.card is None
        counter_gone = self.standing.counter is None and not self.waits_for_offer
        return BorderStatus.STOPPED if gone or counter_gone else None

    @property
    def status(self) -> BorderStatus:
        """Return where it stands today."""
        return self.over or BorderStatus(self.row.status)

    @property
    def theirs(self) -> Face | None:
        """Return the card of the other side, as long as it is there."""
        asking = self.row.side == BorderSide.ASKING
        shown = self.standing.counter if asking else self.standing.card
        return face_of(shown) if shown is not None and self.over is None else None

    def we_said(self, who: Who) -> bool:
        """Tell whether this side said yes."""
        return self.standing.yes_of(own_id(), who)

    def they_said(self, who: Who) -> bool:
        """Tell whether the other side said yes."""
        return self.standing.yes_of(self.row.partner_id, who)


def exchange_for(
    actor: User, public_id: UUID, permission: Permission = Permission.VIEW_CASES
) -> BorderExchange:
    """Return an exchange that this person may see or change; absent and forbidden look alike."""
    found = exchanges().filter(pk=public_id).first() if actor.may(permission) else None
    if found is None:
        raise NotAllowed
    return found


def exchanges() -> "QuerySet[BorderExchange]":
    """Return exchanges with their family."""
    return BorderExchange.objects.select_related("family", "support_family")


def standing_now(row: BorderExchange, today: date) -> Exchange:
    """Return an exchange as it stands: always the same number of queries."""
    return Exchange(row, standing(row.card_id), today)


def standing_all(rows: Iterable[BorderExchange], today: date) -> list[Exchange]:
    """Return exchanges as they stand, for a list: three queries for all of them."""
    found = list(rows)
    known = standings([row.card_id for row in found])
    return [Exchange(row, known.get(row.card_id, GONE), today) for row in found]


def distance_to(family: RequestingFamily | SupportFamily, partner: Municipality | None) -> DistanceBand:
    """Return in which band the middle of the other municipality lies; a secret address gives nothing away."""
    if partner is None or partner.centre_lat is None or partner.centre_lon is None or family.secret_address:
        return DistanceBand.UNKNOWN
    middle = Point(float(partner.centre_lat), float(partner.centre_lon))
    return band_of(distance_km(points([family.postcode_area]).get(family.postcode_area), middle))


def own_exchange_on(card_id: UUID) -> BorderExchange | None:
    """Return the own exchange on the card of a neighbour, if one runs."""
    return BorderExchange.objects.filter(card_id=card_id, status__in=LIVE).first()


def contact_suggested(row: BorderExchange, actor: User) -> dict[str, str]:
    """Return what the form for the other coordinator starts with: what was written before, or the own people."""
    written = contact_of(row)
    if written is not None:
        return asdict(written)
    person: RequestingParent | SupportAdult | None = None
    if row.family is not None:
        person = row.family.parents.order_by("-is_contact", "first_name").first()
    elif row.support_family is not None:
        there = row.support_family.adults.filter(left_household_on__isnull=True)
        person = there.order_by("-is_contact", "first_name").first()
    return {"coordinator_name": actor.full_name, "family_name": person.full_name if person else ""}


def partner_of(partner_id: UUID) -> Municipality | None:
    """Return the other municipality, as the process knows it."""
    return places_at_hand().get(partner_id)


def partner_name(partner_id: UUID) -> str:
    """Return how the other municipality is called."""
    found = partner_of(partner_id)
    return found.name if found else "…"


def looking(family: RequestingFamily) -> bool:
    """Tell whether an asking family still looks for somebody."""
    return family.status in STILL_LOOKING


def can_be_offered(family: SupportFamily) -> bool:
    """Tell whether a support family can still be asked."""
    return family.status == SupportStatus.AVAILABLE
