"""Pages of the border exchange: cards of neighbours, own cards, and the steps until both families know each other."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import Text
from common.pages import attempt, page, show
from common.permissions import Permission
from core.border.candidates import in_the_way, possible_for
from core.border.contacts import Contact, contact_for
from core.border.forms import AgreedForm, ContactForm, NeighbourForm, PublishForm
from core.border.models import BorderExchange
from core.border.panels import card_page, card_rows, exchange_page, exchange_rows, face_facts
from core.border.selectors import (
    contact_suggested,
    exchange_for,
    exchanges,
    own_exchange_on,
    partner_name,
    standing_all,
    standing_now,
)
from core.border.services import (
    asking_face,
    border_agree,
    border_contact_give,
    border_end,
    border_family_agree,
    border_not_fitting,
    border_offer,
    border_publish,
    border_stop_neighbour,
    offering_face,
)
from core.border.workflow import LIVE, BorderStatus
from core.families.action_pages import ActionPage, action_page, actor_of, family_url, sent
from core.families.selectors import requesting_family_for, support_family_for
from core.matching.press import press
from core.matching.selectors import children_sought
from tenants.crossing.faces import face_of
from tenants.crossing.selectors import card_for_us, cards_for_us, neighbours, own_id
from tenants.crossing.services import neighbour_allow
from tenants.elsewhere import Answer, Asking
from tenants.municipalities.models import Municipality
from tenants.municipalities.selectors import places_at_hand

ENDED_SHOWN = 20


@page(Permission.VIEW_CASES, methods=("GET",))
def overview(request: HttpRequest) -> HttpResponse:
    """Show the open cards of the neighbours and what runs over the border."""
    today = timezone.localdate()
    live = list(exchanges().filter(status__in=LIVE).order_by("expires_on", "id"))
    ended = list(exchanges().exclude(status__in=LIVE).order_by("-ended_on", "id")[:ENDED_SHOWN])
    found = standing_all(live, today)
    return show(
        request,
        "border/list.html",
        {
            "user_may_edit": actor_of(request).may(Permission.EDIT_CASES),
            "neighbours": _by_name(neighbours().open),
            "cards": card_rows(cards_for_us(), live),
            "running": exchange_rows(one for one in found if one.live),
            "ended": exchange_rows([*(one for one in found if not one.live), *standing_all(ended, today)]),
        },
    )


@page(Permission.EDIT_CASES)
def partners(request: HttpRequest) -> HttpResponse:
    """Show with which municipalities cards are exchanged, and allow or stop one."""
    form = NeighbourForm(sent(request), partners=_others())

    def run() -> str:
        partner = form.chosen_partner
        if form.stops:
            border_stop_neighbour(partner_id=partner.pk, actor=actor_of(request))
        else:
            neighbour_allow(partner_id=partner.pk, actor=actor_of(request))
        return reverse("border:neighbours")

    if form.is_bound and form.is_valid():
        done = attempt(request, form, run, done=_("Vastgelegd."))
        if done:
            return done
    known = neighbours()
    context = {
        "form": form,
        "open": _by_name(known.open),
        "waiting": _by_name(known.allowed - known.open),
        "asking": _by_name(known.allowing - known.open),
    }
    return show(request, "border/neighbours.html", context, form)


@page(Permission.EDIT_CASES)
def publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put an asking family on a card without identity; the page shows first what would be on it."""
    family = requesting_family_for(actor_of(request), public_id, Permission.EDIT_CASES)
    offered = children_sought(family) or list(family.children.all())
    open_to = _by_name(neighbours().open)
    form = PublishForm(
        sent(request),
        offered=offered,
        partners=open_to,
        initial={"children": [str(child.pk) for child in offered]},
    )

    def make() -> str:
        made = border_publish(
            family=family,
            partner_id=form.chosen_partner.pk,
            children=form.chosen,
            expires_on=form.cleaned_data["expires_on"],
            actor=actor_of(request),
        )
        return reverse("border:detail", args=[made.pk])

    if form.is_bound and form.is_valid():
        done = attempt(request, form, make, done=_("De kaart staat open. Er staat geen naam op."))
        if done:
            return done
    previews = [
        (partner.name, face_facts(asking_face(family, offered, partner.pk), partner.name))
        for partner in open_to
    ]
    context = {
        "family": family,
        "family_url": family_url(family),
        "form": form,
        "previews": previews,
        "gates": in_the_way(family, offered, timezone.localdate()),
    }
    return show(request, "border/publish.html", context, form)


@page(Permission.VIEW_CASES, methods=("GET",))
def card(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """Show the card of a neighbour with the own support families beside it."""
    found = card_for_us(card_id)
    possible = possible_for(face_of(found), timezone.localdate())
    view = card_page(found, possible, own_exchange_on(card_id), _here(), actor_of(request))
    return show(request, "border/card.html", {"view": view})


@page(Permission.EDIT_CASES)
def offer(request: HttpRequest, card_id: UUID, support_id: UUID) -> HttpResponse:
    """Show what the neighbour would see of a support family, and offer it."""
    actor = actor_of(request)
    found = card_for_us(card_id)
    family = support_family_for(actor, support_id, Permission.EDIT_CASES)
    back = reverse("border:card", args=[card_id])
    if request.method == "POST":
        made: list[BorderExchange] = []

        def run() -> None:
            made.append(border_offer(card_id=card_id, support_family=family, actor=actor))

        answer = press(request, run, back_url=back, done=_("Het steungezin is aangeboden, zonder naam."))
        return HttpResponseRedirect(reverse("border:detail", args=[made[0].pk])) if made else answer
    possible = possible_for(face_of(found), timezone.localdate(), only=family.pk)
    partner = partner_name(found.municipality_id)
    context = {
        "family": family,
        "partner": partner,
        "back_url": back,
        "facts": face_facts(offering_face(family, found.municipality_id), partner),
        "possible": possible[0] if possible else None,
    }
    return show(request, "border/offer.html", context)


@page(Permission.VIEW_CASES, methods=("GET",))
def detail(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Show an exchange; when everybody agreed the other municipality is asked whom to call."""
    actor = actor_of(request)
    found = standing_now(exchange_for(actor, public_id), timezone.localdate())
    view = exchange_page(found, _here(), actor)
    if not (found.live and found.standing.complete):
        return show(request, "border/detail.html", {"view": view})
    here, name, card_id = own_id(), _here(), found.row.card_id

    def finish(answers: list[Answer[Contact | None]]) -> HttpResponse:
        said = next((answer.said for answer in answers), None)
        return show(request, "border/detail.html", {"view": view.with_contact(said)})

    # The page is made after its middleware: the proof against forgery and the messages are taken before.
    get_token(request)
    list(get_messages(request))
    who = f"coördinator van {name}"
    return Asking([found.row.partner_id], lambda: contact_for(here, who, card_id), finish)


Service = Callable[..., BorderExchange]


def _button(request: HttpRequest, public_id: UUID, service: Service, done: Text, **more: Any) -> HttpResponse:
    row = exchange_for(actor_of(request), public_id, Permission.EDIT_CASES)
    back = reverse("border:detail", args=[row.pk])
    return press(
        request, lambda: service(exchange=row, actor=actor_of(request), **more), back_url=back, done=done
    )


@page(Permission.EDIT_CASES, methods=("POST",))
def agree(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say yes as the coordinator of this side."""
    return _button(request, public_id, border_agree, _("Genoteerd: jij zegt ja."))


@page(Permission.EDIT_CASES, methods=("POST",))
def not_fitting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that the support family on offer does not fit."""
    return _button(
        request, public_id, border_not_fitting, _("Het aanbod is weg. Jullie kaart blijft openstaan.")
    )


@page(Permission.EDIT_CASES, methods=("POST",))
def family_declines(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that the own family says no: everything ends and is wiped."""
    return _button(
        request, public_id, border_end, _("Genoteerd: het gezin zegt nee."), to=BorderStatus.DECLINED
    )


@page(Permission.EDIT_CASES, methods=("POST",))
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the own part back at once."""
    done = _("Ingetrokken. De andere gemeente ziet er niets meer van.")
    return _button(request, public_id, border_end, done, to=BorderStatus.WITHDRAWN)


@page(Permission.EDIT_CASES, methods=("POST",))
def finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close the own part: both coordinators know whom to call."""
    done = _("Afgerond. De kaart en de gegevens zijn gewist.")
    return _button(request, public_id, border_end, done, to=BorderStatus.FINISHED)


@page(Permission.EDIT_CASES)
def family_agrees(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down on which day the own family said yes."""
    row = exchange_for(actor_of(request), public_id, Permission.EDIT_CASES)
    form = AgreedForm(sent(request), label=_("Het gezin zei ja op"))

    def run() -> object:
        day = form.cleaned_data["day"]
        return border_family_agree(exchange=row, agreed_on=day, actor=actor_of(request))

    words = _words(
        row,
        title=_("Gezin zegt ja"),
        lead=_("Het gezin weet dat het om een gezin in een andere gemeente gaat, en wil kennismaken."),
        submit=_("Vastleggen"),
        done=_("Vastgelegd dat het gezin ja zegt."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write whom the other coordinator may call."""
    row = exchange_for(actor_of(request), public_id, Permission.EDIT_CASES)
    form = ContactForm(sent(request), initial=contact_suggested(row, actor_of(request)))

    def run() -> object:
        return border_contact_give(exchange=row, contact=form.contact, actor=actor_of(request))

    words = _words(
        row,
        title=_("Gegevens voor de andere coördinator"),
        lead=_("Precies wat hier staat, ziet de coördinator van %(place)s. Aan het eind wordt het gewist.")
        % {"place": partner_name(row.partner_id)},
        submit=_("Delen met de andere coördinator"),
        done=_("De andere coördinator kan de gegevens nu zien."),
    )
    return action_page(request, words, form, run)


def _words(row: BorderExchange, *, title: str, lead: str, submit: str, done: str) -> ActionPage:
    return ActionPage(
        title=title,
        lead=lead,
        submit=submit,
        done=done,
        back_url=reverse("border:detail", args=[row.pk]),
        back_label=_("Over de grens"),
        about=tuple(family for family in (row.family, row.support_family) if family is not None),
    )


def _others() -> list[Municipality]:
    """Return the municipalities that could be a neighbour: real ones, by name."""
    own = own_id()
    found = (one for one in places_at_hand().values() if one.pk != own and not one.is_practice)
    return sorted(found, key=lambda one: one.name)


def _by_name(ids: frozenset[UUID]) -> list[Municipality]:
    return [one for one in _others() if one.pk in ids]


def _here() -> str:
    return partner_name(own_id())
