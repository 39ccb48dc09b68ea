from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import NaoberError
from reporting.api.services import api_token_create
from tenants.accounts.models import SystemActor
from tenants.context import releasing
from tenants.municipalities.models import Municipality, State


class Command(BaseCommand):
    help = "Make a token with which a municipality's system may pull that municipality's figures; shown only once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, help="slug of the municipality")
        parser.add_argument("--label", default="command line", help="which system will use it")
        parser.add_argument("--days", type=int, default=365, help="how long it is valid")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = SystemActor("api_token_create")
        with releasing():
            municipality = Municipality.objects.filter(slug=options["municipality"], state=State.LIVE).first()
            if municipality is None:
                message = f"No municipality in use has the slug {options['municipality']!r}."
                raise CommandError(message)
            try:
                made = api_token_create(
                    municipality=municipality, label=options["label"], days=options["days"], actor=actor
                )
            except NaoberError as error:
                raise CommandError("; ".join(str(text) for text in error.fields.values())) from error
        self.stdout.write(made.secret)
