from collections.abc import Callable

import pytest
from django.test import Client

from common.errors import ForbiddenTransition, NotAllowed
from core.tasks.models import Task
from core.tasks.selectors import task_for, tasks_about, tasks_open
from core.tasks.services import task_add, task_drop, task_finish, task_reopen
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.factories import chain


@pytest.mark.usefixtures("in_purmerend")
def test_a_task_is_open_until_it_is_done(coordinator: User) -> None:
    family = chain.waiting_family()
    later = task_add(title="Taart bestellen", due_on=chain.day(9), actor=coordinator)
    sooner = task_add(title="Terugbellen", due_on=chain.day(1), subject=family, actor=coordinator)
    assert tasks_open() == [sooner, later]
    assert tasks_open(until=chain.day(2)) == [sooner]
    assert tasks_about([family.pk]) == [sooner]
    task_finish(task=sooner, actor=coordinator)
    assert (tasks_about([family.pk]), sooner.done_on) == ([], chain.day())
    with pytest.raises(ForbiddenTransition):
        task_finish(task=sooner, actor=coordinator)
    task_reopen(task=sooner, actor=coordinator)
    assert sooner.done_on is None
    task_drop(task=later, actor=coordinator)
    assert tasks_open() == [sooner]


@pytest.mark.usefixtures("in_purmerend")
def test_who_only_reads_cannot_reach_a_task(coordinator: User, safeguarding_officer: User) -> None:
    task = task_add(title="Bellen", due_on=chain.day(), actor=coordinator)
    assert task_for(coordinator, task.pk) == task
    with pytest.raises(NotAllowed):
        task_for(safeguarding_officer, task.pk)


def test_a_task_is_ticked_off_where_it_is_shown(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family()
        pk = family.pk
        first = task_add(title="Taart bestellen", due_on=chain.day(), subject=family, actor=coordinator).pk
        second = task_add(title="Kaart sturen", due_on=chain.day(), subject=family, actor=coordinator).pk
    desk, file = client_for(purmerend, coordinator), f"/vraaggezinnen/{pk}"
    assert "Taart bestellen" in desk.get(file).content.decode()
    assert desk.post(f"/taken/{first}/gedaan", {"next": file})["Location"] == file
    assert desk.post(f"/taken/{second}/niet-nodig", {"next": "https://elders.example/"})["Location"] == "/"
    assert desk.post(f"/taken/{first}/gedaan").status_code == 409
    assert desk.get(f"/taken/{first}/gedaan").status_code == 405
    with context.municipality(purmerend):
        assert set(Task.objects.values_list("status", flat=True)) == {"done", "dropped"}
