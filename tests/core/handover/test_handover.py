"""Handing work over: rights that end by themselves, the pack, and concerns that go along only by their own handler."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import set_urlconf

from common.errors import Conflict, InvalidInput
from common.permissions import Permission
from core.families.models import ContactNote
from core.guidance.services import contact_add
from core.handover import selectors
from core.handover.models import Handover
from core.handover.selectors import counting, pack, rights_on_loan
from core.handover.services import hand_over, handover_end
from core.safeguarding.selectors import visible_concerns
from core.safeguarding.services import ConcernData, concern_raise
from core.tasks.services import task_add
from tenants import context
from tenants.accounts.models import User
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.conftest import Cast
from tests.factories import chain

Clients = Callable[..., Client]


def handed(from_user: User, to_user: User, **changes: object) -> Handover:
    values: dict[str, object] = {"starts_on": chain.day(), "until": chain.day(10), "actor": from_user}
    return hand_over(from_user=from_user, to_user=to_user, **(values | changes))  # type: ignore[arg-type]


def fresh(user: User) -> User:
    """Return a person as the next request would read them."""
    found: User = User.objects.get(pk=user.pk)
    return found


# ------------------------------------------------------------------------------------------------------------- rights


@pytest.mark.parametrize(("later", "counts"), [(-1, False), (0, True), (10, True), (11, False)])
def test_the_rights_begin_on_the_first_day_and_are_gone_after_the_last(
    in_purmerend: Municipality, coordinator: User, safeguarding_officer: User, later: int, counts: bool
) -> None:
    handed(coordinator, safeguarding_officer)
    assert counting(chain.day(later)).exists() == counts


def test_who_stands_in_may_change_cases_and_the_day_after_no_more(
    in_purmerend: Municipality, coordinator: User, safeguarding_officer: User
) -> None:
    assert not fresh(safeguarding_officer).may(Permission.EDIT_CASES)
    row = handed(coordinator, safeguarding_officer, until=chain.day())
    assert fresh(safeguarding_officer).may(Permission.EDIT_CASES)
    Handover.objects.filter(pk=row.pk).update(starts_on=chain.day(-3), until=chain.day(-1))
    assert not fresh(safeguarding_officer).may(Permission.EDIT_CASES)


def test_only_what_may_be_lent_is_lent(
    in_purmerend: Municipality, coordinator: User, deputy: User, safeguarding_officer: User
) -> None:
    handed(safeguarding_officer, coordinator, actor=coordinator)
    assert not fresh(coordinator).may(Permission.OVERSEE_CONCERNS)
    assert rights_on_loan(coordinator.pk) == {Permission.VIEW_CASES}
    handed(coordinator, deputy)
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert rights_on_loan(deputy.pk) == frozenset()


def test_a_hand_over_that_is_ended_lends_nothing_from_that_day_on(
    in_purmerend: Municipality, coordinator: User, safeguarding_officer: User
) -> None:
    row = handed(coordinator, safeguarding_officer)
    handover_end(handover=row, actor=coordinator)
    assert not fresh(safeguarding_officer).may(Permission.EDIT_CASES)
    with pytest.raises(Conflict):
        handover_end(handover=row, actor=coordinator)


def test_twin_without_the_last_day_the_rights_would_stay(
    in_purmerend: Municipality,
    coordinator: User,
    safeguarding_officer: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = handed(coordinator, safeguarding_officer)
    Handover.objects.filter(pk=row.pk).update(starts_on=chain.day(-3), until=chain.day(-1))
    monkeypatch.setattr(selectors, "counting", lambda _on: Handover.objects.all())
    assert fresh(safeguarding_officer).may(Permission.EDIT_CASES)


def test_pages_open_and_close_for_who_stands_in(
    purmerend: Municipality,
    coordinator: User,
    safeguarding_officer: User,
    client_for: Clients,
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family().pk
        row = handed(coordinator, safeguarding_officer).pk
    officer = client_for(purmerend, safeguarding_officer)
    assert officer.get(f"/vraaggezinnen/{family}/notitie").status_code == 200
    assert client_for(purmerend, coordinator).post(f"/overdracht/{row}/beeindigen").status_code == 302
    assert officer.get(f"/vraaggezinnen/{family}/notitie").status_code == 404


def test_a_hand_over_reaches_no_other_municipality(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User, deputy: User, cast: Cast
) -> None:
    with context.municipality(purmerend):
        handed(coordinator, deputy)
    with context.municipality(zaanstad):
        assert not Handover.objects.exists()
        assert rights_on_loan(deputy.pk) == frozenset()


# ------------------------------------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_on": chain.day(-1)}, "starts_on"),
        ({"starts_on": chain.day(400), "until": chain.day(410)}, "starts_on"),
        ({"until": chain.day(-1)}, "until"),
        ({"until": chain.day(200)}, "until"),
        ({"with_concerns": True}, "with_concerns"),
    ],
)
def test_days_and_concerns_are_judged(
    in_purmerend: Municipality, coordinator: User, deputy: User, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        handed(coordinator, deputy, **change)
    assert field in refused.value.fields


def test_nobody_hands_over_to_themselves_or_twice(
    in_purmerend: Municipality, coordinator: User, deputy: User
) -> None:
    with pytest.raises(InvalidInput):
        handed(coordinator, coordinator)
    handed(coordinator, deputy)
    with pytest.raises(Conflict):
        handed(coordinator, deputy)
    with pytest.raises(IntegrityError), atomic():
        Handover.objects.create(from_user=coordinator, to_user=coordinator, starts_on=chain.day())


def test_concerns_go_along_for_good_and_only_by_their_own_handler(
    in_purmerend: Municipality, coordinator: User, deputy: User
) -> None:
    data = ConcernData(noticed_by="support", noticed_on=chain.day(), text="Zorg")
    concern = concern_raise(subject=chain.coupled(), data=data, actor=coordinator)
    with pytest.raises(InvalidInput):
        handed(coordinator, deputy, until=None, with_concerns=True, actor=deputy)
    handed(coordinator, deputy, until=None, with_concerns=True)
    concern.refresh_from_db()
    assert (concern.coordinator_id, concern.deputy_id) == (deputy.pk, None)
    assert not visible_concerns(coordinator).exists()


def test_who_stands_in_until_a_day_sees_no_concern(
    in_purmerend: Municipality, coordinator: User, deputy: User, cast: Cast
) -> None:
    data = ConcernData(noticed_by="support", noticed_on=chain.day(), text="Zorg")
    concern = concern_raise(subject=chain.coupled(), data=data, actor=coordinator)
    concern.deputy = None
    concern.save(update_fields=["deputy"])
    handed(coordinator, deputy)
    assert not visible_concerns(fresh(deputy)).exists()


# ------------------------------------------------------------------------------------------------------------ the pack


def test_the_pack_holds_promises_last_talks_and_next_dates(
    purmerend: Municipality, coordinator: User, deputy: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        coupling = chain.coupled()
        contact_add(
            coupling=coupling,
            side="support",
            kind="call",
            happened_on=chain.day(-2),
            note="Belt terug",
            actor=coordinator,
        )
        task_add(title="Kinderstoel regelen", due_on=chain.day(3), subject=coupling, actor=coordinator)
        family = chain.waiting_family("Mol")
        ContactNote.objects.create(
            requesting_family=family, kind="visit", happened_on=chain.day(-5), text="x", author_name="x"
        )
        chain.proposal(family, chain.available_support("Smit"), days_ago=1)
        row = handed(coordinator, deputy, note="Sleutel ligt bij de balie").pk
        set_urlconf("config.urls_municipality")
        lines = {line.title: line for part in pack() for line in part.lines}
        set_urlconf(None)
    line = lines["Jansen en Bakker"]
    assert (line.last_on, line.last_what) == (chain.day(-2), "telefoongesprek met steungezin")
    assert line.next_on == min(chain.day(-20) + timedelta(days=30), chain.day(20))
    assert line.promises[0].startswith("Kinderstoel regelen, uiterlijk")
    assert lines["Mol"].last_what == "huisbezoek"
    assert "voorstel gezin Smit" in lines["Mol"].promises[0]
    page = unescape(client_for(purmerend, deputy).get(f"/overdracht/{row}").content.decode())
    for words in (
        "Sleutel ligt bij de balie",
        "Kinderstoel regelen",
        "Mol",
        "Daarna eindigen de rechten vanzelf",
    ):
        assert words in page


def test_after_its_last_day_the_pack_is_empty(
    purmerend: Municipality, coordinator: User, deputy: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        chain.coupled()
        row = handed(coordinator, deputy)
        Handover.objects.filter(pk=row.pk).update(starts_on=date(2026, 1, 1), until=date(2026, 1, 5))
        address = f"/overdracht/{row.pk}"
    page = client_for(purmerend, deputy).get(address).content.decode()
    assert "voorbij" in page
    assert "Jansen" not in page


def test_a_form_of_a_person_hands_work_over(
    purmerend: Municipality, coordinator: User, deputy: User, client_for: Clients
) -> None:
    client = client_for(purmerend, coordinator)
    sent = client.post(
        "/overdracht/nieuw",
        {
            "from_user": str(coordinator.pk),
            "to_user": str(deputy.pk),
            "starts_on": chain.day().isoformat(),
            "until": chain.day(21).isoformat(),
        },
    )
    assert sent.status_code == 302
    assert "neemt waar voor" in client.get("/overdracht").content.decode()
