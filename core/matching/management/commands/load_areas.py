"""Load postcode areas, with which distances are reckoned."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import NaoberError
from core.matching.areas import areas_read, postcode_areas_load
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.selectors import live_municipalities


class Command(BaseCommand):
    """Reads the postal codes of GeoNames, or a CSV with the heads code, place, lat and lon (or their Dutch names)."""

    help = "Load the middles of postcode areas into one municipality, from a file of GeoNames or a CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--municipality", required=True, help="slug of the municipality")

    def handle(self, *_args: Any, **options: Any) -> None:
        with context.registry():
            found = [one for one in live_municipalities() if one.slug == options["municipality"]]
        if not found:
            raise CommandError(_("Deze gemeente bestaat niet: %(slug)s.") % {"slug": options["municipality"]})
        try:
            with options["file"].open(encoding="utf-8", newline="") as lines:
                areas = areas_read(lines)
            with context.municipality(found[0]):
                count = postcode_areas_load(areas=areas, actor=SystemActor("load_areas"))
        except NaoberError as error:
            raise CommandError(str(error.message)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("Dit bestand is niet te lezen: %(why)s") % {"why": error}) from error
        self.stdout.write(
            _("%(n)d postcodegebieden bewaard in %(name)s.") % {"n": count, "name": found[0].name}
        )
