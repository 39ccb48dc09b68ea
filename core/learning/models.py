"""Learning: how far somebody is in the tour, starting again with practising, and mail that was not sent."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.learning.workflow import ResetStatus
from tenants.classification import Columns
from tenants.models import ScopedModel


class TourProgress(ScopedModel):
    """How far one account is in the tour. Stopping keeps the place; walking on takes it up again."""

    account_id = models.UUIDField(unique=True, editable=False)
    step = models.PositiveSmallIntegerField(default=1)
    walking = models.BooleanField(default=True)
    finished_on = models.DateField(_("rondleiding gedaan op"), null=True, blank=True)
    columns = Columns(personal="account_id step walking finished_on", export=False)

    # Belongs to a person and not to the invented people: starting again leaves it alone.
    outlives_practice = True

    class Meta:
        constraints = (models.CheckConstraint(name="tour_step_from_one", condition=models.Q(step__gte=1)),)


class PracticeReset(ScopedModel):
    """That somebody asked to start again with practising, and how far that is. One at a time."""

    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_by = models.CharField(max_length=120, editable=False)
    status = models.CharField(max_length=8, choices=ResetStatus, default=ResetStatus.ASKED, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    columns = Columns(plain="asked_at status done_at", personal="asked_by", export=False)

    outlives_practice = True

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(
                name="practice_reset_status_known", condition=models.Q(status__in=ResetStatus.values)
            ),
            models.UniqueConstraint(
                fields=["status"],
                name="practice_reset_one_at_a_time",
                condition=models.Q(status=ResetStatus.ASKED),
            ),
        )


class KeptMail(ScopedModel):
    """A mail that a practice municipality would have sent."""

    kept_at = models.DateTimeField(db_default=Now(), editable=False)
    recipients = models.CharField(_("aan"), max_length=500)
    subject = models.CharField(_("onderwerp"), max_length=200)
    body = models.TextField(_("bericht"))
    columns = Columns(plain="kept_at", personal="recipients subject", special="body", export=False)

    class Meta:
        ordering = ("-kept_at",)
