"""Adding, scanning and removing files."""

from uuid import UUID

from django.core.files import File
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from core.files import clamd
from core.files.kinds import FileKind, Refused, clean_name, look, looks_like_identity
from core.files.models import NAME_LENGTH, FilePolicy, StoredFile
from core.files.selectors import file_policy
from core.files.storage import blob_open, blob_write
from core.files.workflow import ALLOWED, NOT_SCANNED, FileStatus
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic
from tenants.jobs import enqueue_by_name
from tenants.models import ScopedModel

MEGABYTE = 1024 * 1024
LIMITS = range(1, 26)
SCAN, DISCARD = "core.files.jobs.scan_file", "core.files.jobs.discard_content"
SURE = _(
    "Dit lijkt een VOG, een identiteitsbewijs of een bestand met foto’s erin. Die mogen wij niet bewaren. "
    "Weet je zeker dat het iets anders is, zet dan het vinkje en kies het bestand opnieuw."
)


@atomic()
def file_add(
    *,
    subject: ScopedModel,
    content: "File[bytes]",
    name: str,
    note: str = "",
    sure: bool = False,
    actor: Actor,
) -> StoredFile:
    """Keep a file with a dossier: what it is follows from the content. Refused with a reason, or kept and scanned."""
    policy = file_policy()
    size = content.size
    if size > policy.max_megabytes * MEGABYTE:
        raise InvalidInput(
            fields={
                "file": _("Dit bestand is te groot: niet meer dan %(most)s MB.")
                % {"most": policy.max_megabytes}
            }
        )
    try:
        seen = look(content)  # type: ignore[arg-type]
    except Refused as refusal:
        raise InvalidInput(fields={"file": refusal.reason}) from refusal
    if not sure and (looks_like_identity(name) or seen.has_pictures):
        raise InvalidInput(fields={"sure": SURE}, code="not_sure")
    row = StoredFile.objects.create(
        subject_kind=subject._meta.label_lower,  # noqa: SLF001  (Django's documented way)
        subject_id=subject.pk,
        name=clean_name(name, FileKind(seen.kind), length=NAME_LENGTH),
        note=note,
        kind=seen.kind,
        size=size,
        blob=blob_write(content),
        added_by=actor.full_name,
    )
    audit_log(action="file_added", subject=subject, actor=actor, purpose=str(row.pk))
    enqueue_by_name(SCAN, file_id=str(row.pk))
    return row


@atomic()
def file_scan(*, file: StoredFile, actor: Actor) -> StoredFile:
    """Look for viruses, or say that nobody could."""
    if file.status not in NOT_SCANNED:
        return file
    if not clamd.configured():
        if file.status == FileStatus.RECEIVED:
            change_state(file, FileStatus.UNCHECKED, allowed=ALLOWED, actor=actor)
        return file
    try:
        with blob_open(file.blob) as content:
            found = clamd.finding(content)
    except FileNotFoundError:
        return file
    if found:
        file.finding = found
        file.save(update_fields=["finding"])
    change_state(
        file, FileStatus.BLOCKED if found else FileStatus.CLEAN, allowed=ALLOWED, actor=actor, reason=found
    )
    return file


@atomic()
def file_remove(*, file: StoredFile, actor: Actor) -> StoredFile:
    """Remove a file: the content goes, that it was there stays."""
    change_state(file, FileStatus.REMOVED, allowed=ALLOWED, actor=actor)
    file.name, file.note = f"verwijderd.{file.kind}", ""
    file.save(update_fields=["name", "note"])
    enqueue_by_name(DISCARD, blob=file.blob)
    return file


@atomic()
def files_erase(*, subject_ids: list[UUID]) -> int:
    """Erase files with the people they are about: content and row."""
    rows = StoredFile.objects.filter(subject_id__in=subject_ids)
    for blob in rows.values_list("blob", flat=True):
        enqueue_by_name(DISCARD, blob=blob)
    count, _tables = rows.delete()
    return count


@atomic()
def file_policy_set(*, scan_required: bool, max_megabytes: int, actor: Actor) -> FilePolicy:
    """Say what this municipality asks of files."""
    if max_megabytes not in LIMITS:
        raise InvalidInput(fields={"max_megabytes": _("Kies een grootte van 1 tot en met 25 MB.")})
    policy = FilePolicy.objects.select_for_update().first() or FilePolicy()
    policy.scan_required, policy.max_megabytes = scan_required, max_megabytes
    policy.save()
    audit_log(action="file_policy_set", subject=policy, actor=actor)
    return policy
