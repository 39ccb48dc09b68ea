"""The ledger: what happened in this municipality, without identity. Append-only; the only source of every total.

A row holds months, bands and random pseudonyms: no name, address, free text or exact date.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.vocabulary import (
    AgeBand,
    CloseReason,
    EndingReason,
    HouseholdKind,
    Interpreter,
    RecruitmentChannel,
    ReferralSource,
    Review,
    ReviewSide,
    SupportForm,
)
from tenants.classification import Columns
from tenants.models import ScopedModel


class Event(models.TextChoices):
    """What can be counted. Each is written in the transaction of the change it tells of."""

    FAMILY_REGISTERED = "family_registered"
    FAMILY_CONTACTED = "family_contacted"
    INTAKE_DONE = "intake_done"
    WAITING_STARTED = "waiting_started"
    WAITING_ENDED = "waiting_ended"
    FAMILY_CLOSED = "family_closed"
    SUPPORT_REGISTERED = "support_registered"
    SUPPORT_APPROVED = "support_approved"
    SUPPORT_LEFT = "support_left"
    PROPOSAL_MADE = "proposal_made"
    PROPOSAL_DECLINED = "proposal_declined"
    INTRODUCTION = "introduction"
    TRIAL_STARTED = "trial_started"
    TRIAL_STOPPED = "trial_stopped"
    COUPLING_STARTED = "coupling_started"
    COUPLING_ENDED = "coupling_ended"
    # Takes back the end before it: the coupling runs on as if it had not ended.
    COUPLING_REOPENED = "coupling_reopened"
    EVALUATION_DONE = "evaluation_done"
    # Somebody from elsewhere asked: no family either, and the code is of the municipality where they live.
    OUT_OF_AREA = "out_of_area"
    # Always without family, coupling or child: it may only be counted, and only for the whole country.
    CONCERN_RAISED = "concern_raised"
    # What the ledger said of this family was a mistake: none of it counts any more (see the view report_totals).
    ENTRY_UNDONE = "entry_undone"
    # Takes back one such line: what the ledger said of this family counts again.
    ENTRY_RESTORED = "entry_restored"


class LedgerEntry(ScopedModel):
    """One event. Empty strings and empty lists mean: does not apply to this event."""

    event = models.CharField(max_length=20, choices=Event)
    month = models.DateField(help_text="first day of the month in which it happened")
    municipality_code = models.CharField(max_length=6, help_text="CBS code valid in that month, GMxxxx")
    family = models.UUIDField(null=True, help_text="pseudonym of the asking family")
    support_family = models.UUIDField(null=True, help_text="pseudonym of the support family")
    coupling = models.UUIDField(null=True, help_text="pseudonym of the coupling")
    children = ArrayField(models.UUIDField(), default=list, help_text="pseudonyms of the children concerned")
    age_bands = ArrayField(
        models.CharField(max_length=5, choices=AgeBand), default=list, help_text="one per child, same order"
    )
    support_form = models.CharField(max_length=20, choices=SupportForm, blank=True)
    referral_source = models.CharField(max_length=20, choices=ReferralSource, blank=True)
    channel = models.CharField(max_length=16, choices=RecruitmentChannel, blank=True)
    ending_reason = models.CharField(max_length=24, choices=EndingReason, blank=True)
    close_reason = models.CharField(max_length=16, choices=CloseReason, blank=True)
    # Of a search that ended, so that it can be seen whether every kind of family is helped alike.
    household = models.CharField(max_length=16, choices=HouseholdKind, blank=True, default="", db_default="")
    interpreter = models.CharField(max_length=12, choices=Interpreter, blank=True, default="", db_default="")
    # Of an evaluation: without them nobody can tell a start from what came of it, or whose experience it is.
    review = models.CharField(max_length=16, choices=Review, blank=True, default="", db_default="")
    review_side = models.CharField(max_length=8, choices=ReviewSide, blank=True, default="", db_default="")
    days = models.PositiveIntegerField(
        null=True, help_text="duration of the step in days, e.g. registration to coupling"
    )
    satisfaction = models.PositiveSmallIntegerField(null=True, help_text="1 to 10")
    goal_scores = ArrayField(
        models.PositiveSmallIntegerField(), default=list, help_text="four scores 1 to 5, in the order of Goal"
    )
    recorded_month = models.DateField(help_text="first day of the month in which it was recorded")
    columns = Columns(
        plain="event month municipality_code recorded_month",
        personal=(
            "family support_family coupling children age_bands support_form referral_source channel "
            "ending_reason close_reason household interpreter review review_side days satisfaction goal_scores"
        ),
    )

    append_only = True

    class Meta:
        indexes = (models.Index(fields=["month", "event"]),)
        constraints = (
            models.CheckConstraint(name="ledger_month_is_first_day", condition=models.Q(month__day=1)),
            models.CheckConstraint(
                name="ledger_recorded_month_is_first_day", condition=models.Q(recorded_month__day=1)
            ),
            models.CheckConstraint(name="ledger_event_known", condition=models.Q(event__in=Event.values)),
        )
