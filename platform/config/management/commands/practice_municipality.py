"""`manage.py practice_municipality`: make the municipality to practise in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import NaoberError
from config.synthesis.demo import password_for_demo
from config.synthesis.filling import practice_make
from config.synthesis.practice import AREA


class Command(BaseCommand):
    """Needs the logins of the owner and of the pages: DATABASE_LOGINS=owner,web. A second run changes nothing."""

    help = "Make a practice municipality with invented people, which nobody counts and which sends no mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take another name in the address."""
        parser.add_argument("--slug", default=AREA.slug, help="name in the address")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it and fill it."""
        try:
            made = practice_make(slug=options["slug"], password=password_for_demo() if settings.DEMO else "")
        except NaoberError as error:
            raise CommandError(str(error.message)) from error
        if made:
            self.stdout.write(_("De oefengemeente staat klaar, met %(rows)s rijen.") % {"rows": made})
        else:
            self.stdout.write(_("De oefengemeente stond er al: er is niets veranderd."))
