"""One button that does one thing: run a service, say what happened, go back to the page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from common.errors import Conflict, ForbiddenTransition, InvalidInput, NaoberError, Text


def press(request: HttpRequest, run: Callable[[], object], *, back_url: str, done: Text) -> HttpResponse:
    """Run a service for a button. A refusal is told on the page where the button is, with nothing half-written.

    Pressing twice is ordinary: the second time the page tells that it was done already.
    """
    try:
        run()
    except (InvalidInput, Conflict, ForbiddenTransition) as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, str(done))
    return HttpResponseRedirect(back_url)


def refusal_text(refusal: NaoberError) -> str:
    """Return everything a refusal says, in one text."""
    return " ".join(str(text) for text in refusal.fields.values()) or str(refusal.message)
