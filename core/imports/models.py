"""Reading in a list that a municipality kept before: the file as rows, what its columns are, and what came of it."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.families.models import RequestingFamily, SupportFamily
from core.imports.columns import Kind
from core.imports.workflow import ImportStatus
from tenants.classification import Columns
from tenants.models import ScopedModel

UNDO_WITHIN = timedelta(days=30)


class ImportRun(ScopedModel):
    """One file. Its rows stand here only until they are taken over or thrown away."""

    kind = models.CharField(_("wat staat erin"), max_length=8, choices=Kind)
    status = models.CharField(
        _("stand"), max_length=8, choices=ImportStatus, default=ImportStatus.READ, editable=False
    )
    file_name = models.CharField(_("bestand"), max_length=120)
    header = models.JSONField(default=list)
    rows = models.JSONField(default=list, help_text="pairs of the row's number in the file and its cells")
    mapping = ArrayField(models.CharField(max_length=24, blank=True), default=list)
    verdicts = models.JSONField(default=list, help_text="what is wrong with rows, or whom they resemble")
    total = models.PositiveIntegerField(_("regels"), default=0)
    taken = models.PositiveIntegerField(_("overgenomen"), default=0)
    failure = models.CharField(max_length=300, blank=True)
    started_by = models.CharField(_("door"), max_length=120)
    created_at = models.DateTimeField(_("ingelezen op"), auto_now_add=True)
    done_on = models.DateField(_("overgenomen op"), null=True)

    columns = Columns(
        plain="kind status mapping total taken created_at done_on",
        personal="file_name header rows verdicts failure started_by",
        export=False,
    )

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(name="import_kind_known", condition=models.Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="import_status_known", condition=models.Q(status__in=ImportStatus.values)
            ),
            models.CheckConstraint(
                name="import_keeps_no_rows_afterwards",
                condition=models.Q(status__in=[ImportStatus.READ, ImportStatus.RUNNING]) | models.Q(rows=[]),
            ),
        )

    def __str__(self) -> str:
        """Return the name of the file."""
        return self.file_name

    @property
    def undo_until(self) -> date | None:
        """Return the last day on which it can be taken back."""
        return self.done_on + UNDO_WITHIN if self.done_on and self.status == ImportStatus.DONE else None

    @property
    def may_be_undone(self) -> bool:
        """Tell whether that day has not passed."""
        return self.undo_until is not None and timezone.localdate() <= self.undo_until


class ColumnMemory(ScopedModel):
    """What a column with this name was the last time, so that the next file of the same kind needs no work."""

    kind = models.CharField(max_length=8, choices=Kind)
    header = models.CharField(max_length=80)
    target = models.CharField(max_length=24, blank=True)

    columns = Columns(plain="kind header target", export=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "header"], name="column_remembered_once"),)


class ImportedFamily(ScopedModel):
    """Which family came from which row, for taking it back."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="families")
    row_number = models.PositiveIntegerField()
    requesting_family = models.OneToOneField(
        RequestingFamily, on_delete=models.CASCADE, null=True, related_name="imported"
    )
    support_family = models.OneToOneField(
        SupportFamily, on_delete=models.CASCADE, null=True, related_name="imported"
    )

    columns = Columns(plain="row_number", export=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="imported_exactly_one_family",
                condition=models.Q(requesting_family__isnull=False, support_family__isnull=True)
                | models.Q(requesting_family__isnull=True, support_family__isnull=False),
            ),
        )
