"""Two years of guidance: planned moments, the separate talks with both families, and contact in between."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.couplings.models import Coupling
from core.guidance.workflow import MomentStatus
from tenants.classification import Columns
from tenants.models import ScopedModel


class MomentKind(models.TextChoices):
    """The cadence that the system proposes (domain.md 2.5)."""

    TWO_WEEKS = "two_weeks", _("belletje na twee weken")
    TRIAL_EVALUATION = "trial_evaluation", _("evaluatie van de proefperiode")
    MONTH_3 = "month_3", _("gesprek na drie maanden")
    MONTH_6 = "month_6", _("evaluatie na een half jaar")
    MONTH_12 = "month_12", _("evaluatie na een jaar")
    MONTH_18 = "month_18", _("evaluatie na anderhalf jaar")
    MONTH_24 = "month_24", _("eindevaluatie na twee jaar")
    AFTERCARE = "aftercare", _("nazorg: belletje drie maanden na het einde")


class Side(models.TextChoices):
    """With whom the coordinator spoke; both families are always spoken to apart."""

    FAMILY = "family", _("vraaggezin")
    SUPPORT = "support", _("steungezin")


# How a side is called in an address.
SIDE_WORDS: dict[Side, str] = {Side.FAMILY: "vraaggezin", Side.SUPPORT: "steungezin"}


class Verdict(models.TextChoices):
    """How this side wants to go on."""

    CONTINUE = "continue", _("doorgaan")
    ADJUST = "adjust", _("aanpassen")
    STOP = "stop", _("stoppen")


class GuidanceMoment(ScopedModel):
    """A planned check-in or evaluation of a coupling."""

    coupling = models.ForeignKey(Coupling, on_delete=models.PROTECT, related_name="moments")
    kind = models.CharField(_("soort"), max_length=20, choices=MomentKind)
    due_on = models.DateField(_("uiterlijk"))
    status = models.CharField(
        max_length=8, choices=MomentStatus, default=MomentStatus.PLANNED, editable=False
    )
    held_on = models.DateField(_("gehouden op"), null=True, blank=True)
    columns = Columns(personal="kind due_on status held_on")

    class Meta:
        ordering = ("due_on",)
        constraints = (
            models.UniqueConstraint(fields=["coupling", "kind"], name="moment_kind_once_per_coupling"),
            models.CheckConstraint(
                name="moment_status_known", condition=models.Q(status__in=MomentStatus.values)
            ),
            models.CheckConstraint(
                name="moment_held_has_date",
                condition=~models.Q(status=MomentStatus.HELD) | models.Q(held_on__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["status", "due_on"], name="moment_by_day"),)


class Evaluation(ScopedModel):
    """The talk with one side at one moment: the four goals (1 to 5), a mark (1 to 10) and how to go on."""

    moment = models.ForeignKey(GuidanceMoment, on_delete=models.PROTECT, related_name="evaluations")
    side = models.CharField(_("met wie"), max_length=8, choices=Side)
    held_on = models.DateField(_("datum"))
    goal_relief = models.PositiveSmallIntegerField(_("ouders ontlasten"), null=True, blank=True)
    goal_strength = models.PositiveSmallIntegerField(_("ouders sterker maken"), null=True, blank=True)
    goal_climate = models.PositiveSmallIntegerField(_("opvoedklimaat verbeteren"), null=True, blank=True)
    goal_network = models.PositiveSmallIntegerField(_("netwerk uitbreiden"), null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(_("rapportcijfer"), null=True, blank=True)
    verdict = models.CharField(_("hoe verder"), max_length=10, choices=Verdict)
    note = models.TextField(_("verslag"), max_length=4000, blank=True)
    columns = Columns(
        personal="side held_on goal_relief goal_strength goal_climate goal_network satisfaction verdict",
        special="note",
        derived="search",
    )

    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["moment", "side"], name="evaluation_once_per_side"),
            *(
                models.CheckConstraint(
                    name=f"evaluation_{field}_range",
                    condition=models.Q(**{f"{field}__isnull": True})
                    | models.Q(**{f"{field}__range": (1, top)}),
                )
                for field, top in (
                    ("goal_relief", 5),
                    ("goal_strength", 5),
                    ("goal_climate", 5),
                    ("goal_network", 5),
                    ("satisfaction", 10),
                )
            ),
        )


class ContactMoment(ScopedModel):
    """An unplanned call, visit or message about a coupling."""

    class Kind(models.TextChoices):
        CALL = "call", _("telefoongesprek")
        VISIT = "visit", _("huisbezoek")
        MESSAGE = "message", _("bericht")

    coupling = models.ForeignKey(Coupling, on_delete=models.PROTECT, related_name="contacts")
    side = models.CharField(_("met wie"), max_length=8, choices=Side)
    kind = models.CharField(_("soort"), max_length=8, choices=Kind)
    happened_on = models.DateField(_("datum"))
    note = models.TextField(_("notitie"), max_length=4000)
    author_name = models.CharField(max_length=120, editable=False)
    columns = Columns(personal="side kind happened_on author_name", special="note", derived="search")

    append_only = True

    class Meta:
        ordering = ("-happened_on",)
