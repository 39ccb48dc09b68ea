"""Front-end files of others that the product serves itself: the one list of what is taken from ``node_modules``.

Only these files are ever served or collected; everything else in the npm packages stays out of reach.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage

# Address under /static/ -> path inside node_modules.
VENDOR_FILES: dict[str, str] = {
    "vendor/utrecht.css": "@utrecht/component-library-css/dist/index.css",
    "vendor/voorbeeld-theme.css": "@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css",
    "vendor/noto-sans-latin-400.woff2": "@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff2",
    "vendor/noto-sans-latin-600.woff2": "@fontsource/noto-sans/files/noto-sans-latin-600-normal.woff2",
    "vendor/noto-sans-latin-700.woff2": "@fontsource/noto-sans/files/noto-sans-latin-700-normal.woff2",
    "vendor/noto-sans-latin-ext-400.woff2": "@fontsource/noto-sans/files/noto-sans-latin-ext-400-normal.woff2",
    "vendor/noto-sans-latin-ext-700.woff2": "@fontsource/noto-sans/files/noto-sans-latin-ext-700-normal.woff2",
    "vendor/htmx.js": "htmx.org/dist/htmx.min.js",
}


class VendorFinder(BaseFinder):
    """Staticfiles finder for ``VENDOR_FILES``, read from ``settings.NODE_MODULES``."""

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        """Say which listed files are missing (only matters where pages are served from the source tree)."""
        missing = [target for target, source in VENDOR_FILES.items() if not self._source(source).is_file()]
        if not missing or not settings.NODE_MODULES.is_dir():
            return []
        return [
            Error(
                f"Front-end files are missing: {', '.join(missing)}.",
                hint="Run `make setup`: it installs the packages of package-lock.json.",
                id="common.E001",
            )
        ]

    def find(self, path: str, find_all: bool = False) -> Any:  # noqa: FBT001, FBT002 (signature is Django's)
        """Return the file for an address of the list, nothing for any other address."""
        source = VENDOR_FILES.get(path.replace("\\", "/"))
        found = [str(self._source(source))] if source and self._source(source).is_file() else []
        if find_all:
            return found
        return found[0] if found else []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:  # noqa: ARG002
        """Yield every listed file that is present, for ``collectstatic``."""
        for target, source in VENDOR_FILES.items():
            if self._source(source).is_file():
                yield target, ListedFileStorage(target, self._source(source))

    @staticmethod
    def _source(source: str) -> Path:
        return Path(settings.NODE_MODULES) / source


class ListedFileStorage(FileSystemStorage):
    """A storage that knows one file under another name than it has on disk."""

    prefix = ""

    def __init__(self, name: str, source: Path) -> None:
        """Remember that ``name`` stands for the file ``source``."""
        super().__init__(location=str(source.parent))
        self._name = name
        self._source_path = source

    def path(self, name: str) -> str:
        """Return the place on disk; any other name is refused."""
        if name != self._name:
            raise FileNotFoundError(name)
        return str(self._source_path)
