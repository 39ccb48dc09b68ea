"""Say what a municipality asks of files: how large they may be, and whether they wait for the scan."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import NaoberError
from core.files.services import file_policy_set
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.selectors import live_municipalities


class Command(BaseCommand):
    """Sets the file policy of one municipality."""

    help = (
        "Set how large files may be in a municipality, and whether nobody opens them before the virus scan."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("municipality", help="slug of the municipality")
        parser.add_argument("--max-megabytes", type=int, default=10)
        parser.add_argument(
            "--scan-required", action="store_true", help="quarantine until ClamAV found nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        with context.registry():
            found = [one for one in live_municipalities() if one.slug == options["municipality"]]
        if not found:
            raise CommandError(_("Deze gemeente bestaat niet: %(slug)s.") % {"slug": options["municipality"]})
        try:
            with context.municipality(found[0]):
                policy = file_policy_set(
                    scan_required=options["scan_required"],
                    max_megabytes=options["max_megabytes"],
                    actor=SystemActor("file_policy"),
                )
                self.stdout.write(
                    _("Bestanden tot %(most)s MB; controle verplicht: %(wanted)s.")
                    % {
                        "most": policy.max_megabytes,
                        "wanted": _("ja") if policy.scan_required else _("nee"),
                    }
                )
        except NaoberError as error:
            raise CommandError("; ".join(str(text) for text in error.fields.values())) from error
