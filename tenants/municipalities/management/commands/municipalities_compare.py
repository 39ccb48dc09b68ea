"""Compare the schemas of municipalities with the template."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import NaoberError
from tenants.context import owning_registry
from tenants.municipalities.likeness import schema_check
from tenants.municipalities.models import Likeness, Municipality, State
from tenants.municipalities.progress import require_slugs


class Command(BaseCommand):
    """Needs the owner's login (DATABASE_LOGINS=owner). The same happens every night by itself."""

    help = "Compare the schema of every municipality, or of those named, with the template."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="these municipalities alone")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Compare and tell."""
        try:
            slugs = require_slugs(options["slugs"])
        except NaoberError as error:
            raise CommandError(str(error.message)) from error
        with owning_registry():
            there = Municipality.objects.exclude(state=State.ERASED)
            rows = list(there.filter(slug__in=slugs) if slugs else there)
        differing = 0
        for row in rows:
            with owning_registry():
                check = schema_check(row)
            differing += check.state == Likeness.DIFFERS
            self.stdout.write(f"{row.slug}: {check.get_state_display()}")
            for line in check.differences:
                self.stdout.write(f"    {line}")
        if differing:
            raise CommandError(
                _(
                    "%(count)s schema's wijken af van het sjabloon: daar is met de hand iets veranderd. Maak dat"
                    " ongedaan, of zet het in een migratie, en vergelijk opnieuw."
                )
                % {"count": differing}
            )
