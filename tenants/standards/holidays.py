"""School holidays: loaded from a file, never fetched."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from tenants.context import owning_registry
from tenants.standards.models import Region, SchoolHoliday

SHIPPED: Final = Path(__file__).parent / "data" / "schoolvakanties.csv"
COLUMNS: Final = ("vakantie", "regio", "van", "tot_en_met", "bron")
LONGEST: Final = 60


class HolidayFileError(ValueError):
    """The file is not what `school_holidays_load` can read; the message names the line."""


def school_holidays_load(file: Path) -> int:
    """Put every holiday of the file in the registry; one with the same region and first day is replaced."""
    rows = list(_read(file))
    with owning_registry():
        for row in rows:
            SchoolHoliday.objects.update_or_create(
                region=row.region,
                starts_on=row.starts_on,
                defaults={"name": row.name, "ends_on": row.ends_on, "source": row.source},
            )
    return len(rows)


def school_holidays(region: str, since: date, until: date) -> list[SchoolHoliday]:
    """Return the holidays of a region that touch these days."""
    return list(SchoolHoliday.objects.filter(region=region, ends_on__gte=since, starts_on__lte=until))


def known_until(region: str) -> date | None:
    """Return the last day of the last known holiday of a region."""
    last = SchoolHoliday.objects.filter(region=region).order_by("ends_on").last()
    return last.ends_on if last else None


def _read(file: Path) -> Iterator[SchoolHoliday]:
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        if missing := set(COLUMNS) - set(reader.fieldnames or ()):
            raise HolidayFileError(f"{file.name}: columns are missing: {', '.join(sorted(missing))}.")
        for line in reader:
            try:
                yield _holiday(line)
            except ValueError as error:
                raise HolidayFileError(f"{file.name}, line {reader.line_num}: {error}") from error


def _holiday(line: dict[str, str]) -> SchoolHoliday:
    row = SchoolHoliday(
        region=Region(line["regio"].strip()).value,
        name=line["vakantie"].strip(),
        starts_on=date.fromisoformat(line["van"].strip()),
        ends_on=date.fromisoformat(line["tot_en_met"].strip()),
        source=line["bron"].strip(),
    )
    if not row.name or not row.source:
        message = "a holiday needs a name and a source"
        raise ValueError(message)
    if not 0 <= (row.ends_on - row.starts_on).days <= LONGEST:
        message = f"{row.starts_on} to {row.ends_on} is no school holiday"
        raise ValueError(message)
    return row
