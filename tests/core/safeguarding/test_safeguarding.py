"""Concerns: the five steps, closing and keeping, and what the ledger may know."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from common.errors import Conflict, ForbiddenTransition, InvalidInput
from common.permissions import Role
from core.ledger.models import Event, LedgerEntry
from core.safeguarding import services
from core.safeguarding.models import Concern, EntryKind
from core.safeguarding.selectors import concern_for, next_step, steps_of, visible_concerns
from core.safeguarding.services import ConcernData, StepData, keep_until
from core.safeguarding.workflow import ConcernStatus
from core.vog.rules import months_later
from tenants.accounts.models import User
from tenants.accounts.services import user_create
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.conftest import PASSWORD
from tests.factories import chain

TODAY = chain.day()


def noticed(**changes: object) -> ConcernData:
    values: dict[str, object] = {
        "noticed_by": "support",
        "noticed_on": chain.day(),
        "text": "Een blauwe plek",
    }
    return ConcernData(**(values | changes))  # type: ignore[arg-type]


def taken(kind: str, **changes: object) -> StepData:
    values: dict[str, object] = {"kind": kind, "happened_on": chain.day(), "text": "Besproken"}
    if kind == EntryKind.CONSULT:
        values["consulted"] = "veilig_thuis"
    if kind == EntryKind.DECIDE:
        values["decision"] = "help"
    return StepData(**(values | changes))  # type: ignore[arg-type]


def raised(actor: User, **changes: object) -> Concern:
    return services.concern_raise(subject=chain.coupled(), data=noticed(**changes), actor=actor)


def test_a_concern_starts_with_the_first_step_and_a_day_to_look_again(
    in_purmerend: Municipality, coordinator: User, deputy: User
) -> None:
    concern = raised(coordinator)
    assert [entry.kind for entry in concern.entries.all()] == [EntryKind.SIGNALS]
    assert concern.next_on == chain.day(1)
    assert (concern.coordinator_id, concern.deputy_id) == (coordinator.pk, deputy.pk)
    assert raised(coordinator, acute=True).next_on == chain.day()


def test_the_ledger_counts_a_concern_without_saying_about_whom(
    in_purmerend: Municipality, coordinator: User
) -> None:
    raised(coordinator)
    entry = LedgerEntry.objects.get(event=Event.CONCERN_RAISED)
    told = {
        field.attname: getattr(entry, field.attname)
        for field in LedgerEntry._meta.concrete_fields
        if field.attname not in {"id", "event", "month", "recorded_month", "municipality_code"}
    }
    assert not any(told.values()), told


def test_two_deputies_leave_the_choice_to_a_person(in_purmerend: Municipality, coordinator: User) -> None:
    user_create(
        email="vervanger2@purmerend.example",
        full_name="Tweede Vervanger",
        role=Role.DEPUTY,
        password=PASSWORD,
        actor=chain.TESTS,
    )
    assert raised(coordinator).deputy is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"noticed_by": "buren"}, "noticed_by"),
        ({"text": "  "}, "text"),
        ({"noticed_on": chain.day(1)}, "noticed_on"),
    ],
)
def test_a_concern_without_words_or_of_tomorrow_is_refused(
    in_purmerend: Municipality, coordinator: User, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(coordinator, **change)
    assert field in refused.value.fields
    assert not Concern.objects.exists()


def test_the_steps_are_taken_in_any_order_and_more_than_once(
    in_purmerend: Municipality, coordinator: User
) -> None:
    concern = raised(coordinator)
    for kind in (EntryKind.CONSULT, EntryKind.CONSULT, EntryKind.DECIDE):
        services.concern_step(concern=concern, data=taken(kind), next_on=chain.day(3), actor=coordinator)
    steps = steps_of(concern.entries.all())
    assert [len(step.entries) for step in steps] == [1, 2, 0, 0, 1]
    assert next_step(concern.entries.all()) is None
    concern.refresh_from_db()
    assert concern.next_on == chain.day(3)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (taken(EntryKind.CONSULT, consulted=""), "consulted"),
        (taken(EntryKind.DECIDE, decision=""), "decision"),
        (taken(EntryKind.TALK, text=""), "text"),
        (taken(EntryKind.TALK, happened_on=chain.day(1)), "happened_on"),
        (taken(EntryKind.CLOSED), "kind"),
    ],
)
def test_a_step_misses_nothing_that_belongs_to_it(
    in_purmerend: Municipality, coordinator: User, data: StepData, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.concern_step(concern=raised(coordinator), data=data, actor=coordinator)
    assert field in refused.value.fields


def test_the_database_knows_which_answer_belongs_to_which_step(
    in_purmerend: Municipality, coordinator: User
) -> None:
    concern = raised(coordinator)
    for values in ({"kind": "decide"}, {"kind": "talk", "decision": "help"}, {"kind": "consult"}):
        with pytest.raises(IntegrityError), atomic():
            concern.entries.create(happened_on=TODAY, text="x", author_name="x", **values)
    with pytest.raises(IntegrityError), atomic():
        Concern.objects.filter(pk=concern.pk).update(family=chain.waiting_family())


def test_a_concern_closes_on_a_decision_and_opens_again_on_new_signals(
    in_purmerend: Municipality, coordinator: User
) -> None:
    concern = raised(coordinator)
    with pytest.raises(Conflict):
        services.concern_close(concern=concern, closed_on=TODAY, text="Klaar", actor=coordinator)
    services.concern_step(concern=concern, data=taken(EntryKind.DECIDE), actor=coordinator)
    services.concern_close(concern=concern, closed_on=TODAY, text="Klaar", actor=coordinator)
    assert concern.status == ConcernStatus.CLOSED
    assert concern.keep_until == months_later(TODAY, 60)
    with pytest.raises(Conflict):
        services.concern_step(concern=concern, data=taken(EntryKind.TALK), actor=coordinator)
    with pytest.raises(ForbiddenTransition):
        services.concern_close(concern=concern, closed_on=TODAY, text="Klaar", actor=coordinator)
    services.concern_reopen(concern=concern, text="Weer een plek", actor=coordinator)
    again = Concern.objects.get(pk=concern.pk)
    assert again.status == ConcernStatus.OPEN
    assert (again.keep_until, again.closed_on, again.next_on) == (None, None, chain.day(1))


def test_after_a_report_it_is_kept_until_the_youngest_child_is_an_adult(
    in_purmerend: Municipality, coordinator: User
) -> None:
    concern = services.concern_raise(
        subject=chain.waiting_family(children=2), data=noticed(), actor=coordinator
    )
    youngest = date(TODAY.year - 3, 1, 1)
    assert keep_until(concern, TODAY, reported=True) == months_later(youngest, 18 * 12)
    assert keep_until(concern, TODAY, reported=False) == months_later(TODAY, 60)
    assert keep_until(concern, TODAY + timedelta(days=365 * 17), reported=True) > date(TODAY.year + 20, 1, 1)


def test_who_hands_a_concern_over_no_longer_sees_it(
    in_purmerend: Municipality, coordinator: User, deputy: User, safeguarding_officer: User
) -> None:
    concern = raised(coordinator)
    services.concern_hand_over(
        concern=concern, coordinator=safeguarding_officer, deputy=None, text="", actor=coordinator
    )
    assert not visible_concerns(coordinator).exists()
    assert not visible_concerns(deputy).exists()
    assert concern_for(safeguarding_officer, concern.pk) == concern
    with pytest.raises(InvalidInput):
        services.concern_hand_over(
            concern=concern, coordinator=coordinator, deputy=coordinator, text="", actor=safeguarding_officer
        )
