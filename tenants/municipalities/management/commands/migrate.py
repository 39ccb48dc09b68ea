"""Django's own command would migrate one connection without schemas, roles or rights."""

from typing import Any, Never

from django.core.management.base import CommandError
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Points to the command that does it well."""

    help = "Not used here: run setup_database."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> Never:
        """Refuse."""
        message = "Run `manage.py setup_database` with DATABASE_LOGINS=owner."
        raise CommandError(message)
