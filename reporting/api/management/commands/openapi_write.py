from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.validation import validate_schema

from reporting.api.schema import build_schema, schema_text


class Command(BaseCommand):
    help = "Write the description of the API to the committed file, or compare it with --check."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", default="platform/docs/openapi.json", type=Path)
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the file differs")

    def handle(self, *args: Any, **options: Any) -> None:
        validate_schema(build_schema())  # type: ignore[no-untyped-call]  # the package has no types
        path: Path = options["path"]
        if not options["check"]:
            path.write_text(schema_text(), encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != schema_text():
            message = "The API changed. If that is meant: make openapi-write, and say so in CHANGELOG.md."
            raise CommandError(message)
