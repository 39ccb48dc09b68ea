"""From a file to rows of text: XLSX, ODS, XLS or CSV, as somebody really kept it. Nothing is judged or written here."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from common.errors import InvalidInput

LARGEST_FILE = 10 * 1024 * 1024
# A small file may hide a huge one: what a spreadsheet may be when it is unpacked, in bytes.
LARGEST_UNPACKED = 150 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 100
LONGEST_CELL = 4_000
# Above the names of the columns there may be a title, a date, an empty line.
HEADER_WITHIN = 20
_ZIPPED, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ";\t,|"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The names of the columns, and the rows below with the number that each has in the file."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read(content: bytes) -> Sheet:
    """Return what a file holds, or refuse it with `InvalidInput` that says what is wrong and how to mend it."""
    if len(content) > LARGEST_FILE:
        raise InvalidInput(
            fields={"file": _("Dit bestand is groter dan 10 MB. Verdeel het over meer bestanden.")}
        )
    packed = content.startswith((_ZIPPED, _OLD_EXCEL))
    lines = _from_workbook(content) if packed else _from_text(content)
    sheet = _below_the_header(lines)
    if len(sheet.rows) > MOST_ROWS:
        raise InvalidInput(
            fields={"file": _("Dit bestand heeft meer dan 10.000 regels. Verdeel het over meer bestanden.")}
        )
    return sheet


def _from_workbook(content: bytes) -> list[list[str]]:
    broken = InvalidInput(
        fields={
            "file": _("Wij kunnen dit bestand niet lezen. Open het in Excel en bewaar het opnieuw als .xlsx.")
        }
    )
    try:
        if content.startswith(_ZIPPED):
            with ZipFile(BytesIO(content)) as packed:
                if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                    raise broken
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            cells = sheet.to_python(skip_empty_area=False)
            if any(cell != "" for line in cells for cell in line):
                lines = [[text_of(cell) for cell in line[:MOST_COLUMNS]] for line in cells]
                return _spread(lines, sheet.merged_cell_ranges or ())
    except (CalamineError, BadZipFile, ValueError, OSError, EOFError) as error:
        raise broken from error
    return []


def _spread(
    lines: list[list[str]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> list[list[str]]:
    """Give each row under merged cells the value that stands over all of them; across columns it stays where it is."""
    for (top, left), (bottom, _right) in merged:
        for row in range(top + 1, min(bottom + 1, len(lines))):
            if left < len(lines[row]):
                lines[row][left] = lines[top][left]
    return lines


def _from_text(content: bytes) -> list[list[str]]:
    if b"\x00" in content[:4096]:
        raise InvalidInput(
            fields={"file": _("Dit is geen rekenblad. Kies een bestand dat eindigt op .xlsx, .ods of .csv.")}
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    beginning = text[:8192]
    delimiter = max(_DELIMITERS, key=beginning.count)
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        return [[text_of(cell) for cell in line[:MOST_COLUMNS]] for line in reader]
    except csv.Error as error:
        raise InvalidInput(
            fields={"file": _("Wij kunnen dit bestand niet lezen. Bewaar het opnieuw als .csv of .xlsx.")}
        ) from error


def _below_the_header(lines: Sequence[list[str]]) -> Sheet:
    found = [
        index for index, line in enumerate(lines[:HEADER_WITHIN]) if len([cell for cell in line if cell]) > 1
    ]
    if not found:
        raise InvalidInput(
            fields={"file": _("Wij vinden geen namen van kolommen. Zet ze op de eerste regel van het blad.")}
        )
    index = found[0]
    header = list(lines[index])
    width = len(header)
    rows = [
        (number, (row + [""] * width)[:width])
        for number, row in enumerate(lines[index + 1 :], start=index + 2)
        # The names of the columns come back at each printed page of some lists.
        if any(row) and row[:width] != header
    ]
    if not rows:
        raise InvalidInput(fields={"file": _("Onder de namen van de kolommen staat niets.")})
    return Sheet(header=_told_apart(header), rows=rows)


def _told_apart(header: list[str]) -> list[str]:
    """Give columns without a name, or with the same name, one that tells which."""
    seen: Counter[str] = Counter()
    told = []
    for index, name in enumerate(header):
        own = name or str(_("kolom %(number)d") % {"number": index + 1})
        seen[own] += 1
        told.append(own if seen[own] == 1 else f"{own} ({seen[own]})")
    return told


def text_of(cell: Any) -> str:
    """Return a cell as a person would type it, dates as 2026-03-12."""
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()[: len("2026-03-12")]
    # Tabs, hard blanks and control characters come along from older programs.
    text = "".join(
        char if char.isprintable() or char == "\n" else " " for char in str(cell).replace("\xa0", " ")
    )
    return text.strip()[:LONGEST_CELL]
