"""What the published words mean, as the attacker reads them: every sum that a reader of the definitions can write down.

Only the addresses and the marks of the cells come from the product (`Key`, `Status`); no relation of it is used.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.cells import Key, Observation, Place, ProtectedCell
from reporting.disclosure.models import Audience, Status
from tests.attack.attacker import Puzzle, Row

Facts = Mapping[Key, Observation]

NATION = "NL"
FLOWS = {
    "registrations_asking",
    "registrations_support",
    "searches_ended",
    "trials_started",
    "trials_stopped",
    "couplings_started",
    "couplings_ended",
}
AT_THE_END = {"waiting", "couplings_running", "couplings_total"}
MEANS = {"lead_time_mean", "lead_time_median"}
ONE_SIDE = {
    "registrations_asking": "asking",
    "registrations_support": "support",
    "waiting": "asking",
    "searches_ended": "asking",
}
# Splits of a split: what stands behind the colon is a category of the coarser one.
WITHIN = {"household_outcome": "outcome", "interpreter_outcome": "outcome", "area_outcome": "outcome"}
SENSITIVE = {"ending_reason", "outcome", *WITHIN}
# Families behind a figure from which it may be shown: per municipality, in a national split, in a sensitive one.
LEAST, LEAST_SPLIT, LEAST_SENSITIVE = 5, 3, 10
NOBODY = Observation(0, 0, 0)


def nationwide(facts: Facts, places: Iterable[Place]) -> dict[Key, Observation]:
    """Add the sums over the places that delivered and were there."""
    there = {place.id: place for place in places}
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for key, seen in facts.items():
        place = there[key.geography]
        if key.start.year in place.delivered and place.active_in(key.kind, key.start):
            total = sums[key._replace(geography=NATION)]
            for index, number in enumerate(seen):
                total[index] += number
    return {**facts, **{key: Observation(*numbers) for key, numbers in sums.items()}}


def secrets(truth: Facts, cells: Iterable[ProtectedCell]) -> set[Key]:
    """Return the figures about few families in the tables that others see, and those that follow from them."""
    published = {cell.key for cell in shared(cells)}
    ended = {
        key._replace(measure="couplings_ended") for key in published if key.measure == "couplings_running"
    }
    return {
        key
        for key in published | ended
        if (key.geography != NATION or key.attribute)
        and key.measure not in MEANS
        and truth.get(key, NOBODY).value > 0
        and behind(key, truth[key]) < least(key)
    }


def least(key: Key) -> int:
    if key.attribute in SENSITIVE:
        return LEAST_SENSITIVE
    return LEAST_SPLIT if key.attribute else LEAST


def behind(key: Key, seen: Observation) -> int:
    side = ONE_SIDE.get(key.measure)
    if side is None:
        return min(seen.asking, seen.support)
    return seen.asking if side == "asking" else seen.support


def shared(cells: Iterable[ProtectedCell]) -> list[ProtectedCell]:
    return [cell for cell in cells if cell.audience is not Audience.OWN]


def puzzle_of(
    cells: Iterable[ProtectedCell],
    truth: Facts,
    *,
    insider: str = "",
    funnels: bool = False,
    bounds: bool = True,
) -> Puzzle[Key]:
    """Return what a reader makes of the cells; an insider fills in the figures of its own municipality.

    Zeros are shown, so a hidden figure is taken to be at least one when it is: more than any reader knows.
    """
    seen = [cell for cell in shared(cells) if cell.key.measure not in MEANS]
    known = {cell.key: cell.value for cell in seen if cell.value is not None}
    known |= {cell.key: 0 for cell in seen if cell.status is Status.NOT_APPLICABLE}
    missing = {cell.key for cell in seen if cell.status is Status.MISSING}
    absent = {cell.key for cell in seen if cell.status is Status.NOT_APPLICABLE}
    zero = [*_places(seen, missing), *_splits(seen), *_time(seen), *_stock_and_flow(seen, missing | absent)]
    every = {name for row in zero for name in row} | {cell.key for cell in seen}
    if insider:
        known |= {key: truth.get(key, NOBODY).value for key in every if key.geography == insider}
    hidden = {cell.key for cell in seen if cell.status is Status.CONFIDENTIAL}
    lowest = {key: 1 for key in hidden if truth.get(key, NOBODY).value > 0}
    if not bounds:
        lowest = dict.fromkeys(every - known.keys(), -(10**6))
    return Puzzle(known, zero, list(_funnels(every)) if funnels else [], lowest)


def laid_bare(cells: Iterable[ProtectedCell]) -> list[ProtectedCell]:
    """Return the least that can be shown while national totals are exact."""
    return [
        cell
        if cell.audience is Audience.OWN
        or (cell.key.geography == NATION and not cell.key.attribute)
        or cell.status is not Status.FREE
        else cell._replace(value=None, status=Status.CONFIDENTIAL)
        for cell in cells
    ]


def _places(seen: Iterable[ProtectedCell], missing: set[Key]) -> Iterable[Row[Key]]:
    parts: dict[Key, dict[Key, int]] = defaultdict(dict)
    for cell in seen:
        if cell.key.geography != NATION and cell.key not in missing:
            parts[cell.key._replace(geography=NATION)][cell.key] = -1
    published = {cell.key for cell in seen}
    return [{total: 1, **row} for total, row in parts.items() if total in published]


def _splits(seen: Iterable[ProtectedCell]) -> Iterable[Row[Key]]:
    parts: dict[tuple[Key, str], dict[Key, int]] = defaultdict(dict)
    for key in (cell.key for cell in seen if cell.key.attribute):
        parts[key._replace(attribute="", category=""), key.attribute][key] = -1
        if key.attribute in WITHIN:
            coarse = key._replace(attribute=WITHIN[key.attribute], category=key.category.partition(":")[2])
            parts[coarse, key.attribute][key] = -1
    return [{total: 1, **row} for (total, _attribute), row in parts.items()]


def _time(seen: Iterable[ProtectedCell]) -> Iterable[Row[Key]]:
    published = {cell.key for cell in seen}
    parts: dict[tuple[Key, PeriodKind], dict[Key, int]] = defaultdict(dict)
    for key in sorted(published):
        if key.kind.value == "year":
            continue
        for kind, months in ((PeriodKind.QUARTER, 3), (PeriodKind.YEAR, 12)):
            first = date(key.start.year, (key.start.month - 1) // months * months + 1, 1)
            longer = key._replace(kind=kind, start=first)
            if longer not in published or longer.kind is key.kind:
                continue
            if key.measure in AT_THE_END:  # sorted by time: the last one stays
                parts[longer, key.kind] = {key: -1}
            elif key.measure in FLOWS:
                parts[longer, key.kind][key] = -1
    return [{longer: 1, **row} for (longer, _kind), row in parts.items()]


def _stock_and_flow(seen: Iterable[ProtectedCell], without: set[Key]) -> Iterable[Row[Key]]:
    published = {cell.key for cell in seen}
    rows: list[Row[Key]] = []
    ended: dict[Key, dict[Key, int]] = defaultdict(dict)
    for key in published - without:
        if key.measure not in ("couplings_running", "couplings_total") or key.geography == NATION:
            continue
        row = {key: 1, key._replace(measure="couplings_started"): -1}
        before = key._replace(start=_before(key))
        if before in published:
            row[before] = -1
        if key.measure == "couplings_running":
            went = key._replace(measure="couplings_ended")
            row[went] = 1
            ended[went._replace(geography=NATION)][went] = -1
        rows.append(row)
    return rows + [{total: 1, **parts} for total, parts in ended.items() if total in published]


def _funnels(every: set[Key]) -> Iterable[Row[Key]]:
    """A family that was reached had a coupling that ran when the period began, or started in it."""
    for key in every:
        if key.measure == "families_reached" and key.geography != NATION:
            running = key._replace(measure="couplings_running", start=_before(key))
            row = {key: 1, key._replace(measure="couplings_started"): -1}
            yield row | ({running: -1} if running in every else {})


def _before(key: Key) -> date:
    months = {"month": 1, "quarter": 3, "year": 12}[key.kind.value]
    index = key.start.year * 12 + key.start.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
