"""To-dos of coordinators that no other record implies. They refer to a subject by kind and id and know no other app."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tasks.workflow import TaskStatus
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

    class Meta:
        indexes = (models.Index(fields=["status", "due_on"]),)
        constraints = (
            models.CheckConstraint(
                name="task_status_known", condition=models.Q(status__in=TaskStatus.values)
            ),
        )
