"""What the foundation sets for every municipality: texts of agreements and letters, questions of intakes, holidays.

These tables stand in the registry, so that every municipality reads them. They hold no personal data: who published
a text stands in the audit log of the foundation.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.classification import Columns


class StandardKind(models.TextChoices):
    """What there is a national text of."""

    TRIAL_AGREEMENT = "afspraken-proef", _("Afspraken voor de proefperiode")
    AGREEMENT = "afspraken", _("Afspraken van een koppeling")
    REQUESTING_INTAKE = "intake-vraaggezin", _("Intake van een vraaggezin")
    SUPPORT_INTAKE = "intake-steungezin", _("Intake van een steungezin")
    WEIGHING = "weging", _("Weging van de volgorde")
    LETTER = "brief-algemeen", _("Gewone brief")
    LETTER_VISIT = "brief-huisbezoek", _("Het huisbezoek staat gepland")
    LETTER_WAITING = "brief-wachten", _("Wij zoeken nog een steungezin")
    LETTER_MEETING = "brief-kennismaking", _("De kennismaking staat gepland")
    LETTER_TRIAL = "brief-proefperiode", _("De proefperiode begint")
    LETTER_FAREWELL = "brief-afscheid", _("De koppeling is voorbij")
    WARM_NOT_FORGOTTEN = "warm-niet-vergeten", _("Wij zijn u niet vergeten")
    WARM_BACK_SOON = "warm-weer-erbij", _("De rustperiode is bijna voorbij")
    WARM_CARD = "warm-groet", _("Een groet: fijn dat u klaarstaat")
    WARM_INVITE = "warm-koffie", _("Kom een kop koffie drinken")
    WARM_VISIT = "warm-bijpraten", _("Zullen we bijpraten?")
    WARM_NEWS = "warm-nieuws", _("Hoe het hier gaat")
    WARM_ADVICE = "warm-meedenken", _("Wilt u meedenken?")


class Region(models.TextChoices):
    """The three regions of the Dutch school holidays."""

    NORTH = "noord", _("Noord")
    MIDDLE = "midden", _("Midden")
    SOUTH = "zuid", _("Zuid")


class Standard(models.Model):
    """One version of a national text. A draft can be changed, a published version never (trigger ``standard_frozen``).

    Version 1 of every kind comes with the product (``tenants.standards.defaults``) and has no row.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("soort"), max_length=24, choices=StandardKind)
    version = models.PositiveSmallIntegerField(_("versie"))
    content = models.JSONField(_("inhoud"))
    published_at = models.DateTimeField(_("gepubliceerd op"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    columns = Columns(plain="kind version content published_at created_at", export=False, erase=False)
    read_by_all: ClassVar[bool] = True
    shared_web_rights: ClassVar = ("SELECT", "INSERT", "UPDATE", "DELETE")

    class Meta:
        ordering = ("kind", "-version")
        constraints = (
            models.UniqueConstraint(fields=["kind", "version"], name="standard_version_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(published_at__isnull=True), name="standard_one_draft"
            ),
            models.CheckConstraint(
                name="standard_kind_known", condition=models.Q(kind__in=StandardKind.values)
            ),
            models.CheckConstraint(name="standard_version_after_1", condition=models.Q(version__gte=2)),
        )

    def __str__(self) -> str:
        """Return kind and version."""
        return f"{self.kind} {self.version}"


class SchoolHoliday(models.Model):
    """A school holiday of a region, from its first to its last day, weekends included."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    region = models.CharField(_("regio"), max_length=8, choices=Region)
    name = models.CharField(_("vakantie"), max_length=40)
    starts_on = models.DateField(_("eerste dag"))
    ends_on = models.DateField(_("laatste dag"))
    source = models.CharField(_("bron"), max_length=200)

    columns = Columns(plain="region name starts_on ends_on source", export=False, erase=False)
    read_by_all: ClassVar[bool] = True

    class Meta:
        ordering = ("starts_on", "region")
        constraints = (
            models.UniqueConstraint(fields=["region", "starts_on"], name="school_holiday_once"),
            models.CheckConstraint(
                name="school_holiday_region_known", condition=models.Q(region__in=Region.values)
            ),
            models.CheckConstraint(
                name="school_holiday_ends_after_start", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
        )

    def __str__(self) -> str:
        """Return name, region and first day."""
        return f"{self.name} {self.region} {self.starts_on}"
