"""Print the weights that come with the product, for the documentation."""

from typing import Any

from django.core.management.base import BaseCommand

from tenants.standards.weighing import SHIPPED, weighing_lines


class Command(BaseCommand):
    """Prints points, bounds and distances of version 1."""

    help = "Print the points per part of the score, the bounds for municipalities and the distances."

    def handle(self, *_args: Any, **_options: Any) -> None:
        lines = weighing_lines(SHIPPED)
        for label, points, least, most in lines.parts:
            self.stdout.write(f"{label}: {points} ({least}-{most})")
        for label, near, far in lines.bands:
            self.stdout.write(f"{label}: {near}-{far} km")
