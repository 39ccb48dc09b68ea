"""Pages on paper: HTML to a tagged PDF (PDF/UA-1). Only the product's own static files can be read on the way.

WeasyPrint needs Pango from the system. Where that is missing everything else works, and `available()` says no.
"""

import logging
import mimetypes
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils._os import safe_join
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from common.language import in_dutch

# A host that cannot exist: what a page refers to is looked up among the static files, and nowhere else.
STATIC: Final = "https://static.invalid/"


class PdfUnavailable(Conflict):
    """Pango is not on this machine."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(
            _("Een PDF maken kan op deze computer niet. Druk de pagina af met de printknop van je browser."),
            code="pdf_unavailable",
        )


class RefusedAddress(ValueError):
    """A page on paper referred to something that is no static file of ours."""


def available() -> bool:
    """Tell whether this machine can make PDFs."""
    return _weasyprint() is not None


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """Return a template as a tagged PDF; its title, language and headings are those of the HTML."""
    weasyprint = _weasyprint()
    if weasyprint is None:
        raise PdfUnavailable
    with in_dutch():  # paper goes to families
        html = render_to_string(template, context)
    document = weasyprint.HTML(string=html, base_url=STATIC, url_fetcher=_fetcher()(), media_type="print")
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made


@cache
def _weasyprint() -> Any:
    """Load WeasyPrint when somebody first asks for paper: it takes a second and fifty megabytes."""
    for chatty in ("weasyprint", "fontTools"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    with suppress(OSError):  # what it raises when the libraries of Pango are not there
        return import_module("weasyprint")
    return None


@cache
def _fetcher() -> Callable[[], Any]:
    urls: Any = import_module("weasyprint.urls")

    class StaticOnly(urls.URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        """Gives the static files of the product, and refuses everything else: no network, no other files."""

        def fetch(self, url: str, headers: object = None) -> Any:
            del headers
            path = static_file(url)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return urls.URLFetcherResponse(url, BytesIO(path.read_bytes()), {"Content-Type": kind})

    return StaticOnly


def static_file(url: str) -> Path:
    """Return the static file behind an address of a page on paper."""
    if not url.startswith(STATIC):
        raise RefusedAddress(url)
    name = url.removeprefix(STATIC)
    if settings.STATIC_ROOT:
        return Path(safe_join(str(settings.STATIC_ROOT), name))
    found = finders.find(name)
    if not found:
        raise RefusedAddress(url)
    return Path(str(found))
