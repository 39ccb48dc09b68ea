from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reporting.api.schema import schema_text


class Command(BaseCommand):
    help = "Write the description of the API to the committed file; a test compares them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", default="platform/docs/openapi.json", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        options["path"].write_text(schema_text(), encoding="utf-8")
