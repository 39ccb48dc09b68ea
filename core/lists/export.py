"""Lists as files: XLSX and ODS with real dates and numbers, CSV as Dutch spreadsheets open it. No cell is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from odf.number import DateStyle, Day, Month, Text, Year
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TextProperties
from odf.table import Table, TableCell, TableRow
from odf.text import P

from core.lists.frame import Value

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDEST, NARROWEST = 60, 10
_DAY = "%d-%m-%Y"  # for programs, whatever language the page has


class Format(models.TextChoices):
    """The kinds of files."""

    XLSX = "xlsx", gettext_lazy("Excel (xlsx)")
    ODS = "ods", gettext_lazy("OpenDocument (ods)")
    CSV = "csv", gettext_lazy("CSV, voor andere programma’s")


CONTENT_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Format.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list to write: its name, its columns, its rows, and lines that explain what it is."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[tuple[str, str]]


def written(sheet: Sheet, kind: Format) -> bytes:
    """Return the file."""
    return {Format.XLSX: _xlsx, Format.ODS: _ods, Format.CSV: _csv}[kind](sheet)


def safe_text(value: Value) -> str:
    """Return a text that no spreadsheet takes for a formula. Names such as 's-Gravenhage stay whole."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _csv(sheet: Sheet) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_text(head) for head in sheet.heads])
    writer.writerows([_csv_cell(value) for value in row] for row in sheet.rows)
    return target.getvalue().encode("utf-8-sig")


def _csv_cell(value: Value) -> str:
    if isinstance(value, date):
        return f"{value:{_DAY}}"
    return str(value) if isinstance(value, int) else safe_text(value)


def _xlsx(sheet: Sheet) -> bytes:
    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, {"in_memory": True, **options}) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd-mm-yyyy"})
        page = book.add_worksheet(sheet.title[:31])
        page.write_row(0, 0, sheet.heads, bold)
        for number, row in enumerate(sheet.rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, place, value, day)
                elif isinstance(value, int):
                    page.write_number(number, place, value)
                else:
                    page.write_string(number, place, value or "")
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.heads) - 1)
        for place, width in enumerate(_widths(sheet)):
            page.set_column(place, place, width)
        about = book.add_worksheet(_("Toelichting"))
        for number, (name, text) in enumerate(sheet.notes):
            about.write_string(number, 0, name, bold)
            about.write_string(number, 1, text)
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 90)
    return target.getvalue()


def _ods(sheet: Sheet) -> bytes:
    book = OpenDocumentSpreadsheet()
    bold = Style(name="bold", family="table-cell")
    bold.addElement(TextProperties(fontweight="bold"))
    dates = DateStyle(name="dutch")
    for part in (Day(style="long"), Text(text="-"), Month(style="long"), Text(text="-"), Year(style="long")):
        dates.addElement(part)
    day = Style(name="day", family="table-cell", datastylename="dutch")
    for style in (bold, day):
        book.automaticstyles.addElement(style)
    book.automaticstyles.addElement(dates)
    page = Table(name=sheet.title[:31])
    page.addElement(_ods_row(sheet.heads, day, bold))
    for row in sheet.rows:
        page.addElement(_ods_row(row, day))
    about = Table(name=_("Toelichting"))
    for note in sheet.notes:
        about.addElement(_ods_row(note, day))
    book.spreadsheet.addElement(page)
    book.spreadsheet.addElement(about)
    target = io.BytesIO()
    book.write(target)
    return target.getvalue()


def _ods_row(values: Iterable[Value], day: Any, style: Any = None) -> Any:
    row = TableRow()
    for value in values:
        if isinstance(value, date):
            cell = TableCell(valuetype="date", datevalue=value.isoformat(), stylename=day)
            text = f"{value:{_DAY}}"
        elif isinstance(value, int):
            cell, text = TableCell(valuetype="float", value=str(value)), str(value)
        else:
            text = value or ""
            cell = TableCell(valuetype="string", **({"stylename": style} if style else {}))
        cell.addElement(P(text=text))
        row.addElement(cell)
    return row


def _widths(sheet: Sheet) -> list[int]:
    longest = [len(head) for head in sheet.heads]
    for row in sheet.rows[:200]:
        for place, value in enumerate(row):
            longest[place] = max(longest[place], len("" if value is None else str(value)))
    return [min(WIDEST, max(NARROWEST, length + 2)) for length in longest]
