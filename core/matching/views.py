"""Pages of matching: who could fit, and the proposal from the first call to yes or no."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import Text
from common.pages import attempt, page, show
from common.pagination import Page, paginate
from common.permissions import Permission
from common.vocabulary import AreaKind
from core.families.action_pages import ActionPage, action_page, actor_of, sent
from core.families.models import RequestingFamily, SupportedChild
from core.families.selectors import requesting_family_for, support_family_for
from core.matching.candidate_panels import MOST_COMPARED, candidates_page, comparison_page, propose_page
from core.matching.candidates import candidates_for
from core.matching.forms import ChildrenForm, ProposeForm, ReasonForm, WeighingForm
from core.matching.models import MatchProposal
from core.matching.panels import proposal_page, proposal_rows
from core.matching.press import press
from core.matching.selectors import children_sought, proposal_for, proposals
from core.matching.services import (
    proposal_accept,
    proposal_ask_parents,
    proposal_ask_support,
    proposal_create,
    proposal_decline,
    proposal_withdraw,
)
from core.matching.weighing import in_force
from core.matching.weighing_panel import weighing_page
from core.matching.weighing_services import local_weights_set
from core.matching.workflow import OPEN, ProposalStatus


@page(Permission.VIEW_CASES, methods=("GET",))
def candidates(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show which support families could fit, best first, and what stands in the way of the others."""
    actor = actor_of(request)
    family = requesting_family_for(actor, public_id)
    form, children, offered = _sought(request, family)
    found = candidates_for(family, actor, children=children)
    context = {
        "form": form,
        "view": candidates_page(
            family, children, offered, found, everything="alles" in request.GET, actor=actor
        ),
    }
    return show(request, "matching/candidates.html", context)


@page(Permission.VIEW_CASES, methods=("GET",))
def compare(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show two or three support families side by side."""
    actor = actor_of(request)
    family = requesting_family_for(actor, public_id)
    _form, children, _offered = _sought(request, family)
    wanted = request.GET.getlist("met")
    found = candidates_for(family, actor, children=children)
    chosen = [candidate for candidate in found if str(candidate.pk) in wanted]
    view = comparison_page(family, children, chosen[:MOST_COMPARED], actor=actor)
    context = {"view": view, "too_many": len(chosen) > MOST_COMPARED}
    return show(request, "matching/compare.html", context)


@page(Permission.EDIT_CASES)
def propose(request: HttpRequest, public_id: UUID, support_id: UUID) -> HttpResponse:
    """Choose a support family: from the list at once, past it with a reason."""
    actor = actor_of(request)
    family = requesting_family_for(actor, public_id, Permission.EDIT_CASES)
    support_family = support_family_for(actor, support_id, Permission.EDIT_CASES)
    offered = children_sought(family) or list(family.children.all())
    wanted = [key for key in request.GET.getlist("children") if key in {str(child.pk) for child in offered}]
    form = ProposeForm(
        sent(request),
        offered=offered,
        initial={"children": wanted or [str(child.pk) for child in offered]},
    )
    form.about = (family, support_family)

    def make() -> str:
        made = proposal_create(
            family=family,
            support_family=support_family,
            children=form.chosen,
            outside_reason=form.cleaned_data["outside_reason"],
            actor=actor,
        )
        return reverse("matching:proposal_detail", args=[made.pk])

    if form.is_bound and form.is_valid():
        done = attempt(request, form, make, done=_("Voorstel gemaakt. Bel nu eerst het steungezin."))
        if done:
            return done
    if form.is_bound and form.cleaned_data.get("children"):
        judged = form.chosen
    else:
        judged = [child for child in offered if str(child.pk) in wanted] or offered
    context = {"form": form, "view": propose_page(family, support_family, judged)}
    return show(request, "matching/propose.html", context, form)


def _sought(
    request: HttpRequest, family: RequestingFamily
) -> tuple[ChildrenForm, list[SupportedChild], list[SupportedChild]]:
    """Return the form of the children, those that were chosen (or all of them), and those that can be chosen."""
    offered = children_sought(family) or list(family.children.all())
    form = ChildrenForm(
        request.GET if "children" in request.GET else None,
        offered=offered,
        initial={"children": [str(child.pk) for child in offered]},
    )
    return form, form.chosen if form.is_bound and form.is_valid() else offered, offered


@page(Permission.VIEW_CASES, methods=("GET",))
def weighing(request: HttpRequest) -> HttpResponse:
    """Show how the order comes about: the rules, how much each part counts, and every version of that."""
    return show(request, "matching/weighing.html", {"view": weighing_page(actor_of(request))})


@page(Permission.EDIT_CASES)
def weighing_edit(request: HttpRequest) -> HttpResponse:
    """Set what this municipality makes of the national weights."""
    form = WeighingForm(sent(request), now=in_force())
    here = reverse("matching:weighing")

    def save() -> str:
        clean = form.cleaned_data
        local_weights_set(
            area=AreaKind(clean["area"]), points=form.points, reason=clean["reason"], actor=actor_of(request)
        )
        return here

    if form.is_bound and form.is_valid():
        done = attempt(request, form, save, done=_("Bewaard. De volgorde wordt vanaf nu zo berekend."))
        if done:
            return done
    return show(request, "matching/weighing_edit.html", {"form": form, "back_url": here}, form)


FINISHED = frozenset(ProposalStatus.values) - OPEN - {ProposalStatus.ACCEPTED}


@page(Permission.VIEW_CASES, methods=("GET",))
def proposal_list(request: HttpRequest) -> HttpResponse:
    """List proposals that are under way, or those that are over."""
    over = request.GET.get("stand") == "afgerond"
    wanted = FINISHED if over else OPEN | {ProposalStatus.ACCEPTED}
    order = ("-decided_on", "-proposed_on", "pk") if over else ("proposed_on", "pk")
    found: Page[Any] = paginate(request, proposals().filter(status__in=wanted).order_by(*order))
    context = {"page": found, "rows": proposal_rows(found.items), "over": over}
    return show(request, "matching/proposal_list.html", context)


@page(Permission.VIEW_CASES, methods=("GET",))
def proposal_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a proposal: what to say on the telephone, what was weighed, and the next step."""
    actor = actor_of(request)
    proposal = proposal_for(actor, public_id)
    return show(request, "matching/proposal_detail.html", {"view": proposal_page(proposal, actor)})


Service = Callable[..., MatchProposal]


def _button(request: HttpRequest, public_id: UUID, service: Service, done: Text) -> HttpResponse:
    proposal = proposal_for(actor_of(request), public_id, Permission.EDIT_CASES)
    back = reverse("matching:proposal_detail", args=[proposal.pk])
    return press(
        request, lambda: service(proposal=proposal, actor=actor_of(request)), back_url=back, done=done
    )


@page(Permission.EDIT_CASES, methods=("POST",))
def ask_support(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that the support family was asked."""
    return _button(request, public_id, proposal_ask_support, _("Genoteerd: het steungezin is gevraagd."))


@page(Permission.EDIT_CASES, methods=("POST",))
def ask_parents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that the support family says yes and the parents were asked."""
    return _button(request, public_id, proposal_ask_parents, _("Genoteerd: de ouders zijn gevraagd."))


@page(Permission.EDIT_CASES, methods=("POST",))
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that the parents say yes too."""
    return _button(request, public_id, proposal_accept, _("Allebei zeggen ja. Plan nu de kennismaking."))


@page(Permission.EDIT_CASES)
def decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down a no, with the reason."""
    proposal = proposal_for(actor_of(request), public_id, Permission.EDIT_CASES)
    by_parents = proposal.status == ProposalStatus.PARENTS_ASKED
    return _with_reason(
        request,
        proposal,
        proposal_decline,
        title=_("Ouders zeggen nee") if by_parents else _("Steungezin zegt nee"),
        lead=_("De reden helpt bij het volgende voorstel. De plek bij het steungezin komt weer vrij."),
        submit=_("Nee vastleggen"),
        done=_("Vastgelegd. De plek is weer vrij; je kunt verder zoeken."),
    )


@page(Permission.EDIT_CASES)
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a proposal back, with the reason."""
    proposal = proposal_for(actor_of(request), public_id, Permission.EDIT_CASES)
    return _with_reason(
        request,
        proposal,
        proposal_withdraw,
        title=_("Voorstel intrekken"),
        lead=_("De plek bij het steungezin komt weer vrij."),
        submit=_("Voorstel intrekken"),
        done=_("Het voorstel is ingetrokken."),
    )


def _with_reason(
    request: HttpRequest,
    proposal: MatchProposal,
    service: Service,
    *,
    title: str,
    lead: str,
    submit: str,
    done: str,
) -> HttpResponse:
    form = ReasonForm(sent(request))
    words = ActionPage(
        title=title,
        lead=lead,
        submit=submit,
        done=done,
        back_url=reverse("matching:proposal_detail", args=[proposal.pk]),
        back_label=_("Voorstel"),
        about=(proposal.family, proposal.support_family),
    )

    def run() -> object:
        return service(proposal=proposal, reason=form.cleaned_data["reason"], actor=actor_of(request))

    return action_page(request, words, form, run)
