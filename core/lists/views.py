"""Keeping views of lists. The lists themselves are shown by the app that knows what stands in them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.pages import page, safe_next
from common.permissions import Permission
from core.lists.forms import ViewForm
from core.lists.selectors import view_for
from core.lists.services import view_remove, view_save
from tenants.accounts.models import User


@page(Permission.VIEW_CASES, methods=("POST",))
def view_keep(request: HttpRequest) -> HttpResponse:
    """Keep the filters, columns and order of a list under a name."""
    form = ViewForm(request.POST)
    here = safe_next(request, "/")
    if not form.is_valid():
        messages.error(request, _("De weergave is niet bewaard: geef haar een naam van hooguit 40 tekens."))
        return HttpResponseRedirect(here)
    query = QueryDict(form.cleaned_data["query"]).urlencode()
    try:
        view_save(
            list_name=form.cleaned_data["list_name"],
            name=form.cleaned_data["name"],
            query=query,
            actor=_actor(request),
        )
    except InvalidInput as refusal:
        messages.error(request, " ".join(str(text) for text in (refusal.fields or {}).values()))
        return HttpResponseRedirect(here)
    messages.success(request, _("Je weergave “%(name)s” is bewaard.") % {"name": form.cleaned_data["name"]})
    return HttpResponseRedirect(f"{here.partition('?')[0]}?{query}")


@page(Permission.VIEW_CASES, methods=("POST",))
def view_forget(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forget a kept view."""
    view = view_for(_actor(request), public_id)
    name = view.name
    view_remove(view=view, actor=_actor(request))
    messages.success(request, _("Je weergave “%(name)s” is weg.") % {"name": name})
    return HttpResponseRedirect(safe_next(request, "/").partition("?")[0])


def _actor(request: HttpRequest) -> User:
    actor: User = request.user  # type: ignore[assignment]  # the page's guard let nobody else in
    return actor
