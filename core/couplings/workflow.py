"""States of a coupling, from the first meeting to the end."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CouplingStatus(TextChoices):
    """Where a coupling stands."""

    INTRODUCTION = "introduction", _("kennismaking")
    TRIAL = "trial", _("proefperiode")
    COUPLED = "coupled", _("gekoppeld")
    ENDED = "ended", _("beëindigd")
    NOT_CONTINUED = "not_continued", _("niet doorgegaan")


C = CouplingStatus

ALLOWED: dict[str, frozenset[str]] = {
    C.INTRODUCTION: frozenset({C.TRIAL, C.NOT_CONTINUED}),
    C.TRIAL: frozenset({C.COUPLED, C.NOT_CONTINUED}),
    C.COUPLED: frozenset({C.ENDED}),
    # Closed is not closed for ever: a coupling may be taken up again, with a reason.
    C.ENDED: frozenset({C.COUPLED}),
    C.NOT_CONTINUED: frozenset(),
}

RUNNING: frozenset[str] = frozenset({C.INTRODUCTION, C.TRIAL, C.COUPLED})
# In these states a child is with the support family, so every adult there must have a valid VOG.
NEEDS_VOG: frozenset[str] = frozenset({C.TRIAL, C.COUPLED})
