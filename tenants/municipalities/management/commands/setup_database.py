"""Make the database or bring it up to date."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from tenants.municipalities.services import set_up_database


class Command(BaseCommand):
    """Needs the owner's login (DATABASE_LOGINS=owner). Safe to run again, and quick when nothing is to be done."""

    help = "Make roles, schemas and tables, and bring every municipality up to date."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Set up and tell."""
        changed = set_up_database()
        self.stdout.write(_("De database is bijgewerkt.") if changed else _("De database was al bijgewerkt."))
