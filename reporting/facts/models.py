"""The vault: counts per municipality and period, unprotected. No web process may read it."""

from django.db import models

from reporting.dictionary.periods import PeriodKind
from tenants.classification import Columns
from tenants.models import ScopedModel


class Fact(ScopedModel):
    """One count above zero, and how many different families stand behind it."""

    municipality = models.UUIDField(help_text="id in the registry")
    municipality_code = models.CharField(max_length=6, help_text="CBS code at the end of the period")
    measure = models.CharField(max_length=32)
    period_kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in PeriodKind])
    period_start = models.DateField()
    attribute = models.CharField(max_length=24, blank=True)
    category = models.CharField(max_length=32, blank=True)
    value = models.PositiveIntegerField()
    asking_families = models.PositiveIntegerField()
    support_families = models.PositiveIntegerField()
    columns = Columns(
        plain=(
            "municipality municipality_code measure period_kind period_start attribute category value "
            "asking_families support_families"
        ),
        export=False,
        erase=False,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_fact_per_cell",
                fields=["municipality", "measure", "period_kind", "period_start", "attribute", "category"],
            ),
            models.CheckConstraint(name="fact_above_zero", condition=models.Q(value__gt=0)),
            models.CheckConstraint(name="fact_starts_on_first_day", condition=models.Q(period_start__day=1)),
        )


class FillState(models.TextChoices):
    """How far the counting of a year of a municipality got."""

    BUSY = "busy"
    DONE = "done"


class Fill(ScopedModel):
    """What has been counted: a year of a municipality. Within it a missing fact means zero."""

    municipality = models.UUIDField(help_text="id in the registry")
    municipality_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    measure_set = models.PositiveSmallIntegerField(help_text="version of the formulas")
    first_month = models.DateField(help_text="first month of the programme in this municipality")
    last_month = models.DateField(help_text="last month that has been counted")
    state = models.CharField(max_length=4, choices=FillState)
    digest = models.CharField(max_length=64, help_text="hash of the rows")
    rows = models.PositiveIntegerField()
    counted_at = models.DateTimeField(help_text="when the rows last changed")
    checked_at = models.DateTimeField(null=True, help_text="when the nightly recount last compared them")
    differences = models.PositiveIntegerField(default=0, help_text="rows the last recount found to differ")
    columns = Columns(
        plain=(
            "municipality municipality_code year measure_set first_month last_month state digest rows "
            "counted_at checked_at differences"
        ),
        export=False,
        erase=False,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(name="one_fill_per_year", fields=["municipality", "year"]),
            models.CheckConstraint(
                name="fill_counts_in_order", condition=models.Q(first_month__lte=models.F("last_month"))
            ),
        )
