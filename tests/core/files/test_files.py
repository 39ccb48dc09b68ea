"""Files of dossiers: kept outside the web root, scanned, handed out as an attachment, apart for every municipality."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from common.errors import InvalidInput
from core.files import jobs, storage, uploads
from core.files.clamd import ScannerFailed, finding
from core.files.models import StoredFile
from core.files.selectors import file_policy, files_about
from core.files.services import file_add, file_policy_set, file_remove, file_scan, files_erase
from core.files.storage import blob_open, blob_write, blobs
from core.files.workflow import FileStatus
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.context import WrongScope
from tenants.municipalities.models import Municipality
from tests.factories import chain

Make = Callable[..., Client]
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF"
VIRUS = b"Dit is net een virus: EICAR-STANDARD-ANTIVIRUS-TEST-FILE\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stores: Any = settings.STORAGES
    options = {**stores["default"]["OPTIONS"], "location": tmp_path}
    monkeypatch.setattr(storage, "default_storage", FileSystemStorage(**options))


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A daemon that speaks as ClamAV does: it finds one virus, by its words."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        where = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setattr(settings, "CLAMD", where, raising=False)

        def serve() -> None:
            while True:
                try:
                    line, _address = listener.accept()
                except OSError:
                    return
                with line, line.makefile("rb") as read:
                    if read.read(10) != b"zINSTREAM\0":
                        line.sendall(b"UNKNOWN COMMAND\0")
                        continue
                    content = b""
                    while size := struct.unpack(">I", read.read(4))[0]:
                        content += read.read(size)
                    line.sendall(
                        b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
                    )

        threading.Thread(target=serve, daemon=True).start()
        yield where


def kept(coordinator: User, content: bytes = PDF, name: str = "plan.pdf", **more: Any) -> StoredFile:
    family = chain.waiting_family()
    return file_add(subject=family, content=File(BytesIO(content)), name=name, actor=coordinator, **more)


# -------------------------------------------------------------------------------------------------------- the services


@pytest.mark.usefixtures("in_purmerend")
def test_a_file_stands_under_a_random_name_in_the_folder_of_its_municipality(
    coordinator: User, tmp_path: Path
) -> None:
    row = kept(coordinator)
    (found,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert found.parent.name == context.current_scope().schema
    assert "plan" not in found.name
    assert found.name == row.blob
    assert found.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("in_purmerend")
def test_a_photograph_is_refused_with_an_explanation(coordinator: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        kept(coordinator, b"\xff\xd8\xff\xe0 foto", "plan.pdf")
    assert "Naober bewaart geen foto" in str(refusal.value.fields["file"])
    assert not StoredFile.objects.exists()


@pytest.mark.usefixtures("in_purmerend")
def test_a_paper_of_identity_is_only_kept_by_who_is_sure_it_is_none(coordinator: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        kept(coordinator, name="VOG vader.pdf")
    assert set(refusal.value.fields) == {"sure"}
    assert kept(coordinator, name="VOG vader.pdf", sure=True).status == FileStatus.RECEIVED


@pytest.mark.usefixtures("in_purmerend")
def test_what_is_too_large_is_refused(coordinator: User) -> None:
    file_policy_set(scan_required=False, max_megabytes=1, actor=coordinator)
    with pytest.raises(InvalidInput) as refusal:
        kept(coordinator, b"a" * (1024 * 1024 + 1), "lang.txt")
    assert "niet meer dan 1 MB" in str(refusal.value.fields["file"])


@pytest.mark.usefixtures("in_purmerend")
def test_a_scan_finds_a_virus_and_blocks_the_file(coordinator: User, scanner: str) -> None:
    clean, bad = kept(coordinator), kept(coordinator, VIRUS, "brief.txt")
    assert file_scan(file=clean, actor=jobs.SCANNER).status == FileStatus.CLEAN
    assert file_scan(file=bad, actor=jobs.SCANNER).status == FileStatus.BLOCKED
    assert bad.finding == "Eicar-Test-Signature"


@pytest.mark.usefixtures("in_purmerend")
def test_without_a_scanner_a_file_is_said_to_be_unchecked(coordinator: User) -> None:
    assert file_scan(file=kept(coordinator), actor=jobs.SCANNER).status == FileStatus.UNCHECKED


@pytest.mark.usefixtures("in_purmerend")
def test_a_scanner_that_cannot_be_reached_leaves_the_file_waiting(
    coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CLAMD", "/nergens/clamd.ctl", raising=False)
    row = kept(coordinator)
    with pytest.raises(ScannerFailed):
        file_scan(file=row, actor=jobs.SCANNER)
    assert StoredFile.objects.get().status == FileStatus.RECEIVED


def test_a_scanner_that_does_not_understand_is_no_approval(
    scanner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding(BytesIO(b"gewoon")) == ""
    monkeypatch.setattr("core.files.clamd._answer", lambda _line: "INSTREAM size limit exceeded. ERROR")
    with pytest.raises(ScannerFailed):
        finding(BytesIO(b"gewoon"))


@pytest.mark.usefixtures("in_purmerend")
def test_removing_a_file_takes_its_name_and_content_away(coordinator: User) -> None:
    row = kept(coordinator, note="van school")
    file_remove(file=row, actor=coordinator)
    jobs.discard_content.body(blob=row.blob)
    left = StoredFile.objects.get()
    assert (left.status, left.name, left.note) == (FileStatus.REMOVED, "verwijderd.pdf", "")
    assert list(blobs()) == []
    assert files_about([row.subject_id]) == []


@pytest.mark.usefixtures("in_purmerend")
def test_content_is_not_discarded_while_somebody_refers_to_it(coordinator: User) -> None:
    row = kept(coordinator)
    jobs.discard_content.body(blob=row.blob)
    assert [name for name, _when in blobs()] == [row.blob]


@pytest.mark.usefixtures("in_purmerend")
def test_the_nightly_sweep_removes_content_whose_row_was_never_committed(
    coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = kept(coordinator)
    blob_write(File(BytesIO(b"weesje")))
    jobs.sweep.body()
    assert len(list(blobs())) == 2
    monkeypatch.setattr(jobs, "A_DAY", -jobs.A_DAY)
    jobs.sweep.body()
    assert [name for name, _when in blobs()] == [row.blob]


@pytest.mark.usefixtures("in_purmerend")
def test_files_go_with_the_people_they_are_about(coordinator: User) -> None:
    row = kept(coordinator)
    assert files_erase(subject_ids=[row.subject_id]) == 1
    assert not StoredFile.objects.exists()


def test_nobody_reaches_the_content_of_another_municipality(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User
) -> None:
    with context.municipality(purmerend):
        blob = kept(coordinator).blob
    with context.municipality(zaanstad), pytest.raises(FileNotFoundError):
        blob_open(blob)
    with context.foundation(), pytest.raises(WrongScope):
        blob_open(blob)
    with context.municipality(zaanstad), pytest.raises(ValueError, match="letters"):
        blob_open(f"../{purmerend.schema_name}/{blob}")
    with context.municipality(purmerend), blob_open(blob) as content:
        assert content.read() == PDF


# ----------------------------------------------------------------------------------------------------------- the pages


def url(name: str, pk: UUID) -> str:
    return reverse(name, args=[pk], urlconf="config.urls_municipality")


@pytest.fixture
def family(purmerend: Municipality) -> UUID:
    with context.municipality(purmerend):
        return chain.waiting_family().pk


def added(
    client: Client, family: UUID, content: bytes = PDF, name: str = "Plan van mei.pdf", **more: str
) -> Any:
    return client.post(
        url("families:requesting_file", family),
        {"file": SimpleUploadedFile(name, content), "note": "", **more},
    )


def test_a_coordinator_adds_a_file_and_takes_it_back_as_an_attachment(
    purmerend: Municipality, coordinator: User, safeguarding_officer: User, client_for: Make, family: UUID
) -> None:
    desk = client_for(purmerend, coordinator)
    assert added(desk, family).status_code == 302
    with context.municipality(purmerend):
        pk = StoredFile.objects.get().pk
    assert "Plan van mei.pdf" in desk.get(url("families:requesting_detail", family)).content.decode()
    for client in (desk, client_for(purmerend, safeguarding_officer)):
        answer = client.get(url("files:download", pk))
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
        assert answer["Content-Disposition"] == 'attachment; filename="Plan van mei.pdf"'
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
    with context.municipality(purmerend):
        assert AuditEntry.objects.filter(action="file_downloaded", object_id=pk).count() == 2


def test_absent_forbidden_and_elsewhere_look_alike(
    purmerend: Municipality,
    zaanstad: Municipality,
    coordinator: User,
    safeguarding_officer: User,
    other_coordinator: User,
    client_for: Make,
    family: UUID,
) -> None:
    added(client_for(purmerend, coordinator), family)
    with context.municipality(purmerend):
        pk = StoredFile.objects.get().pk
    officer, elsewhere = client_for(purmerend, safeguarding_officer), client_for(zaanstad, other_coordinator)
    assert elsewhere.get(url("files:download", pk)).status_code == 404
    assert elsewhere.post(url("files:remove", pk)).status_code == 404
    assert officer.post(url("files:remove", pk)).status_code == 404
    assert added(officer, family).status_code == 404
    assert added(elsewhere, family).status_code == 404
    desk = client_for(purmerend, coordinator)
    assert desk.post(url("files:remove", pk)).status_code == 302
    assert desk.get(url("files:download", pk)).status_code == 404


@pytest.mark.parametrize(("status", "required", "expected"), [
    (FileStatus.RECEIVED, False, 200), (FileStatus.RECEIVED, True, 409),
    (FileStatus.UNCHECKED, False, 200), (FileStatus.UNCHECKED, True, 409),
    (FileStatus.CLEAN, True, 200), (FileStatus.BLOCKED, False, 409), (FileStatus.BLOCKED, True, 409),
])  # fmt: skip
def test_a_file_is_in_quarantine_when_the_municipality_wants_that_and_for_ever_with_a_virus(
    purmerend: Municipality,
    coordinator: User,
    client_for: Make,
    family: UUID,
    status: str,
    required: bool,
    expected: int,
) -> None:
    desk = client_for(purmerend, coordinator)
    added(desk, family)
    with context.municipality(purmerend):
        file_policy_set(scan_required=required, max_megabytes=10, actor=coordinator)
        StoredFile.objects.update(status=status)
        pk = StoredFile.objects.get().pk
    answer = desk.get(url("files:download", pk))
    assert answer.status_code == expected
    getattr(answer, "close", lambda: None)()


def test_an_upload_says_what_is_wrong_beside_its_field(
    purmerend: Municipality,
    coordinator: User,
    client_for: Make,
    family: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = client_for(purmerend, coordinator)
    assert "geen foto" in added(desk, family, b"\x89PNG\r\n\x1a\n", "foto.png").content.decode()
    asked = added(desk, family, name="kopie paspoort.pdf").content.decode()
    assert "kies het bestand opnieuw" in asked
    assert 'name="sure"' in asked
    assert desk.post(url("families:requesting_file", family), {"note": ""}).status_code == 400
    monkeypatch.setattr(uploads, "LARGEST", 10)
    assert "te groot" in added(desk, family).content.decode()
    assert added(desk, family, name="kopie paspoort.pdf", sure="on").status_code in {302, 400}


def test_content_that_is_gone_is_said_to_be_gone(
    purmerend: Municipality, coordinator: User, client_for: Make, family: UUID, tmp_path: Path
) -> None:
    desk = client_for(purmerend, coordinator)
    added(desk, family)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.unlink()
    with context.municipality(purmerend):
        pk = StoredFile.objects.get().pk
    assert desk.get(url("files:download", pk)).status_code == 409


def test_an_operator_says_what_a_municipality_asks_of_files(purmerend: Municipality) -> None:
    call_command("file_policy", "purmerend", "--max-megabytes", "5", "--scan-required", stdout=StringIO())
    with context.municipality(purmerend):
        policy = file_policy()
        assert (policy.scan_required, policy.max_megabytes) == (True, 5)
    for wrong in (("nergens",), ("purmerend", "--max-megabytes", "99")):
        with pytest.raises(CommandError):
            call_command("file_policy", *wrong, stdout=StringIO())
