"""Closing a file: allowed only when nothing runs any more, which only the top of the case work can see."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from core.couplings.selectors import running_couplings
from core.families.models import RequestingFamily, SupportFamily
from core.families.services import requesting_family_close, support_family_leave
from core.matching.selectors import proposals_of
from core.matching.workflow import OPEN, ProposalStatus
from tenants.accounts.models import Actor
from tenants.context import atomic

UNFINISHED = OPEN | {ProposalStatus.ACCEPTED}


@atomic()
def requesting_file_close(
    *, family: RequestingFamily, reason: str, closed_on: date, note: str = "", actor: Actor
) -> RequestingFamily:
    """Close the file of an asking family, unless a proposal or coupling still runs."""
    locked = RequestingFamily.objects.select_for_update().get(pk=family.pk)
    _refuse_while_running(
        couplings=bool(running_couplings(family=locked)),
        proposals=any(proposal.status in UNFINISHED for proposal in proposals_of(family=locked)),
    )
    return requesting_family_close(family=family, reason=reason, closed_on=closed_on, note=note, actor=actor)


@atomic()
def support_file_close(
    *, family: SupportFamily, reason: str, left_on: date, note: str = "", actor: Actor
) -> SupportFamily:
    """Let a support family stop, unless a proposal or coupling still runs."""
    locked = SupportFamily.objects.select_for_update().get(pk=family.pk)
    _refuse_while_running(
        couplings=bool(running_couplings(support_family=locked)),
        proposals=any(proposal.status in UNFINISHED for proposal in proposals_of(support_family=locked)),
    )
    return support_family_leave(family=family, reason=reason, left_on=left_on, note=note, actor=actor)


def _refuse_while_running(*, couplings: bool, proposals: bool) -> None:
    if couplings:
        raise Conflict(_("Er loopt nog een koppeling, proefperiode of kennismaking. Rond die eerst af."))
    if proposals:
        raise Conflict(_("Er staat nog een voorstel open. Trek dat eerst in."))
