"""The VOG of every adult of the support families that are in: what is missing, and what runs out in the next months."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from common.errors import Text
from common.formats import relative_day, short_date
from core.families.models import SupportAdult
from core.families.workflow import SupportStatus
from core.home.lists.parts import LONG_AGO, SortName, never_null, on_day
from core.lists.frame import Cell, Choice, Column, Filter, ListDefinition, Row, Tab
from core.lists.models import ListName
from core.lists.search import Source
from core.vog.models import ConductCertificateCheck
from core.vog.selectors import OPEN
from core.vog.workflow import VogStatus

SCREENED = (SupportStatus.SCREENING, SupportStatus.AVAILABLE, SupportStatus.PAUSED)
LOOK_AHEAD = 90
SOURCES = (
    Source("families_supportadult"),
    Source("families_supportfamily", through=("families_supportadult", "family_id")),
    Source(
        "families_contactnote",
        "support_family_id",
        through=("families_supportadult", "family_id"),
        notes=True,
    ),
)


def _adults() -> QuerySet[SupportAdult]:
    return (
        SupportAdult.objects.filter(needs_vog=True, left_household_on=None, family__status__in=SCREENED)
        .select_related("family")
        .prefetch_related(
            Prefetch("vog_checks", queryset=ConductCertificateCheck.objects.order_by("-requested_on"))
        )
    )


def _seen() -> QuerySet[ConductCertificateCheck]:
    return ConductCertificateCheck.objects.filter(
        adult=OuterRef("pk"), status__in=[VogStatus.SEEN, VogStatus.EXPIRED]
    )


def _valid_until() -> Subquery:
    return Subquery(_seen().order_by("-review_due").values("review_due")[:1])


def _valid(today: date) -> Exists:
    return Exists(_seen().filter(seen_on__lte=today, review_due__gt=today))


def _open() -> Exists:
    return Exists(ConductCertificateCheck.objects.filter(adult=OuterRef("pk"), status__in=OPEN))


def _ends_within(rows: QuerySet[Any], today: date, days: int) -> QuerySet[Any]:
    later = Exists(_seen().filter(review_due__gt=today + timedelta(days=days)))
    return rows.filter(_valid(today), ~later)


def _within(days: int, label: Text) -> Choice:
    return Choice(str(days), label, lambda rows, today: _ends_within(rows, today, days))


STATE = Filter(
    name="vog",
    label=lazy("VOG"),
    empty=lazy("alle"),
    choices=(
        Choice(
            "geen",
            lazy("geen geldige, niet aangevraagd"),
            lambda rows, today: rows.filter(~_valid(today), ~_open()),
        ),
        Choice("aangevraagd", lazy("aangevraagd"), lambda rows, _today: rows.filter(_open())),
        _within(30, lazy("verloopt binnen 30 dagen")),
        _within(60, lazy("verloopt binnen 60 dagen")),
        _within(90, lazy("verloopt binnen 90 dagen")),
        Choice("geldig", lazy("geldig"), lambda rows, today: rows.filter(_valid(today))),
    ),
)


def _rows(adults: Sequence[SupportAdult], today: date) -> list[Row]:
    return [_row(adult, today) for adult in adults]


def _row(adult: SupportAdult, today: date) -> Row:
    checks: list[ConductCertificateCheck] = list(adult.vog_checks.all())
    under_way = next((check for check in checks if check.status in OPEN), None)
    seen = [
        check for check in checks if check.status in {VogStatus.SEEN, VogStatus.EXPIRED} and check.review_due
    ]
    until = max((check.review_due for check in seen if check.review_due), default=None)
    issued = next((check.issued_on for check in seen if check.review_due == until), None)
    valid = until is not None and until > today
    ends = valid and until is not None and until <= today + timedelta(days=LOOK_AHEAD)
    if under_way is not None:
        text, badge = str(VogStatus(under_way.status).label), "info"
    elif valid:
        text, badge = (_("loopt af"), "attention") if ends else (_("geldig"), "good")
    else:
        text, badge = (_("verlopen"), "danger") if until else (_("nog niet aangevraagd"), "danger")
    request = under_way is None and (not valid or ends)
    return Row(
        key=adult.pk,
        title=adult.full_name,
        small=capfirst(str(adult.family)),
        url=reverse("families:support_detail", args=[adult.family_id]),
        mark="attention" if not valid and under_way is None else "",
        phone=adult.phone,
        person=adult.full_name,
        action=_("VOG gezien") if under_way else _("VOG aanvragen") if request else "",
        action_url=reverse("vog:seen", args=[under_way.pk])
        if under_way
        else reverse("vog:request", args=[adult.family_id, adult.pk])
        if request
        else "",
        cells={
            "vog": Cell(text=text, badge=badge),
            "tot": on_day(until, short_date(until), small=relative_day(until, today), late=not valid)
            if until
            else Cell(),
            "aangevraagd": on_day(
                under_way.requested_on,
                short_date(under_way.requested_on),
                small=relative_day(under_way.requested_on),
            )
            if under_way
            else Cell(),
            "afgegeven": on_day(issued, short_date(issued)),
            "plaats": Cell(text=adult.family.place),
        },
    )


LIST = ListDefinition(
    name=ListName.VOG,
    title=lazy("VOG"),
    term="vog",
    lead=lazy(
        "Elke volwassene van een steungezin die een VOG nodig heeft. Wat het eerst afloopt staat bovenaan."
    ),
    first=lazy("Naam"),
    first_order=SortName("family__name"),
    search_label=lazy("Zoek een steunouder"),
    columns=(
        Column(name="vog", label=lazy("VOG")),
        Column(
            name="tot",
            label=lazy("Geldig tot"),
            sort=lambda: never_null(_valid_until(), LONG_AGO),
            kind="date",
        ),
        Column(name="aangevraagd", label=lazy("Aangevraagd")),
        Column(name="afgegeven", label=lazy("Afgegeven"), shown=False),
        Column(name="plaats", label=lazy("Woonplaats"), shown=False),
    ),
    filters=(STATE,),
    order="tot",
    base=_adults,
    sources=SOURCES,
    rows=_rows,
    tabs=(
        Tab(lazy("Iedereen")),
        Tab(lazy("Ontbreekt"), "vog=geen"),
        Tab(lazy("Aangevraagd"), "vog=aangevraagd"),
        Tab(lazy("Binnen 30 dagen"), "vog=30"),
        Tab(lazy("60 dagen"), "vog=60"),
        Tab(lazy("90 dagen"), "vog=90"),
    ),
    empty_title=lazy("Nog niemand heeft een VOG nodig"),
    empty_text=lazy("Na het huisbezoek staat hier elke volwassene van een steungezin."),
)
