"""What a coordinator chose on the board. It stands in the address, so that it can be kept, sent on and taken back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from core.board.objectives import Objective

# A support family is called for one family at a time, unless the coordinator says otherwise.
PER_SUPPORT_FAMILY = (1, 2, 3)
# More would not fit in an address that every server takes.
MOST_PAIRS = 25

IdPair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Choice:
    """What counts most, how many proposals a support family may have, which pairs are fixed and which unwanted."""

    objective: Objective = Objective.BEST
    per: int = 1
    fixed: tuple[IdPair, ...] = ()
    unwanted: tuple[IdPair, ...] = ()

    @property
    def query(self) -> str:
        """Return it as the end of an address."""
        pairs = [("vast", code_of(pair)) for pair in self.fixed]
        pairs += [("niet", code_of(pair)) for pair in self.unwanted]
        return urlencode([("doel", self.objective.value), ("per", str(self.per)), *pairs])

    @property
    def digest(self) -> str:
        """Return what tells this choice from another."""
        return sha256(self.query.encode()).hexdigest()

    @property
    def full(self) -> bool:
        """Tell whether no pair can be added any more."""
        return len(self.fixed) + len(self.unwanted) >= MOST_PAIRS

    def fix(self, pair: IdPair) -> "Choice":
        """Return the same with one pair fixed."""
        return replace(self.without(pair), fixed=(*self.fixed, pair))

    def refuse(self, pair: IdPair) -> "Choice":
        """Return the same without one pair."""
        return replace(self.without(pair), unwanted=(*self.unwanted, pair))

    def without(self, pair: IdPair) -> "Choice":
        """Return the same with nothing said about a pair."""
        return replace(
            self,
            fixed=tuple(one for one in self.fixed if one != pair),
            unwanted=tuple(one for one in self.unwanted if one != pair),
        )


def choice_of(sent: QueryDict) -> Choice:
    """Read the choice from an address; what cannot be read is as if it were not there."""
    objective, per = sent.get("doel", ""), sent.get("per", "")
    fixed = _pairs(sent.getlist("vast"))
    unwanted = [pair for pair in _pairs(sent.getlist("niet")) if pair not in fixed]
    return Choice(
        objective=Objective(objective) if objective in Objective.values else Objective.BEST,
        per=int(per) if per in {str(number) for number in PER_SUPPORT_FAMILY} else PER_SUPPORT_FAMILY[0],
        fixed=tuple(fixed[:MOST_PAIRS]),
        unwanted=tuple(unwanted[: MOST_PAIRS - len(fixed[:MOST_PAIRS])]),
    )


def code_of(pair: IdPair) -> str:
    """Return a pair as it stands in an address."""
    return ".".join(one.hex for one in pair)


def _pairs(codes: Iterable[str]) -> list[IdPair]:
    found: dict[IdPair, None] = {}
    for code in codes:
        asking, _dot, offering = code.partition(".")
        try:
            found[UUID(asking), UUID(offering)] = None
        except ValueError:
            continue
    return list(found)
