"""Make the database or bring it up to date."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tenants.database.statements import CannotBeReplayed
from tenants.municipalities.runner import LOCK_TIMEOUT
from tenants.municipalities.services import MunicipalitiesLeft, set_up_database


class Command(BaseCommand):
    """Needs the owner's login (DATABASE_LOGINS=owner). Safe to run again, and quick when nothing is to be done."""

    help = "Make roles, schemas and tables, and bring every municipality up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
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
        """Set up and tell."""
        try:
            changed = set_up_database(patience=options["patience"], lock_timeout=options["lock_timeout"])
        except CannotBeReplayed as error:
            raise CommandError(str(error)) from error
        except MunicipalitiesLeft as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(_("De database is bijgewerkt.") if changed else _("De database was al bijgewerkt."))
