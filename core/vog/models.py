"""The register of certificates of conduct (VOG). The document itself is shown, given back and never stored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.families.models import SupportAdult
from core.vog.workflow import VogStatus
from tenants.models import ScopedModel


class ScreeningAspect(models.TextChoices):
    """Function aspects of Justis that fit the work."""

    MINORS = "84", _("84 - zorg voor minderjarigen")
    MINORS_AND_PERSONS = "84+85", _("84 en 85 - zorg voor minderjarigen en hulpbehoevenden")


class ConductCertificateCheck(ScopedModel):
    """One cycle of asking for and seeing a VOG of one adult. A renewal is a new row."""

    adult = models.ForeignKey(SupportAdult, on_delete=models.PROTECT, related_name="vog_checks")
    status = models.CharField(max_length=16, choices=VogStatus, default=VogStatus.REQUESTED, editable=False)
    requested_on = models.DateField(_("aangevraagd op"))
    received_on = models.DateField(_("ontvangen op"), null=True, blank=True)
    issued_on = models.DateField(_("afgegeven op"), null=True, blank=True)
    profile = models.CharField(_("functieaspect"), max_length=8, choices=ScreeningAspect, blank=True)
    seen_on = models.DateField(_("gezien op"), null=True, blank=True)
    seen_by = models.CharField(_("gezien door"), max_length=120, blank=True)
    review_due = models.DateField(_("opnieuw vragen voor"), null=True, blank=True)

    class Meta:
        ordering = ("-requested_on",)
        constraints = (
            models.CheckConstraint(name="vog_status_known", condition=models.Q(status__in=VogStatus.values)),
            models.CheckConstraint(
                name="vog_seen_is_complete",
                condition=~models.Q(status__in=[VogStatus.SEEN, VogStatus.EXPIRED])
                | models.Q(
                    seen_on__isnull=False,
                    issued_on__isnull=False,
                    review_due__isnull=False,
                    seen_on__gte=models.F("issued_on"),
                    review_due__gt=models.F("issued_on"),
                )
                & ~models.Q(seen_by="")
                & ~models.Q(profile=""),
            ),
            models.UniqueConstraint(
                fields=["adult"],
                condition=models.Q(status__in=[VogStatus.REQUESTED, VogStatus.RECEIVED]),
                name="one_open_vog_check_per_adult",
            ),
        )
