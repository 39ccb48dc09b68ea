"""`manage.py demo`: say where everything is in a demo that was filled."""

from typing import Any

from django.core.management.base import BaseCommand

from config.synthesis.demo import explanation


class Command(BaseCommand):
    """Prints addresses, logins and a ready line for the API."""

    help = "Print the addresses and logins of the demo."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print it."""
        self.stdout.write(explanation())
