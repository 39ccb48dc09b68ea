"""What is counted for the whole country and for no municipality apart: interest from elsewhere, and concerns."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.classification import Columns
from tenants.models import ScopedModel


class Counted(models.TextChoices):
    """What is counted."""

    INTEREST = "interest", _("belangstelling van buiten het gebied")
    CONCERNS = "concerns", _("zorgen over veiligheid")


class NationwideCount(ScopedModel):
    """One published count of a year. No value: fewer than may be said. Who passed it on does not stand here."""

    kind = models.CharField(max_length=12, choices=Counted)
    lives_in = models.CharField(
        max_length=6, blank=True, help_text="of interest: the code of the municipality where people live"
    )
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(null=True)
    columns = Columns(plain="kind lives_in year value", export=False, erase=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "lives_in", "year"], name="one_nationwide_count"),
            models.CheckConstraint(name="nationwide_kind_known", condition=models.Q(kind__in=Counted.values)),
        )
