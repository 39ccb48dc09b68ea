"""Writing tasks."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.errors import InvalidInput
from core.tasks.models import Snooze, Task
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


@atomic()
def snooze_set(
    *, code: str, subject_id: UUID, until: date, reason: str, longest: int, actor: Actor
) -> Snooze:
    """Put a line of the start page off until a day, at most ``longest`` days from now; a new day replaces the old."""
    today = timezone.localdate()
    problems = {}
    if until <= today:
        problems["until"] = _("Kies een dag na vandaag.")
    elif until > today + timedelta(days=longest):
        problems["until"] = ngettext(
            "Dit kan hooguit %(n)d dag wachten.", "Dit kan hooguit %(n)d dagen wachten.", longest
        ) % {"n": longest}
    if not reason.strip():
        problems["reason"] = _("Schrijf in een paar woorden op waarom dit kan wachten.")
    if problems:
        raise InvalidInput(fields=problems)
    words: dict[str, Any] = {"until": until, "reason": reason.strip(), "author_name": actor.full_name}
    # Of two people who put off the same line at once the second finds what the first made, and replaces it.
    live = Snooze.objects.select_for_update()
    snooze, made = live.get_or_create(code=code, subject_id=subject_id, ended_at=None, defaults=words)
    if not made:
        Snooze.objects.filter(pk=snooze.pk).update(ended_at=timezone.now())
        snooze = Snooze(code=code, subject_id=subject_id, **words)
        snooze.save(force_insert=True)
    audit_log(action="line_snoozed", subject=snooze, actor=actor)
    return snooze


@atomic()
def snooze_end(*, snooze: Snooze, actor: Actor) -> None:
    """Put a line back on the start page before its day."""
    snooze.ended_at = timezone.now()
    snooze.save(update_fields=["ended_at"])
    audit_log(action="line_back", subject=snooze, actor=actor)
