from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, models
from django.test import Client
from django.utils import timezone

from common.errors import Conflict, ForbiddenTransition, InvalidInput
from core.families.models import SupportAdult
from core.vog.forms import SeenForm
from core.vog.jobs import expire_overdue
from core.vog.models import ConductCertificateCheck
from core.vog.rules import review_due
from core.vog.selectors import adults_without_valid_vog, checks_open, families_without_valid_vog, reviews_due
from core.vog.services import vog_not_presented, vog_received, vog_request, vog_seen
from core.vog.workflow import VogStatus
from tenants import context
from tenants.accounts.models import User
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.factories import chain

Make = Callable[..., Client]


def day(offset: int = 0) -> str:
    """Return a day as a date control sends it."""
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


def an_adult() -> SupportAdult:
    """Return an adult of a support family of whom no VOG is known."""
    adult = chain.available_support(vog=False).adults.get()
    assert isinstance(adult, SupportAdult)
    return adult


@pytest.mark.parametrize(
    ("issued", "months", "due"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 30), 36, date(2029, 11, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_the_term_ends_on_the_same_day_some_months_later(issued: date, months: int, due: date) -> None:
    assert review_due(issued, months) == due


@pytest.mark.usefixtures("in_purmerend")
def test_a_vog_is_asked_for_received_and_seen(coordinator: User) -> None:
    adult = an_adult()
    assert adults_without_valid_vog(adult.family, chain.day()) == [adult]
    check = vog_request(adult=adult, requested_on=chain.day(-20), actor=coordinator)
    vog_received(check=check, received_on=chain.day(-8), actor=coordinator)
    assert checks_open() == [check]
    vog_seen(check=check, issued_on=chain.day(-10), seen_on=chain.day(-2), profile="84", actor=coordinator)
    check.refresh_from_db()
    assert (check.status, check.seen_by) == (VogStatus.SEEN, coordinator.full_name)
    assert check.review_due == review_due(chain.day(-10), 36)
    assert adults_without_valid_vog(adult.family, chain.day()) == []
    assert adults_without_valid_vog(adult.family, chain.day(-3)) == [adult]
    assert adults_without_valid_vog(adult.family, check.review_due) == [adult]
    assert families_without_valid_vog([adult.family_id], chain.day()) == {}


@pytest.mark.usefixtures("in_purmerend")
def test_only_one_check_runs_per_adult(coordinator: User) -> None:
    adult = an_adult()
    vog_request(adult=adult, requested_on=chain.day(), actor=coordinator)
    with pytest.raises(Conflict):
        vog_request(adult=adult, requested_on=chain.day(), actor=coordinator)
    with pytest.raises(IntegrityError, match="one_open_vog_check_per_adult"), atomic():
        ConductCertificateCheck.objects.create(adult=adult, requested_on=chain.day())


@pytest.mark.usefixtures("in_purmerend")
def test_a_vog_that_was_not_shown_says_no_more_than_that(coordinator: User) -> None:
    check = vog_request(adult=an_adult(), requested_on=chain.day(), actor=coordinator)
    vog_not_presented(check=check, actor=coordinator)
    with pytest.raises(ForbiddenTransition):
        vog_seen(check=check, issued_on=chain.day(), seen_on=chain.day(), profile="84", actor=coordinator)
    vog_request(adult=check.adult, requested_on=chain.day(), actor=coordinator)


def test_there_is_no_place_for_the_document_or_for_words_about_it() -> None:
    kept = {field.name: field for field in ConductCertificateCheck._meta.get_fields()}
    assert not [
        name for name, field in kept.items() if isinstance(field, models.FileField | models.TextField)
    ]
    assert not {"reason", "note", "remarks", "number", "document"} & set(kept)
    assert set(SeenForm.base_fields) == {"issued_on", "seen_on", "profile"}


@pytest.mark.parametrize(
    ("issued", "seen", "field"),
    [
        (1, 0, "issued_on"),
        (-3, 1, "seen_on"),
        (-2, -3, "seen_on"),
        (-40, -31, "seen_on"),
        (-1200, -2, "issued_on"),
    ],
)
@pytest.mark.usefixtures("in_purmerend")
def test_dates_that_cannot_be_are_refused(coordinator: User, issued: int, seen: int, field: str) -> None:
    check = vog_request(adult=an_adult(), requested_on=chain.day(-30), actor=coordinator)
    with pytest.raises(InvalidInput) as refusal:
        vog_seen(
            check=check, issued_on=chain.day(issued), seen_on=chain.day(seen), profile="84", actor=coordinator
        )
    assert field in refusal.value.fields
    check.refresh_from_db()
    assert (check.status, check.issued_on) == (VogStatus.REQUESTED, None)


@pytest.mark.usefixtures("in_purmerend")
def test_a_vog_counts_until_its_term_and_then_expires_by_night(purmerend: Municipality) -> None:
    late = chain.available_support("Laat", vog=False).adults.get()
    chain.vog_seen(late, review_due=chain.day(-1))
    fine = chain.available_support("Goed").adults.get()
    assert [check.adult for check in reviews_due(until=chain.day(30))] == [late]
    expire_overdue()
    assert adults_without_valid_vog(late.family, chain.day()) == [late]
    assert adults_without_valid_vog(fine.family, chain.day()) == []
    assert ConductCertificateCheck.objects.get(adult=late).status == VogStatus.EXPIRED
    # What counted in the past still did.
    assert adults_without_valid_vog(late.family, chain.day(-30)) == []
    assert reviews_due(until=chain.day(30)) == []


@pytest.mark.usefixtures("in_purmerend")
def test_who_moved_out_or_needs_none_is_not_missed(coordinator: User) -> None:
    family = chain.available_support(adults=2, vog=False)
    first, second = family.adults.order_by("-is_contact")
    SupportAdult.objects.filter(pk=second.pk).update(left_household_on=chain.day(-1))
    assert adults_without_valid_vog(family, chain.day()) == [first]
    assert adults_without_valid_vog(family, chain.day(-2)) == [first, second]
    second.refresh_from_db()
    with pytest.raises(Conflict):
        vog_request(adult=second, requested_on=chain.day(), actor=coordinator)


def test_the_pages_refuse_what_cannot_be_and_keep_what_was_typed(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    desk = client_for(purmerend, coordinator)
    with context.municipality(purmerend):
        adult = an_adult()
        family, pk, other = adult.family_id, adult.pk, chain.available_support("Ander").pk
    ask = f"/steungezinnen/{family}/vog/{pk}"
    assert desk.get(f"/steungezinnen/{other}/vog/{pk}").status_code == 404
    for wrong in ("", "x", day(1), day(-900), "2026-02-31"):
        assert desk.post(ask, {"day": wrong}).status_code == 400
    assert desk.post(ask, {"day": day(-5)}).status_code == 302
    assert desk.post(ask, {"day": day(-5)}).status_code == 409
    with context.municipality(purmerend):
        check = ConductCertificateCheck.objects.get(adult=pk).pk
    seen = f"/vog/{check}/gezien"
    for wrong_form in (
        {},
        {"issued_on": day(2), "seen_on": day(), "profile": "84"},
        {"issued_on": day(-3), "seen_on": day(-6), "profile": "84"},
        {"issued_on": day(-3), "seen_on": day(), "profile": "99"},
        {"issued_on": "\x00", "seen_on": "x" * 900, "profile": ""},
    ):
        answer = desk.post(seen, wrong_form)
        assert answer.status_code == 400
        assert "Controleer wat er is ingevuld" in answer.content.decode()
    assert desk.post(f"/vog/{check}/niet-getoond", {}).status_code == 302
    right = {"issued_on": day(-3), "seen_on": day(), "profile": "84"}
    assert desk.post(seen, right).status_code == 409
