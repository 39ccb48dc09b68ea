"""Pages of the registration desk: which public forms are open, and closing one for a while."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pages import attempt, page, show
from common.permissions import Permission
from core.desk.forms import CloseFormForm
from core.desk.models import FORM_WORDS, FormKind
from core.desk.selectors import closure_of, closures
from core.desk.services import form_close, form_open
from tenants.accounts.models import User


@page(Permission.EDIT_CASES, methods=("GET",))
def forms(request: HttpRequest) -> HttpResponse:
    """Show which public forms are open."""
    closed = closures(timezone.localdate())
    rows = [
        {
            "title": kind.label,
            "word": FORM_WORDS[kind],
            "address": reverse(f"families:register_{kind.value}"),
            "closure": closed.get(kind),
        }
        for kind in FormKind
    ]
    return show(request, "desk/forms.html", {"rows": rows})


@page(Permission.EDIT_CASES)
def close(request: HttpRequest, form: str) -> HttpResponse:
    """Close a public form for a while, or change what it says."""
    kind = _kind(form)
    closure = closure_of(kind, timezone.localdate())
    data = request.POST if request.method == "POST" else None
    initial = {"text": closure.text, "open_again_on": closure.open_again_on} if closure else None
    filled = CloseFormForm(data, initial=initial)

    def run() -> str:
        form_close(kind=kind, **filled.cleaned_data, actor=_actor(request))
        return reverse("desk:forms")

    if data is not None and filled.is_valid():
        done = attempt(request, filled, run, done=_("Het formulier is gesloten."))
        if done:
            return done
    return show(request, "desk/close.html", {"form": filled, "title": kind.label}, filled)


@page(Permission.EDIT_CASES, methods=("POST",))
def open_again(request: HttpRequest, form: str) -> HttpResponse:
    """Open a public form."""
    form_open(kind=_kind(form), actor=_actor(request))
    messages.success(request, _("Het formulier is weer open."))
    return HttpResponseRedirect(reverse("desk:forms"))


def _kind(word: str) -> FormKind:
    kind = next((kind for kind, known in FORM_WORDS.items() if known == word), None)
    if kind is None:
        raise Http404
    return kind


def _actor(request: HttpRequest) -> User:
    actor: User = request.user  # type: ignore[assignment]  # the page's guard let nobody else in
    return actor
