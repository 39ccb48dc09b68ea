"""A registration that does not fit: the family is pointed elsewhere, and its file is closed."""

from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from common.gemeenten import GEMEENTEN
from common.language import written
from common.vocabulary import CloseReason
from core.families.models import AnyFamily, RequestingFamily
from core.families.rules import Problems
from core.families.services import requesting_family_close, support_family_leave
from core.families.workflow import RequestingStatus, SupportStatus
from core.ledger.selectors import codes_on
from core.ledger.services import interest_record
from tenants.accounts.models import Actor
from tenants.context import atomic

# On the desk: nothing was planned yet.
AT_THE_DESK = frozenset(
    {
        RequestingStatus.REGISTERED,
        RequestingStatus.CONTACTED,
        SupportStatus.REGISTERED,
        SupportStatus.CONTACTED,
    }
)


class NoFit(StrEnum):
    """Why a registration does not fit."""

    OUTSIDE = "outside"
    OTHER_HELP = "other_help"
    NOT_SUITABLE = "not_suitable"


REASONS: dict[NoFit, CloseReason] = {
    NoFit.OUTSIDE: CloseReason.REFERRED,
    NoFit.OTHER_HELP: CloseReason.REFERRED,
    NoFit.NOT_SUITABLE: CloseReason.NOT_SUITABLE,
}


@atomic()
def family_refer(
    *, family: AnyFamily, why: str, referred_on: date, lives_in: str = "", note: str = "", actor: Actor
) -> AnyFamily:
    """Point a family elsewhere and close its file.

    Of a family from outside the area one thing crosses to the foundation: its municipality counts one more.
    """
    if family.status not in AT_THE_DESK:
        raise Conflict(_("Dit dossier is al verder. Sluit het af op de pagina van het gezin."))
    problems = Problems()
    problems.check(why in set(NoFit), "why", _("Kies waarom het niet past."))
    if why == NoFit.OUTSIDE:
        problems.check(lives_in in GEMEENTEN, "lives_in", _("Kies de gemeente waar dit gezin woont."))
        problems.check(
            lives_in not in codes_on(referred_on), "lives_in", _("Dit is een gemeente van ons eigen gebied.")
        )
    problems.refuse()
    reason = REASONS[NoFit(why)]
    words = note or (written(_("woont buiten ons gebied")) if why == NoFit.OUTSIDE else "")
    if isinstance(family, RequestingFamily):
        requesting_family_close(family=family, reason=reason, closed_on=referred_on, note=words, actor=actor)
    else:
        support_family_leave(family=family, reason=reason, left_on=referred_on, note=words, actor=actor)
    if why == NoFit.OUTSIDE:
        interest_record(lives_in=lives_in, happened_on=referred_on, actor=actor)
    return family
