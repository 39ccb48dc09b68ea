"""What both families agreed, in dated versions. A change is a new version; an old one is never edited."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.vocabulary import DayPart, Frequency, SupportForm
from core.couplings.models import Coupling
from tenants.models import ScopedModel


class CouplingAgreement(ScopedModel):
    """One version of the agreement of a coupling: for the trial, or definitive with house rules."""

    class Kind(models.TextChoices):
        TRIAL = "trial", _("voor de proefperiode")
        DEFINITIVE = "definitive", _("definitief")

    coupling = models.ForeignKey(Coupling, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(_("soort"), max_length=12, choices=Kind)
    version = models.PositiveSmallIntegerField(_("versie"))
    valid_from = models.DateField(_("geldig vanaf"))
    valid_until = models.DateField(_("geldig tot en met"), null=True, blank=True)
    support_form = models.CharField(_("steunvorm"), max_length=20, choices=SupportForm)
    frequency = models.CharField(_("hoe vaak"), max_length=12, choices=Frequency)
    day_parts = ArrayField(
        models.CharField(max_length=12, choices=DayPart), verbose_name=_("dagdelen"), default=list, blank=True
    )
    arrangements = models.TextField(_("afspraken"), max_length=4000, blank=True)
    house_rules = models.TextField(_("huisregels"), max_length=4000, blank=True)
    emergency_contact = models.CharField(_("bellen bij nood"), max_length=200, blank=True)
    agreed_on = models.DateField(_("afgesproken op"))

    append_only = True

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=["coupling", "version"], name="agreement_version_once"),
            models.CheckConstraint(
                name="agreement_dates_in_order",
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="definitive_agreement_has_house_rules",
                condition=~models.Q(kind="definitive") | ~models.Q(house_rules=""),
            ),
        )
