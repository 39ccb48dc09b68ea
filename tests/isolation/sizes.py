"""Quick, as in CI, or in full, as `make isolation` runs it."""

import os
from typing import Final

FULL: Final = os.environ.get("NAOBER_ISOLATION") == "full"
