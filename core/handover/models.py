"""Who stands in for whom: until a day, after which the rights are gone by themselves; or for good."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.accounts.models import User
from tenants.classification import Columns
from tenants.models import ScopedModel


class Handover(ScopedModel):
    """A colleague takes over the work of somebody in this municipality. Why is not asked: it may be an illness."""

    from_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("van wie"))
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("aan wie"))
    starts_on = models.DateField(_("vanaf"))
    until = models.DateField(_("tot en met"), null=True, blank=True)
    ended_on = models.DateField(_("eerder beëindigd op"), null=True, blank=True)
    note = models.TextField(_("wat je collega moet weten"), max_length=2000, blank=True)
    made_by = models.CharField(max_length=120, editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    columns = Columns(personal="starts_on until ended_on made_by made_at", special="note")

    class Meta:
        ordering = ("-starts_on", "-made_at")
        constraints = (
            models.CheckConstraint(
                name="handover_between_two_people", condition=~models.Q(from_user=models.F("to_user"))
            ),
            models.CheckConstraint(
                name="handover_days_in_order",
                condition=(models.Q(until__isnull=True) | models.Q(until__gte=models.F("starts_on")))
                & (models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("starts_on"))),
            ),
        )
        indexes = (models.Index(fields=["to_user", "starts_on"], name="handover_to_whom"),)

    @property
    def for_good(self) -> bool:
        """Tell whether no day was set on which it ends."""
        return self.until is None
