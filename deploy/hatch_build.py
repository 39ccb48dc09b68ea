"""Puts the front-end files of others into the wheel, so that it works without npm and outside the checkout.

The list of files is the one the product itself serves from: `VENDOR_FILES` in `common/vendor.py`.
"""

import ast
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndFiles(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # a checkout serves them from node_modules
            return
        root = Path(self.root)
        for target, source in vendor_files(root).items():
            path = root / "node_modules" / source
            if not path.is_file():
                message = f"{path} is missing. Run `make setup` before building the wheel."
                raise FileNotFoundError(message)
            build_data["force_include"][str(path)] = f"common/static/{target}"
            licence = licence_of(root / "node_modules" / package(source))
            build_data["force_include"][str(licence)] = f"common/static/vendor/licences/{package(source)}.txt"


def package(source: str) -> str:
    """Return the name of the npm package a file comes from: `htmx.org`, `@fontsource/noto-sans`."""
    return "/".join(source.split("/")[: 2 if source.startswith("@") else 1])


def licence_of(folder: Path) -> Path:
    """Return the licence text of a package; what we pass on, we pass on with its licence."""
    return next(folder.glob("LICENSE*"))


def vendor_files(root: Path) -> dict[str, str]:
    """Read the list without importing it: Django is not there when a wheel is built."""
    tree = ast.parse((root / "platform" / "common" / "vendor.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "VENDOR_FILES" and node.value:
            files: dict[str, str] = ast.literal_eval(node.value)
            return files
    message = "common/vendor.py has no VENDOR_FILES."
    raise LookupError(message)
