"""Make a municipality."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import NaoberError
from tenants.municipalities.models import Phase
from tenants.municipalities.runner import CatalogueDiffers
from tenants.municipalities.services import municipality_create


class Shell(NamedTuple):
    """Whoever has the owner's login and a command line."""

    full_name: str = "municipality_create"
    id: UUID | None = None


def code_with_dates(text: str) -> tuple[str, date, date | None]:
    """Read `GM0439`, `GM0439:2018-01-01` or `GM0370:2018-01-01:2022-01-01`."""
    code, *dates = text.split(":")
    try:
        valid_from, valid_to, *rest = [date.fromisoformat(day) for day in dates] + [None] * (2 - len(dates))
    except ValueError as error:
        raise ArgumentTypeError(text) from error
    if rest:
        raise ArgumentTypeError(text)
    return code, valid_from or date(1900, 1, 1), valid_to


class Command(BaseCommand):
    """Needs the owner's login: DATABASE_LOGINS=owner."""

    help = "Make a municipality with its schema, role and rights, all at once or not at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="name in the address")
        parser.add_argument("name")
        parser.add_argument(
            "--code", action="append", type=code_with_dates, required=True, help="GM0439[:from[:to]]"
        )
        parser.add_argument("--phase", choices=Phase.values, default=Phase.PILOT)
        parser.add_argument("--target", type=int, default=0, help="couplings per year in the contract")
        parser.add_argument("--controller", required=True, help="who is responsible under the GDPR")
        parser.add_argument("--started-on", type=date.fromisoformat, required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            municipality = municipality_create(
                slug=options["slug"],
                name=options["name"],
                codes=options["code"],
                phase=Phase(options["phase"]),
                contract_target_per_year=options["target"],
                data_controller=options["controller"],
                started_on=options["started_on"],
                actor=Shell(),
            )
        except NaoberError as error:
            raise CommandError(_told(error)) from error
        except CatalogueDiffers as error:
            raise CommandError(
                _(
                    "Het sjabloon past niet bij deze versie, dus er is niets gemaakt. Voer eerst setup_database uit."
                    " Helpt dat niet, dan is er met de hand iets aan het sjabloon veranderd: maak dat ongedaan."
                )
            ) from error
        self.stdout.write(_("%(name)s is ingericht.") % {"name": municipality.name})


def _told(error: NaoberError) -> str:
    return "\n".join([str(error.message), *(f"{field}: {text}" for field, text in error.fields.items())])
