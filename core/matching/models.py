"""Proposals to couple an asking family with a support family, what was weighed at the time, and with which weights."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.vocabulary import AreaKind
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.matching.workflow import OPEN, ProposalStatus
from tenants.classification import Columns
from tenants.models import ScopedModel


class MatchProposal(ScopedModel):
    """One proposed combination for a set of children. Reasons and score are kept as they were shown."""

    family = models.ForeignKey(RequestingFamily, on_delete=models.PROTECT, related_name="proposals")
    support_family = models.ForeignKey(SupportFamily, on_delete=models.PROTECT, related_name="proposals")
    children: "models.ManyToManyField[SupportedChild, ProposalChild]" = models.ManyToManyField(
        SupportedChild, related_name="proposals", through="ProposalChild"
    )
    status = models.CharField(
        max_length=20, choices=ProposalStatus, default=ProposalStatus.DRAFT, editable=False
    )
    proposed_on = models.DateField(_("voorgesteld op"))
    asked_on = models.DateField(_("laatst gevraagd op"), null=True, blank=True)
    decided_on = models.DateField(_("besloten op"), null=True, blank=True)
    # An introduced proposal keeps its places until its coupling ends; matching stands below couplings and asks nobody.
    places_freed_on = models.DateField(_("plek weer vrij op"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("score in tienden"), help_text="0 to 1000: tenths of a point")
    reasons_for = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    reasons_against = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    questions = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    weights_version = models.CharField(_("weging"), max_length=20, blank=True)
    # Among those that could be proposed that day; empty in proposals of before it was kept.
    place_in_list = models.PositiveSmallIntegerField(_("plaats in de lijst"), null=True, blank=True)
    outside_reason = models.CharField(_("waarom buiten de lijst gekozen"), max_length=300, blank=True)
    decline_reason = models.CharField(_("waarom niet"), max_length=300, blank=True)
    profile_text = models.TextField(_("profiel zonder namen"), blank=True)
    columns = Columns(
        plain="weights_version",
        personal=(
            "status proposed_on asked_on decided_on places_freed_on score reasons_for reasons_against "
            "questions place_in_list"
        ),
        special="outside_reason decline_reason profile_text",
    )

    class Meta:
        ordering = ("-proposed_on",)
        indexes = (models.Index(fields=["status", "proposed_on"], name="proposal_by_status"),)
        constraints = (
            models.CheckConstraint(
                name="proposal_status_known", condition=models.Q(status__in=ProposalStatus.values)
            ),
            models.UniqueConstraint(
                fields=["family", "support_family"],
                condition=models.Q(status__in=sorted(OPEN | {ProposalStatus.ACCEPTED})),
                name="one_open_proposal_per_pair",
            ),
            models.CheckConstraint(name="proposal_score_0_1000", condition=models.Q(score__range=(0, 1000))),
            models.CheckConstraint(
                name="proposal_frees_places_it_held",
                condition=models.Q(places_freed_on__isnull=True) | models.Q(status=ProposalStatus.INTRODUCED),
            ),
        )


class ProposalChild(ScopedModel):
    """A child for whom a proposal is made."""

    proposal = models.ForeignKey(MatchProposal, on_delete=models.CASCADE)
    child = models.ForeignKey(SupportedChild, on_delete=models.PROTECT)
    columns = Columns()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["proposal", "child"], name="child_once_per_proposal"),)


class LocalWeights(ScopedModel):
    """One version of what this municipality makes of the national weights: its kind of area, and points of its own."""

    version = models.PositiveSmallIntegerField(_("versie"))
    national_version = models.PositiveSmallIntegerField(_("landelijke versie"))
    area = models.CharField(_("soort gebied"), max_length=8, choices=AreaKind)
    # Whole points per factor; empty where the national points count.
    points = models.JSONField(_("punten"), null=True, blank=True)
    reason = models.CharField(_("waarom"), max_length=300)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.CharField(_("vastgesteld door"), max_length=120)

    columns = Columns(plain="version national_version area points reason", personal="made_at made_by")
    append_only = True

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=["version"], name="local_weights_version_once"),
            models.CheckConstraint(
                name="local_weights_area_known", condition=models.Q(area__in=AreaKind.values)
            ),
        )
