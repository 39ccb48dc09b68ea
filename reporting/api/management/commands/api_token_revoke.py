from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.api.models import ApiToken
from reporting.api.services import api_token_revoke
from tenants.accounts.models import SystemActor
from tenants.context import releasing
from tenants.municipalities.models import Municipality


class Command(BaseCommand):
    help = "Withdraw at once the tokens that a municipality's system has under a label."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, help="slug of the municipality")
        parser.add_argument("--label", required=True, help="the label the token was made with")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = SystemActor("api_token_revoke")
        with releasing():
            municipality = Municipality.objects.filter(slug=options["municipality"]).first()
            tokens = (
                ApiToken.objects.filter(municipality=municipality.pk, label=options["label"], revoked_at=None)
                if municipality
                else ApiToken.objects.none()
            )
            ids = list(tokens.values_list("pk", flat=True))
            if not ids:
                message = (
                    f"{options['municipality']!r} has no token in use under the label {options['label']!r}."
                )
                raise CommandError(message)
            for token_id in ids:
                api_token_revoke(token_id=token_id, actor=actor)
        self.stdout.write(f"Withdrawn: {len(ids)}.")
