"""Read two municipalities with many threads for a while: `python -m tests.faults.readers 10`. Prints what came back."""

import json
import os
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any, Final

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import DatabaseError, connections  # noqa: E402  (needs the settings)

from common.permissions import Role  # noqa: E402
from tenants import context  # noqa: E402
from tenants.accounts.models import SystemActor, User  # noqa: E402
from tenants.accounts.services import user_create  # noqa: E402
from tenants.municipalities.models import Municipality  # noqa: E402

THREADS: Final = 6
PASSWORD: Final = "een lang wachtwoord voor de proef"
EMAIL: Final = "kanarie@voorbeeld.example"
DISCARD_EVERY: Final = 20
TESTS: Final = SystemActor("tests")
LEFT: Final = "SELECT current_user = session_user, current_setting('search_path')"


class Reading:
    """What all threads saw together."""

    def __init__(self) -> None:
        """Have seen nothing yet."""
        self.outcomes: Counter[str] = Counter()
        self.last_refused = 0.0
        self.left: list[list[Any]] = []
        self._lock = threading.Lock()

    def read(self, places: list[Municipality], until: float) -> None:
        """Read in turns until the time is over; then look what is left on the connection."""
        turn = 0
        while time.time() < until or not self._answers(places[0]):
            turn += 1
            if self._answers(places[turn % len(places)]) and turn % DISCARD_EVERY == 0:
                with suppress(psycopg.Error):
                    connections["default"].connection.execute("DISCARD ALL")
                    self._count("discarded")
        state = connections["default"].connection.execute(LEFT).fetchone()
        with self._lock:
            self.left.append(list(state or ()))
        connections.close_all()

    def _answers(self, place: Municipality) -> bool:
        try:
            with context.municipality(place):
                found = User.objects.values_list("full_name", flat=True).get(email=EMAIL)
        except DatabaseError:
            self._count("refused", at=time.time())
            time.sleep(0.05)
            return False
        self._count("right" if found == place.slug else "wrong")
        return True

    def _count(self, outcome: str, at: float = 0.0) -> None:
        with self._lock:
            self.outcomes[outcome] += 1
            self.last_refused = max(self.last_refused, at)


def main(seconds: str) -> None:
    """Make the canaries that are not there yet, read, tell."""
    with context.registry():
        places = list(Municipality.objects.order_by("slug"))
    for place in places:
        with context.municipality(place):
            if not User.objects.filter(email=EMAIL).exists():
                user_create(
                    email=EMAIL, full_name=place.slug, role=Role.COORDINATOR, password=PASSWORD, actor=TESTS
                )  # fmt: skip
    reading, until = Reading(), time.time() + float(seconds)
    sys.stdout.write("reading\n")
    sys.stdout.flush()
    threads = [
        threading.Thread(target=reading.read, args=(places[n % 2 :] + places[: n % 2], until))
        for n in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {**reading.outcomes, "last_refused": reading.last_refused, "left": reading.left}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
