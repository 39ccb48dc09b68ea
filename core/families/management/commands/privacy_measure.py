"""Measures the privacy guard on labelled sentences."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from common.privacy_measure import measure, read


class Command(BaseCommand):
    """Prints precision and recall per kind, and the sentences that went wrong."""

    help = "Measure the privacy guard on a file of labelled sentences."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sentences", type=Path)
        parser.add_argument("--mistakes", action="store_true", help="print the sentences that went wrong")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["sentences"]
        sentences, names = read(path.read_text(encoding="utf-8").splitlines())
        made = measure(sentences, names)
        self.stdout.write(f"{len(sentences)} sentences, {made.clean} of them with nothing to find")
        self.stdout.write(f"{'':10}{'right':>7}{'wrong':>7}{'missed':>7}{'precision':>11}{'recall':>8}")
        for name, score in [*made.scores.items(), ("all", made.overall)]:
            self.stdout.write(
                f"{name:10}{score.right:7}{score.wrong:7}{score.missed:7}{score.precision:11.3f}{score.recall:8.3f}"
            )
        self.stdout.write(f"clean sentences with a warning: {made.clean_warned}")
        if options["mistakes"]:
            for line in made.mistakes:
                self.stdout.write(f"  {line}")
