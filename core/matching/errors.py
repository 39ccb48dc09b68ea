"""Refusals of matching that higher apps know by name."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InvalidInput
from common.formats import listing
from core.matching.gates import ClosedGate


class VogMissing(InvalidInput):
    """An adult of the support family has no valid VOG; names who."""

    default_code = "vog_missing"

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Say who still has to show a VOG, or that nobody in the family has one."""
        self.names = tuple(names)
        if self.names:
            message = _("Dit kan pas als iedere volwassene een geldige VOG heeft. Nog niet: %(names)s.")
            super().__init__(message % {"names": listing(self.names)})
        else:
            super().__init__(
                _("Dit kan pas als er een volwassene met een geldige VOG in dit steungezin staat.")
            )


class GateClosed(Conflict):
    """A hard gate is closed. No reason opens it."""

    default_code = "gate_closed"

    def __init__(self, gates: Iterable[ClosedGate]) -> None:
        """Say why, gate by gate."""
        self.gates = tuple(gates)
        super().__init__(" ".join(gate.why for gate in self.gates))
