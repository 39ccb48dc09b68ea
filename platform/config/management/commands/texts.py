"""Keeps the catalogues: finds what is not translated yet, and compiles what is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import texts


class Command(BaseCommand):
    """`texts` brings every catalogue up to date with the code and compiles it; `texts --check` only looks."""

    help = "Find the texts that are not translated, bring the catalogues up to date and compile them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only look, or only compile."""
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--check", action="store_true", help="write nothing; fail when something is to be done"
        )
        group.add_argument("--compile", action="store_true", help="only compile")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what is left to translate, a text a line."""
        del args
        found = {} if options["compile"] else texts.found()
        left = 0
        for language in texts.LANGUAGES:
            if not options["compile"]:
                left += self._compare(language, found, check=options["check"])
            if not options["check"]:
                texts.compile_catalogue(language)
        if left and options["check"]:
            message = f"{left} texts are not right in a catalogue; see CONTRIBUTING.md, “Texts”."
            raise CommandError(message)

    def _compare(self, language: str, found: dict[texts.Text, list[str]], *, check: bool) -> int:
        known = texts.catalogue(language)
        told = texts.difference(found, known)
        for text in told.missing:
            self.stdout.write(f"{language}: to translate: {text}   ({', '.join(found[text])})")
        for sentence in told.wrong:
            self.stdout.write(f"{language}: wrong: {sentence}")
        for text in told.left_over:
            self.stdout.write(f"{language}: no longer in the code: {text}")
        if told and not check:
            texts.write(texts.renew(found, known), language)
        wrong = len(told.missing) + len(told.wrong) + len(told.left_over)
        self.stdout.write(f"{language}: {len(found)} texts, {wrong} to do")
        return wrong
