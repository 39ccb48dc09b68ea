#!/usr/bin/env python
"""Run a management command from a bare checkout: `platform/` is a source root, so it has to be on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))

from config.__main__ import main  # possible by the line above

if __name__ == "__main__":
    main()
