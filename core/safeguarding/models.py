"""Concerns about safety (Dutch: zorgen), kept apart from everything else in a municipality.

Nothing about a concern stands in another table: no note, task, timeline or reason of another app. The audit log knows
that somebody opened one, by its id; `ScopedModel.restricted` keeps those lines out of every general view of the log.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.couplings.models import Coupling
from core.families.models import RequestingFamily, SupportFamily
from core.safeguarding.workflow import ConcernStatus
from tenants.accounts.models import User
from tenants.classification import Columns
from tenants.models import ScopedModel


class NoticedBy(models.TextChoices):
    """Who had the feeling that something is wrong."""

    COORDINATOR = "coordinator", _("ikzelf")
    SUPPORT = "support", _("het steungezin")
    FAMILY = "family", _("het vraaggezin")
    PROFESSIONAL = "professional", _("een professional")
    OTHER = "other", _("iemand anders")


class EntryKind(models.TextChoices):
    """The five steps of the reporting code (meldcode), and what can be written down besides."""

    SIGNALS = "signals", _("signalen in kaart brengen")
    CONSULT = "consult", _("overleggen")
    TALK = "talk", _("gesprek met de betrokkenen")
    WEIGH = "weigh", _("wegen")
    DECIDE = "decide", _("beslissen")
    CLOSED = "closed", _("afgesloten")
    REOPENED = "reopened", _("heropend")
    HANDED_OVER = "handed_over", _("overgedragen")


STEPS: tuple[EntryKind, ...] = (
    EntryKind.SIGNALS,
    EntryKind.CONSULT,
    EntryKind.TALK,
    EntryKind.WEIGH,
    EntryKind.DECIDE,
)


class Consulted(models.TextChoices):
    """With whom somebody consulted in the second step."""

    COLLEAGUE = "colleague", _("een deskundige collega")
    OFFICER = "officer", _("de aandachtsfunctionaris")
    VEILIG_THUIS = "veilig_thuis", _("Veilig Thuis (advies)")
    OTHER = "other", _("een andere deskundige")


class Decision(models.TextChoices):
    """Both questions of the weighing framework in one: must it be reported, can help be given."""

    NO_CONCERN = "no_concern", _("geen melding nodig: de zorg is weg")
    HELP = "help", _("geen melding nodig: wij regelen hulp en volgen die")
    REPORT = "report", _("melden bij Veilig Thuis")
    REPORT_AND_HELP = "report_and_help", _("melden bij Veilig Thuis en ook hulp regelen")


REPORTED: frozenset[str] = frozenset({Decision.REPORT, Decision.REPORT_AND_HELP})


class Concern(ScopedModel):
    """A worry about safety: about an asking family, a support family or their coupling; one of the three."""

    family = models.ForeignKey(
        RequestingFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    support_family = models.ForeignKey(
        SupportFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    coupling = models.ForeignKey(Coupling, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    coordinator = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("behandelaar")
    )
    deputy = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vervanger die meekijkt"),
    )
    status = models.CharField(max_length=8, choices=ConcernStatus, default=ConcernStatus.OPEN, editable=False)
    raised_on = models.DateField(_("gemeld op"))
    noticed_by = models.CharField(_("wie maakt zich zorgen"), max_length=12, choices=NoticedBy)
    acute = models.BooleanField(_("er was direct gevaar"), default=False)
    next_on = models.DateField(_("volgende stap uiterlijk"), null=True, blank=True)
    closed_on = models.DateField(_("afgesloten op"), null=True, blank=True)
    keep_until = models.DateField(_("bewaren tot"), null=True, blank=True)
    # The files it came from, when those turned out to be the same family: the last one on the right.
    moved_from = ArrayField(models.UUIDField(), null=True, blank=True, editable=False)

    columns = Columns(
        personal="status raised_on next_on closed_on keep_until moved_from", special="noticed_by acute"
    )

    restricted = True

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="concern_status_known", condition=models.Q(status__in=ConcernStatus.values)
            ),
            models.CheckConstraint(
                name="concern_about_exactly_one",
                condition=models.Q(family__isnull=False, support_family__isnull=True, coupling__isnull=True)
                | models.Q(family__isnull=True, support_family__isnull=False, coupling__isnull=True)
                | models.Q(family__isnull=True, support_family__isnull=True, coupling__isnull=False),
            ),
            models.CheckConstraint(
                name="concern_closed_has_dates",
                condition=~models.Q(status=ConcernStatus.CLOSED)
                | models.Q(closed_on__isnull=False, keep_until__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["status", "next_on"], name="concern_by_day"),)


class ConcernEntry(ScopedModel):
    """A step that was taken, or something else that was written down about a concern. Appended, never changed."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("stap"), max_length=12, choices=EntryKind)
    happened_on = models.DateField(_("datum"))
    text = models.TextField(_("wat is er gebeurd of gezegd"), max_length=4000)
    consulted = models.CharField(_("met wie overlegd"), max_length=16, choices=Consulted, blank=True)
    consulted_who = models.CharField(_("naam en functie"), max_length=160, blank=True)
    veilig_thuis_number = models.CharField(_("nummer van Veilig Thuis"), max_length=40, blank=True)
    decision = models.CharField(_("beslissing"), max_length=16, choices=Decision, blank=True)
    author_name = models.CharField(max_length=120, editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    columns = Columns(
        personal="kind happened_on author_name recorded_at veilig_thuis_number",
        special="text consulted consulted_who decision",
    )

    append_only = True
    erasable = True
    restricted = True

    class Meta:
        ordering = ("happened_on", "recorded_at")
        constraints = (
            models.CheckConstraint(
                name="concern_entry_kind_known", condition=models.Q(kind__in=EntryKind.values)
            ),
            models.CheckConstraint(
                name="concern_consulted_in_its_step",
                condition=models.Q(kind=EntryKind.CONSULT) & ~models.Q(consulted="")
                | ~models.Q(kind=EntryKind.CONSULT) & models.Q(consulted=""),
            ),
            models.CheckConstraint(
                name="concern_decision_in_its_step",
                condition=models.Q(kind=EntryKind.DECIDE) & ~models.Q(decision="")
                | ~models.Q(kind=EntryKind.DECIDE) & models.Q(decision=""),
            ),
        )
