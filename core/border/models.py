"""The own part of an exchange over the border: which family it is, what was shown of it, who agreed when.

The other municipality reads nothing of this table but the four columns of ``Contact``, and those only when everybody
has agreed (``core.border.contacts``).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.vocabulary import AgeBand, DayPart, SupportForm
from core.border.workflow import LIVE, BorderSide, BorderStatus
from core.families.models import RequestingFamily, SupportFamily
from tenants.classification import Columns
from tenants.crossing.models import DistanceBand
from tenants.models import ScopedModel


class BorderExchange(ScopedModel):
    """An asking family on a card, or a support family offered on the card of a neighbour."""

    side = models.CharField(_("kant"), max_length=8, choices=BorderSide, editable=False)
    status = models.CharField(_("stand"), max_length=16, choices=BorderStatus, editable=False)
    family = models.ForeignKey(
        RequestingFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="exchanges"
    )
    support_family = models.ForeignKey(
        SupportFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="exchanges"
    )
    # Ids in the shared tables and of the other municipality: without a foreign key, for those rows go first.
    partner_id = models.UUIDField(editable=False)
    card_id = models.UUIDField(editable=False)
    counter_id = models.UUIDField(null=True, editable=False)
    opened_on = models.DateField(_("begonnen op"))
    expires_on = models.DateField(_("tot en met"))
    coordinator_agreed_on = models.DateField(_("coördinator zegt ja op"), null=True, blank=True)
    family_agreed_on = models.DateField(_("gezin zegt ja op"), null=True, blank=True)
    ended_on = models.DateField(_("geëindigd op"), null=True, blank=True)
    # What was shown of the family, kept for whoever asks: the same four lists as on the card.
    distance_band = models.CharField(_("afstand"), max_length=8, choices=DistanceBand)
    day_parts = ArrayField(models.CharField(max_length=12, choices=DayPart), default=list, blank=True)
    age_bands = ArrayField(models.CharField(max_length=5, choices=AgeBand), default=list, blank=True)
    forms = ArrayField(models.CharField(max_length=20, choices=SupportForm), default=list, blank=True)
    # Written for the other coordinator when everybody agreed, and empty again at the end.
    coordinator_name = models.CharField(_("naam van de coördinator"), max_length=120, blank=True)
    coordinator_phone = models.CharField(_("telefoon van de coördinator"), max_length=20, blank=True)
    family_name = models.CharField(_("naam van het gezin"), max_length=120, blank=True)
    family_phone = models.CharField(_("telefoon van het gezin"), max_length=20, blank=True)

    columns = Columns(
        plain="side partner_id card_id counter_id",
        personal=(
            "status opened_on expires_on coordinator_agreed_on family_agreed_on ended_on distance_band day_parts "
            "age_bands forms coordinator_name coordinator_phone family_name family_phone"
        ),
    )

    class Meta:
        ordering = ("-opened_on", "id")
        indexes = (models.Index(fields=["status", "expires_on"], name="exchange_by_status"),)
        constraints = (
            models.CheckConstraint(
                name="exchange_status_known", condition=models.Q(status__in=BorderStatus.values)
            ),
            models.CheckConstraint(
                name="exchange_is_about_one_family",
                condition=models.Q(side=BorderSide.ASKING, family__isnull=False, support_family__isnull=True)
                | models.Q(side=BorderSide.OFFERING, family__isnull=True, support_family__isnull=False),
            ),
            models.CheckConstraint(
                name="exchange_over_has_a_day",
                condition=models.Q(status__in=sorted(LIVE)) | models.Q(ended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="exchange_tells_who_only_at_the_end",
                condition=models.Q(status=BorderStatus.CONTACT_GIVEN)
                | models.Q(coordinator_name="", coordinator_phone="", family_name="", family_phone=""),
            ),
            models.UniqueConstraint(
                fields=["family", "partner_id"],
                condition=models.Q(status__in=sorted(LIVE), side=BorderSide.ASKING),
                name="one_open_card_per_neighbour",
            ),
            models.UniqueConstraint(
                fields=["card_id"],
                condition=models.Q(status__in=sorted(LIVE)),
                name="one_open_exchange_per_card",
            ),
        )
