"""Keep the outcome of `make isolation` for the page of the foundation."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import NaoberError
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.proofs.services import probe_run_record


class Command(BaseCommand):
    """Needs the login `shared_web`."""

    help = "Keep the outcome of the isolation probe (var/isolation.json) for the page of the foundation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            report = json.loads(options["report"].read_text(encoding="utf-8"))
            with context.foundation():
                probe_run_record(report=report, actor=SystemActor("isolation_record"))
        except (OSError, ValueError) as error:
            raise CommandError(_("Dit bestand is niet te lezen.")) from error
        except NaoberError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(_("De uitslag staat op de pagina Afscherming van de stichting."))
