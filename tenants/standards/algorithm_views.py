"""The card for the Algoritmeregister: to read, and as a file to hand in."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from common.pages import page, show
from common.permissions import Permission
from tenants.municipalities.models import Municipality
from tenants.municipalities.selectors import live_municipalities
from tenants.standards.algorithm import CardField, algorithm_card, as_json, as_markdown
from tenants.standards.forms import OrganisationForm
from tenants.standards.models import StandardKind
from tenants.standards.selectors import current

EVERYBODY = "De gemeente die deze kaart inlevert"


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def algorithm(request: HttpRequest) -> HttpResponse:
    """Show the card, for one municipality or for any."""
    chosen = _chosen(request)
    query = f"?{urlencode({'gemeente': chosen.slug})}" if chosen else ""
    context = {
        "fields": _card(chosen),
        "form": OrganisationForm(request.GET or None, municipalities=_municipalities()),
        "json_url": reverse("standards:algorithm_json") + query,
        "markdown_url": reverse("standards:algorithm_markdown") + query,
    }
    return show(request, "standards/algorithm.html", context)


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def algorithm_json(request: HttpRequest) -> HttpResponse:
    """Return the card by the names of the register."""
    card = as_json(_card(_chosen(request)))
    answer = JsonResponse(card, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="algoritmeregister.json"'
    return answer


@page(Permission.VIEW_NATIONAL, methods=("GET",))
def algorithm_markdown(request: HttpRequest) -> HttpResponse:
    """Return the card as a document."""
    return HttpResponse(
        as_markdown(_card(_chosen(request))),
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="algoritmeregister.md"'},
    )


def _card(chosen: Municipality | None) -> tuple[CardField, ...]:
    organisation = chosen.data_controller if chosen else EVERYBODY
    return algorithm_card(current(StandardKind.WEIGHING.value), organisation, timezone.localdate())


def _municipalities() -> list[Municipality]:
    return [one for one in live_municipalities() if not one.is_practice]


def _chosen(request: HttpRequest) -> Municipality | None:
    wanted = request.GET.get("gemeente", "")
    return next((one for one in _municipalities() if one.slug == wanted), None)
