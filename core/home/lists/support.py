"""Support families: who is available, who pauses, who was never thought of, and who has not been heard for long."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from common.errors import Text
from common.formats import listing, long_date, short_date
from common.vocabulary import AgeBand, SupportForm
from core.couplings.models import Coupling
from core.couplings.workflow import RUNNING
from core.families.models import ContactNote, SupportFamily
from core.families.presentation import STATUS_KINDS
from core.families.selectors import OPEN_SUPPORT, SUPPORT_WORDS
from core.families.workflow import SupportStatus
from core.home.lists.parts import LONG_AGO, SortName, days_since, latest_note, never_null
from core.home.warm import MANY, QUIET_WEEKS, deed_for
from core.intake.models import SupportOffer
from core.letters.selectors import deeds_of
from core.lists.frame import Cell, Choice, Column, Filter, ListDefinition, Row, Tab
from core.lists.models import ListName
from core.lists.search import Source
from core.matching.models import MatchProposal
from core.matching.selectors import taken_places
from core.vog.selectors import families_without_valid_vog

# Before the home visit nobody was asked for a VOG yet, and who stopped needs none.
VOG_MATTERS = frozenset({SupportStatus.SCREENING, SupportStatus.AVAILABLE, SupportStatus.PAUSED})
WEEKS_IN_WORDS = 104
WARM = frozenset({SupportStatus.AVAILABLE, SupportStatus.PAUSED})


def _all() -> QuerySet[SupportFamily]:
    return SupportFamily.objects.select_related("offer").prefetch_related("adults")


def heard() -> Greatest:
    """Return the day on which a support family was last heard: a note, a proposal or the end of a coupling."""
    couplings = Coupling.objects.filter(support_family=OuterRef("pk")).order_by().values("support_family")
    proposals = (
        MatchProposal.objects.filter(support_family=OuterRef("pk")).order_by().values("support_family")
    )
    return Greatest(
        latest_note("support_family"),
        Subquery(couplings.annotate(day=Max("ended_on")).values("day")),
        Subquery(proposals.annotate(day=Max(Greatest("asked_on", "decided_on"))).values("day")),
        "approved_on",
        "first_contact_on",
        "registered_on",
        output_field=DateField(),
    )


def last_heard(ids: Collection[UUID]) -> dict[UUID, date]:
    """Return the day on which each of these families was last heard."""
    return dict(SupportFamily.objects.filter(pk__in=ids).annotate(heard=heard()).values_list("pk", "heard"))


def without_coupling() -> Any:
    """Return the condition that no coupling of the family goes on: then nobody calls by itself."""
    return ~Exists(Coupling.objects.filter(support_family=OuterRef("pk"), status__in=RUNNING))


def _quiet(weeks: int, label: Text) -> Choice:
    return Choice(str(weeks), label, lambda rows, today: _silent_since(rows, today - timedelta(weeks=weeks)))


def _silent_since(rows: QuerySet[Any], last: date) -> QuerySet[Any]:
    """Narrow to families heard on this day at the latest: nothing may come after it, which is quicker than `heard`."""
    own = {"support_family": OuterRef("pk")}
    rows = rows.filter(
        Q(approved_on__isnull=True) | Q(approved_on__lte=last),
        Q(first_contact_on__isnull=True) | Q(first_contact_on__lte=last),
        status__in=WARM,
        registered_on__lte=last,
    )
    return rows.filter(
        without_coupling(),
        ~Exists(ContactNote.objects.filter(**own, happened_on__gt=last)),
        ~Exists(Coupling.objects.filter(**own, ended_on__gt=last)),
        ~Exists(MatchProposal.objects.filter(Q(asked_on__gt=last) | Q(decided_on__gt=last), **own)),
    )


def quiet_families(today: date) -> int:
    """Return how many families are due for a small deed; no more than `MANY` are counted."""
    weeks = next(choice for choice in QUIET.choices if choice.word == str(QUIET_WEEKS))
    return weeks.narrow(SupportFamily.objects.order_by(), today)[:MANY].count()


def _proposed() -> Exists:
    return Exists(MatchProposal.objects.filter(support_family=OuterRef("pk")))


def _in_status(statuses: frozenset[str]) -> Callable[[QuerySet[Any], date], QuerySet[Any]]:
    return lambda rows, _today: rows.filter(status__in=statuses)


def _form(form: SupportForm) -> Choice:
    return Choice(
        form.value, form.label, lambda rows, _today: rows.filter(offer__forms__contains=[form.value])
    )


STATUS = Filter(
    name="status",
    label=lazy("Status"),
    empty=lazy("alle lopende"),
    otherwise=_in_status(OPEN_SUPPORT),
    choices=tuple(
        Choice(status.value, status.label, _in_status(frozenset({status.value}))) for status in SupportStatus
    ),
)
QUIET = Filter(
    name="stil",
    label=lazy("Stil"),
    empty=lazy("hoe lang ook"),
    choices=(
        _quiet(4, lazy("4 weken of langer")),
        _quiet(8, lazy("8 weken of langer")),
        _quiet(12, lazy("12 weken of langer")),
        _quiet(26, lazy("een half jaar of langer")),
    ),
)
PROPOSED = Filter(
    name="voorgesteld",
    label=lazy("Voorgesteld"),
    empty=lazy("ooit of nooit"),
    choices=(
        Choice(
            "nooit",
            lazy("beschikbaar en nooit voorgesteld"),
            lambda rows, _today: rows.filter(~_proposed(), status=SupportStatus.AVAILABLE),
        ),
        Choice("ooit", lazy("al eens voorgesteld"), lambda rows, _today: rows.filter(_proposed())),
    ),
)
FORM = Filter(
    name="steun",
    label=lazy("Steunvorm"),
    empty=lazy("alle vormen"),
    choices=tuple(_form(form) for form in SupportForm),
)


def _rows(families: Sequence[SupportFamily], today: date) -> list[Row]:
    ids = [family.pk for family in families]
    proposed = set(
        MatchProposal.objects.filter(support_family__in=ids)
        .order_by()
        .values_list("support_family", flat=True)
    )
    busy = set(
        Coupling.objects.filter(support_family__in=ids, status__in=RUNNING)
        .order_by()
        .values_list("support_family", flat=True)
    )
    missing, heard_on, taken, deeds = (
        families_without_valid_vog(ids, today),
        last_heard(ids),
        taken_places(ids),
        deeds_of(ids),
    )
    return [
        _row(
            family,
            today,
            never=family.pk not in proposed,
            quiet=family.status in WARM and family.pk not in busy,
            without_vog=len(missing.get(family.pk, ())) if family.status in VOG_MATTERS else 0,
            heard_on=heard_on[family.pk],
            taken=taken.get(family.pk, 0),
            deeds=deeds.get(family.pk, ()),
        )
        for family in families
    ]


def _row(
    family: SupportFamily,
    today: date,
    *,
    never: bool,
    quiet: bool,
    without_vog: int,
    heard_on: date,
    taken: int,
    deeds: Sequence[str],
) -> Row:
    offer: SupportOffer | None = getattr(family, "offer", None)
    status = SupportStatus(family.status)
    weeks = max(0, (today - heard_on).days) // 7
    cold = quiet and weeks >= QUIET_WEEKS
    never = never and status == SupportStatus.AVAILABLE
    contact = next((adult for adult in family.adults.all() if adult.phone), None)
    deed = deed_for(
        weeks=weeks, never_proposed=never, paused_until=family.paused_until, today=today, done=deeds
    )
    return Row(
        key=family.pk,
        title=capfirst(family.name),
        url=reverse("families:support_detail", args=[family.pk]),
        mark="attention" if cold or without_vog else "",
        phone=contact.phone if contact else "",
        person=contact.full_name if contact else "",
        action=_("Warm houden") if cold else "",
        action_url=reverse("families:support_warm", args=[family.pk]) if cold else "",
        cells={
            "status": Cell(
                text=str(status.label),
                badge=STATUS_KINDS[status],
                small=_("tot %(day)s") % {"day": long_date(family.paused_until)}
                if family.paused_until
                else "",
            ),
            "plaats": Cell(text=family.place),
            "plek": _places(offer, taken),
            "stil": Cell(text=silence(weeks), value=weeks, late=cold) if quiet else Cell(),
            "letop": Cell(text=_attention(never=never, without_vog=without_vog)),
            "daad": Cell(text=str(deed.short)) if cold else Cell(),
            "biedt": Cell(text=_forms(offer)),
            "leeftijden": Cell(
                text=", ".join(AgeBand(band).value for band in offer.age_bands) if offer else ""
            ),
            "aangemeld": Cell(text=short_date(family.registered_on), value=family.registered_on),
        },
    )


def silence(weeks: int) -> str:
    """Return how long it was silent, in weeks up to two years."""
    if weeks > WEEKS_IN_WORDS:
        return _("%(n)d jaar") % {"n": weeks // 52}
    return ngettext("%(n)d week", "%(n)d weken", weeks) % {"n": weeks}


def _forms(offer: SupportOffer | None) -> str:
    return listing(SupportForm(form).label for form in offer.forms) if offer and offer.forms else ""


def _places(offer: SupportOffer | None, taken: int) -> Cell:
    if offer is None:
        return Cell()
    free = max(0, offer.capacity - taken)
    return Cell(text=_("%(free)d van %(all)d") % {"free": free, "all": offer.capacity}, value=free)


def _attention(*, never: bool, without_vog: int) -> str:
    if without_vog:
        return ngettext("%(n)d VOG ontbreekt", "%(n)d VOG’s ontbreken", without_vog) % {"n": without_vog}
    return _("nog nooit voorgesteld") if never else ""


LIST = ListDefinition(
    name=ListName.SUPPORT,
    title=lazy("Steungezinnen"),
    term="steungezin",
    lead=lazy("Wie kan er bij, wie rust uit, en wie heb je al een tijd niet gesproken?"),
    first=lazy("Gezin"),
    first_order=SortName("name"),
    search_label=lazy("Zoek een steungezin"),
    columns=(
        Column(name="status", label=lazy("Status"), sort=F("status")),
        Column(name="plaats", label=lazy("Woonplaats"), sort=F("place")),
        Column(name="plek", label=lazy("Plek vrij"), kind="number"),
        Column(name="stil", label=lazy("Stil"), sort=lambda: days_since(heard()), kind="number"),
        Column(name="letop", label=lazy("Let op")),
        Column(name="daad", label=lazy("Klein gebaar"), wide=True),
        Column(name="biedt", label=lazy("Biedt"), wide=True, shown=False),
        Column(name="leeftijden", label=lazy("Leeftijden"), shown=False),
        Column(
            name="aangemeld",
            label=lazy("Aangemeld"),
            sort=never_null("registered_on", LONG_AGO),
            kind="date",
            shown=False,
        ),
    ),
    filters=(STATUS, QUIET, PROPOSED, FORM),
    order="aangemeld",
    base=_all,
    sources=(*SUPPORT_WORDS, Source("intake_supportoffer", "family_id")),
    rows=_rows,
    tabs=(
        Tab(lazy("Alle lopende")),
        Tab(lazy("Beschikbaar"), f"status={SupportStatus.AVAILABLE}"),
        Tab(lazy("Even niet"), f"status={SupportStatus.PAUSED}"),
        Tab(lazy("Nooit voorgesteld"), "voorgesteld=nooit"),
        Tab(lazy("Warm houden"), "stil=8&sorteer=-stil"),
    ),
    empty_title=lazy("Nog geen steungezinnen"),
    empty_text=lazy("Gezinnen melden zich aan met het formulier op de website, of je schrijft ze zelf in."),
)
