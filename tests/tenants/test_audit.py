"""A change of state writes state, history and audit entry together, or nothing."""

import itertools
import threading

import pytest
from django.db import connections

from common.errors import ForbiddenTransition
from common.permissions import FOUNDATION_ROLES, MUNICIPAL_ROLES, ROLE_PERMISSIONS, Permission, Role
from common.workflow import check
from tenants import context
from tenants.accounts.models import SystemActor, User
from tenants.audit.models import AuditEntry, Result, Transition
from tenants.audit.selectors import audit_of, transitions_of
from tenants.audit.services import audit_log, audit_refusal, change_state
from tenants.municipalities.models import Municipality

# The role of a person stands in for a status here: any text column can be one.
ALLOWED: dict[str, frozenset[str]] = {
    "coordinator": frozenset({"deputy"}),
    "deputy": frozenset({"coordinator", "safeguarding_officer"}),
    "safeguarding_officer": frozenset(),
}


def test_a_change_of_state_leaves_state_history_and_audit_entry(
    in_purmerend: Municipality, coordinator: User, deputy: User
) -> None:
    change_state(coordinator, "deputy", allowed=ALLOWED, actor=deputy, reason="ruilen", field="role")
    assert coordinator.role == User.objects.get(pk=coordinator.pk).role == "deputy"
    (transition,) = transitions_of(coordinator)
    assert (transition.from_state, transition.to_state, transition.reason) == (
        "coordinator",
        "deputy",
        "ruilen",
    )
    assert transition.actor_id == deputy.pk
    (entry,) = audit_of(coordinator)
    assert (entry.action, entry.actor_name) == ("accounts.user.role", deputy.full_name)


def test_a_change_that_is_not_in_the_table_leaves_nothing(
    in_purmerend: Municipality, coordinator: User
) -> None:
    with pytest.raises(ForbiddenTransition):
        change_state(coordinator, "safeguarding_officer", allowed=ALLOWED, actor=coordinator, field="role")
    assert coordinator.role == "coordinator"
    assert not Transition.objects.exists()
    assert not AuditEntry.objects.exists()


def test_only_the_state_is_written(in_purmerend: Municipality, coordinator: User) -> None:
    coordinator.full_name = "niet opgeslagen"
    change_state(coordinator, "deputy", allowed=ALLOWED, actor=coordinator, field="role")
    assert User.objects.get(pk=coordinator.pk).full_name != "niet opgeslagen"


def test_of_two_who_change_the_same_state_at_once_one_is_refused(
    purmerend: Municipality, coordinator: User
) -> None:
    with context.municipality(purmerend):
        change_state(coordinator, "deputy", allowed=ALLOWED, actor=coordinator, field="role")
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def change(to: str) -> None:
        with context.municipality(purmerend):
            row = User.objects.get(pk=coordinator.pk)
            start.wait(5)
            try:
                change_state(row, to, allowed=ALLOWED, actor=row, field="role")
                outcomes.append("done")
            except ForbiddenTransition:
                outcomes.append("refused")
        connections.close_all()

    threads = [threading.Thread(target=change, args=("safeguarding_officer",)) for _person in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]


def test_without_the_lock_both_would_be_allowed(purmerend: Municipality, coordinator: User) -> None:
    # The twin: reading first and checking what was read lets two changes through.
    with context.municipality(purmerend):
        change_state(coordinator, "deputy", allowed=ALLOWED, actor=coordinator, field="role")
        first = User.objects.get(pk=coordinator.pk)
        second = User.objects.get(pk=coordinator.pk)
        for row in (first, second):
            check(ALLOWED, row.role, "safeguarding_officer")
            User.objects.filter(pk=row.pk).update(role="safeguarding_officer")


def test_reading_and_refusing_are_written_down(in_purmerend: Municipality, coordinator: User) -> None:
    audit_log(action="export", subject=coordinator, actor=SystemActor("nachtelijk"), purpose="inzageverzoek")
    audit_refusal(action="read", subject=None, actor=coordinator)
    entries = {entry.action: entry for entry in AuditEntry.objects.all()}
    assert entries["export"].purpose == "inzageverzoek"
    assert entries["export"].actor_id is None
    assert entries["read"].result == Result.REFUSED


@pytest.mark.parametrize(("old", "new"), list(itertools.product([*ALLOWED, "unknown"], repeat=2)))
def test_only_listed_changes_are_possible(old: str, new: str) -> None:
    if new in ALLOWED.get(old, frozenset()):
        check(ALLOWED, old, new)
    else:
        with pytest.raises(ForbiddenTransition):
            check(ALLOWED, old, new)


def test_every_role_has_its_permissions_and_its_place() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role) == MUNICIPAL_ROLES | FOUNDATION_ROLES
    assert MUNICIPAL_ROLES.isdisjoint(FOUNDATION_ROLES)
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)


def test_nobody_at_the_foundation_may_see_a_case() -> None:
    for role in FOUNDATION_ROLES:
        assert ROLE_PERMISSIONS[role].isdisjoint({Permission.VIEW_CASES, Permission.EDIT_CASES})
    for role in MUNICIPAL_ROLES:
        assert Permission.VIEW_NATIONAL not in ROLE_PERMISSIONS[role]


def test_who_left_may_nothing(coordinator: User) -> None:
    assert coordinator.may(Permission.VIEW_CASES)
    coordinator.is_active = False
    assert not coordinator.may(Permission.VIEW_CASES)
    assert not SystemActor("job").may(Permission.VIEW_CASES)
