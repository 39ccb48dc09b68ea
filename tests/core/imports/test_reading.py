"""Reading spreadsheets as people keep them."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from common.errors import InvalidInput
from core.imports import reading
from core.imports.columns import Kind, guess, plain_header

NOON = datetime(2024, 3, 12, 12)  # noqa: DTZ001  (cells have no time zone)


def workbook(lines: list[list[object]], merged: tuple[int, int, int, int] | None = None) -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "dd-mm-yyyy"}) as book:
        sheet = book.add_worksheet("Gezinnen")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
        if merged:
            sheet.merge_range(*merged, lines[merged[0]][merged[1]])
    return target.getvalue()


def test_a_title_above_the_columns_and_empty_lines_are_no_rows() -> None:
    sheet = reading.read(
        workbook([["Lijst van Zaanstad"], [], ["Naam", "Tel"], ["De Vries", 612345678], [], ["Bakker", ""]])
    )
    assert sheet.header == ["Naam", "Tel"]
    assert sheet.rows == [(4, ["De Vries", "612345678"]), (6, ["Bakker", ""])]


def test_merged_cells_count_for_every_row_under_them() -> None:
    lines: list[list[object]] = [["Plaats", "Naam"], ["Purmerend", "De Vries"], ["", "Bakker"], ["", "Smit"]]
    assert [row[0] for _number, row in reading.read(workbook(lines, (1, 0, 3, 0))).rows] == ["Purmerend"] * 3


def test_twin_without_spreading_only_the_first_has_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_spread", lambda lines, _merged: lines)
    lines: list[list[object]] = [["Plaats", "Naam"], ["Purmerend", "De Vries"], ["", "Bakker"]]
    assert [row[0] for _number, row in reading.read(workbook(lines, (1, 0, 2, 0))).rows] == ["Purmerend", ""]


def test_the_names_of_the_columns_at_a_next_printed_page_are_no_family() -> None:
    sheet = reading.read(b"Naam;Plaats\nDe Vries;Purmerend\nNaam;Plaats\nBakker;Beemster\n")
    assert [row[0] for _number, row in sheet.rows] == ["De Vries", "Bakker"]


@pytest.mark.parametrize(
    "content",
    [
        "Naam;Plaats\nDriëssen;Purmerend\n".encode("cp1252"),
        "Naam,Plaats\r\nDriëssen,Purmerend\r\n".encode(),
        "\ufeffNaam\tPlaats\nDriëssen\tPurmerend\n".encode(),
    ],
)
def test_a_csv_file_of_any_program_is_read(content: bytes) -> None:
    assert reading.read(content).rows == [(2, ["Driëssen", "Purmerend"])]


def test_dates_come_as_days_whatever_the_cell_shows() -> None:
    sheet = reading.read(workbook([["Naam", "Datum"], ["De Vries", NOON], ["Smit", date(2024, 4, 1)]]))
    assert [row[1] for _number, row in sheet.rows] == ["2024-03-12", "2024-04-01"]


def test_columns_with_one_name_are_told_apart() -> None:
    assert reading.read(b"Naam;Kind;Kind;;\nA;B;C;D;\n").header == [
        "Naam",
        "Kind",
        "Kind (2)",
        "kolom 4",
        "kolom 5",
    ]


def bomb() -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * (reading.LARGEST_UNPACKED + 1))
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"alleen een zin",
        b"Naam;Plaats\n",
        b"PK\x03\x04 geen rekenblad",
        b"\xd0\xcf\x11\xe0 ook niet",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"%PDF-1.7\n\x00",
        b"a;b\n" + b"1;2\n" * (reading.MOST_ROWS + 1),
        b"x" * (reading.LARGEST_FILE + 1),
        bomb(),
    ],
    ids=[
        "empty",
        "sentence",
        "header only",
        "zip",
        "xls",
        "png",
        "pdf",
        "too many rows",
        "too large",
        "bomb",
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        reading.read(content)
    assert str(refused.value.fields["file"]).endswith(".")


def test_columns_are_known_by_the_names_that_people_give_them() -> None:
    header = [
        "Bijzonder",
        "VOORNAAM",
        "E-mail adres",
        "Post Code",
        "Kind 1 naam",
        "Voornaam kind 1",
        "Voornaam kind 2",
    ]
    assert guess(Kind.ASKING, header, {}) == [
        "",
        "first_name",
        "email",
        "postcode",
        "",
        "child_name",
        "child_name",
    ]
    assert guess(Kind.ASKING, ["Achter-naam"], {}) == ["last_name"]
    assert guess(Kind.ASKING, ["Bijzonder"], {"bijzonder": "last_name"}) == ["last_name"], "remembered"
    assert guess(Kind.ASKING, ["Postcode", "PC"], {}) == ["postcode", ""], "each thing once"
    assert plain_header("  Plaats (woon-)  ") == "plaats woon"
