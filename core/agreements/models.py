"""What both families agreed, in dated versions. A change is a new version; an old one is never edited."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.vocabulary import DayPart, Frequency, SupportForm
from core.couplings.models import Coupling
from core.families.models import SupportedChild, SupportFamily
from tenants.classification import Columns
from tenants.models import ScopedModel
from tenants.standards.models import Region


class Party(models.TextChoices):
    """Who agrees, and whose calendar it is."""

    FAMILY = "family", _("vraaggezin")
    SUPPORT = "support", _("steungezin")


class MonthWeek(models.IntegerChoices):
    """Which one of the month, for what happens once a month."""

    FIRST = 1, _("de eerste van de maand")
    SECOND = 2, _("de tweede van de maand")
    THIRD = 3, _("de derde van de maand")
    FOURTH = 4, _("de vierde van de maand")
    LAST = 5, _("de laatste van de maand")


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
    # In which weeks, where it is not every week; empty where it is, and in agreements of before there was a question.
    first_on = models.DateField(_("de eerste keer in de week van"), null=True, blank=True)
    month_week = models.PositiveSmallIntegerField(
        _("welke van de maand"), choices=MonthWeek, null=True, blank=True
    )
    holiday_region = models.CharField(
        _("niet in de schoolvakanties van"),
        max_length=8,
        choices=Region,
        blank=True,
        default="",
        db_default="",
    )
    # The national text as it was on this day: an old agreement reads as it was agreed, whatever is published later.
    text_version = models.PositiveSmallIntegerField(_("versie van de tekst"), null=True, blank=True)
    text = models.TextField(_("tekst"), blank=True, default="", db_default="")

    columns = Columns(
        plain="kind version text_version text",
        personal=(
            "valid_from valid_until support_form frequency day_parts emergency_contact agreed_on first_on"
            " month_week holiday_region"
        ),
        special="arrangements house_rules",
    )

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
            models.CheckConstraint(
                name="agreement_month_week_known",
                condition=models.Q(month_week__isnull=True) | models.Q(month_week__in=MonthWeek.values),
            ),
            models.CheckConstraint(
                name="agreement_region_known", condition=models.Q(holiday_region__in=["", *Region.values])
            ),
        )


class AgreementAcceptance(ScopedModel):
    """That one family said yes to a version, as the coordinator wrote it down. A no is a new version."""

    class How(models.TextChoices):
        SIGNED = "signed", _("op papier getekend")
        SPOKEN = "spoken", _("gezegd, in een gesprek")
        WRITTEN = "written", _("geschreven, in een bericht")

    agreement = models.ForeignKey(CouplingAgreement, on_delete=models.PROTECT, related_name="acceptances")
    party = models.CharField(_("wie"), max_length=8, choices=Party)
    accepted_on = models.DateField(_("akkoord op"))
    how = models.CharField(_("hoe"), max_length=8, choices=How)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.CharField(max_length=120)

    columns = Columns(plain="how", personal="party accepted_on recorded_at recorded_by")
    append_only = True

    class Meta:
        ordering = ("party",)
        constraints = (
            models.UniqueConstraint(fields=["agreement", "party"], name="acceptance_once_per_party"),
            models.CheckConstraint(name="acceptance_party_known", condition=models.Q(party__in=Party.values)),
        )


class CalendarFeed(ScopedModel):
    """A calendar that one family follows by a secret address, of which only the hash is kept."""

    coupling = models.ForeignKey(Coupling, on_delete=models.PROTECT, related_name="calendars")
    party = models.CharField(_("van wie"), max_length=8, choices=Party)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_on = models.DateField(_("gemaakt op"))
    revoked_on = models.DateField(_("ingetrokken op"), null=True, blank=True)
    last_read_on = models.DateField(_("laatst opgehaald op"), null=True, blank=True)

    columns = Columns(personal="party made_on revoked_on last_read_on", sealed="token_hash")

    class Meta:
        ordering = ("party", "-made_on")
        constraints = (
            models.UniqueConstraint(
                fields=["coupling", "party"],
                condition=models.Q(revoked_on__isnull=True),
                name="one_live_calendar_per_party",
            ),
        )


class Booking(ScopedModel):
    """A child is with a support family in a part of the week: what an agreement takes up, for as long as it holds.

    ``weeks`` is a set of twelve bits, see ``core.agreements.rhythm``. A trigger (migration ``booking_guard``) refuses a
    child in two places at once, and more children at a time than the support family has room for.
    """

    agreement = models.ForeignKey(CouplingAgreement, on_delete=models.PROTECT, related_name="bookings")
    child = models.ForeignKey(SupportedChild, on_delete=models.PROTECT, related_name="bookings")
    support_family = models.ForeignKey(SupportFamily, on_delete=models.PROTECT, related_name="bookings")
    day_part = models.CharField(_("dagdeel"), max_length=12, choices=DayPart)
    weeks = models.PositiveSmallIntegerField(_("in welke weken"))
    starts_on = models.DateField(_("vanaf"))
    ends_on = models.DateField(_("tot en met"), null=True, blank=True)

    columns = Columns(personal="day_part weeks starts_on ends_on")

    class Meta:
        ordering = ("starts_on", "day_part")
        constraints = (
            models.CheckConstraint(name="booking_weeks_known", condition=models.Q(weeks__range=(1, 4095))),
            models.CheckConstraint(
                name="booking_dates_in_order",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        )
        indexes = (
            models.Index(fields=["support_family", "day_part"], name="booking_by_support_family"),
            models.Index(fields=["child", "day_part"], name="booking_by_child"),
        )
