"""Who did or saw what, and which state followed which. Appended, never changed."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.models import ScopedModel


class Result(models.TextChoices):
    """How it ended."""

    DONE = "done", _("gedaan")
    REFUSED = "refused", _("geweigerd")


class AuditEntry(ScopedModel):
    """One thing somebody did or saw."""

    at = models.DateTimeField(_("moment"), db_default=Now(), editable=False)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(_("wie"), max_length=120)
    action = models.CharField(_("wat"), max_length=60)
    object_kind = models.CharField(_("soort"), max_length=60, blank=True)
    object_id = models.UUIDField(null=True)
    result = models.CharField(_("uitkomst"), max_length=8, choices=Result, default=Result.DONE)
    origin = models.CharField(
        _("herkomst"), max_length=80, blank=True, help_text="request or job it came from"
    )
    purpose = models.CharField(_("doel"), max_length=200, blank=True)

    append_only = True

    class Meta:
        ordering = ("-at",)
        indexes = (
            models.Index(fields=["object_id", "at"], name="audit_of_object"),
            models.Index(fields=["-at"], name="audit_latest"),
        )
        constraints = (
            models.CheckConstraint(name="audit_result_known", condition=models.Q(result__in=Result.values)),
        )

    def __str__(self) -> str:
        """Return what was done, without to whom."""
        return self.action


class Transition(ScopedModel):
    """One change of state."""

    object_kind = models.CharField(max_length=60)
    object_id = models.UUIDField()
    from_state = models.CharField(_("van"), max_length=40)
    to_state = models.CharField(_("naar"), max_length=40)
    at = models.DateTimeField(_("moment"), db_default=Now(), editable=False)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(_("wie"), max_length=120)
    reason = models.CharField(_("reden"), max_length=500, blank=True)

    append_only = True

    class Meta:
        ordering = ("at",)
        indexes = (models.Index(fields=["object_id", "at"], name="transition_of_object"),)

    def __str__(self) -> str:
        """Return the two states."""
        return f"{self.from_state} > {self.to_state}"
