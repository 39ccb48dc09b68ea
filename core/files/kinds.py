"""What a file is, decided by its content and never by its name; and what we do not want to have. Stores nothing."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final
from zipfile import BadZipFile, ZipFile

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.errors import Text


class FileKind(TextChoices):
    """The kinds of files that a dossier may hold."""

    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Word")
    XLSX = "xlsx", _("Excel")
    ODT = "odt", _("OpenDocument-tekst")
    ODS = "ods", _("OpenDocument-werkblad")
    TXT = "txt", _("tekst")


MEDIA_TYPES: Final[dict[str, str]] = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.TXT: "text/plain; charset=utf-8",
}

NO_PICTURES: Final = _(
    "Dit is een foto of een ander plaatje. Naober bewaart geen foto’s: een foto van een kind zegt meer dan voor een "
    "koppeling nodig is en kan in verkeerde handen komen. Ook een foto van een brief of pasje bewaren wij niet. "
    "Schrijf in een notitie op wat je eruit nodig hebt."
)
NO_MEDIA: Final = _("Geluid en film bewaren wij niet. Schrijf in een notitie op wat je eruit nodig hebt.")
NO_MACROS: Final = _(
    "In dit bestand zitten macro’s: kleine programma’s. Bewaar het zonder macro’s, of als PDF."
)
NO_ACTIVE_PDF: Final = _(
    "In deze PDF zit een programma of een ander bestand. Druk hem af naar een nieuwe PDF."
)
OLD_OFFICE: Final = _("Dit is een oud Word- of Excelbestand. Bewaar het eerst als PDF, .docx of .xlsx.")
LOCKED: Final = _(
    "Dit bestand is met een wachtwoord gesloten. Haal het wachtwoord eraf en probeer het opnieuw."
)
TOO_DEEP: Final = _("Dit bestand is van binnen veel te groot. Bewaar het als PDF en probeer het opnieuw.")
UNKNOWN: Final = _("Dit soort bestand bewaren wij niet. Wel: PDF, Word, Excel, OpenDocument en platte tekst.")
EMPTY: Final = _("Dit bestand is leeg.")

HEAD: Final = 4096
MOST_PARTS: Final = 3000
MOST_UNPACKED: Final = 200 * 1024 * 1024

_PICTURES: Final = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"\x00\x00\x01\x00",
    b"8BPS",
)
_MEDIA: Final = (b"ID3", b"OggS", b"\x1aE\xdf\xa3", b"fLaC", b"\xff\xfb", b"\xff\xf3")
_PICTURE_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis")
_ACTIVE: Final = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
_STREAM: Final = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_MARKUP: Final = re.compile(rb"<(!doctype|html|script|\?xml|svg)", re.IGNORECASE)


class Refused(Exception):
    """A file that we do not keep, with the reason in words."""

    def __init__(self, reason: Text) -> None:
        """Keep the reason."""
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a file that may be kept."""

    kind: FileKind
    has_pictures: bool = False


def look(file: BinaryIO) -> Seen:
    """Return what a file is, or refuse it. Reads the content, whatever the name says."""
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip():
        raise Refused(EMPTY)
    _refuse_media(head)
    if head.startswith(b"%PDF-"):
        return _pdf(file)
    if head.startswith(b"PK\x03\x04"):
        return _package(file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(OLD_OFFICE)
    return _text(file)


def _refuse_media(head: bytes) -> None:
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    drawing = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<" and b"<svg" in head.lower()
    if head.startswith(_PICTURES) or webp or brand in _PICTURE_BRANDS or drawing:
        raise Refused(NO_PICTURES)
    if head.startswith(_MEDIA) or brand or head[:4] == b"RIFF":
        raise Refused(NO_MEDIA)


def _pdf(file: BinaryIO) -> Seen:
    file.seek(0)
    # Without what is packed in streams: there any letters can stand by chance.
    content = _STREAM.sub(b"", file.read())
    if _ACTIVE.search(content):
        raise Refused(NO_ACTIVE_PDF)
    if b"/Encrypt" in content:
        raise Refused(LOCKED)
    return Seen(FileKind.PDF, has_pictures=bool(re.search(rb"/Subtype\s*/Image\b", content)))


def _package(file: BinaryIO) -> Seen:
    file.seek(0)
    try:
        with ZipFile(file) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused(TOO_DEEP)
            if any(part.flag_bits & 1 for part in parts):
                raise Refused(LOCKED)
            names = {part.filename for part in parts}
            kind = _office(names) or _open_document(package, names)
    except (BadZipFile, OSError, ValueError) as error:
        raise Refused(UNKNOWN) from error
    if kind is None:
        raise Refused(UNKNOWN)
    if any("vbaproject" in name.lower() or name.startswith(("Basic/", "Scripts/")) for name in names):
        raise Refused(NO_MACROS)
    return Seen(kind, has_pictures=any(_is_picture(name) for name in names))


def _office(names: set[str]) -> FileKind | None:
    if "[Content_Types].xml" not in names:
        return None
    main: tuple[tuple[str, FileKind], ...] = (
        ("word/document.xml", FileKind.DOCX),
        ("xl/workbook.xml", FileKind.XLSX),
    )
    return next((kind for name, kind in main if name in names), None)


def _open_document(package: ZipFile, names: set[str]) -> FileKind | None:
    if "mimetype" not in names:
        return None
    with package.open("mimetype") as part:
        said = part.read(100).decode("ascii", "replace").strip()
    return next((FileKind(kind) for kind in (FileKind.ODT, FileKind.ODS) if MEDIA_TYPES[kind] == said), None)


def _is_picture(name: str) -> bool:
    inside: Callable[[str], bool] = name.lower().startswith
    # Every OpenDocument has a thumbnail of its first page; that is no picture somebody put in.
    return any(inside(folder) for folder in ("word/media/", "xl/media/", "pictures/"))


def _text(file: BinaryIO) -> Seen:
    file.seek(0)
    try:
        words = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(UNKNOWN) from error
    if any(unicodedata.category(char) == "Cc" and char not in "\r\n\t\f" for char in words):
        raise Refused(UNKNOWN)
    if _MARKUP.match(words[:200].strip().encode()):
        raise Refused(UNKNOWN)
    return Seen(FileKind.TXT)


# ------------------------------------------------------------------------------------------------------------- names

_IDENTITY: Final = re.compile(
    r"(?<![a-z])(vog|verklaring[ _-]*omtrent|gedrag(sverklaring)?|paspoort|passport|id[ _-]*(kaart|card|bewijs)|"
    r"identiteits?\w*|legitimatie\w*|rijbewijs|verblijfs\w*|bsn|burgerservice\w*)(?![a-z])",
    re.IGNORECASE,
)


def looks_like_identity(name: str) -> bool:
    """Tell whether a name says that it is a VOG or a paper of identity, which we may not keep."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return bool(_IDENTITY.search(plain.replace("_", " ").replace("-", " ").replace(".", " ")))


def clean_name(name: str, kind: FileKind, *, length: int) -> str:
    """Return a name for people: no folders, no control or direction marks, and the ending of what it really is."""
    base = name.replace("\\", "/").rpartition("/")[2]
    base = "".join(char for char in base if unicodedata.category(char)[0] not in "CZ" or char == " ")
    stem = base.rpartition(".")[0] or base
    stem = re.sub(r'[<>:"|?*;]+', " ", stem)
    stem = " ".join(stem.split()).strip(". ") or "bestand"
    return f"{stem[: length - len(kind) - 1]}.{kind}"
