"""Make an account."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import NaoberError
from common.permissions import Role
from tenants.accounts.models import SystemActor
from tenants.accounts.places import scope_of_place
from tenants.accounts.services import user_create


class Command(BaseCommand):
    """Needs the login of the pages the person works on: `web` for a municipality, `shared_web` for the foundation."""

    help = "Make an account in a municipality, or at the foundation. The password is asked for, never an argument."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("place", help="name of the municipality in its address, or `landelijk`")
        parser.add_argument("email")
        parser.add_argument("full_name")
        parser.add_argument("role", choices=[role.value for role in Role])

    def handle(self, *_args: Any, **options: Any) -> None:
        password = getpass.getpass(_("Wachtwoord: "))
        try:
            with scope_of_place(options["place"]):
                user_create(
                    email=options["email"],
                    full_name=options["full_name"],
                    role=Role(options["role"]),
                    password=password,
                    actor=SystemActor("user_create"),
                )
        except NaoberError as error:
            raise CommandError("\n".join([str(error.message), *map(str, error.fields.values())])) from error
        self.stdout.write(_("Het account is gemaakt."))
