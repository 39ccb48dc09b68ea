"""What a file is follows from its content; what we do not want is refused with a reason."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files import kinds
from core.files.kinds import FileKind, Refused, clean_name, look, looks_like_identity


def package(*names: str, mimetype: str = "", content: bytes = b"<x/>") -> bytes:
    kept = BytesIO()
    with ZipFile(kept, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, content)
    return kept.getvalue()


OFFICE = "[Content_Types].xml"
ODT = kinds.MEDIA_TYPES[FileKind.ODT]

KEPT = [
    (b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF", FileKind.PDF),
    (package(OFFICE, "word/document.xml"), FileKind.DOCX),
    (package(OFFICE, "xl/workbook.xml"), FileKind.XLSX),
    (package("content.xml", mimetype=ODT), FileKind.ODT),
    (package("content.xml", mimetype=kinds.MEDIA_TYPES[FileKind.ODS]), FileKind.ODS),
    ("Afspraak: dinsdag één uur.\r\n".encode(), FileKind.TXT),
]
REFUSED = [
    (b"", kinds.EMPTY),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", kinds.NO_PICTURES),
    (b"\x89PNG\r\n\x1a\n", kinds.NO_PICTURES),
    (b"GIF89a", kinds.NO_PICTURES),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", kinds.NO_PICTURES),
    (b"\x00\x00\x00\x18ftypheic\x00\x00", kinds.NO_PICTURES),
    (b"\x00\x00\x00\x1cftypavif\x00\x00", kinds.NO_PICTURES),
    (b'<?xml version="1.0"?><svg xmlns="x"/>', kinds.NO_PICTURES),
    (b"II*\x00\x08\x00", kinds.NO_PICTURES),
    (b"\x00\x00\x00\x18ftypmp42\x00\x00", kinds.NO_MEDIA),
    (b"OggS\x00\x02", kinds.NO_MEDIA),
    (b"RIFF\x00\x00\x00\x00WAVEfmt ", kinds.NO_MEDIA),
    (b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert()) >>", kinds.NO_ACTIVE_PDF),
    (b"%PDF-1.7\n<< /Encrypt 4 0 R >>", kinds.LOCKED),
    (package(OFFICE, "word/document.xml", "word/vbaProject.bin"), kinds.NO_MACROS),
    (package("content.xml", "Basic/Standard/Module1.xml", mimetype=ODT), kinds.NO_MACROS),
    (package("iets.txt"), kinds.UNKNOWN),
    (package(OFFICE, "ppt/presentation.xml"), kinds.UNKNOWN),
    (b"PK\x03\x04 geen zip", kinds.UNKNOWN),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kinds.OLD_OFFICE),
    (b"<!DOCTYPE html><script>alert(1)</script>", kinds.UNKNOWN),
    (b"MZ\x90\x00\x03\x00", kinds.UNKNOWN),
    (b"\x7fELF\x02\x01\x01\x00", kinds.UNKNOWN),
]


@pytest.mark.parametrize(("content", "kind"), KEPT)
def test_what_may_be_kept_is_known_by_its_content(content: bytes, kind: FileKind) -> None:
    assert look(BytesIO(content)).kind == kind


@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_what_we_do_not_want_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        look(BytesIO(content))
    assert refusal.value.reason == reason


def test_letters_in_a_packed_stream_are_no_program() -> None:
    content = b"%PDF-1.7\nstream\r\n\x01/JS \x02/JavaScript \x03\nendstream\n%%EOF"
    assert look(BytesIO(content)).kind == FileKind.PDF


def test_pictures_inside_a_document_are_seen() -> None:
    assert look(BytesIO(package(OFFICE, "word/document.xml", "word/media/image1.jpeg"))).has_pictures
    assert look(BytesIO(b"%PDF-1.7\n<< /Subtype /Image >>")).has_pictures
    assert not look(BytesIO(package("Thumbnails/thumbnail.png", mimetype=ODT))).has_pictures


def test_a_package_that_is_huge_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = package(OFFICE, "word/document.xml", content=b"0" * 10_000)
    monkeypatch.setattr(kinds, "MOST_UNPACKED", 5_000)
    with pytest.raises(Refused) as refusal:
        look(BytesIO(bomb))
    assert refusal.value.reason == kinds.TOO_DEEP


@given(st.binary(max_size=300))
def test_any_content_is_kept_or_refused_and_never_fails(content: bytes) -> None:
    try:
        kind = look(BytesIO(content)).kind
    except Refused:
        return
    assert kind in FileKind


@pytest.mark.parametrize(
    "name",
    ["VOG Jansen.pdf", "vog_2026.pdf", "Verklaring omtrent het gedrag.pdf", "kopie-paspoort.pdf", "ID kaart mama.pdf",
     "idkaart.pdf", "identiteitsbewijs.pdf", "rijbewijs-voor.pdf", "legitimatie.docx", "BSN kinderen.xlsx"],
)  # fmt: skip
def test_a_name_of_a_paper_of_identity_is_noticed(name: str) -> None:
    assert looks_like_identity(name)


@pytest.mark.parametrize(
    "name",
    [
        "vogelhuisje.pdf",
        "plan.pdf",
        "huisregels.pdf",
        "bezoekverslag.docx",
        "avond met Sem.odt",
        "idee voor mei.txt",
    ],
)
def test_an_ordinary_name_is_left_alone(name: str) -> None:
    assert not looks_like_identity(name)


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_is_safe_to_write(name: str) -> None:
    made = clean_name(name, FileKind.PDF, length=150)
    assert made.endswith(".pdf")
    assert len(made) <= 150
    assert not set(made) & set('/\\<>:"|?*\r\n\0;')


def test_the_ending_of_a_name_is_what_the_file_really_is() -> None:
    assert clean_name("../../etc/plan.exe", FileKind.PDF, length=150) == "plan.pdf"
    assert clean_name("gepj\u202efdp.exe", FileKind.TXT, length=150) == "gepjfdp.txt"
