"""Couplings: their phase, the next talk, and where they stand on the arc of two years."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from common.errors import Text
from common.formats import listing, long_date, relative_day, short_date
from common.vocabulary import EndingReason, SupportForm
from core.agreements.selectors import latest_agreements
from core.couplings.models import Coupling
from core.couplings.workflow import RUNNING, CouplingStatus
from core.guidance.models import ContactMoment, GuidanceMoment, MomentKind
from core.guidance.selectors import next_moments
from core.guidance.workflow import MomentStatus
from core.home.lists.parts import FAR_AWAY, LONG_AGO, SortName, never_null, on_day
from core.lists.frame import Cell, Choice, Column, Filter, ListDefinition, Row, Tab
from core.lists.models import ListName
from core.lists.search import Source
from core.matching.models import MatchProposal

MONTHS = 24
DAYS_OF_A_MONTH = 30.44
STATUS_KINDS: dict[str, str] = {
    CouplingStatus.INTRODUCTION: "info",
    CouplingStatus.TRIAL: "brand",
    CouplingStatus.COUPLED: "good",
    CouplingStatus.ENDED: "neutral",
    CouplingStatus.NOT_CONTINUED: "neutral",
}
SOURCES = (
    *(
        Source(table, key, through=("couplings_coupling", column), notes=table == "families_contactnote")
        for table, key, column in (
            ("families_requestingfamily", "id", "family_id"),
            ("families_requestingparent", "family_id", "family_id"),
            ("families_supportedchild", "family_id", "family_id"),
            ("families_contactnote", "requesting_family_id", "family_id"),
            ("families_supportfamily", "id", "support_family_id"),
            ("families_supportadult", "family_id", "support_family_id"),
            ("families_contactnote", "support_family_id", "support_family_id"),
        )
    ),
    Source("guidance_contactmoment", "coupling_id"),
    Source(
        "guidance_evaluation", "moment_id", through=("guidance_guidancemoment", "id"), gives="coupling_id"
    ),
)


def _all() -> QuerySet[Coupling]:
    return Coupling.objects.select_related("family", "support_family").prefetch_related("children")


def _planned() -> QuerySet[GuidanceMoment]:
    return GuidanceMoment.objects.filter(coupling=OuterRef("pk"), status=MomentStatus.PLANNED).order_by()


def _next_talk() -> Subquery:
    return Subquery(_planned().values("coupling").annotate(first=Min("due_on")).values("first"))


def _last_contact() -> Greatest:
    contacts = ContactMoment.objects.filter(coupling=OuterRef("pk")).order_by().values("coupling")
    talks = GuidanceMoment.objects.filter(coupling=OuterRef("pk")).order_by().values("coupling")
    return Greatest(
        Subquery(contacts.annotate(latest=Max("happened_on")).values("latest")),
        Subquery(talks.annotate(latest=Max("held_on")).values("latest")),
        "introduced_on",
        output_field=DateField(),
    )


def _in_status(statuses: frozenset[str]) -> Callable[[QuerySet[Any], date], QuerySet[Any]]:
    return lambda rows, _today: rows.filter(status__in=statuses)


def _talk(word: str, label: Text, condition: Callable[[date], Q]) -> Choice:
    return Choice(word, label, lambda rows, today: rows.filter(Exists(_planned().filter(condition(today)))))


STAND = Filter(
    name="stand",
    label=lazy("Fase"),
    empty=lazy("alle lopende"),
    otherwise=_in_status(RUNNING),
    choices=(
        Choice("kennismaking", lazy("kennismaking"), _in_status(frozenset({CouplingStatus.INTRODUCTION}))),
        Choice("proef", lazy("proefperiode"), _in_status(frozenset({CouplingStatus.TRIAL}))),
        Choice("gekoppeld", lazy("gekoppeld"), _in_status(frozenset({CouplingStatus.COUPLED}))),
        Choice(
            "voorbij",
            lazy("voorbij"),
            _in_status(frozenset({CouplingStatus.ENDED, CouplingStatus.NOT_CONTINUED})),
        ),
    ),
)
TALK = Filter(
    name="gesprek",
    label=lazy("Volgend gesprek"),
    empty=lazy("wanneer ook"),
    choices=(
        _talk("te-laat", lazy("te laat"), lambda today: Q(due_on__lt=today)),
        _talk(
            "14",
            lazy("binnen twee weken"),
            lambda today: Q(due_on__range=(today, today + timedelta(days=14))),
        ),
        _talk(
            "30", lazy("binnen een maand"), lambda today: Q(due_on__range=(today, today + timedelta(days=30)))
        ),
        Choice("geen", lazy("niet gepland"), lambda rows, _today: rows.filter(~Exists(_planned()))),
    ),
)


def title_of(coupling: Coupling | MatchProposal) -> str:
    """Return the names of both families."""
    return _("%(family)s en %(support)s") % {
        "family": capfirst(coupling.family.name),
        "support": capfirst(coupling.support_family.name),
    }


def _rows(couplings: Sequence[Coupling], today: date) -> list[Row]:
    ids = [coupling.pk for coupling in couplings]
    upcoming, agreed = next_moments(ids), latest_agreements(ids)
    rows = []
    for coupling in couplings:
        moment, agreement = upcoming.get(coupling.pk), agreed.get(coupling.pk)
        late = moment is not None and moment.due_on < today
        status = CouplingStatus(coupling.status)
        begun = coupling.coupled_on or coupling.trial_started_on or coupling.introduced_on
        rows.append(
            Row(
                key=coupling.pk,
                title=title_of(coupling),
                url=reverse("couplings:coupling_detail", args=[coupling.pk]),
                small=listing(str(child) for child in coupling.children.all())
                if coupling.children.all()
                else "",
                mark="attention" if late else "",
                cells={
                    "fase": Cell(text=str(status.label), badge=STATUS_KINDS[status]),
                    "gesprek": on_day(
                        moment.due_on,
                        relative_day(moment.due_on, today),
                        late=late,
                        small=str(MomentKind(moment.kind).label),
                    )
                    if moment
                    else Cell(),
                    "boog": _arc(coupling, today),
                    "steun": Cell(text=str(SupportForm(agreement.support_form).label) if agreement else ""),
                    "sinds": on_day(begun, short_date(begun)),
                    "voorbij": on_day(
                        coupling.ended_on,
                        long_date(coupling.ended_on),
                        small=str(EndingReason(coupling.ending_reason).label)
                        if coupling.ending_reason
                        else "",
                    ),
                },
            )
        )
    return rows


def _arc(coupling: Coupling, today: date) -> Cell:
    """Return the month of guidance out of the two years, counted from the day of the coupling."""
    if coupling.coupled_on is None or coupling.status != CouplingStatus.COUPLED:
        return Cell()
    month = min(MONTHS, int((today - coupling.coupled_on).days / DAYS_OF_A_MONTH) + 1)
    words = _("maand %(month)d van %(all)d") % {"month": month, "all": MONTHS}
    return Cell(text=words, value=month, arc=(month, MONTHS))


LIST = ListDefinition(
    name=ListName.COUPLINGS,
    title=lazy("Koppelingen"),
    term="koppeling",
    lead=lazy("Van kennismaking tot nazorg, met het eerstvolgende gesprek en de twee jaar begeleiding."),
    first=lazy("Gezinnen"),
    first_order=SortName("family__name"),
    search_label=lazy("Zoek een koppeling"),
    columns=(
        Column(name="fase", label=lazy("Fase")),
        Column(
            name="gesprek",
            label=lazy("Volgend gesprek"),
            sort=lambda: never_null(_next_talk(), FAR_AWAY),
            kind="date",
        ),
        Column(name="boog", label=lazy("Twee jaar"), sort=never_null("coupled_on", FAR_AWAY), kind="date"),
        Column(name="steun", label=lazy("Steun"), wide=True),
        Column(
            name="sinds",
            label=lazy("Sinds"),
            sort=never_null("introduced_on", LONG_AGO),
            kind="date",
            shown=False,
        ),
        Column(
            name="voorbij",
            label=lazy("Geëindigd"),
            sort=never_null("ended_on", LONG_AGO),
            kind="date",
            shown=False,
        ),
    ),
    filters=(STAND, TALK),
    order="gesprek",
    base=_all,
    sources=SOURCES,
    rows=_rows,
    tabs=(
        Tab(lazy("Lopend")),
        Tab(lazy("Gesprek te laat"), "gesprek=te-laat"),
        Tab(lazy("Proefperiode"), "stand=proef"),
        Tab(lazy("Gekoppeld"), "stand=gekoppeld"),
        Tab(lazy("Voorbij"), "stand=voorbij&sorteer=-voorbij&kolom=fase&kolom=steun&kolom=voorbij"),
    ),
    empty_title=lazy("Hier staat nog niets"),
    empty_text=lazy("Een koppeling begint met een voorstel waar beide gezinnen ja op zeggen."),
)
