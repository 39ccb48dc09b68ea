"""Bring municipalities up to date, or tell how far they are."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import NaoberError
from tenants.municipalities.progress import Line, municipality_lines, require_slugs, waiting_steps
from tenants.municipalities.runner import LOCK_TIMEOUT
from tenants.municipalities.services import municipalities_migrate


class Command(BaseCommand):
    """Needs the owner's login (DATABASE_LOGINS=owner). What was stopped or put off goes on where it ended."""

    help = "Do in every municipality what the template has had since; --plan and --status only tell."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only", nargs="+", metavar="SLUG", default=[], help="these municipalities alone"
        )
        parser.add_argument(
            "--plan", action="store_true", help="tell what would be done where, and do nothing"
        )
        parser.add_argument(
            "--status", action="store_true", help="tell how far each municipality is, and why"
        )
        parser.add_argument(
            "--patience", type=float, default=60.0, help="seconds to keep trying what is in use (60)"
        )
        parser.add_argument(
            "--lock-timeout",
            type=float,
            default=LOCK_TIMEOUT,
            help="seconds that people may have to wait for a table (1)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Tell, or do and tell."""
        try:
            only = require_slugs(options["only"])
            if options["plan"]:
                for name, migrations in waiting_steps(only):
                    self.stdout.write(f"{name}: {', '.join(migrations)}")
            elif options["status"]:
                for line in municipality_lines(only):
                    self.stdout.write(_told(line))
            else:
                self._migrate(only, options["patience"], options["lock_timeout"])
        except NaoberError as error:
            raise CommandError(str(error.message)) from error

    def _migrate(self, only: list[str], patience: float, lock_timeout: float) -> None:
        outcome = municipalities_migrate(only=only, patience=patience, lock_timeout=lock_timeout)
        if not outcome.done:
            self.stdout.write(_("Alle gemeenten waren al bijgewerkt."))
            return
        self.stdout.write(
            _("%(done)s gemeenten bijgewerkt in %(seconds).1f seconden.")
            % {"done": outcome.done, "seconds": outcome.seconds}
        )


def _told(line: Line) -> str:
    """Return one line of the status: slug, version, how it went, how long it took, and why."""
    took = "" if line.milliseconds is None else f"{line.milliseconds} ms"
    return f"{line.slug:<24} {line.version:>3}/{line.latest:<3} {line.state_label:<28} {took:>9}  {line.error}".rstrip()
