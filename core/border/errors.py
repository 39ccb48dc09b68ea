"""Refusals of the border exchange."""

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict


class Over(Conflict):
    """The other municipality ended it, or the last day has passed."""

    default_code = "exchange_over"

    def __init__(self) -> None:
        """Say that there is nothing left to answer."""
        super().__init__(_("Deze kaart is er niet meer: ingetrokken of verlopen."))


class NotYet(Conflict):
    """Somebody else has to agree first."""

    default_code = "somebody_first"
