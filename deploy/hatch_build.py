"""Puts into the wheel what git does not keep: the front-end files of others, and the compiled catalogues.

The list of files is the one the product itself serves from: `VENDOR_FILES` in `common/vendor.py`.
"""

import ast
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndFiles(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        compile_catalogues(root)
        if version == "editable":  # a checkout serves them from node_modules
            return
        for target, source in vendor_files(root).items():
            path = root / "node_modules" / source
            if not path.is_file():
                message = f"{path} is missing. Run `make setup` before building the wheel."
                raise FileNotFoundError(message)
            build_data["force_include"][str(path)] = f"common/static/{target}"
            licence = licence_of(root / "node_modules" / package(source))
            build_data["force_include"][str(licence)] = f"common/static/vendor/licences/{package(source)}.txt"


def compile_catalogues(root: Path) -> None:
    """Write every catalogue as Django reads it beside its source; `artifacts` in pyproject.toml takes it along."""
    for source in root.glob("platform/config/locale/*/LC_MESSAGES/django.po"):
        with source.open("rb") as texts, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(texts, locale=source.parent.parent.name))


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
