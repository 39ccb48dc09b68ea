"""What the pages of the border exchange show, as plain values: templates run no queries and decide nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Text
from common.formats import duration, listing, long_date, number
from common.permissions import Permission
from common.vocabulary import AgeBand, DayPart, SupportForm
from core.border.candidates import Fit, Possible, fit_of
from core.border.contacts import Contact, contact_of
from core.border.models import BorderExchange
from core.border.selectors import Exchange, partner_name
from core.border.workflow import BorderSide, BorderStatus
from core.families.action_pages import family_url
from core.families.models import SupportFamily
from tenants.accounts.models import User
from tenants.audit.selectors import transitions_of
from tenants.crossing.faces import Face, face_of
from tenants.crossing.models import Card, DistanceBand, Who

STATUS_KINDS: dict[str, str] = {
    BorderStatus.OPEN: "info",
    BorderStatus.AGREED: "info",
    BorderStatus.FAMILY_AGREED: "good",
    BorderStatus.CONTACT_GIVEN: "good",
    BorderStatus.FINISHED: "good",
}
STEPS: tuple[tuple[BorderStatus, Text], ...] = (
    (BorderStatus.OPEN, gettext_lazy("Kaarten")),
    (BorderStatus.AGREED, gettext_lazy("Coördinatoren")),
    (BorderStatus.FAMILY_AGREED, gettext_lazy("Gezinnen")),
    (BorderStatus.CONTACT_GIVEN, gettext_lazy("Gegevens")),
    (BorderStatus.FINISHED, gettext_lazy("Afgerond")),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value in words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CardRow:
    """The card of a neighbour in the list."""

    url: str
    partner: str
    ages: str
    forms: str
    distance: str
    until: str
    taken: bool


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """An own exchange in the list."""

    url: str
    family: str
    partner: str
    side: str
    now: str
    needs_us: bool
    until: str


@dataclass(frozen=True, slots=True)
class PossibleCard:
    """An own support family beside the card of a neighbour."""

    name: str
    url: str
    offer_url: str
    place: str
    points: str
    most: str
    waits: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class CardPage:
    """The card of a neighbour with the own support families beside it."""

    partner: str
    facts: list[Fact]
    until: str
    untold: str
    own_url: str
    fitting: list[PossibleCard]
    nearly: list[PossibleCard]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Who said yes, on both sides."""

    who: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the exchange."""

    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """A change of state in words."""

    at: object
    title: str
    who: str


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """An own exchange."""

    row: BorderExchange
    title: str
    family: str
    family_url: str
    partner: str
    asking: bool
    live: bool
    status_label: str
    status_kind: str
    now: str
    steps: list[Step]
    ours: list[Fact]
    theirs: list[Fact]
    fit: Fit | None
    points: str
    most: str
    answers: list[Answer]
    own_contact: Contact | None
    their_contact: Contact | None
    until: str
    history: list[Line]
    may_edit: bool

    def with_contact(self, contact: Contact | None) -> "ExchangePage":
        """Return the same page with what the other side wrote."""
        return replace(self, their_contact=contact)


def face_facts(shown: Face, middle_of: str) -> list[Fact]:
    """Return what a card says, in words: these four and nothing else."""
    far = str(DistanceBand(shown.distance_band).label)
    if shown.distance_band != DistanceBand.UNKNOWN:
        far = _("%(far)s van het midden van %(place)s") % {"far": far, "place": middle_of}
    return [
        Fact(_("Afstand"), far),
        Fact(_("Leeftijd"), _words(AgeBand, shown.age_bands)),
        Fact(_("Steunvorm"), _words(SupportForm, shown.forms)),
        Fact(_("Dagdelen"), _words(DayPart, shown.day_parts)),
    ]


def card_rows(cards: Iterable[Card], answered: Iterable[BorderExchange]) -> list[CardRow]:
    """Return the lines of the cards of neighbours; those that were answered stand in the own list."""
    ours = {row.card_id for row in answered}
    return [
        CardRow(
            url=reverse("border:card", args=[card.pk]),
            partner=partner_name(card.municipality_id),
            ages=_words(AgeBand, card.age_bands),
            forms=_words(SupportForm, card.forms),
            distance=str(DistanceBand(card.distance_band).label),
            until=long_date(card.expires_on),
            taken=hasattr(card, "counter"),
        )
        for card in cards
        if card.pk not in ours
    ]


def exchange_rows(found: Iterable[Exchange]) -> list[ExchangeRow]:
    """Return the lines of the own exchanges, those that wait for us first."""
    rows = [
        ExchangeRow(
            url=reverse("border:detail", args=[one.row.pk]),
            family=_family_title(one.row),
            partner=partner_name(one.row.partner_id),
            side=str(BorderSide(one.row.side).label),
            now=str(NOW[_now(one)]),
            needs_us=_now(one) in OURS,
            until=long_date(one.row.expires_on),
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: not row.needs_us)


def card_page(
    card: Card, possible: Sequence[Possible], own: BorderExchange | None, here: str, actor: User
) -> CardPage:
    """Gather the page of the card of a neighbour."""
    cards = [_possible_card(card, one) for one in possible]
    return CardPage(
        partner=partner_name(card.municipality_id),
        facts=face_facts(face_of(card), here),
        until=long_date(card.expires_on),
        untold=listing(possible[0].fit.untold) if possible else "",
        own_url=reverse("border:detail", args=[own.pk]) if own else "",
        fitting=[one for one in cards if not one.fit.gates],
        nearly=[one for one in cards if one.fit.gates],
        may_edit=actor.may(Permission.EDIT_CASES),
    )


def exchange_page(found: Exchange, here: str, actor: User) -> ExchangePage:
    """Gather the page of an own exchange."""
    row = found.row
    asking = row.side == BorderSide.ASKING
    partner = partner_name(row.partner_id)
    fit = fit_of(row.family, found.theirs, found.today) if row.family and found.theirs else None
    labels = {str(code): str(label) for code, label in BorderStatus.choices}
    return ExchangePage(
        row=row,
        title=_("%(family)s en %(partner)s") % {"family": _family_title(row), "partner": partner},
        family=_family_title(row),
        family_url=family_url(row.family or _support(row)),
        partner=partner,
        asking=asking,
        live=found.live,
        status_label=capfirst(labels[found.status]),
        status_kind=STATUS_KINDS.get(found.status, "neutral"),
        now=_now(found),
        steps=_steps(found),
        ours=face_facts(face_of(row), partner),
        theirs=face_facts(found.theirs, here) if found.theirs else [],
        fit=fit,
        points=number(fit.points / 10, 1) if fit else "",
        most=number(fit.most / 10) if fit else "",
        answers=_answers(found),
        own_contact=contact_of(row),
        their_contact=None,
        until=long_date(row.expires_on),
        history=[
            Line(at=change.at, title=capfirst(labels[change.to_state]), who=change.actor_name)
            for change in reversed(transitions_of(row))
        ],
        may_edit=actor.may(Permission.EDIT_CASES),
    )


# What there is to do now, as the template knows it, and as the list says it.
NOW: dict[str, Text] = {
    "wait_offer": gettext_lazy("Wacht op een aanbod"),
    "judge": gettext_lazy("Er is een steungezin aangeboden: bekijk het"),
    "wait_choice": gettext_lazy("Wacht op de andere coördinator"),
    "say_yes": gettext_lazy("De andere coördinator zegt ja: zeg jij ook ja?"),
    "wait_coordinator": gettext_lazy("Wacht op de andere coördinator"),
    "ask_family": gettext_lazy("Vraag het gezin"),
    "wait_family": gettext_lazy("Wacht op het gezin van de andere gemeente"),
    "give_contact": gettext_lazy("Iedereen zegt ja: zet de gegevens klaar"),
    "given": gettext_lazy("Bel elkaar en rond het af"),
    "over": gettext_lazy("Voorbij"),
}
# Of these the own coordinator has the next move.
OURS = frozenset({"judge", "say_yes", "ask_family", "give_contact", "given"})


def _now(found: Exchange) -> str:
    if not found.live:
        return "over"
    if found.waits_for_offer:
        return "judge" if found.standing.counter else "wait_offer"
    if found.row.status == BorderStatus.OPEN:
        return "say_yes" if found.they_said(Who.COORDINATOR) else "wait_choice"
    if found.row.status == BorderStatus.AGREED:
        return "ask_family" if found.standing.agreed(Who.COORDINATOR) else "wait_coordinator"
    if found.row.status == BorderStatus.FAMILY_AGREED:
        return "give_contact" if found.standing.complete else "wait_family"
    return "given"


def _steps(found: Exchange) -> list[Step]:
    order = [status for status, _text in STEPS]
    if found.row.status in order:
        reached = order.index(BorderStatus(found.row.status))
    else:
        reached = 1 if found.row.coordinator_agreed_on else 0
        reached += 1 if found.row.family_agreed_on else 0
    done = found.row.status == BorderStatus.FINISHED
    here = "current" if found.live else "stopped"
    return [
        Step(str(text), "done" if place < reached or done else here if place == reached else "todo")
        for place, (_status, text) in enumerate(STEPS)
    ]


def _answers(found: Exchange) -> list[Answer]:
    def theirs(who: Who) -> str:
        return _("ja") if found.they_said(who) else _("nog niet")

    def ours(day: date | None) -> str:
        return _("ja, op %(day)s") % {"day": long_date(day)} if day else _("nog niet")

    return [
        Answer(_("Coördinator"), ours(found.row.coordinator_agreed_on), theirs(Who.COORDINATOR)),
        Answer(_("Gezin"), ours(found.row.family_agreed_on), theirs(Who.FAMILY)),
    ]


def _possible_card(card: Card, possible: Possible) -> PossibleCard:
    family = possible.support_family
    days = possible.days_available
    return PossibleCard(
        name=capfirst(family.name),
        url=reverse("families:support_detail", args=[family.pk]),
        offer_url=reverse("border:offer", args=[card.pk, family.pk]),
        place=family.place,
        points=number(possible.fit.points / 10, 1),
        most=number(possible.fit.most / 10),
        waits=_("al %(time)s beschikbaar") % {"time": duration(days)} if days else "",
        fit=possible.fit,
    )


def _family_title(row: BorderExchange) -> str:
    if row.family is not None:
        return _("Gezin %(name)s") % {"name": capfirst(row.family.name)}
    return _("Steungezin %(name)s") % {"name": capfirst(_support(row).name)}


def _support(row: BorderExchange) -> SupportFamily:
    if row.support_family is None:
        message = "An exchange is about one of the two kinds of families."
        raise ValueError(message)
    return row.support_family


def _words(choices: type[TextChoices], values: Iterable[str]) -> str:
    wanted = set(values)
    labels = [str(choice.label) for choice in choices if choice.value in wanted]
    return listing(labels) if labels else _("niet bekend")
