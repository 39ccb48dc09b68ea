"""States of a proposal: the support family is asked first, then the parents."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProposalStatus(TextChoices):
    """Where a proposal stands."""

    DRAFT = "draft", _("voorstel gemaakt")
    SUPPORT_ASKED = "support_asked", _("steungezin gevraagd")
    PARENTS_ASKED = "parents_asked", _("ouders gevraagd")
    ACCEPTED = "accepted", _("beide zeggen ja")
    INTRODUCED = "introduced", _("kennismaking afgesproken")
    DECLINED_BY_SUPPORT = "declined_by_support", _("steungezin zegt nee")
    DECLINED_BY_PARENTS = "declined_by_parents", _("ouders zeggen nee")
    WITHDRAWN = "withdrawn", _("ingetrokken")


P = ProposalStatus

ALLOWED: dict[str, frozenset[str]] = {
    P.DRAFT: frozenset({P.SUPPORT_ASKED, P.WITHDRAWN}),
    P.SUPPORT_ASKED: frozenset({P.PARENTS_ASKED, P.DECLINED_BY_SUPPORT, P.WITHDRAWN}),
    P.PARENTS_ASKED: frozenset({P.ACCEPTED, P.DECLINED_BY_PARENTS, P.WITHDRAWN}),
    P.ACCEPTED: frozenset({P.INTRODUCED, P.WITHDRAWN}),
    P.INTRODUCED: frozenset(),
    P.DECLINED_BY_SUPPORT: frozenset(),
    P.DECLINED_BY_PARENTS: frozenset(),
    P.WITHDRAWN: frozenset(),
}

OPEN: frozenset[str] = frozenset({P.DRAFT, P.SUPPORT_ASKED, P.PARENTS_ASKED})
# While a proposal is in one of these states its children take up places of the support family, until they are freed.
HOLDS_PLACES: frozenset[str] = OPEN | {P.ACCEPTED, P.INTRODUCED}
