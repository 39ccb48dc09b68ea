"""Who did or saw what, and which state followed which. Appended, never changed."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.classification import Columns
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
    columns = Columns(
        plain="object_kind result origin",
        personal="at actor_id actor_name action object_id purpose",
    )

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
    columns = Columns(
        plain="object_kind",
        personal="object_id from_state to_state at actor_id actor_name",
        special="reason",
    )

    append_only = True

    class Meta:
        ordering = ("at",)
        indexes = (models.Index(fields=["object_id", "at"], name="transition_of_object"),)

    def __str__(self) -> str:
        """Return the two states."""
        return f"{self.from_state} > {self.to_state}"


class FieldChange(ScopedModel):
    """One field of one row that somebody changed: from what to what. Never edited; erased with what it is about.

    ``about_id`` is the file (a family, a coupling) whose history it belongs to. The values of a field that may not be
    kept twice (a note that needs consent) are left out: ``withheld``.
    """

    at = models.DateTimeField(_("moment"), db_default=Now(), editable=False)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(_("wie"), max_length=120)
    about_id = models.UUIDField()
    object_kind = models.CharField(max_length=60)
    object_id = models.UUIDField()
    field = models.CharField(_("gegeven"), max_length=60)
    old = models.JSONField(_("was"), null=True)
    new = models.JSONField(_("werd"), null=True)
    withheld = models.BooleanField(default=False)

    columns = Columns(
        personal="at actor_id actor_name about_id object_id",
        special="old new",
        plain="object_kind field withheld",
    )
    append_only = True
    erasable = True

    class Meta:
        ordering = ("-at",)
        indexes = (
            models.Index(fields=["about_id", "-at"], name="field_change_of_file"),
            models.Index(fields=["object_id", "field", "-at"], name="field_change_of_row"),
        )

    def __str__(self) -> str:
        """Return which field, without its values."""
        return f"{self.object_kind}.{self.field}"
