"""A page that is made after other municipalities were asked."""

from django.http import HttpResponse
from django.utils.translation import get_language, override

from tenants import context
from tenants.elsewhere import Asking
from tenants.municipalities.models import Municipality


def test_a_page_that_waited_is_sent_whole_and_in_the_language_of_who_asked(purmerend: Municipality) -> None:
    with override("en"):
        page: Asking[int] = Asking([], lambda: 1, lambda _answers: HttpResponse(f"page in {get_language()}"))
    page.headers["Content-Length"] = "0"  # as it was when the empty answer passed
    page.complete(context.municipality(purmerend))
    assert page.content == b"page in en"
    assert page.headers["Content-Length"] == str(len(page.content))
