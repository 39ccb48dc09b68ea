"""A list as a municipality really kept it: typing errors, merged cells, wrong dates, doubles. Made, not copied."""

from io import BytesIO
from random import Random

import xlsxwriter

FIRST = ("Anna", "Fatima", "Jeroen", "Marieke", "Yusuf", "Eva", "Priya", "Tom", "Zeynep", "Ruben")
LAST = (
    "de Vries",
    "Bakker",
    "van den Berg",
    "El Amrani",
    "Jansen",
    "Yılmaz",
    "Driëssen",
    "Smit",
    "de Wit",
    "Kok",
)
PLACES = ("Purmerend", "purmerend ", "PURMEREND", "Zuidoostbeemster", "Middenbeemster")
DATES = ("12-03-2024", "3/4/24", "2024-05-06", "7 juni 2024", "45450", "1.9.2024")
LETTERS = "ABCDEFGHKLM"
CHILDREN = (
    "Noor (03-2019)",
    "Sam 2018-11; Lot mei 2021",
    "Bo (5-2022), Jip 08-2016",
    "Daan 11-2019",
)
# What people really write, and for which each row must get a reason.
FLAWS: tuple[tuple[str, str], ...] = (
    ("Postcode", "1441"),
    ("Telefoon", "06-1234"),
    ("Aangemeld", "31-02-2024"),
    ("Kinderen", "Noor (5 jaar)"),
    ("Kinderen", ""),
    ("Woonplaats", ""),
    ("E-mail", "anna@"),
    ("Verwijzer", "buurvrouw"),
)
HEADER = (
    "Naam",
    "Telefoon",
    "E-mail",
    "Adres",
    "Postcode",
    "Woonplaats",
    "Aangemeld",
    "Kinderen",
    "Verwijzer",
    "Vraag",
)


def messy(rows: int, *, seed: int = 7) -> tuple[bytes, int]:
    """Return a workbook of so many rows, and how many of them are wrong."""
    random = Random(seed)  # noqa: S311  (made-up data)
    target, wrong = BytesIO(), 0
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Lijst 2024")
        sheet.write_row(0, 0, ["Vraaggezinnen gemeente, bijgewerkt tot vandaag"])
        sheet.write_row(2, 0, HEADER)
        for number in range(rows):
            cells = dict(zip(HEADER, _family(random, number), strict=True))
            if random.random() < 0.1:
                column, value = random.choice(FLAWS)
                cells[column] = value
                wrong += 1
            sheet.write_row(number + 3, 0, list(cells.values()))
        # A value over several rows, as people make it to save typing.
        sheet.merge_range(3, 5, 6, 5, "Purmerend")
    return target.getvalue(), wrong


def _family(random: Random, number: int) -> tuple[str, ...]:
    first, last = random.choice(FIRST), random.choice(LAST)
    # Every two-hundredth row is one that stood there before.
    unique = number - 1 if number % 200 == 199 else number
    return (
        f"{first} {last}" if random.random() < 0.5 else f"{last}, {first}",
        f"6{10_000_000 + unique:08d}",
        f"gezin{unique}@voorbeeld.example" if unique % 3 else "",
        f"Dorpsstraat {number % 300 + 1}",
        f"{1440 + unique % 9} {LETTERS[unique // 9 % 11]}{LETTERS[unique // 99 % 11].lower()}",
        random.choice(PLACES),
        random.choice(DATES),
        random.choice(CHILDREN),
        random.choice(("school", "huisarts", "", "eigen initiatief")),
        "Steun in het weekend" if number % 4 else "",
    )
