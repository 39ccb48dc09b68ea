"""Files in a dossier. They refer to their subject by kind and id and know no other app, as tasks do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.files.kinds import FileKind
from core.files.workflow import FileStatus
from tenants.classification import Columns
from tenants.models import ScopedModel

NAME_LENGTH = 150


class StoredFile(ScopedModel):
    """A file that somebody added. The content stands outside the web root under a random name; here is what it is."""

    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    name = models.CharField(_("naam"), max_length=NAME_LENGTH)
    note = models.CharField(_("wat is het"), max_length=200, blank=True)
    kind = models.CharField(_("soort"), max_length=8, choices=FileKind)
    size = models.PositiveIntegerField(_("grootte"))
    blob = models.CharField(max_length=64, unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=12, choices=FileStatus, default=FileStatus.RECEIVED, editable=False
    )
    finding = models.CharField(max_length=120, blank=True, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.CharField(_("toegevoegd door"), max_length=120, editable=False)

    columns = Columns(
        plain="subject_kind kind size blob status finding",
        personal="subject_id added_at added_by",
        special="name note",
    )

    class Meta:
        ordering = ("-added_at",)
        indexes = (models.Index(fields=["subject_id", "-added_at"], name="file_of_subject"),)
        constraints = (
            models.CheckConstraint(
                name="file_status_known", condition=models.Q(status__in=FileStatus.values)
            ),
        )


class FilePolicy(ScopedModel):
    """What this municipality asks of files; one row, or none for the usual."""

    scan_required = models.BooleanField(_("pas openen na controle op virussen"), default=False)
    max_megabytes = models.PositiveSmallIntegerField(_("grootste bestand in MB"), default=10)

    columns = Columns(plain="scan_required max_megabytes")
