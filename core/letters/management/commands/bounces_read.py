"""Take in what a mail server sends back: from standard input, as a mail server pipes it, or from a Maildir."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils.translation import gettext as _

from core.letters.bounces import LARGEST, Returned, read
from core.letters.services import mail_bounced
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality, State
from tenants.municipalities.selectors import is_behind

_log = structlog.get_logger(__name__)
POST: Final = SystemActor("post")
# What a mail server takes for "try again later"; anything else would make a bounce of the bounce.
TRY_AGAIN: Final = os.EX_TEMPFAIL


class _Later(Exception):
    """The municipality of a message cannot be worked in now."""


class Command(BaseCommand):
    """Reads messages that came back and marks the mails they are about."""

    help = (
        "Read messages that came back to MAIL_RETURN_ADDRESS: one from standard input, or all in a Maildir. "
        "What is no bounce of ours is ignored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recipient", default="", help="the address that the mail server got it for")
        parser.add_argument("--maildir", type=Path, help="read the new messages of this Maildir instead")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["maildir"] is None:
                _take(read(sys.stdin.buffer.read(LARGEST), recipient=options["recipient"]))
                return
            noted = sum(_all_in(options["maildir"]))
        except (OperationalError, _Later) as error:
            raise CommandError(_("Dit kan nu niet; straks wel."), returncode=TRY_AGAIN) from error
        self.stdout.write(_("%(count)d teruggekomen mails genoteerd.") % {"count": noted})


def _all_in(maildir: Path) -> Iterator[bool]:
    """Take the new messages one by one and put each with those that were read; what must wait stays where it is."""
    new, seen = maildir / "new", maildir / "cur"
    if not new.is_dir() or not seen.is_dir():
        raise CommandError(_("Dit is geen Maildir."))
    for path in sorted(new.iterdir()):
        with path.open("rb") as message:
            returned = read(message.read(LARGEST))
        try:
            noted = _take(returned)
        except _Later:
            continue
        path.rename(seen / f"{path.name}:2,S")
        yield noted


def _take(returned: Returned) -> bool:
    """Mark the mail that a message is about; what is not ours is left alone, and nothing personal is logged."""
    found = _place_of(returned)
    if found is None:
        _log.info("bounce_ignored", reason="no address of ours")
        return False
    municipality, letter_id = found
    if not returned.final:
        _log.info("bounce_ignored", reason="not final", letter=str(letter_id))
        return False
    if municipality.state != State.LIVE or is_behind(municipality):
        raise _Later
    with context.municipality(municipality):
        noted = mail_bounced(letter_id=letter_id, code=returned.code, actor=POST)
    _log.info("bounce_noted" if noted else "bounce_known", letter=str(letter_id), code=returned.code)
    return noted


def _place_of(returned: Returned) -> tuple[Municipality, UUID] | None:
    """Return the municipality that gave out the address, if one did and is still here."""
    if not returned.tokens:
        return None
    with context.registry():
        for municipality in Municipality.objects.exclude(state=State.ERASED):
            for token in returned.tokens:
                if token.is_of(municipality.pk):
                    return municipality, token.letter_id
    return None
