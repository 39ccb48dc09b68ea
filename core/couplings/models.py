"""Couplings: one asking family, one support family and a set of children, together from first meeting to ending.

Siblings may go to different support families and a child may have several: the coupling is per pair of families.
A trigger (migration ``vog_guard``) refuses a trial or coupling while an adult concerned has no valid VOG.
"""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.vocabulary import EndingReason
from core.couplings.workflow import RUNNING, CouplingStatus
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.matching.models import MatchProposal
from tenants.classification import Columns
from tenants.models import ScopedModel


class Coupling(ScopedModel):
    """A combination that was introduced; definitive from ``coupled_on``."""

    family = models.ForeignKey(RequestingFamily, on_delete=models.PROTECT, related_name="couplings")
    support_family = models.ForeignKey(SupportFamily, on_delete=models.PROTECT, related_name="couplings")
    proposal = models.OneToOneField(MatchProposal, on_delete=models.PROTECT, related_name="coupling")
    children: "models.ManyToManyField[SupportedChild, CouplingChild]" = models.ManyToManyField(
        SupportedChild, related_name="couplings", through="CouplingChild"
    )
    status = models.CharField(
        max_length=16, choices=CouplingStatus, default=CouplingStatus.INTRODUCTION, editable=False
    )
    introduced_on = models.DateField(_("kennismaking op"))
    trial_started_on = models.DateField(_("proefperiode vanaf"), null=True, blank=True)
    trial_ends_on = models.DateField(_("proefperiode tot"), null=True, blank=True)
    coupled_on = models.DateField(_("gekoppeld op"), null=True, blank=True)
    guidance_until = models.DateField(_("begeleiding tot"), null=True, blank=True)
    ended_on = models.DateField(_("beëindigd op"), null=True, blank=True)
    ending_reason = models.CharField(_("reden"), max_length=24, choices=EndingReason, blank=True)
    ending_note = models.CharField(_("toelichting"), max_length=500, blank=True)
    closing_talk_family_on = models.DateField(
        _("afsluitend gesprek met het vraaggezin"), null=True, blank=True
    )
    closing_talk_support_on = models.DateField(
        _("afsluitend gesprek met het steungezin"), null=True, blank=True
    )
    continues_privately = models.BooleanField(_("de gezinnen gaan zelf samen verder"), null=True, blank=True)
    pseudonym = models.UUIDField(default=uuid4, unique=True, editable=False)
    columns = Columns(
        personal=(
            "status introduced_on trial_started_on trial_ends_on coupled_on guidance_until ended_on "
            "ending_reason closing_talk_family_on closing_talk_support_on continues_privately pseudonym"
        ),
        special="ending_note",
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="coupling_status_known", condition=models.Q(status__in=CouplingStatus.values)
            ),
            models.UniqueConstraint(
                fields=["family", "support_family"],
                condition=models.Q(status__in=sorted(RUNNING)),
                name="one_running_coupling_per_pair",
            ),
            models.CheckConstraint(
                name="coupling_dates_in_order",
                condition=(
                    models.Q(trial_started_on__isnull=True)
                    | models.Q(trial_started_on__gte=models.F("introduced_on"))
                )
                & (models.Q(coupled_on__isnull=True) | models.Q(coupled_on__gte=models.F("trial_started_on")))
                & (models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("introduced_on"))),
            ),
            models.CheckConstraint(
                name="coupling_state_has_its_dates",
                condition=models.Q(status=CouplingStatus.INTRODUCTION)
                | models.Q(status=CouplingStatus.TRIAL, trial_started_on__isnull=False)
                | models.Q(status=CouplingStatus.COUPLED, coupled_on__isnull=False)
                | (
                    models.Q(status=CouplingStatus.ENDED, coupled_on__isnull=False, ended_on__isnull=False)
                    & ~models.Q(ending_reason="")
                )
                | (
                    models.Q(status=CouplingStatus.NOT_CONTINUED, ended_on__isnull=False)
                    & ~models.Q(ending_reason="")
                ),
            ),
        )
        indexes = (models.Index(fields=["status", "coupled_on"], name="coupling_by_status"),)


class CouplingChild(ScopedModel):
    """A child in a coupling."""

    coupling = models.ForeignKey(Coupling, on_delete=models.CASCADE)
    child = models.ForeignKey(SupportedChild, on_delete=models.PROTECT)
    columns = Columns()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["coupling", "child"], name="child_once_per_coupling"),)
