"""Reading tasks."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from common.errors import NotAllowed
from common.permissions import Permission
from core.tasks.models import Snooze, Task
from core.tasks.workflow import TaskStatus
from tenants.accounts.models import User


def task_for(actor: User, public_id: UUID) -> Task:
    """Return a task that this person may change; absent and forbidden look alike."""
    task = Task.objects.filter(pk=public_id).first() if actor.may(Permission.EDIT_CASES) else None
    if task is None:
        raise NotAllowed
    return task


def tasks_open(*, until: date | None = None) -> list[Task]:
    """Return what is still to be done, the most urgent first."""
    tasks = Task.objects.filter(status=TaskStatus.OPEN).order_by("due_on", "created_at")
    return list(tasks.filter(due_on__lte=until) if until else tasks)


def tasks_about(subject_ids: Collection[UUID]) -> list[Task]:
    """Return the open tasks about some subjects."""
    return list(Task.objects.filter(status=TaskStatus.OPEN, subject_id__in=subject_ids).order_by("due_on"))


def tasks_done_on(day: date) -> list[Task]:
    """Return what was ticked off on a day, to put back what was not done after all."""
    return list(Task.objects.filter(status=TaskStatus.DONE, done_on=day).order_by("title"))


def snoozes_on(day: date) -> list[Snooze]:
    """Return what is put off: on its own day a line is back."""
    return list(Snooze.objects.filter(ended_at=None, until__gt=day))


def snooze_for(actor: User, public_id: UUID) -> Snooze:
    """Return a line that is put off, to take back; absent and forbidden look alike."""
    found = Snooze.objects.filter(pk=public_id, ended_at=None).first()
    if found is None or not actor.may(Permission.EDIT_CASES):
        raise NotAllowed
    return found
