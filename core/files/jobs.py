"""Scanning, and clearing away content that nobody refers to."""

from datetime import timedelta

from celery.schedules import crontab
from django.utils import timezone

from core.files.models import StoredFile
from core.files.services import file_scan
from core.files.storage import blob_delete, blobs
from core.files.workflow import NOT_SCANNED, FileStatus
from tenants.accounts.models import SystemActor
from tenants.jobs import job

SCANNER = SystemActor("virusscanner")
A_DAY = timedelta(days=1)


@job(scope="municipality")
def scan_file(*, file_id: str) -> None:
    """Scan one file."""
    row = StoredFile.objects.filter(pk=file_id).first()
    if row is not None:
        file_scan(file=row, actor=SCANNER)


@job(scope="municipality")
def discard_content(*, blob: str) -> None:
    """Remove the content of a file that was removed."""
    if not StoredFile.objects.exclude(status=FileStatus.REMOVED).filter(blob=blob).exists():
        blob_delete(blob)


@job(scope="municipality", schedule=crontab(hour=2, minute=40))
def sweep() -> None:
    """Scan what was not scanned yet, and remove content whose row was never committed."""
    for row in StoredFile.objects.filter(status__in=NOT_SCANNED):
        file_scan(file=row, actor=SCANNER)
    known = set(StoredFile.objects.exclude(status=FileStatus.REMOVED).values_list("blob", flat=True))
    before = timezone.now() - A_DAY
    for blob, written_at in blobs():
        if blob not in known and written_at < before:
            blob_delete(blob)
