"""My municipalities: tying accounts, and going from one to another without a second password."""

from http import HTTPStatus
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from common.errors import NotAllowed
from common.pages import page, public_page, show
from common.permissions import Permission
from tenants.accounts.backends import ScopedBackend
from tenants.accounts.models import User
from tenants.accounts.proofs import Proof, Purpose, proof_in
from tenants.accounts.throttle import Attempts
from tenants.accounts.tie_forms import PlaceForm, TieForm
from tenants.accounts.tie_services import person_from, proof_use, tie_cut, tie_for, tie_make, ties_of, used
from tenants.municipalities.models import Municipality
from tenants.municipalities.selectors import places_at_hand

PROOF = "bewijs"


@page(Permission.VIEW_CASES)
def places(request: HttpRequest) -> HttpResponse:
    """Show where else this person works; begin a new tie with a link to the other place."""
    user = _actor(request)
    ties = ties_of(user)
    known = places_at_hand()
    taken = {tie.place_id for tie in ties} | {_here(request).pk}
    others = [place for pk, place in known.items() if pk not in taken]
    form = PlaceForm(request.POST if request.method == "POST" else None, municipalities=others)
    chosen: Municipality | None = None
    link = ""
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["place"]
        proof = Proof.of(user, chosen.pk).signed(Purpose.TIE)
        link = _address(request, chosen.slug, "places:tie", {PROOF: proof})
    tied_to = [(tie, known.get(tie.place_id)) for tie in ties]
    return show(
        request,
        "accounts/places.html",
        {"form": form, "known": tied_to, "chosen": chosen, "link": link},
        form,
    )


@sensitive_post_parameters("password")
@page(Permission.VIEW_CASES)
def tie(request: HttpRequest) -> HttpResponse:
    """Let a person who comes from another municipality say with a password that they work here too."""
    user = _actor(request)
    proof = proof_in(request.GET.get(PROOF, ""), Purpose.TIE)
    place = places_at_hand().get(UUID(proof.place)) if proof else None
    if proof is None or place is None or used(proof) or not proof.same_email(user):
        other_address = proof is not None and not proof.same_email(user)
        return _refused(request, other_address=other_address)
    form = TieForm(request.POST if request.method == "POST" else None, user=user)
    attempts = Attempts.of(request, user.email)
    if request.method == "POST" and not attempts.used_up:
        if form.is_valid():
            tie_make(proof=proof, user=user, actor=user)
            back = Proof.of(user, place.pk, other_user=UUID(proof.user)).signed(Purpose.TIED)
            link = _address(request, place.slug, "places:tied", {PROOF: back})
            return show(request, "accounts/tie_done.html", {"other": place, "link": link})
        attempts.failed()
    elif request.method == "POST":
        form.show_typed()
        messages.error(request, _("Er is te vaak een verkeerd wachtwoord ingevuld. Wacht vijf minuten."))
    return show(request, "accounts/tie.html", {"form": form, "other": place}, form)


@page(Permission.VIEW_CASES)
def tied(request: HttpRequest) -> HttpResponse:
    """Finish a tie that the other municipality has confirmed."""
    user = _actor(request)
    proof = proof_in(request.GET.get(PROOF, ""), Purpose.TIED)
    place = places_at_hand().get(UUID(proof.place)) if proof else None
    if proof is None or place is None or used(proof) or proof.other_user != str(user.pk):
        return _refused(request)
    if request.method == "POST":
        tie_make(proof=proof, user=user, actor=user)
        messages.success(
            request, _("%(place)s staat nu ook op je lijst van vandaag.") % {"place": place.name}
        )
        return HttpResponseRedirect(reverse("places:list"))
    return show(request, "accounts/tied.html", {"other": place})


@page(Permission.VIEW_CASES, methods=("POST",))
def untie(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take another municipality off the list."""
    tie_cut(tie=tie_for(_actor(request), public_id), actor=_actor(request))
    messages.success(request, _("De gemeente staat niet meer op je lijst."))
    return HttpResponseRedirect(reverse("places:list"))


@page(Permission.VIEW_CASES, methods=("GET",))
def leave(request: HttpRequest) -> HttpResponse:
    """Go to another municipality with a proof that is good for a minute."""
    user = _actor(request)
    slug = request.GET.get("naar", "")
    if not slug:
        return HttpResponseRedirect(reverse("places:list"))
    place = next((one for one in places_at_hand().values() if one.slug == slug), None)
    if place is None or place.pk not in {tie.place_id for tie in ties_of(user)}:
        raise NotAllowed
    proof = Proof.of(user, place.pk, path=_local(request.GET.get("pad", "/")))
    return HttpResponseRedirect(
        _address(request, place.slug, "places:arrive", {PROOF: proof.signed(Purpose.HAND_OVER)})
    )


@public_page()
def arrive(request: HttpRequest) -> HttpResponse:
    """Let somebody in who comes from elsewhere; the button keeps a link of others from signing a visitor in."""
    proof = proof_in(request.GET.get(PROOF, ""), Purpose.HAND_OVER)
    try:
        user = person_from(UUID(proof.place), UUID(proof.user)) if proof and not used(proof) else None
    except NotAllowed:
        user = None
    if proof is None or user is None:
        return _refused(request)
    target = _local(proof.path)
    if request.user.is_authenticated and request.user.pk == user.pk:
        return HttpResponseRedirect(target)
    if request.method == "POST":
        user = proof_use(proof=proof)
        login(request, user, backend=f"{ScopedBackend.__module__}.{ScopedBackend.__qualname__}")
        return HttpResponseRedirect(target)
    return show(request, "accounts/arrive.html", {"person": user.full_name, "here": _here(request)})


def _refused(request: HttpRequest, *, other_address: bool = False) -> HttpResponse:
    answer = show(request, "accounts/proof_refused.html", {"other_address": other_address})
    answer.status_code = HTTPStatus.BAD_REQUEST
    return answer


def _address(request: HttpRequest, slug: str, name: str, query: dict[str, str]) -> str:
    """Return the address of a page in another municipality, on the port of this one."""
    port = urlsplit(f"//{request.get_host()}").port
    host = f"{slug}.{settings.BASE_DOMAIN}" + (f":{port}" if port else "")
    return f"{request.scheme}://{host}{reverse(name)}?{urlencode(query)}"


def _local(path: str) -> str:
    safe = (
        url_has_allowed_host_and_scheme(path, allowed_hosts=None)
        and path.startswith("/")
        and path.isprintable()
    )
    return path if safe else "/"


def _here(request: HttpRequest) -> Municipality:
    here: Municipality = request.municipality  # type: ignore[attr-defined]  # set by the middleware
    return here


def _actor(request: HttpRequest) -> User:
    actor: User = request.user  # type: ignore[assignment]  # the page's guard let nobody else in
    return actor
