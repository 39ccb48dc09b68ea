"""How much the attacker tries: a little in every run of the tests, the whole country with `make attack`."""

import os
from typing import Final

FULL: Final = os.environ.get("NAOBER_ATTACK") == "full"
SEEDS: Final = (1, 2, 3, 4, 5) if FULL else (1,)
PLACES: Final = (50, 342) if FULL else (50,)
INSIDERS: Final = 5 if FULL else 1  # tried one by one, of the larger countries
SMALL: Final = (4, 6, 9) if FULL else (5,)  # where every municipality is tried
