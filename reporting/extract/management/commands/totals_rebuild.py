from typing import Any

from django.core.management.base import BaseCommand

from reporting.extract.rebuild import rebuild_totals


class Command(BaseCommand):
    help = "Count every municipality again from its ledger, compare, repair and publish: what every night does, now."

    def handle(self, *args: Any, **options: Any) -> None:
        result = rebuild_totals()
        self.stdout.write(
            f"{result.municipalities} municipalities counted, {result.differences} rows differed, "
            f"release {result.release if result.release is not None else 'unchanged'}."
        )
