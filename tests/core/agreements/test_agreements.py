"""Agreements: versions that stay, and a page in plain Dutch."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from common.errors import InvalidInput
from core.agreements.models import CouplingAgreement
from core.agreements.selectors import agreement_now, agreements_of
from core.agreements.services import agreement_add_version
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tests.factories import chain

DEFINITIVE = CouplingAgreement.Kind.DEFINITIVE


def test_a_change_is_a_new_version_and_the_old_one_stays(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    agreement_add_version(
        coupling=coupling,
        kind=DEFINITIVE,
        data=chain.agreement(frequency="monthly", month_week=2),
        actor=chain.TESTS,
    )
    assert [agreement.version for agreement in agreements_of(coupling)] == [3, 2, 1]
    assert [agreement.frequency for agreement in agreements_of(coupling)] == ["monthly", "weekly", "weekly"]


def test_a_version_that_begins_later_does_not_hold_yet(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    agreement_add_version(
        coupling=coupling,
        kind=DEFINITIVE,
        data=chain.agreement(valid_from=chain.day(7), agreed_on=chain.day()),
        actor=chain.TESTS,
    )
    now, later = agreement_now(coupling, chain.day()), agreement_now(coupling, chain.day(7))
    assert now is not None
    assert later is not None
    assert (now.version, later.version) == (2, 3)


def test_the_database_lets_nobody_edit_an_old_version(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        chain.coupled()
        with pytest.raises(DatabaseError, match="permission denied"), context.atomic():
            CouplingAgreement.objects.update(house_rules="anders")


def test_a_coupling_that_is_over_takes_no_new_agreement(in_purmerend: Municipality) -> None:
    coupling = chain.finish(chain.coupled())
    with pytest.raises(InvalidInput):
        agreement_add_version(coupling=coupling, kind=DEFINITIVE, data=chain.agreement(), actor=chain.TESTS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"support_form": "oppas"}, "support_form"),
        ({"frequency": "soms"}, "frequency"),
        ({"day_parts": ["zo-lunch"]}, "day_parts"),
        ({"house_rules": ""}, "house_rules"),
        ({"agreed_on": chain.day(1)}, "agreed_on"),
        ({"agreed_on": chain.day(-300)}, "agreed_on"),
        ({"valid_from": chain.day(-300)}, "valid_from"),
        ({"valid_from": chain.day(300)}, "valid_from"),
        ({"valid_until": chain.day(-1)}, "valid_until"),
        ({"frequency": "monthly"}, "month_week"),
        ({"month_week": 2}, "month_week"),
        ({"frequency": "fortnightly", "first_on": chain.day(-30)}, "first_on"),
        ({"frequency": "fortnightly", "first_on": chain.day(60)}, "first_on"),
        ({"holiday_region": "oost"}, "holiday_region"),
    ],
)
def test_an_impossible_agreement_is_refused(
    in_purmerend: Municipality, change: dict[str, Any], field: str
) -> None:
    coupling = chain.coupled()
    with pytest.raises(InvalidInput) as refused:
        agreement_add_version(
            coupling=coupling, kind=DEFINITIVE, data=chain.agreement(**change), actor=chain.TESTS
        )
    assert field in refused.value.fields
    assert CouplingAgreement.objects.count() == 2


def test_the_page_says_in_plain_words_what_was_agreed_and_the_look_is_logged(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        agreement = agreements_of(chain.coupled())[0]
        address = f"/afspraken/{agreement.pk}"
    page = unescape(client_for(purmerend, coordinator).get(address).content.decode())
    for words in (
        "Onze afspraken",
        "Kind1",
        "een vast dagdeel per week",
        "woensdagochtend",
        "Schoenen uit",
        "Oma",
    ):
        assert words in page
    assert "Steunouder" in page
    with context.municipality(purmerend):
        assert AuditEntry.objects.filter(action="agreement_viewed").count() == 1


def test_another_municipality_cannot_open_it(
    purmerend: Municipality,
    zaanstad: Municipality,
    other_coordinator: User,
    client_for: Callable[..., Client],
) -> None:
    with context.municipality(purmerend):
        address = f"/afspraken/{agreements_of(chain.coupled())[0].pk}"
    assert client_for(zaanstad, other_coordinator).get(address).status_code == 404
