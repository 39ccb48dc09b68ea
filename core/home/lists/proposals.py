"""The log of proposals: who was proposed, who said no and why, and who was chosen past the list that is shown first.

People learn from it; no model is trained on it.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from common.formats import listing, number, short_date
from core.home.lists.couplings import title_of
from core.home.lists.parts import LONG_AGO, SortName, never_null, on_day
from core.lists.frame import Cell, Choice, Column, Filter, ListDefinition, Row, Tab
from core.lists.models import ListName
from core.lists.search import Source
from core.matching.forms import child_label
from core.matching.models import MatchProposal
from core.matching.panels import STATUS_KINDS, score_text
from core.matching.workflow import OPEN, ProposalStatus

P = ProposalStatus
SOURCES = tuple(
    Source(table, key, through=("matching_matchproposal", column))
    for table, key, column in (
        ("families_requestingfamily", "id", "family_id"),
        ("families_requestingparent", "family_id", "family_id"),
        ("families_supportedchild", "family_id", "family_id"),
        ("families_supportfamily", "id", "support_family_id"),
        ("families_supportadult", "family_id", "support_family_id"),
    )
)


def _all() -> QuerySet[MatchProposal]:
    return MatchProposal.objects.select_related("family", "support_family").prefetch_related("children")


def _in_status(*statuses: str) -> Callable[[QuerySet[Any], date], QuerySet[Any]]:
    return lambda rows, _today: rows.filter(status__in=statuses)


def _since(days: int) -> Callable[[QuerySet[Any], date], QuerySet[Any]]:
    return lambda rows, today: rows.filter(proposed_on__gte=today - timedelta(days=days))


STAND = Filter(
    name="stand",
    label=lazy("Uitkomst"),
    empty=lazy("alle uitkomsten"),
    choices=(
        Choice("loopt", lazy("loopt nog"), _in_status(*OPEN, P.ACCEPTED)),
        Choice("ja", lazy("kennismaking"), _in_status(P.INTRODUCED)),
        Choice("nee-steungezin", lazy("steungezin zegt nee"), _in_status(P.DECLINED_BY_SUPPORT)),
        Choice("nee-ouders", lazy("ouders zeggen nee"), _in_status(P.DECLINED_BY_PARENTS)),
        Choice(
            "nee",
            lazy("nee, van wie ook"),
            _in_status(P.DECLINED_BY_SUPPORT, P.DECLINED_BY_PARENTS),
        ),
        Choice("ingetrokken", lazy("ingetrokken"), _in_status(P.WITHDRAWN)),
    ),
)
OUTSIDE = Filter(
    name="lijst",
    label=lazy("Gekozen"),
    empty=lazy("van overal"),
    choices=(
        Choice("boven", lazy("bovenaan de lijst"), lambda rows, _today: rows.filter(outside_reason="")),
        Choice("verder", lazy("verder in de lijst"), lambda rows, _today: rows.exclude(outside_reason="")),
    ),
)
PERIOD = Filter(
    name="sinds",
    label=lazy("Voorgesteld"),
    empty=lazy("wanneer ook"),
    choices=(
        Choice("90", lazy("laatste drie maanden"), _since(90)),
        Choice("365", lazy("laatste jaar"), _since(365)),
    ),
)


def _rows(proposals: Sequence[MatchProposal], _today: date) -> list[Row]:
    rows = []
    for proposal in proposals:
        status = ProposalStatus(proposal.status)
        place = proposal.place_in_list
        rows.append(
            Row(
                key=proposal.pk,
                title=title_of(proposal),
                url=reverse("matching:proposal_detail", args=[proposal.pk]),
                small=listing(child_label(child) for child in proposal.children.all()),
                cells={
                    "uitkomst": Cell(text=str(status.label), badge=STATUS_KINDS[status]),
                    "voorgesteld": on_day(proposal.proposed_on, short_date(proposal.proposed_on)),
                    "score": Cell(text=score_text(proposal.score), value=round(proposal.score / 10)),
                    "plaats": Cell(text=_("nummer %(n)s") % {"n": number(place)}, value=place)
                    if place
                    else Cell(),
                    "waarom": Cell(text=proposal.decline_reason),
                    "verder": Cell(text=proposal.outside_reason),
                    "weging": Cell(text=proposal.weights_version),
                },
            )
        )
    return rows


LOG = ListDefinition(
    name=ListName.PROPOSALS,
    title=lazy("Logboek van voorstellen"),
    term="matchvoorstel",
    lead=lazy("Wie is voorgesteld, wie zei nee en waarom. Om samen van te leren."),
    first=lazy("Gezinnen"),
    first_order=SortName("family__name"),
    search_label=lazy("Zoek een voorstel"),
    columns=(
        Column(name="uitkomst", label=lazy("Uitkomst")),
        Column(
            name="voorgesteld",
            label=lazy("Voorgesteld"),
            sort=never_null("proposed_on", LONG_AGO),
            kind="date",
        ),
        Column(name="score", label=lazy("Score"), sort=F("score"), kind="number"),
        Column(name="plaats", label=lazy("Plaats in de lijst")),
        Column(name="waarom", label=lazy("Waarom niet"), wide=True),
        Column(name="verder", label=lazy("Waarom verder in de lijst"), wide=True),
        Column(name="weging", label=lazy("Weging"), shown=False),
    ),
    filters=(STAND, OUTSIDE, PERIOD),
    order="-voorgesteld",
    base=_all,
    sources=SOURCES,
    rows=_rows,
    tabs=(
        Tab(lazy("Alles")),
        Tab(lazy("Nee gezegd"), "stand=nee"),
        Tab(lazy("Verder in de lijst"), "lijst=verder"),
    ),
    empty_title=lazy("Hier staat nog niets"),
    empty_text=lazy("Een voorstel begint bij een gezin dat wacht."),
)
