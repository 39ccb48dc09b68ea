"""Reading both sides for the rules: in a fixed number of queries, however many families there are.

Couplings and bookings stand in higher apps. They are reached over the relations of what stands here, and asked for
places and parts of the week only.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.families.models import (
    POSTCODE_AREA,
    PostcodeArea,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.workflow import RequestingStatus, SupportStatus
from core.intake.models import SupportNeed
from core.ledger.services import age_band_on
from core.matching.models import MatchProposal
from core.matching.sides import Asked, Availability, Offered, Point
from core.matching.workflow import HOLDS_PLACES
from core.vog.selectors import families_without_valid_vog

# What is read of a support family; the loop in `offered_by_each` names them in this order.
_READ = (
    "pk", "status", "paused_until", "approved_on", "postcode", "offer__capacity", "offer__frequency",
    "offer__overnight", "offer__has_transport", "offer__max_distance_km", "offer__forms", "offer__day_parts",
    "offer__vetoes", "offer__traits", "offer__strengths", "offer__hopes", "offer__age_bands",
    "offer__own_children_age_bands",
)  # fmt: skip
SEARCHING = (RequestingStatus.WAITING, RequestingStatus.SUPPORTED)
AVAILABILITY = {
    SupportStatus.AVAILABLE.value: Availability.AVAILABLE,
    SupportStatus.PAUSED.value: Availability.PAUSED,
    SupportStatus.LEFT.value: Availability.LEFT,
    SupportStatus.MERGED.value: Availability.LEFT,
}


class _Sets(dict[tuple[str, ...], frozenset[str]]):
    """Sets of one reading, each made once: of the same few lists thousands of families choose."""

    def __missing__(self, chosen: tuple[str, ...]) -> frozenset[str]:
        found = self[chosen] = frozenset(chosen)
        return found


def asked_by(family: RequestingFamily, children: Sequence[SupportedChild], on: date) -> Asked:
    """Return what an asking family needs, for some of its children."""
    return asked_by_each({family: children}, on)[family.pk]


def asked_by_each(sought: Mapping[RequestingFamily, Sequence[SupportedChild]], on: date) -> dict[UUID, Asked]:
    """Return what each asking family needs, for some of its children."""
    families = list(sought)
    ids = [family.pk for family in families]
    needs = {need.family_id: need for need in SupportNeed.objects.filter(family__in=ids)}
    places = points(family.postcode_area for family in families)
    busy = _together(ids)
    talks = _talks_due([child.pk for children in sought.values() for child in children])
    parents: dict[UUID, list[tuple[str, date | None]]] = defaultdict(list)
    found = RequestingParent.objects.filter(family__in=ids, has_custody=True)
    for pk, name, agreed in found.values_list("family", "first_name", "agreed_on"):
        parents[pk].append((name, agreed))
    asked = {}
    for family in families:
        need, custody = needs.get(family.pk), parents[family.pk]
        people = Asked(
            age_bands=tuple(age_band_on(child, on) for child in sought[family]),
            place=places.get(family.postcode_area),
            waiting=family.status in SEARCHING and need is not None,
            has_custody_holder=bool(custody),
            parents_to_ask=tuple(name for name, agreed in custody if agreed is None or agreed > on),
            talks_due=tuple(dict.fromkeys(name for child in sought[family] for name in talks[child.pk])),
            together_with=frozenset(busy[family.pk]),
        )
        asked[family.pk] = _with_need(people, need) if need else people
    return asked


def offered_by_each(families: "QuerySet[SupportFamily]", on: date) -> dict[UUID, Offered]:
    """Return what each support family offers; nothing for one without an intake.

    There can be thousands: columns are read and no rows, and who is meant is said by the query and not by its ids.
    """
    ids = families.order_by().values("pk")
    gaps = families_without_valid_vog(ids, on)
    loose, booked = _taken(ids, on)
    here = Q(left_household_on__isnull=True) | Q(left_household_on__gt=on)
    adults = SupportAdult.objects.filter(here, family=OuterRef("pk"), needs_vog=True)
    unscreened = set(families.order_by().filter(~Exists(adults)).values_list("pk", flat=True))
    rows = list(families.filter(offer__isnull=False).values_list(*_READ))
    places, sets = points(row[4][:POSTCODE_AREA] for row in rows), _Sets()
    return {
        pk: Offered(
            family=pk,
            availability=AVAILABILITY.get(status, Availability.NOT_APPROVED),
            paused_until=paused_until,
            approved_on=approved_on,
            free_places=capacity - loose.get(pk, 0),
            booked={part: len(there) for part, there in booked[pk].items()} if pk in booked else {},
            has_screened_adult=pk not in unscreened,
            adults_without_vog=tuple(gaps.get(pk, ())),
            forms=sets[tuple(forms)],
            frequency=frequency,
            day_parts=sets[tuple(day_parts)],
            overnight=overnight,
            vetoes=sets[tuple(vetoes)],
            traits=sets[tuple(traits)],
            strengths=sets[tuple(strengths)],
            hopes=sets[tuple(hopes)],
            age_bands=sets[tuple(age_bands)],
            own_children_age_bands=sets[tuple(own_children)],
            has_transport=has_transport,
            max_distance_km=max_distance_km,
            place=places.get(postcode[:POSTCODE_AREA]),
        )
        for (
            pk, status, paused_until, approved_on, postcode, capacity, frequency, overnight, has_transport,
            max_distance_km, forms, day_parts, vetoes, traits, strengths, hopes, age_bands, own_children,
        ) in rows
    }  # fmt: skip


def points(postcode_areas: Iterable[str]) -> dict[str, Point]:
    """Return the middle of each postcode area that is known."""
    areas = PostcodeArea.objects.filter(code__in=set(postcode_areas))
    return {area.code: Point(float(area.latitude), float(area.longitude)) for area in areas}


def _with_need(people: Asked, need: SupportNeed) -> Asked:
    return replace(
        people,
        forms=frozenset(need.forms),
        frequency=need.frequency,
        day_parts=frozenset(need.day_parts),
        overnight=need.overnight,
        vetoes=frozenset(need.vetoes),
        traits=frozenset(need.traits),
        wishes=frozenset(need.wishes),
        gives=frozenset(need.gives),
        needs_transport=need.needs_transport,
        max_distance_km=need.max_distance_km,
    )


def _holding() -> Q:
    return Q(status__in=HOLDS_PLACES, places_freed_on__isnull=True)


def _together(families: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return per asking family the support families with which something is not over."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    running = MatchProposal.objects.filter(_holding(), family__in=families)
    for family, support in running.values_list("family", "support_family"):
        found[family].add(support)
    return found


def _talks_due(children: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return per child the support families of its couplings that ended without a closing talk with its family.

    A child that is matched again without a good ending is worse off.
    """
    found: dict[UUID, list[str]] = defaultdict(list)
    ended = MatchProposal.objects.filter(
        children__in=children, coupling__status="ended", coupling__closing_talk_family_on__isnull=True
    )
    for child, name in ended.order_by("proposed_on").values_list("children", "support_family__name"):
        found[child].append(name)
    return found


def _taken(
    support_families: "QuerySet[SupportFamily, Any]", on: date
) -> tuple[dict[UUID, int], dict[UUID, dict[str, set[UUID]]]]:
    """Return per support family how many places are taken without saying when, and which children come in which part.

    A coupling with an agreement takes the parts of the week that were agreed and no others. A proposal, or a coupling
    of which nothing is agreed yet, may need any part: it takes a place in all of them. In which weeks a part is taken
    does not count here; whoever makes the agreement sorts that out.
    """
    loose: dict[UUID, int] = defaultdict(int)
    booked: dict[UUID, dict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    held = MatchProposal.objects.filter(_holding(), support_family__in=support_families)
    bookings = "coupling__agreements__bookings__"
    live = Q(**{f"{bookings}ends_on__isnull": True}) | Q(**{f"{bookings}ends_on__gte": on})
    rows = held.filter(live, **{f"{bookings}day_part__isnull": False}).values_list(
        "support_family", "pk", f"{bookings}day_part", f"{bookings}child"
    )
    with_days = set()
    for family, proposal, part, child in rows:
        with_days.add(proposal)
        booked[family][part].add(child)
    for family, proposal in held.values_list("support_family", "pk").filter(children__isnull=False):
        if proposal not in with_days:
            loose[family] += 1
    return loose, booked
