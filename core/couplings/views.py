"""The page of couplings that needs nothing of guidance: planning the introduction. The rest is in higher apps."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.pages import page
from common.permissions import Permission
from core.couplings.forms import IntroduceForm
from core.couplings.models import Coupling
from core.couplings.services import coupling_introduce
from core.families.action_pages import ActionPage, action_page, actor_of, sent
from core.matching.selectors import proposal_for


@page(Permission.EDIT_CASES)
def introduce(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Plan the introduction of an accepted proposal."""
    proposal = proposal_for(actor_of(request), public_id, Permission.EDIT_CASES)
    form = IntroduceForm(sent(request))
    made: list[Coupling] = []
    words = ActionPage(
        title=_("Kennismaking plannen"),
        lead=_("%(family)s en %(support)s ontmoeten elkaar, met jou erbij.")
        % {"family": capfirst(str(proposal.family)), "support": str(proposal.support_family)},
        submit=_("Kennismaking vastleggen"),
        done=_("De kennismaking is gepland."),
        back_url=reverse("matching:proposal_detail", args=[proposal.pk]),
        back_label=_("Voorstel"),
    )

    def run() -> None:
        made.append(
            coupling_introduce(
                proposal=proposal, introduced_on=form.cleaned_data["introduced_on"], actor=actor_of(request)
            )
        )

    response = action_page(request, words, form, run)
    if made:
        return HttpResponseRedirect(reverse("couplings:coupling_detail", args=[made[0].pk]))
    return response
