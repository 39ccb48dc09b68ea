"""Close an account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tenants.accounts.models import SystemActor, User
from tenants.accounts.places import scope_of_place
from tenants.accounts.services import user_deactivate


class Command(BaseCommand):
    """Needs the login of the pages the person works on: `web` for a municipality, `shared_web` for the foundation."""

    help = "Close an account at once. What the person did keeps their name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("place", help="name of the municipality in its address, or `landelijk`")
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        with scope_of_place(options["place"]):
            user = User.objects.filter(email=options["email"], is_active=True).first()
            if user is None:
                raise CommandError(_("Dit account bestaat niet, of is al gesloten."))
            user_deactivate(user=user, actor=SystemActor("user_deactivate"))
        self.stdout.write(_("Het account is gesloten."))
