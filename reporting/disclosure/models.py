"""Releases: what may be known, frozen. Rows are only added; a new release shares the blocks that did not change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.dictionary.periods import PeriodKind
from tenants.classification import Columns
from tenants.models import ScopedModel


class Status(models.TextChoices):
    """What a cell says; `value` is filled for F alone and never zero for want of a number."""

    FREE = "F", _("getoond")
    CONFIDENTIAL = "C", _("niet getoond om gezinnen te beschermen")
    NOT_APPLICABLE = "Z", _("niet van toepassing")
    MISSING = "M", _("niet aangeleverd")


class Audience(models.TextChoices):
    """Who may see a block."""

    ALL = "all", _("iedereen met toegang")
    FOUNDATION = "foundation", _("de stichting")
    OWN = "own", _("de gemeente zelf")


class Block(ScopedModel):
    """The cells of one audience, area and year, told apart by their content."""

    append_only = True

    audience = models.CharField(max_length=10, choices=Audience)
    area = models.CharField(max_length=36, help_text="NL, municipalities, or the id of a municipality")
    year = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    columns = Columns(plain="audience area year digest size", export=False, erase=False)

    class Meta:
        indexes = (models.Index(fields=["audience", "area", "year"], name="block_by_area"),)


class Release(ScopedModel):
    """One publication of all tables of the plan."""

    append_only = True

    number = models.PositiveIntegerField(unique=True)
    published_at = models.DateTimeField()
    counted_until = models.DateField(help_text="last month that was counted")
    plan_version = models.CharField(max_length=16)
    config_hash = models.CharField(max_length=64)
    facts_digest = models.CharField(max_length=64)
    blocks: "models.ManyToManyField[Block, ReleaseBlock]" = models.ManyToManyField(
        Block, related_name="releases", through="ReleaseBlock"
    )
    cells = models.PositiveIntegerField()
    hidden = models.PositiveIntegerField(help_text="cells with status C")
    alarms = models.JSONField(default=list, help_text="lines that were withheld as a whole, and why")
    audit = models.JSONField(default=dict, db_default={}, help_text="what was proved of this release")
    columns = Columns(
        plain="number published_at counted_until plan_version config_hash facts_digest cells hidden alarms audit",
        export=False,
        erase=False,
    )

    class Meta:
        ordering = ("-number",)


class ReleaseBlock(ScopedModel):
    """A block is part of a release."""

    append_only = True

    release = models.ForeignKey(Release, on_delete=models.PROTECT)
    block = models.ForeignKey(Block, on_delete=models.PROTECT)
    columns = Columns(export=False, erase=False)

    class Meta:
        constraints = (models.UniqueConstraint(name="block_once_per_release", fields=["release", "block"]),)


class Cell(ScopedModel):
    """One protected figure. Why a cell is hidden is not kept: primary and companion look the same."""

    append_only = True

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="cells")
    measure = models.CharField(max_length=32)
    geography = models.CharField(max_length=36, help_text="NL or the id of a municipality")
    period_kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in PeriodKind])
    period_start = models.DateField()
    attribute = models.CharField(max_length=24, blank=True)
    category = models.CharField(max_length=32, blank=True)
    value = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=1, choices=Status)
    columns = Columns(
        plain="measure geography period_kind period_start attribute category value status",
        export=False,
        erase=False,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="cell_once_per_block",
                fields=[
                    "block",
                    "measure",
                    "geography",
                    "period_kind",
                    "period_start",
                    "attribute",
                    "category",
                ],
            ),
            models.CheckConstraint(
                name="cell_has_value_only_when_free",
                condition=models.Q(status=Status.FREE, value__isnull=False)
                | (~models.Q(status=Status.FREE) & models.Q(value__isnull=True)),
            ),
            models.CheckConstraint(name="cell_status_known", condition=models.Q(status__in=Status.values)),
        )
