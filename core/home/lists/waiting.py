"""Asking families: those who wait for a support family, and all of them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from common.errors import Text
from common.formats import listing, short_date
from common.vocabulary import AgeBand, DayPart, SupportForm
from common.widgets import WEEKDAYS
from core.families.models import RequestingFamily, SupportedChild
from core.families.presentation import LONG_WAIT_DAYS, STATUS_KINDS, children_text
from core.families.selectors import OPEN_REQUESTING, REQUESTING_WORDS
from core.families.workflow import RequestingStatus
from core.home.lists.parts import LONG_AGO, SortName, days_since, last_notes, never_null, since
from core.lists.frame import Cell, Choice, Column, Filter, ListDefinition, Row, Tab
from core.lists.models import ListName
from core.lists.search import Source
from core.matching.models import MatchProposal
from core.matching.selectors import last_proposed
from core.matching.workflow import OPEN, ProposalStatus

QUIET_DAYS = 30
SOURCES = (*REQUESTING_WORDS, Source("intake_supportneed", "family_id"))
BUSY = frozenset({*OPEN, ProposalStatus.ACCEPTED})


def _waiting() -> QuerySet[RequestingFamily]:
    families = RequestingFamily.objects.filter(status=RequestingStatus.WAITING)
    return families.select_related("need").prefetch_related("parents", "children")


def _all() -> QuerySet[RequestingFamily]:
    return RequestingFamily.objects.prefetch_related("parents", "children")


# ----------------------------------------------------------------------------------------------------------- filters


def _waits(days: int, label: Text) -> Choice:
    return Choice(
        str(days), label, lambda rows, today: rows.filter(waiting_since__lt=today - timedelta(days=days))
    )


def _aged(band: AgeBand) -> Choice:
    low, high = (int(part) for part in band.value.split("-"))

    def narrow(rows: QuerySet[Any], today: date) -> QuerySet[Any]:
        # Born in these months a child has an age of ``low`` up to and with ``high`` today.
        first, last = (today.year - high - 1) * 12 + today.month + 1, (today.year - low) * 12 + today.month
        months = F("birth_year") * 12 + F("birth_month")
        children = SupportedChild.objects.filter(family=OuterRef("pk")).alias(months=months)
        born = Q(months__range=(first, last))
        return rows.filter(Exists(children.filter(born | Q(due_on__isnull=False) if low == 0 else born)))

    return Choice(band.value, band.label, narrow)


def _form(form: SupportForm) -> Choice:
    return Choice(
        form.value, form.label, lambda rows, _today: rows.filter(need__forms__contains=[form.value])
    )


def _weekday(word: str, label: Any) -> Choice:
    parts = [part.value for part in DayPart if part.value.startswith(f"{word}-")]
    return Choice(word, label, lambda rows, _today: rows.filter(need__day_parts__overlap=parts))


def _busy() -> Exists:
    return Exists(MatchProposal.objects.filter(family=OuterRef("pk"), status__in=BUSY))


WAIT = Filter(
    name="wacht",
    label=lazy("Wacht"),
    empty=lazy("hoe lang ook"),
    choices=(
        _waits(30, lazy("langer dan een maand")),
        _waits(60, lazy("langer dan 2 maanden")),
        _waits(90, lazy("langer dan 3 maanden")),
        _waits(180, lazy("langer dan een half jaar")),
    ),
)
AGE = Filter(
    name="leeftijd",
    label=lazy("Leeftijd kind"),
    empty=lazy("alle leeftijden"),
    choices=tuple(_aged(band) for band in AgeBand),
)
FORM = Filter(
    name="steun",
    label=lazy("Steunvorm"),
    empty=lazy("alle vormen"),
    choices=tuple(_form(form) for form in SupportForm),
)
DAY = Filter(
    name="dag",
    label=lazy("Dag"),
    empty=lazy("alle dagen"),
    choices=tuple(_weekday(word, label) for word, label, _short in WEEKDAYS),
)
PROPOSED = Filter(
    name="voorstel",
    label=lazy("Voorstel"),
    empty=lazy("met en zonder"),
    choices=(
        Choice("geen", lazy("geen lopend voorstel"), lambda rows, _today: rows.filter(~_busy())),
        Choice("loopt", lazy("voorstel loopt"), lambda rows, _today: rows.filter(_busy())),
    ),
)


def _in_status(statuses: frozenset[str]) -> Callable[[QuerySet[Any], date], QuerySet[Any]]:
    return lambda rows, _today: rows.filter(status__in=statuses)


STATUS = Filter(
    name="status",
    label=lazy("Status"),
    empty=lazy("alle lopende"),
    otherwise=_in_status(OPEN_REQUESTING),
    choices=tuple(
        Choice(status.value, status.label, _in_status(frozenset({status.value})))
        for status in RequestingStatus
    ),
)


# -------------------------------------------------------------------------------------------------------------- rows


def _contact(family: RequestingFamily) -> tuple[str, str]:
    parent = next((one for one in family.parents.all() if one.phone), None)
    if parent is not None:
        return parent.phone, parent.full_name
    return family.referrer_phone, family.referrer_name


def _proposal(proposal: MatchProposal | None) -> Cell:
    if proposal is None:
        return Cell(text=_("nog geen"))
    label = str(ProposalStatus(proposal.status).label)
    return Cell(
        text=label, small=short_date(proposal.decided_on or proposal.asked_on or proposal.proposed_on)
    )


def _last_contact(family: RequestingFamily, notes: dict[UUID, date]) -> date:
    days = [notes.get(family.pk), family.first_contact_on, family.waiting_since, family.registered_on]
    return max(day for day in days if day is not None)


def _waiting_rows(families: Sequence[RequestingFamily], today: date) -> list[Row]:
    ids = [family.pk for family in families]
    proposed, notes = last_proposed(ids), last_notes("requesting_family", ids)
    rows = []
    for family in families:
        phone, person = _contact(family)
        need = getattr(family, "need", None)
        waited = (today - family.waiting_since).days if family.waiting_since else 0
        rows.append(
            Row(
                key=family.pk,
                title=capfirst(family.name),
                url=reverse("families:requesting_detail", args=[family.pk]),
                mark="attention" if waited > LONG_WAIT_DAYS else "",
                phone=phone,
                person=person,
                action=_("Zoek een steungezin"),
                action_url=reverse("matching:candidates", args=[family.pk]),
                cells={
                    "wacht": since(family.waiting_since, today, late_after=LONG_WAIT_DAYS),
                    "kinderen": Cell(text=children_text(family.children.all())),
                    "steun": Cell(
                        text=listing(SupportForm(form).label for form in need.forms)
                        if need and need.forms
                        else ""
                    ),
                    "dagen": Cell(text=_days_text(need.day_parts) if need else ""),
                    "plaats": Cell(text=family.place),
                    "voorstel": _proposal(proposed.get(family.pk)),
                    "contact": since(_last_contact(family, notes), today, late_after=QUIET_DAYS),
                    "aangemeld": Cell(text=short_date(family.registered_on), value=family.registered_on),
                },
            )
        )
    return rows


def _days_text(parts: Sequence[str]) -> str:
    """Return "wo ochtend, za middag": short enough for a line."""
    order = [part.value for part in DayPart]
    return ", ".join(part.replace("-", " ") for part in sorted(parts, key=order.index))


def _rows(families: Sequence[RequestingFamily], today: date) -> list[Row]:
    rows = []
    for family in families:
        phone, person = _contact(family)
        status = RequestingStatus(family.status)
        rows.append(
            Row(
                key=family.pk,
                title=capfirst(family.name),
                url=reverse("families:requesting_detail", args=[family.pk]),
                mark="attention" if (family.waiting_days or 0) > LONG_WAIT_DAYS else "",
                phone=phone,
                person=person,
                cells={
                    "status": Cell(text=str(status.label), badge=STATUS_KINDS[status]),
                    "wacht": since(family.waiting_since, today, late_after=LONG_WAIT_DAYS),
                    "kinderen": Cell(text=children_text(family.children.all())),
                    "plaats": Cell(text=family.place),
                    "verwijzer": Cell(text=family.get_referral_source_display()),
                    "aangemeld": Cell(text=short_date(family.registered_on), value=family.registered_on),
                },
            )
        )
    return rows


# ------------------------------------------------------------------------------------------------------------- lists

NAME = SortName("name")
WAITS = Column(name="wacht", label=lazy("Wacht"), sort=days_since("waiting_since"), kind="number")
CHILDREN = Column(name="kinderen", label=lazy("Kinderen"), wide=True)
PLACE = Column(name="plaats", label=lazy("Woonplaats"), sort=F("place"))
REGISTERED = Column(
    name="aangemeld",
    label=lazy("Aangemeld"),
    sort=never_null("registered_on", LONG_AGO),
    kind="date",
    shown=False,
)

WAITING = ListDefinition(
    name=ListName.WAITING,
    title=lazy("Wachtend"),
    term="wachtend",
    lead=lazy("Gezinnen die klaar zijn voor een steungezin. Wie het langst wacht staat bovenaan."),
    first=lazy("Gezin"),
    first_order=NAME,
    search_label=lazy("Zoek een wachtend gezin"),
    columns=(
        WAITS,
        CHILDREN,
        Column(name="steun", label=lazy("Vraagt"), wide=True),
        Column(name="dagen", label=lazy("Dagdelen"), wide=True, shown=False),
        PLACE,
        Column(name="voorstel", label=lazy("Laatste voorstel")),
        Column(name="contact", label=lazy("Stil"), kind="number"),
        REGISTERED,
    ),
    filters=(WAIT, AGE, FORM, DAY, PROPOSED),
    order="-wacht",
    base=_waiting,
    sources=SOURCES,
    rows=_waiting_rows,
    tabs=(
        Tab(lazy("Iedereen")),
        Tab(lazy("Langer dan 2 maanden"), "wacht=60"),
        Tab(lazy("Zonder voorstel"), "voorstel=geen"),
    ),
    empty_title=lazy("Niemand wacht"),
    empty_text=lazy("Elk gezin heeft een steungezin of is nog bezig met de intake. Mooi werk!"),
)

ALL = ListDefinition(
    name=ListName.REQUESTING,
    title=lazy("Vraaggezinnen"),
    term="vraaggezin",
    lead=lazy("Alle gezinnen die om steun vragen, van aanmelding tot afsluiting."),
    first=lazy("Gezin"),
    first_order=NAME,
    search_label=lazy("Zoek een vraaggezin"),
    columns=(
        Column(name="status", label=lazy("Status"), sort=F("status")),
        WAITS,
        CHILDREN,
        PLACE,
        Column(name="verwijzer", label=lazy("Verwijzer"), sort=F("referral_source"), shown=False),
        REGISTERED,
    ),
    filters=(STATUS, AGE),
    order="-wacht",
    base=_all,
    sources=SOURCES,
    rows=_rows,
    tabs=(
        Tab(lazy("Lopend")),
        Tab(lazy("Heeft steungezin"), f"status={RequestingStatus.SUPPORTED}"),
        Tab(lazy("Afgesloten"), f"sorteer=-aangemeld&status={RequestingStatus.CLOSED}"),
    ),
    empty_title=lazy("Nog geen vraaggezinnen"),
    empty_text=lazy("Gezinnen melden zich aan met het formulier op de website, of je schrijft ze zelf in."),
)
