"""A child in one place at a time and no more children than there is room for: in the service and in the database."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections

from common.errors import InvalidInput
from common.vocabulary import DayPart
from core.agreements.jobs import fill_bookings
from core.agreements.models import Booking, CouplingAgreement
from core.agreements.services import agreement_add_version
from core.agreements.week import draft_of, week_of
from core.couplings.models import Coupling
from core.families.models import RequestingFamily
from core.guidance import services as guidance
from core.intake.models import SupportOffer
from tenants import context
from tenants.municipalities.models import Municipality
from tests.factories import chain

DEFINITIVE, TRIAL = CouplingAgreement.Kind.DEFINITIVE, CouplingAgreement.Kind.TRIAL
WEDNESDAY, SATURDAY = DayPart.WEDNESDAY_MORNING, DayPart.SATURDAY_MORNING


def two_places(**second: Any) -> tuple[Coupling, Coupling]:
    """Return two couplings of one child: a running one on Wednesdays, and one of which the families met."""
    family = chain.waiting_family()
    first = chain.coupled(family, chain.available_support("Eerste"))
    RequestingFamily.objects.filter(pk=family.pk).update(status="waiting", waiting_since=chain.day(-1))
    family = RequestingFamily.objects.get(pk=family.pk)
    return first, chain.introduced(family, chain.available_support("Tweede", **second), days_ago=1)


def start(coupling: Coupling, **changes: Any) -> Coupling:
    agreed = chain.agreement(valid_until=chain.day(40), **changes)
    return guidance.trial_start(
        coupling=coupling,
        started_on=chain.day(),
        ends_on=chain.day(40),
        agreement=agreed,
        actor=chain.TESTS,
    )


def test_an_agreement_books_its_parts_of_the_week(in_purmerend: Municipality) -> None:
    coupling = chain.coupled(chain.waiting_family(children=2), chain.available_support(offer={"capacity": 2}))
    live = Booking.objects.filter(ends_on__isnull=True)
    assert live.count() == 2
    assert {booking.day_part for booking in live} == {WEDNESDAY}
    assert {booking.support_family_id for booking in live} == {coupling.support_family_id}


def test_a_child_is_not_in_two_places_at_once(in_purmerend: Municipality) -> None:
    _first, second = two_places()
    with pytest.raises(InvalidInput) as refusal:
        start(second)
    assert "Kind1 is op woensdagochtend al bij een ander steungezin." in str(
        refusal.value.fields["day_parts"]
    )
    start(second, day_parts=[SATURDAY])
    assert Booking.objects.filter(day_part=SATURDAY).exists()


def test_weeks_that_never_meet_do_not_clash(in_purmerend: Municipality) -> None:
    first, second = two_places()
    monday = chain.day() - timedelta(days=chain.day().weekday())
    fortnightly: dict[str, Any] = {"frequency": "fortnightly", "first_on": monday}
    agreement_add_version(
        coupling=first, kind=DEFINITIVE, data=chain.agreement(**fortnightly), actor=chain.TESTS
    )
    with pytest.raises(InvalidInput):
        start(second, **fortnightly)
    start(second, frequency="fortnightly", first_on=monday + timedelta(days=7))


@pytest.mark.parametrize("what", ["child", "room"])
def test_the_database_refuses_it_too_when_somebody_writes_past_the_service(
    purmerend: Municipality, what: str
) -> None:
    with context.municipality(purmerend):
        if what == "child":
            first, second = two_places()
        else:
            first = chain.coupled(chain.waiting_family(), chain.available_support(offer={"capacity": 2}))
            second = chain.introduced(chain.waiting_family("Ander"), first.support_family, days_ago=1)
            SupportOffer.objects.update(capacity=1)
        agreement = CouplingAgreement.objects.filter(coupling=first).first()
        booking = Booking(
            agreement=agreement,
            child=second.children.get(),
            support_family=second.support_family,
            day_part=WEDNESDAY,
            weeks=4095,
            starts_on=chain.day(3),
        )
        name = "two places" if what == "child" else "room"
        with pytest.raises(IntegrityError, match=name), context.atomic():
            booking.save()
        booking.day_part = SATURDAY
        booking.save()


def test_without_the_guard_of_the_database_a_child_could_be_in_two_places(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        chain.coupled()
    with connections["owner"].cursor() as cursor:
        table = f'"{purmerend.schema_name}".agreements_booking'
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER booking_guard")
        try:
            cursor.execute(
                f"INSERT INTO {table} SELECT gen_random_uuid(), day_part, weeks, starts_on, ends_on, agreement_id,"  # noqa: S608
                f" child_id, support_family_id FROM {table} LIMIT 1"
            )
            assert cursor.rowcount == 1
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER booking_guard")


def test_a_new_version_gives_back_what_the_old_one_took(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    later = chain.agreement(valid_from=chain.day(7), agreed_on=chain.day(), day_parts=[SATURDAY])
    agreement_add_version(coupling=coupling, kind=DEFINITIVE, data=later, actor=chain.TESTS)
    found = {
        (one.day_part, one.starts_on, one.ends_on) for one in Booking.objects.exclude(ends_on__lt=chain.day())
    }
    assert found == {(WEDNESDAY, chain.day(-20), chain.day(6)), (SATURDAY, chain.day(7), None)}


def test_what_ends_gives_its_parts_of_the_week_back(in_purmerend: Municipality) -> None:
    first, second = two_places()
    chain.finish(first)
    assert Booking.objects.filter(ends_on__gt=chain.day()).count() == 0
    start(second)


def test_a_longer_trial_keeps_its_parts_of_the_week(in_purmerend: Municipality) -> None:
    coupling = chain.introduced(days_ago=1)
    start(coupling)
    assert Booking.objects.get().ends_on == chain.day(40)
    guidance.trial_extend(coupling=coupling, ends_on=chain.day(60), actor=chain.TESTS)
    assert Booking.objects.get().ends_on == chain.day(60)


def test_agreements_of_before_there_were_bookings_are_booked_at_night(in_purmerend: Municipality) -> None:
    chain.coupled()
    Booking.objects.all().delete()
    fill_bookings()
    fill_bookings()
    assert Booking.objects.filter(ends_on__isnull=True).count() == 1


def test_what_both_sides_want_is_the_draft_of_the_agreement(in_purmerend: Municipality) -> None:
    need = {"day_parts": [WEDNESDAY, SATURDAY, "zo-avond"], "frequency": "fortnightly"}
    offer = {"day_parts": [WEDNESDAY, SATURDAY, "ma-middag"]}
    coupling = chain.introduced(chain.waiting_family(need=need), chain.available_support(offer=offer))
    draft = draft_of(coupling, chain.day())
    assert draft["day_parts"] == [WEDNESDAY, SATURDAY]
    assert (draft["frequency"], draft["support_form"]) == ("fortnightly", "weekly_half_day")
    marks = week_of(coupling, chain.day()).marks
    assert {part: mark.kind for part, mark in marks.items()} == {
        "ma-middag": "offered",
        WEDNESDAY: "both",
        SATURDAY: "both",
        "zo-avond": "asked",
    }


def test_a_part_of_the_week_that_is_taken_is_not_in_the_draft(in_purmerend: Municipality) -> None:
    _first, second = two_places(offer={"day_parts": [WEDNESDAY, SATURDAY]})
    assert draft_of(second, chain.day())["day_parts"] == [SATURDAY]
    assert week_of(second, chain.day()).marks[WEDNESDAY].kind == "taken"
