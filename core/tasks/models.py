"""To-dos of coordinators that no other record implies. They refer to a subject by kind and id and know no other app."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tasks.workflow import TaskStatus
from tenants.classification import Columns
from tenants.models import ScopedModel


class Task(ScopedModel):
    """Something to do by a date, with its reason in words."""

    title = models.CharField(_("wat"), max_length=200)
    reason = models.CharField(_("waarom"), max_length=300, blank=True)
    due_on = models.DateField(_("uiterlijk"))
    status = models.CharField(max_length=8, choices=TaskStatus, default=TaskStatus.OPEN, editable=False)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    columns = Columns(
        plain="due_on status subject_kind done_on created_at",
        personal="subject_id",
        special="title reason",
    )

    class Meta:
        indexes = (models.Index(fields=["status", "due_on"]),)
        constraints = (
            models.CheckConstraint(
                name="task_status_known", condition=models.Q(status__in=TaskStatus.values)
            ),
        )


class Snooze(ScopedModel):
    """A line of the start page that somebody put off until a day, with the reason. The line is not gone: it comes back.

    The line is named by its rule and the thing it is about; this app knows neither.
    """

    code = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    until = models.DateField(_("tot"))
    reason = models.CharField(_("waarom"), max_length=200)
    author_name = models.CharField(max_length=120, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    columns = Columns(
        plain="code until created_at ended_at", personal="subject_id author_name", special="reason"
    )

    class Meta:
        ordering = ("until",)
        constraints = (
            models.UniqueConstraint(
                fields=["code", "subject_id"],
                condition=models.Q(ended_at__isnull=True),
                name="one_live_snooze_per_line",
            ),
        )
