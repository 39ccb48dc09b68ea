"""What came of the isolation probe, for the people of the foundation. No case, no person, no municipality is named."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.classification import Columns
from tenants.models import ScopedModel


class Form(models.TextChoices):
    """How much was tried."""

    QUICK = "quick", _("kort")
    FULL = "full", _("volledig")


class ProbeRun(ScopedModel):
    """One run of the probe: how much it asked, which checks passed, and what it found."""

    started_at = models.DateTimeField(_("begonnen"))
    finished_at = models.DateTimeField(_("klaar"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    form = models.CharField(_("omvang"), max_length=5, choices=Form)
    version = models.CharField(_("versie"), max_length=40)
    requests = models.PositiveIntegerField(_("vragen"))
    addresses = models.JSONField(help_text="number of addresses per host")
    checks = models.JSONField(help_text="kind, passed and failed, per kind of check")
    findings = models.JSONField(help_text="what was found, without ids")

    append_only = True
    columns = Columns(
        plain="started_at finished_at recorded_at form version requests addresses checks findings",
        export=False,
        erase=False,
    )

    class Meta:
        ordering = ("-started_at",)
        constraints = (
            models.CheckConstraint(name="probe_form_known", condition=models.Q(form__in=Form.values)),
            models.UniqueConstraint(fields=["started_at"], name="probe_recorded_once"),
        )

    def __str__(self) -> str:
        """Return when it began."""
        return f"{self.started_at:%Y-%m-%d %H:%M}"
