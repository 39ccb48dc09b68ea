"""The register of certificates of conduct (VOG). The document itself is shown, given back and never stored."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.families.models import SupportAdult
from core.vog.workflow import VogStatus
from tenants.classification import Columns
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
    columns = Columns(
        special="status requested_on received_on issued_on profile seen_on review_due",
        personal="seen_by",
    )

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


class RulesDocument(models.TextChoices):
    """What every adult of a support family agrees to, in the version that counts then."""

    CONDUCT = "conduct", _("gedragscode")
    HOUSE_RULES = "house_rules", _("huisregels")


class VogPolicy(ScopedModel):
    """What this municipality asks of support families, from a day on. A change is a new row; the old one stays."""

    valid_from = models.DateField(_("geldt vanaf"))
    every_adult = models.BooleanField(_("iedere volwassene in huis heeft een VOG nodig"), default=False)
    profile = models.CharField(_("functieaspect"), max_length=8, choices=ScreeningAspect)
    term_months = models.PositiveSmallIntegerField(_("opnieuw vragen na (maanden)"))
    references_wanted = models.PositiveSmallIntegerField(_("hoeveel goede referenties"))
    conduct_version = models.CharField(_("versie van de gedragscode"), max_length=20, blank=True)
    house_rules_version = models.CharField(_("versie van de huisregels"), max_length=20, blank=True)
    made_by = models.CharField(max_length=120, editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    columns = Columns(
        plain=(
            "valid_from every_adult profile term_months references_wanted conduct_version "
            "house_rules_version made_at"
        ),
        personal="made_by",
    )

    append_only = True

    class Meta:
        ordering = ("-valid_from", "-made_at")
        constraints = (
            models.CheckConstraint(
                name="vog_policy_term_1_to_5_years", condition=models.Q(term_months__range=(12, 60))
            ),
            models.CheckConstraint(
                name="vog_policy_references_0_to_4", condition=models.Q(references_wanted__range=(0, 4))
            ),
        )


class RulesAcceptance(ScopedModel):
    """An adult of a support family agreed to one version of a document."""

    adult = models.ForeignKey(SupportAdult, on_delete=models.PROTECT, related_name="acceptances")
    document = models.CharField(_("wat"), max_length=12, choices=RulesDocument)
    version = models.CharField(_("versie"), max_length=20)
    accepted_on = models.DateField(_("akkoord op"))
    recorded_by = models.CharField(max_length=120, editable=False)
    columns = Columns(plain="document version", personal="accepted_on recorded_by")

    append_only = True
    erasable = True

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["adult", "document", "version"], name="rules_accepted_once_per_version"
            ),
            models.CheckConstraint(
                name="rules_document_known", condition=models.Q(document__in=RulesDocument.values)
            ),
        )
