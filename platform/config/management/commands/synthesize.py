"""`manage.py synthesize`: fill the database with invented municipalities."""

from argparse import ArgumentParser
from datetime import date
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from config.synthesis.demo import password_for_demo
from config.synthesis.filling import Order, fill, plan_order, publish
from config.synthesis.volumes import thousandth

FULL = 50
MOST = 999  # the codes of invented municipalities have three digits of their own


class Command(BaseCommand):
    """Plans, writes, counts and publishes; a second run finds everything there and does nothing."""

    help = "Fill the database with invented municipalities, families and couplings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how much, which chance and until when."""
        parser.add_argument("--municipalities", type=int, default=FULL)
        parser.add_argument("--scale", type=float, default=1.0, help="1.0 is the real volume")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument(
            "--until", type=date.fromisoformat, default=None, help="last day (default: today)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Fill, count, publish and say what was made."""
        today = timezone.localdate()
        until: date = options["until"] or today
        if not 1 <= options["municipalities"] <= MOST or options["scale"] <= 0 or until > today:
            message = f"--municipalities must be 1 to {MOST}, --scale above zero, --until not after today."
            raise CommandError(message)
        order = Order(
            municipalities=options["municipalities"],
            scale=options["scale"],
            seed=options["seed"],
            until=until,
            password=password_for_demo(),
        )
        began = monotonic()
        areas, volumes = plan_order(order)
        made = list(tqdm(fill(order), total=len(areas), desc="Gemeenten vullen", unit="gemeente"))
        if all(filled.already for filled in made):
            self.stdout.write("Al gevuld: er is niets veranderd.")
            return
        self.stdout.write("Cijfers beschermen en publiceren…")
        number = publish()
        couplings, rows = (sum(getattr(filled, name) for filled in made) for name in ("couplings", "rows"))
        self.stdout.write(
            f"{len(made)} gemeenten, {couplings} koppelingen, {rows} rijen in {monotonic() - began:.0f} s."
        )
        if number:
            self.stdout.write(f"Publicatie {number} gemaakt.")
        self.stdout.write(
            f"Eind 2017: {volumes.between(date.min, date(2017, 12, 31))} koppelingen; "
            f"nieuw in 2018: {volumes.between(date(2018, 1, 1), date(2018, 12, 31))}; "
            f"nummer 1.000: {thousandth(volumes) or 'nog niet'}."
        )
