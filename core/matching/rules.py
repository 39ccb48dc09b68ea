"""The rules of matching: pure. Gates first, then a score that shows its reasons. The coordinator decides."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.matching.gates import OF_THE_FAMILY, ClosedGate, closed_gates
from core.matching.score import PartScore, score_parts, total
from core.matching.sides import Asked, Offered, distance_km
from core.matching.weights import WEIGHTS, Weights

# The list that a page shows first. Whoever proposes a family that is not on it says why.
FIRST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say of one combination."""

    gates: tuple[ClosedGate, ...]
    parts: tuple[PartScore, ...]
    distance_km: float | None
    weights_version: str

    @property
    def proposable(self) -> bool:
        """Whether every gate is open."""
        return not self.gates

    @property
    def changes(self) -> int:
        """How many things would have to change before it fits."""
        return len(self.gates)

    @property
    def gates_of_support_family(self) -> tuple[ClosedGate, ...]:
        """The closed gates that are not about the asking family alone."""
        return tuple(gate for gate in self.gates if gate.gate not in OF_THE_FAMILY)

    @property
    def score(self) -> int:
        """Tenths of a point, 0 to 1000: exactly the sum of the parts."""
        return total(self.parts)

    @property
    def reasons_for(self) -> tuple[str, ...]:
        """What speaks for it, the heaviest part first."""
        return tuple(str(reason) for part in self._by_weight() for reason in part.reasons_for)

    @property
    def reasons_against(self) -> tuple[str, ...]:
        """What speaks against it, the heaviest part first."""
        return tuple(str(reason) for part in self._by_weight() for reason in part.reasons_against)

    @property
    def questions(self) -> tuple[str, ...]:
        """What is not known and worth asking."""
        return tuple(str(reason) for part in self._by_weight() for reason in part.questions)

    @property
    def unknown_count(self) -> int:
        """How many things are not known; they count for neither and are shown as questions."""
        return sum(len(part.questions) for part in self.parts)

    def _by_weight(self) -> list[PartScore]:
        return sorted(self.parts, key=lambda part: -part.weight)


def assess(asked: Asked, offered: Offered, weights: Weights = WEIGHTS) -> Assessment:
    """Look at one combination: gates and score apart."""
    return Assessment(
        gates=closed_gates(asked, offered),
        parts=score_parts(asked, offered, weights),
        distance_km=distance_km(asked.place, offered.place),
        weights_version=weights.version,
    )


def family_gates(gates: Iterable[ClosedGate]) -> tuple[ClosedGate, ...]:
    """Return the closed gates that are about the asking family alone: shown once, not per candidate."""
    return tuple(gate for gate in gates if gate.gate in OF_THE_FAMILY)
