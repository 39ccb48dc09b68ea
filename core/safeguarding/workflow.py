"""States of a concern. The five steps of the reporting code are not states: they may be taken more than once."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ConcernStatus(TextChoices):
    """A concern is open until it is closed; new signals open it again."""

    OPEN = "open", _("in behandeling")
    CLOSED = "closed", _("afgesloten")


ALLOWED: dict[str, frozenset[str]] = {
    ConcernStatus.OPEN: frozenset({ConcernStatus.CLOSED}),
    ConcernStatus.CLOSED: frozenset({ConcernStatus.OPEN}),
}
