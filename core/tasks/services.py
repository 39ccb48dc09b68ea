"""Writing tasks."""

from datetime import date

from django.utils import timezone

from core.tasks.models import Task
from core.tasks.workflow import ALLOWED, TaskStatus
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic
from tenants.models import ScopedModel


@atomic()
def task_add(
    *, title: str, due_on: date, reason: str = "", subject: ScopedModel | None = None, actor: Actor
) -> Task:
    """Put something on the list of the coordinator."""
    task = Task.objects.create(
        title=title,
        reason=reason,
        due_on=due_on,
        subject_kind=subject._meta.label_lower if subject else "",  # noqa: SLF001  (Django's documented way)
        subject_id=subject.pk if subject else None,
    )
    audit_log(action="task_added", subject=task, actor=actor)
    return task


@atomic()
def task_finish(*, task: Task, actor: Actor) -> Task:
    """Tick a task off."""
    change_state(task, TaskStatus.DONE, allowed=ALLOWED, actor=actor)
    task.done_on = timezone.localdate()
    task.save(update_fields=["done_on"])
    return task


@atomic()
def task_drop(*, task: Task, actor: Actor) -> Task:
    """Take a task off the list because it is not needed any more."""
    change_state(task, TaskStatus.DROPPED, allowed=ALLOWED, actor=actor)
    return task


@atomic()
def task_reopen(*, task: Task, actor: Actor) -> Task:
    """Put a task back on the list."""
    change_state(task, TaskStatus.OPEN, allowed=ALLOWED, actor=actor)
    task.done_on = None
    task.save(update_fields=["done_on"])
    return task
