"""The steps of an exchange between two real municipalities: who may do what when, and what is left at the end."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from common.errors import Conflict, ForbiddenTransition, InvalidInput, NaoberError, NotAllowed
from core.border.candidates import possible_for
from core.border.contacts import contact_for
from core.border.errors import NotYet, Over
from core.border.jobs import tidy
from core.border.models import BorderExchange
from core.border.services import (
    border_agree,
    border_contact_give,
    border_end,
    border_family_agree,
    border_not_fitting,
    border_offer,
    border_publish,
    border_stop_neighbour,
    border_tidy,
)
from core.border.workflow import LIVE, BorderStatus
from core.families.models import RequestingFamily, RequestingParent, SupportFamily
from core.matching.errors import GateClosed
from core.matching.selectors import children_sought
from core.vog.models import ConductCertificateCheck
from tenants import context
from tenants.audit.models import AuditEntry, FieldChange, Transition
from tenants.crossing.faces import face_of
from tenants.crossing.models import Assent, Card, CounterCard, Neighbour
from tenants.crossing.selectors import card_for_us, cards_for_us
from tenants.crossing.services import neighbour_allow
from tenants.municipalities.models import Municipality
from tests.core.border.test_card_fields import shared_rows
from tests.factories import border, chain
from tests.factories.border import TESTS

Places = tuple[Municipality, Municipality]


@pytest.fixture
def places(purmerend: Municipality, zaanstad: Municipality) -> Places:
    """Return the one that asks and the one that offers."""
    return purmerend, zaanstad


def own(place: Municipality) -> BorderExchange:
    """Return the only exchange of a place."""
    with context.municipality(place):
        return BorderExchange.objects.get()


def step(place: Municipality, service: Callable[..., object], **values: Any) -> None:
    with context.municipality(place):
        service(exchange=BorderExchange.objects.get(), actor=TESTS, **values)


# ------------------------------------------------------------------------------------------------------------ allowing


def test_nothing_is_exchanged_until_both_municipalities_allow_it(places: Places) -> None:
    asks, offers = places
    border.allow(asks, offers)
    with context.municipality(asks):
        family = chain.waiting_family()
        with pytest.raises(Conflict, match="not_neighbours"):
            border_publish(
                family=family,
                partner_id=offers.pk,
                children=children_sought(family),
                expires_on=chain.day(20),
                actor=TESTS,
            )
    border.allow(offers, asks)
    with context.municipality(asks):
        family = RequestingFamily.objects.get()
        border_publish(
            family=family,
            partner_id=offers.pk,
            children=children_sought(family),
            expires_on=chain.day(20),
            actor=TESTS,
        )
    with context.municipality(offers):
        assert len(cards_for_us()) == 1


def test_allowing_and_stopping_are_written_down_once(places: Places) -> None:
    asks, offers = places
    border.allow(asks, offers)
    border.allow(asks, offers)
    with context.municipality(asks):
        border_stop_neighbour(partner_id=offers.pk, actor=TESTS)
        border_stop_neighbour(partner_id=offers.pk, actor=TESTS)
        logged = AuditEntry.objects.filter(action__startswith="neighbour_").order_by("at")
        assert [(row.action, row.purpose) for row in logged] == [
            ("neighbour_allowed", str(offers.pk)),
            ("neighbour_stopped", str(offers.pk)),
        ]


def test_a_municipality_is_no_neighbour_of_itself(purmerend: Municipality) -> None:
    with context.municipality(purmerend), pytest.raises(NotAllowed):
        neighbour_allow(partner_id=purmerend.pk, actor=TESTS)


def test_stopping_takes_everything_away_on_both_sides_at_once(places: Places) -> None:
    asks, offers = places
    border.complete(asks, offers)
    with context.municipality(offers):
        border_stop_neighbour(partner_id=asks.pk, actor=TESTS)
        assert not (Card.objects.exists())
        assert not (CounterCard.objects.exists())
        assert not (Assent.objects.exists())
    assert own(offers).status == BorderStatus.WITHDRAWN
    with context.municipality(asks):
        assert not CounterCard.objects.exists()
        border_tidy(on=chain.day(), actor=TESTS)
    assert own(asks).status == BorderStatus.STOPPED
    with context.municipality(asks):
        assert not Card.objects.exists()


# ---------------------------------------------------------------------------------------------------------- publishing


def test_a_parent_who_did_not_agree_stops_the_card(places: Places) -> None:
    asks, offers = places
    border.neighbours(asks, offers)
    with context.municipality(asks):
        family = chain.waiting_family()
        RequestingParent.objects.create(family=family, first_name="Karim", last_name="Jansen")
        with pytest.raises(GateClosed, match="gate_closed"):
            border_publish(
                family=family,
                partner_id=offers.pk,
                children=children_sought(family),
                expires_on=chain.day(20),
                actor=TESTS,
            )
    assert "{0-3}" not in shared_rows()


@pytest.mark.parametrize(("offset", "refused"), [(-1, True), (0, False), (91, False), (92, True)])
def test_a_card_stands_open_for_three_months_at_most(places: Places, offset: int, *, refused: bool) -> None:
    if refused:
        with pytest.raises(InvalidInput):
            border.published(*places, until=chain.day(offset))
    else:
        border.published(*places, until=chain.day(offset))
        with context.municipality(places[1]):
            assert len(cards_for_us()) == 1


def test_a_family_has_one_open_card_for_a_neighbour(places: Places) -> None:
    asks, offers = places
    border.published(asks, offers)
    with context.municipality(asks):
        family = RequestingFamily.objects.get()
        with pytest.raises(Conflict, match="card_exists"):
            border_publish(
                family=family,
                partner_id=offers.pk,
                children=children_sought(family),
                expires_on=chain.day(20),
                actor=TESTS,
            )


# ------------------------------------------------------------------------------------------------------------ offering


def test_own_support_families_are_judged_by_the_gates_and_what_the_card_tells(places: Places) -> None:
    asks, offers = places
    both = border.published(asks, offers)
    with context.municipality(offers):
        chain.available_support("Past", offer={"day_parts": ["wo-ochtend", "za-ochtend"]})
        chain.available_support("Half", offer={"age_bands": ["12-15"]})
        chain.available_support("Zondervog", vog=False)
        chain.available_support("Anders", offer={"day_parts": ["zo-nacht"]})
        found = possible_for(face_of(card_for_us(both.card)), chain.day())
        assert [one.support_family.name for one in found][:2] == ["Past", "Half"]
        assert {one.support_family.name for one in found if one.fit.gates} == {"Zondervog", "Anders"}
        best = found[0].fit
        assert {part.part.value for part in best.parts} == {"days", "form", "age"}
        assert best.points == sum(part.points for part in best.parts) <= best.most
        assert "afstand" in best.untold
        assert "Past op" in " ".join(best.reasons_for)


def test_a_closed_gate_lets_no_family_through(places: Places) -> None:
    asks, offers = places
    both = border.published(asks, offers)
    with context.municipality(offers):
        without = chain.available_support("Zondervog", vog=False)
        with pytest.raises(GateClosed):
            border_offer(card_id=both.card, support_family=without, actor=TESTS)
        assert not CounterCard.objects.exists()


def test_one_family_at_a_time_is_offered_on_a_card(places: Places) -> None:
    asks, offers = places
    both = border.offered(asks, offers)
    with context.municipality(offers):
        second = chain.available_support("Tweede")
        with pytest.raises(Conflict, match="card_taken"):
            border_offer(card_id=both.card, support_family=second, actor=TESTS)


def test_what_does_not_fit_makes_room_for_another(places: Places) -> None:
    asks, offers = places
    both = border.offered(asks, offers)
    step(asks, border_not_fitting)
    assert own(asks).status == BorderStatus.OPEN
    with context.municipality(offers):
        border_tidy(on=chain.day(), actor=TESTS)
        assert BorderExchange.objects.get().status == BorderStatus.STOPPED
        second = chain.available_support("Tweede")
        border_offer(card_id=both.card, support_family=second, actor=TESTS)
        assert CounterCard.objects.count() == 1


# ------------------------------------------------------------------------------------------------------------ agreeing


def test_families_are_asked_after_both_coordinators_said_yes(places: Places) -> None:
    asks, offers = places
    border.offered(asks, offers)
    step(asks, border_agree)
    for place in places:
        with pytest.raises(NotYet), context.municipality(place):
            border_family_agree(exchange=BorderExchange.objects.get(), actor=TESTS)
    step(offers, border_agree)
    for place in places:
        step(place, border_family_agree)
    assert {own(place).status for place in places} == {BorderStatus.FAMILY_AGREED}


def test_both_dates_are_kept_on_each_side(places: Places) -> None:
    border.complete(*places)
    for place in places:
        row = own(place)
        assert row.coordinator_agreed_on == row.family_agreed_on == chain.day()


def test_a_family_did_not_agree_before_its_coordinator_nor_tomorrow(places: Places) -> None:
    border.agreed(*places)
    for day in (chain.day(-1), chain.day(1)):
        with pytest.raises(InvalidInput):
            step(places[0], border_family_agree, agreed_on=day)


def test_names_cross_after_everybody_agreed_and_not_one_yes_earlier(places: Places) -> None:
    asks, offers = places
    both = border.agreed(asks, offers)
    with context.municipality(asks), pytest.raises(NotYet):
        border_contact_give(exchange=BorderExchange.objects.get(), contact=border.ASKING_CONTACT, actor=TESTS)
    step(asks, border_family_agree)
    with context.municipality(asks), pytest.raises(NotYet):
        border_contact_give(exchange=BorderExchange.objects.get(), contact=border.ASKING_CONTACT, actor=TESTS)
    step(offers, border_family_agree)
    step(asks, border_contact_give, contact=border.ASKING_CONTACT)
    with context.municipality(asks):
        assert contact_for(offers.pk, "coördinator van Zaanstad", both.card) == border.ASKING_CONTACT
        assert AuditEntry.objects.filter(
            action="border_contact_read", actor_name="coördinator van Zaanstad"
        ).exists()


def test_a_contact_is_told_to_the_other_side_only(places: Places) -> None:
    asks, _offers = places
    both = border.told(*places)
    with context.municipality(asks):
        assert contact_for(asks.pk, "iemand anders", both.card) is None
        assert contact_for(both.family, "iemand anders", both.card) is None


def test_a_yes_that_is_taken_away_closes_the_door_again(places: Places) -> None:
    asks, offers = places
    both = border.told(asks, offers)
    with context.municipality(offers):
        Assent.objects.filter(municipality=offers).delete()
    with context.municipality(asks):
        assert contact_for(offers.pk, "coördinator", both.card) is None


def test_much_may_have_changed_since_the_card_was_made(places: Places) -> None:
    asks, offers = places
    border.offered(asks, offers)
    with context.municipality(offers):
        ConductCertificateCheck.objects.update(review_due=chain.day(-1))
        with pytest.raises(GateClosed):
            border_agree(exchange=BorderExchange.objects.get(), actor=TESTS)
        assert not Assent.objects.exists()


# -------------------------------------------------------------------------------------------------------------- ending


REACH: dict[str, Callable[[Municipality, Municipality], object]] = {
    "published": border.published,
    "offered": border.offered,
    "agreed": border.agreed,
    "complete": border.complete,
    "told": border.told,
}


@pytest.mark.parametrize("reached", REACH)
def test_withdrawing_wipes_everything_at_once_at_every_point(places: Places, reached: str) -> None:
    asks, offers = places
    REACH[reached](asks, offers)
    step(asks, border_end, to=BorderStatus.WITHDRAWN)
    assert all(word not in shared_rows() for word in ("{0-3}", "wo-ochtend", "coordinator", "family"))
    for place in places:
        with context.municipality(place):
            border_tidy(on=chain.day(), actor=TESTS)
            for row in BorderExchange.objects.all():
                assert row.status not in LIVE
                assert (row.family_name, row.family_phone, row.coordinator_phone) == ("", "", "")


@pytest.mark.parametrize("reached", ["offered", "agreed", "complete", "told"])
def test_the_offering_side_withdraws_its_own_part_at_every_point(places: Places, reached: str) -> None:
    asks, offers = places
    REACH[reached](asks, offers)
    step(offers, border_end, to=BorderStatus.WITHDRAWN)
    with context.municipality(offers):
        assert not (CounterCard.objects.exists())
        assert not (Assent.objects.exists())
    with context.municipality(asks):
        border_tidy(on=chain.day(), actor=TESTS)
        expected = BorderStatus.OPEN if reached == "offered" else BorderStatus.STOPPED
        assert BorderExchange.objects.get().status == expected


def test_a_family_that_says_no_ends_it_and_leaves_nothing(places: Places) -> None:
    asks, offers = places
    border.agreed(asks, offers)
    step(asks, border_end, to=BorderStatus.DECLINED)
    assert "{0-3}" not in shared_rows()
    with pytest.raises(Over), context.municipality(offers):
        border_family_agree(exchange=BorderExchange.objects.get(), actor=TESTS)


def test_a_card_is_gone_for_the_neighbour_on_the_day_after_its_last_and_for_all_after_the_job(
    places: Places,
) -> None:
    asks, offers = places
    both = border.told(asks, offers)
    later = chain.day(31)
    with context.municipality(asks):
        assert border_tidy(on=chain.day(30), actor=TESTS) == 0
        assert border_tidy(on=later, actor=TESTS) == 1
        assert border_tidy(on=later, actor=TESTS) == 0
        row = BorderExchange.objects.get()
        assert (row.status, row.family_name) == (BorderStatus.EXPIRED, "")
        assert contact_for(offers.pk, "coördinator", both.card) is None
    with context.municipality(offers):
        tidy()
        assert BorderExchange.objects.get().status == BorderStatus.STOPPED
    assert "{0-3}" not in shared_rows()


def test_the_database_itself_hides_a_card_whose_last_day_has_passed(places: Places) -> None:
    asks, offers = places
    both = border.published(asks, offers)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE crossing_card SET expires_on = CURRENT_DATE - 1")
    with context.municipality(offers):
        assert cards_for_us() == []
        with pytest.raises(NotAllowed):
            card_for_us(both.card)
    with context.municipality(asks):
        assert Card.objects.count() == 1, "the own side still sees it, to take it away"


def test_a_family_that_no_longer_looks_leaves_the_border_within_the_hour(places: Places) -> None:
    asks, offers = places
    border.published(asks, offers)
    with context.municipality(asks):
        RequestingFamily.objects.update(status="closed", close_reason="moved", closed_on=chain.day())
        tidy()
        assert BorderExchange.objects.get().status == BorderStatus.WITHDRAWN
    assert "{0-3}" not in shared_rows()


def test_a_support_family_that_rests_is_no_longer_on_offer(places: Places) -> None:
    asks, offers = places
    border.offered(asks, offers)
    with context.municipality(offers):
        SupportFamily.objects.update(status="paused")
        tidy()
        assert BorderExchange.objects.get().status == BorderStatus.WITHDRAWN
        assert not CounterCard.objects.exists()


def test_a_step_of_somebody_who_was_too_late_is_refused_and_writes_nothing(places: Places) -> None:
    asks, offers = places
    border.offered(asks, offers)
    step(asks, border_agree)
    step(offers, border_end, to=BorderStatus.WITHDRAWN)
    for service in (border_agree, border_family_agree):
        with pytest.raises(NaoberError), context.municipality(asks):
            service(exchange=BorderExchange.objects.get(), actor=TESTS)
    step(asks, border_end, to=BorderStatus.WITHDRAWN)
    with pytest.raises(ForbiddenTransition):
        step(asks, border_end, to=BorderStatus.WITHDRAWN)


# ------------------------------------------------------------------------------------------------------------- the log


def test_every_step_is_in_the_log_of_the_municipality_that_took_it(places: Places) -> None:
    asks, offers = places
    border.told(asks, offers)
    step(asks, border_end, to=BorderStatus.FINISHED)
    states = {
        asks: ["agreed", "family_agreed", "contact_given", "finished"],
        offers: ["agreed", "family_agreed", "contact_given"],
    }
    first = {asks: "border_card_published", offers: "border_family_offered"}
    for place, expected in states.items():
        with context.municipality(place):
            row = BorderExchange.objects.get()
            changes = Transition.objects.filter(object_id=row.pk).order_by("at")
            assert [change.to_state for change in changes] == expected
            logged = AuditEntry.objects.filter(object_id=row.pk)
            assert logged.filter(action=first[place]).count() == 1
            assert logged.filter(action="border.borderexchange.status").count() == len(expected)
            assert logged.filter(action="border_contact_given").count() == 1


def test_names_for_the_other_side_stay_out_of_the_history(places: Places) -> None:
    border.told(*places)
    with context.municipality(places[0]):
        changes = FieldChange.objects.filter(field__in=["family_name", "coordinator_phone"])
        assert {(row.old, row.new, row.withheld) for row in changes} == {(None, None, True)}


def test_neighbours_are_kept_in_both_directions(places: Places) -> None:
    border.neighbours(*places)
    with context.municipality(places[0]):
        assert Neighbour.objects.count() == 2
