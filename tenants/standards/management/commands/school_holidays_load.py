from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.standards.holidays import SHIPPED, HolidayFileError, school_holidays_load


class Command(BaseCommand):
    help = (
        "Load school holidays from a CSV file: what the file has of a region and school year takes its place."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        try:
            count = school_holidays_load(file)
        except (HolidayFileError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} school holidays.")
