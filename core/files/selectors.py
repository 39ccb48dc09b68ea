"""Reading what is known of files."""

from collections.abc import Collection
from uuid import UUID

from common.errors import NotAllowed
from common.permissions import Permission
from core.files.models import FilePolicy, StoredFile
from core.files.workflow import NOT_SCANNED, FileStatus
from tenants.accounts.models import User


def file_for(actor: User, public_id: UUID, permission: Permission = Permission.VIEW_CASES) -> StoredFile:
    """Return a file that this person may see (or, with another permission, remove); absent and forbidden look alike."""
    found = (
        StoredFile.objects.exclude(status=FileStatus.REMOVED).filter(pk=public_id).first()
        if actor.may(permission)
        else None
    )
    if found is None:
        raise NotAllowed
    return found


def files_about(subject_ids: Collection[UUID]) -> list[StoredFile]:
    """Return the files in some dossiers, latest first."""
    return list(StoredFile.objects.filter(subject_id__in=subject_ids).exclude(status=FileStatus.REMOVED))


def file_policy() -> FilePolicy:
    """Return what this municipality asks of files."""
    return FilePolicy.objects.first() or FilePolicy()


def may_open(file: StoredFile, policy: FilePolicy) -> bool:
    """Tell whether a file may be handed out: never with a virus, after the scan where the municipality wants that."""
    if file.status in NOT_SCANNED:
        return not policy.scan_required
    return file.status == FileStatus.CLEAN
