"""The audit of a release: everything that must stay uncertain is proved to be, or the release does not happen.

Trust does not rest on whoever decided what to hide. From the counts, the plan and the registry of relations the audit
works out by itself which figures are about few families, published or implied; for each of them it looks for two whole
tables that readers cannot tell apart and that lie `WIDTH` apart in it: for an outsider, and for every single
municipality that knows its own figures. The certificate of these tables is then checked by plain addition.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from reporting.dictionary.measures import MEASURES, Nature, Side
from reporting.disclosure.cells import Facts, Key, Observation, ProtectedCell
from reporting.disclosure.certificates import (
    OUTSIDER,
    WIDTH,
    Certificate,
    Entry,
    Seen,
    before_all,
    observed,
    problems,
    seen,
)
from reporting.disclosure.plan import NL, Table
from reporting.disclosure.proving import Hidden, Proof, Prover, SolverFailed
from reporting.disclosure.relations import (
    Kind,
    Relation,
    World,
    implied_tables,
    keys_of,
    relations,
    shared_tables,
)

NATIONAL_TOTAL: Final = "the national total, which is always exact, tells as much"
"""The only reason for an exception: nothing that could still be withheld would keep the figure uncertain."""


@dataclass(frozen=True, slots=True)
class Exempt:
    """Figures of one line that cannot be kept uncertain: for everybody, or for insiders only."""

    line: str
    insiders_only: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome. `widths` counts quantities by the proven width of their interval, in units of the figure.

    The true interval may be wider: the search stops at two tables far enough apart. `faults` say what kind of thing is
    wrong, without figures or places; a release without faults may happen.
    """

    quantities: int
    proved: int
    insider_pairs: int
    insiders_narrow: int
    exempt: tuple[Exempt, ...]
    faults: Mapping[str, int]
    widths: Mapping[int, int]
    seconds: float
    digest: str
    checked: bool

    @property
    def passed(self) -> bool:
        """Tell whether a release may happen."""
        return not self.faults and self.checked

    def summary(self) -> dict[str, Any]:
        """Return what is kept with a release, ready for JSON. The list of lines tells of no figure."""
        return {
            "quantities": self.quantities,
            "proved": self.proved,
            "insiders": {"pairs": self.insider_pairs, "exempt": self.insiders_narrow},
            "exceptions": [
                {
                    "line": e.line,
                    "readers": "insiders" if e.insiders_only else "all",
                    "reason": NATIONAL_TOTAL,
                }
                for e in self.exempt
            ],
            "smallest": min(self.widths, default=None),
            "widths": {str(width): count for width, count in sorted(self.widths.items())},
            "seconds": round(self.seconds, 2),
            "certificate": self.digest,
            "checked": self.checked,
        }


def audit(cells: Sequence[ProtectedCell], *, facts: Facts, world: World) -> Audit:
    """Prove for every figure about few families that no reader can pin it down; whatever goes wrong is a fault."""
    begun = monotonic()
    auditing = _Auditing(cells, facts, world)
    try:
        return auditing.outcome(begun)
    except SolverFailed:
        return _failed(len(auditing.quantities), "the solver did not answer", begun)


def protected_quantities(facts: Facts, world: World) -> list[Key]:
    """Return every figure with fewer families behind it than its table asks (disclosure.md 7.3), shown or implied.

    Families count, not events, and the smaller of the two sides where both take part.
    """
    found = {}
    for table in _tables(world):
        for key in keys_of(world, table) if table.threshold else ():
            count = observed(facts, world, key)
            if count.value > 0 and _families(count, table) < table.threshold:
                found[key] = count
    return sorted(found)


def _families(count: Observation, table: Table) -> int:
    behind = {Side.ASKING: count.asking, Side.SUPPORT: count.support}
    return min(behind[side] for side in MEASURES[table.measure].sides)


def _tables(world: World) -> tuple[Table, ...]:
    tables = (*shared_tables(world.plan), *implied_tables(world.plan))
    return tuple(table for table in tables if MEASURES[table.measure].nature is not Nature.DERIVED)


def _failed(quantities: int, fault: str, begun: float) -> Audit:
    return Audit(quantities, 0, 0, 0, (), {fault: 1}, {}, monotonic() - begun, "", checked=False)


class _Auditing:
    def __init__(self, cells: Sequence[ProtectedCell], facts: Facts, world: World) -> None:
        self.cells = cells
        self.facts = facts
        self.world = world
        self.public = seen(cells)
        self.lines = relations(world)
        self.listed = {key for table in _tables(world) for key in keys_of(world, table)}
        self.exact = {key for t in _tables(world) if not t.threshold for key in keys_of(world, t)}
        self.delivered = {place.id: place.delivered for place in world.places}
        self.quantities = protected_quantities(facts, world)
        self.truth = self._truth()

    def outcome(self, begun: float) -> Audit:
        faults = Counter(self._contradictions())
        if faults:
            return Audit(
                len(self.quantities), 0, 0, 0, (), faults, {}, monotonic() - begun, "", checked=False
            )
        hidden = self._hidden(self.public)
        proofs = Prover(hidden, width=WIDTH).prove(self.quantities)
        exempt = self._exempt(proofs)
        faults.update(
            "a figure can be told" if reader == OUTSIDER else "an insider can tell a figure"
            for key, proof in proofs.items()
            for reader in proof.narrow
            if (key, reader) not in exempt
        )
        spared = {key: frozenset(r for k, r in exempt if k == key) for key in {k for k, _ in exempt}}
        certificate = Certificate(
            hidden.truth,
            {key: Entry(tuple(p.witnesses), spared.get(key, frozenset())) for key, p in proofs.items()},
        )
        wrong = problems(
            certificate, cells=self.cells, facts=self.facts, world=self.world, quantities=self.quantities
        )
        insiders = [key for key, reader in exempt if reader != OUTSIDER]
        return Audit(
            quantities=len(self.quantities),
            proved=sum(bool(proof.witnesses) for proof in proofs.values()),
            insider_pairs=sum(len(self.world.places) - (key.geography != NL) for key in self.quantities),
            insiders_narrow=len(insiders),
            exempt=tuple(
                sorted(
                    {Exempt(_line(key), insiders_only=reader != OUTSIDER) for key, reader in exempt},
                    key=lambda e: (e.line, e.insiders_only),
                )
            ),
            faults=faults,
            widths=Counter(_width(key, proof) for key, proof in proofs.items() if proof.witnesses),
            seconds=monotonic() - begun,
            digest=certificate.digest,
            checked=not wrong,
        )

    # ------------------------------------------------------------------------------------------ what is known

    def _contradictions(self) -> Iterator[str]:
        """Yield what no honest release holds: a wrong number, a small one, one outside the plan, a sum that fails."""
        for key, value in self.public.shown.items():
            if MEASURES[key.measure].nature is Nature.DERIVED:
                continue
            if key not in self.listed:
                yield "a figure is shown that is not in the plan"
            elif value != observed(self.facts, self.world, key).value:
                yield "a figure is shown that was not counted"
        for key in self.quantities:
            if key in self.public.shown:
                yield "a figure about few families is shown"
        for line in self.lines:
            unseen = [key for key, _ in line.terms if key in self.truth]
            if any(key not in self.listed and not before_all(self.world, key) for key, _ in line.terms):
                yield "a sum names a figure that is not in the plan"
            elif unseen and sum(c * self._value(key) for key, c in line.terms):
                yield "a sum does not hold"

    def _truth(self) -> dict[Key, int]:
        """Return the true value of every figure that is not shown.

        Of a year that was not delivered nothing is known; what the sums ask for is taken.
        """
        truth = {
            key: observed(self.facts, self.world, key).value
            for key in self.listed
            if key not in self.public.shown
        }
        for line in self.lines:
            for key, coefficient in line.terms:
                if key in truth and not self._is_delivered(key):
                    rest = sum(c * self._in(truth, other) for other, c in line.terms if other != key)
                    truth[key] = max(-rest // coefficient, 0)
        return truth

    def _is_delivered(self, key: Key) -> bool:
        return key.geography == NL or key.start.year in self.delivered[key.geography]

    def _value(self, key: Key) -> int:
        return self._in(self.truth, key)

    def _in(self, truth: Mapping[Key, int], key: Key) -> int:
        shown = self.public.shown.get(key)
        return shown if shown is not None else truth.get(key, 0)

    def _hidden(self, public: Seen) -> Hidden[Key]:
        truth = {key: value for key, value in self._values() if key not in public.shown}
        return Hidden(
            truth=truth,
            # Zeros are shown: what is said to be withheld is at least one, unless it is a zero withheld as companion.
            least={key: int(key in public.withheld and value > 0) for key, value in truth.items()},
            owner={key: key.geography for key in truth if key.geography != NL},
            lines=[line.terms for line in self.lines],
        )

    def _values(self) -> Iterable[tuple[Key, int]]:
        return ((key, self._value(key)) for key in self.listed)

    # --------------------------------------------------------------------------------------------- exceptions

    def _exempt(self, proofs: Mapping[Key, Proof[Key]]) -> set[tuple[Key, str]]:
        """Return the quantities and readers for which nothing but hiding a national total would help.

        Two things have to be so: every figure of a line under a national total is withheld already, and the release
        tells no more of the quantity than the national totals do when all else is withheld.
        """
        narrow = [(key, reader) for key, proof in proofs.items() for reader in proof.narrow]
        if not narrow:
            return set()
        withheld = self._withheld_lines()
        bare = Prover(self._hidden(self._bare()), width=WIDTH)
        return {
            (key, reader)
            for key, reader in narrow
            if key in withheld and bare.interval(key, reader) == proofs[key].narrow[reader]
        }

    def _withheld_lines(self) -> set[Key]:
        """Return the parts of every line under a national total of which no part is shown."""
        return {
            key
            for line in self.lines
            if line.kind in (Kind.GEOGRAPHY, Kind.CATEGORIES) and line.terms[0][0] in self.exact
            for key in self._parts(line)
            if not any(part in self.public.shown for part in self._parts(line))
        }

    def _parts(self, line: Relation) -> list[Key]:
        return [key for key, _coefficient in line.terms[1:]]

    def _bare(self) -> Seen:
        """Return what would be seen with everything withheld but the national totals and what does not apply."""
        kept = {
            key: value
            for key, value in self.public.shown.items()
            if key in self.exact or (key.geography != NL and not self._applies(key))
        }
        return Seen(kept, frozenset(self._published() - kept.keys()))

    def _applies(self, key: Key) -> bool:
        return next(p for p in self.world.places if p.id == key.geography).active_in(key.kind, key.start)

    def _published(self) -> set[Key]:
        implied = {key for t in implied_tables(self.world.plan) for key in keys_of(self.world, t)}
        return self.listed - implied


def _line(key: Key) -> str:
    split = f" {key.attribute}" if key.attribute else ""
    return f"{key.measure}{split} {key.period.code}"


def _width(key: Key, proof: Proof[Key]) -> int:
    return max(w.high.get(key, 0) - w.low.get(key, 0) for w in proof.witnesses)
