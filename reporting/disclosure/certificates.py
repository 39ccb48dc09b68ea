"""The proof that goes with a release, and its check by plain addition: whoever can add can repeat it.

A certificate holds, for each protected quantity, pairs of tables that agree with everything a reader sees and lie at
least `WIDTH` apart in that quantity. Nothing here solves anything, and nothing is believed of whoever made it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Generic, NamedTuple, TypeVar

from reporting.disclosure.cells import NOTHING, Facts, Key, Observation, ProtectedCell
from reporting.disclosure.models import Audience, Status
from reporting.disclosure.plan import NL
from reporting.disclosure.relations import Relation, World, relations

WIDTH: Final = 3
"""The least distance between the two tables of a pair, in units of the figure (disclosure.md 7.3, W)."""
OUTSIDER: Final = ""
"""The reader who knows what is shown and no more; others are named by the municipality whose figures they know."""

Name = TypeVar("Name")


class Witness(NamedTuple, Generic[Name]):
    """Two tables, as differences from the true one: only figures that differ are named."""

    low: Mapping[Name, int]
    high: Mapping[Name, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """The proof of one quantity, and the readers for whom there is none, as the release lists."""

    witnesses: tuple[Witness[Key], ...]
    spared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Certificate:
    """The true value of every figure that is not shown, and the proof of every protected quantity."""

    unseen: Mapping[Key, int]
    entries: Mapping[Key, Entry]

    @property
    def digest(self) -> str:
        """Fingerprint: equal proofs of equal tables have equal fingerprints."""
        mark = sha256()
        number = {}
        for place, (key, value) in enumerate(sorted(self.unseen.items())):
            number[key] = place
            mark.update(f"{'|'.join(map(str, key))}={value};".encode())
        shared: dict[int, bytes] = {}
        for key, entry in sorted(self.entries.items()):
            mark.update(f"{number[key]}{sorted(entry.spared)}".encode())
            for table in (table for witness in entry.witnesses for table in witness):
                if id(table) not in shared:
                    changes = sorted((number[name], change) for name, change in table.items())
                    shared[id(table)] = sha256(repr(changes).encode()).digest()
                mark.update(shared[id(table)])
        return mark.hexdigest()


class Seen(NamedTuple):
    """What others than the municipality itself see: the numbers, and the figures said to be withheld."""

    shown: dict[Key, int]
    withheld: frozenset[Key]


def seen(cells: Iterable[ProtectedCell]) -> Seen:
    """Return what the cells tell. What does not apply to a place is nothing there, and readers know it."""
    shown: dict[Key, int] = {}
    withheld = set()
    for cell in cells:
        if cell.audience is Audience.OWN:
            continue
        if cell.value is not None:
            shown[cell.key] = cell.value
        elif cell.status is Status.NOT_APPLICABLE:
            shown[cell.key] = 0
        elif cell.status is Status.CONFIDENTIAL:
            withheld.add(cell.key)
    return Seen(shown, frozenset(withheld))


def observed(facts: Facts, world: World, key: Key) -> Observation:
    """Return the true count of a figure; a national one is the sum of the places that count towards it."""
    if key.geography != NL:
        return facts.get(key, NOTHING)
    found = [facts.get(key._replace(geography=p.id)) for p in world.contributing(key.kind, key.start)]
    parts = [part for part in found if part is not None]
    return Observation(*(sum(numbers) for numbers in zip(*parts, strict=True))) if parts else NOTHING


def before_all(world: World, key: Key) -> bool:
    """Tell whether a figure is of a time before the first programme began: nothing, as everybody knows."""
    return key.period.last_month < world.first


def problems(
    certificate: Certificate,
    *,
    cells: Iterable[ProtectedCell],
    facts: Facts,
    world: World,
    quantities: Collection[Key],
) -> list[str]:
    """Return what is wrong with a certificate; nothing when every quantity is proved or listed as spared."""
    return sorted(set(_Check(certificate, seen(cells), facts, world).problems(quantities)))


class _Check:
    def __init__(self, certificate: Certificate, public: Seen, facts: Facts, world: World) -> None:
        self.certificate = certificate
        self.public = public
        self.facts = facts
        self.world = world
        self.lines: dict[Key, list[Relation]] = defaultdict(list)
        self.sound: dict[int, list[str]] = {}
        for line in relations(world):
            for key, _coefficient in line.terms:
                if key not in public.shown:
                    self.lines[key].append(line)

    def problems(self, quantities: Collection[Key]) -> Iterator[str]:
        if set(quantities) != set(self.certificate.entries):
            yield "the certificate is about other quantities"
        yield from self._of_truth()
        for key, entry in self.certificate.entries.items():
            yield from self._of_entry(key, entry)

    def _of_truth(self) -> Iterator[str]:
        unseen = self.certificate.unseen
        delivered = {place.id: place.delivered for place in self.world.places}
        for key, value in unseen.items():
            if key in self.public.shown:
                yield "a figure is called unseen and is shown"
            if value < 0:
                yield "a true figure is below zero"
            counted = key.geography == NL or key.start.year in delivered[key.geography]
            if counted and observed(self.facts, self.world, key).value != value:
                yield "a true figure is not what was counted"
        for line in {id(line): line for lines in self.lines.values() for line in lines}.values():
            known = (unseen, self.public.shown)
            if any(
                not before_all(self.world, key) and not any(key in part for part in known)
                for key, _ in line.terms
            ):
                yield "a figure in a sum is neither shown nor unseen"
            elif sum(c * self.public.shown.get(key, unseen.get(key, 0)) for key, c in line.terms):
                yield "a sum does not hold in the true figures"

    def _of_entry(self, key: Key, entry: Entry) -> Iterator[str]:
        if OUTSIDER in entry.spared:
            return
        if not entry.witnesses:
            yield "a quantity has no tables"
            return
        convinced_all_but: set[str] | None = None
        for witness in entry.witnesses:
            if witness.high.get(key, 0) - witness.low.get(key, 0) < WIDTH:
                yield "two tables lie too close together"
            for table in witness:
                yield from self._of_table(table)
            owners = {name.geography for table in witness for name in table}
            convinced_all_but = owners if convinced_all_but is None else convinced_all_but & owners
        if (convinced_all_but or set()) - {NL, key.geography} - entry.spared:
            yield "an insider is not convinced"

    def _of_table(self, table: Mapping[Key, int]) -> list[str]:
        """Check a table once: many quantities share it."""
        if id(table) not in self.sound:
            self.sound[id(table)] = list(self._faults(table))
        return self.sound[id(table)]

    def _faults(self, table: Mapping[Key, int]) -> Iterator[str]:
        touched: dict[int, Relation] = {}
        for key, change in table.items():
            if type(change) is not int:
                yield "a table holds something that is no whole number"
            if key not in self.certificate.unseen:
                yield "a table changes a figure that is shown"
                continue
            true = self.certificate.unseen[key]
            # Zeros are shown, so whoever sees that a figure is withheld knows that it is at least one.
            if true + change < (1 if key in self.public.withheld and true > 0 else 0):
                yield "a table goes below what a reader knows"
            touched |= {id(line): line for line in self.lines[key]}
        for line in touched.values():
            if sum(coefficient * table.get(key, 0) for key, coefficient in line.terms):
                yield "a sum does not hold in a table"
