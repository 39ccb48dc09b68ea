"""Pages that stand on every host: accessibility, privacy, and how to report a security problem."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common.glossary import GROUPS
from common.pages import public_page, show, signed_in_page


@public_page(methods=("GET",))
def security_txt(request: HttpRequest) -> HttpResponse:
    """Tell researchers where to report (RFC 9116); the date stays less than a year ahead."""
    expires = (datetime.now(tz=UTC) + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: nl, en",
        f"Canonical: {request.build_absolute_uri(request.path)}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public_page(methods=("GET",))
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the site is and where to complain."""
    return show(request, "common/accessibility.html")


@public_page(methods=("GET",))
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about families and who sees it."""
    return show(request, "common/privacy.html")


@signed_in_page(methods=("GET",))
def glossary(request: HttpRequest) -> HttpResponse:
    """Explain the words of the work."""
    return show(request, "common/glossary.html", {"groups": GROUPS})
