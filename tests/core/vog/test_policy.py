"""The policy of a municipality: who needs a VOG, which profile, which term, how many references, which documents."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connections
from django.test import Client

from common.errors import InvalidInput
from core.families.models import SupportAdult, SupportFamily
from core.families.workflow import SupportStatus
from core.intake.services import missing_for_approval
from core.vog.models import RulesAcceptance, VogPolicy
from core.vog.rules import months_later
from core.vog.selectors import adults_without_valid_vog, policy_on, term_on
from core.vog.services import PolicyData, policy_set, rules_accept, vog_request, vog_seen
from tenants import context
from tenants.accounts.models import User
from tenants.context import atomic, current_scope
from tenants.municipalities.models import Municipality
from tests.factories import chain

Clients = Callable[..., Client]


def decided(on: date | None = None, **changes: object) -> VogPolicy:
    values: dict[str, object] = {
        "every_adult": False,
        "profile": "84",
        "term_months": 36,
        "references_wanted": 2,
    }
    data = PolicyData(**(values | changes))  # type: ignore[arg-type]
    return policy_set(data=data, valid_from=on or chain.day(), actor=chain.TESTS)


def screening() -> SupportFamily:
    return chain.available_support(status=SupportStatus.SCREENING, approved_on=None)


def test_without_a_decision_the_usual_rules_count(in_purmerend: Municipality) -> None:
    usual = policy_on(chain.day())
    assert (usual.every_adult, usual.profile) == (False, "84")
    assert term_on(chain.day()) == 36
    assert (usual.references_wanted, usual.versions) == (2, {})


@pytest.mark.parametrize(("later", "term"), [(9, 36), (10, 24)])
def test_a_decision_counts_from_its_day(in_purmerend: Municipality, later: int, term: int) -> None:
    decided(chain.day(10), term_months=24)
    assert term_on(chain.day(later)) == term


def test_the_last_decision_of_a_day_counts(in_purmerend: Municipality) -> None:
    decided(term_months=24)
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM vog_vogpolicy")
        assert cursor.fetchone() == (1,)
    assert term_on(chain.day()) == 24


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"profile": "45"}, "profile"),
        ({"term_months": 11}, "term_months"),
        ({"term_months": 61}, "term_months"),
        ({"references_wanted": 5}, "references_wanted"),
        ({"on": chain.day(-1)}, "valid_from"),
    ],
)
def test_a_decision_stays_within_bounds(
    in_purmerend: Municipality, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        decided(**change)  # type: ignore[arg-type]
    assert field in refused.value.fields


def test_where_every_adult_needs_one_a_mark_on_a_person_changes_nothing(in_purmerend: Municipality) -> None:
    support = chain.available_support()
    student = SupportAdult.objects.create(
        family=support, first_name="Sam", last_name="Bakker", needs_vog=False
    )
    assert adults_without_valid_vog(support, chain.day()) == []
    decided(every_adult=True)
    assert adults_without_valid_vog(support, chain.day()) == [student]
    assert adults_without_valid_vog(support, chain.day(-1)) == []
    assert vog_request(adult=student, requested_on=chain.day(), actor=chain.TESTS).adult == student


@pytest.mark.parametrize(("profile", "accepted"), [("84", False), ("84+85", True)])
def test_a_vog_with_too_little_on_it_is_refused_and_the_term_is_that_of_the_policy(
    in_purmerend: Municipality, profile: str, accepted: bool
) -> None:
    decided(profile="84+85", term_months=24)
    support = chain.available_support(vog=False)
    check = vog_request(adult=support.adults.get(), requested_on=chain.day(), actor=chain.TESTS)
    values = {"issued_on": chain.day(), "seen_on": chain.day(), "profile": profile}
    if accepted:
        vog_seen(check=check, **values, actor=chain.TESTS)  # type: ignore[arg-type]
        assert check.review_due == months_later(chain.day(), 24)
        return
    with pytest.raises(InvalidInput) as refused:
        vog_seen(check=check, **values, actor=chain.TESTS)  # type: ignore[arg-type]
    assert "profile" in refused.value.fields


def test_approval_asks_for_references_and_for_the_versions_that_count_now(in_purmerend: Municipality) -> None:
    support = screening()
    assert "referenties" in " ".join(missing_for_approval(support, chain.day()))
    decided(references_wanted=0, conduct_version="2026-1", house_rules_version="3")
    missing = missing_for_approval(support, chain.day())
    assert len(missing) == 2
    assert "gedragscode (versie 2026-1)" in missing[0]
    adult = support.adults.get()
    for documents in (["conduct"], ["conduct", "house_rules"]):
        rules_accept(adult=adult, documents=documents, accepted_on=chain.day(), actor=chain.TESTS)
    assert RulesAcceptance.objects.count() == 2
    assert missing_for_approval(support, chain.day()) == []


@pytest.mark.parametrize(
    ("documents", "on", "field"),
    [
        ([], 0, "documents"),
        (["iets"], 0, "documents"),
        (["house_rules"], 0, "documents"),
        (["conduct"], 1, "accepted_on"),
        (["conduct"], -4000, "accepted_on"),
    ],
)
def test_agreeing_is_to_a_document_that_counts_on_a_day_that_was(
    in_purmerend: Municipality, documents: list[str], on: int, field: str
) -> None:
    decided(conduct_version="1")
    adult = chain.available_support().adults.get()
    with pytest.raises(InvalidInput) as refused:
        rules_accept(adult=adult, documents=documents, accepted_on=chain.day(on), actor=chain.TESTS)
    assert field in refused.value.fields
    with pytest.raises(IntegrityError), atomic():
        RulesAcceptance.objects.create(
            adult=adult, document="vog", version="1", accepted_on=chain.day(), recorded_by="x"
        )


def test_the_pages_set_the_policy_and_write_down_who_agreed(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        support = chain.available_support()
        adult, address = support.adults.get().pk, f"/steungezinnen/{support.pk}"
    client = client_for(purmerend, coordinator)
    sent = client.post(
        "/instellingen/vog",
        {
            "valid_from": chain.day().isoformat(),
            "every_adult": "ja",
            "profile": "84+85",
            "term_months": "24",
            "references_wanted": "1",
            "conduct_version": "2026-1",
        },
    )
    assert sent.status_code == 302
    assert "Gedragscode 2026-1" in client.get("/instellingen/vog").content.decode()
    assert "nog geen akkoord" in client.get(address).content.decode()
    agreed = client.post(
        f"/volwassenen/{adult}/regels", {"documents": ["conduct"], "accepted_on": chain.day().isoformat()}
    )
    assert agreed.status_code == 302
    page = client.get(address).content.decode()
    assert "nog geen akkoord" not in page
    assert "akkoord op" in page


def test_no_column_of_the_register_can_hold_the_document_itself() -> None:
    kinds = {
        field.get_internal_type()
        for model in (VogPolicy, RulesAcceptance)
        for field in model._meta.concrete_fields
    }
    assert kinds.isdisjoint({"FileField", "ImageField", "BinaryField", "TextField", "JSONField"})
