"""An attacker of its own make: only additions and subtractions of what is shown. Shares no code with the product.

It knows every relation that follows from what the words mean, and solves for the hidden figures with fractions.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from reporting.disclosure.cells import Key, ProtectedCell
from reporting.disclosure.models import Audience, Status

FLOWS = {
    "registrations_asking",
    "registrations_support",
    "trials_started",
    "trials_stopped",
    "couplings_started",
    "couplings_ended",
    "searches_ended",
}
# Splits of a split: what stands behind the colon is a category of the coarser one.
WITHIN = {"household_outcome": "outcome", "interpreter_outcome": "outcome"}
Row = dict[Key, Fraction]


def recovered(cells: Iterable[ProtectedCell]) -> dict[Key, int]:
    """Return every figure, shown or not, that the shared tables fix: only those that are not shown as such."""
    shared = [cell for cell in cells if cell.audience is not Audience.OWN]
    known: dict[Key, int] = {cell.key: cell.value for cell in shared if cell.value is not None}
    known |= {cell.key: 0 for cell in shared if cell.status in (Status.NOT_APPLICABLE, Status.MISSING)}
    return _solve(_equations(shared), known)


def _equations(shared: list[ProtectedCell]) -> list[Row]:
    keys = {cell.key for cell in shared}
    found: list[Row] = []
    by_line: dict[Key, list[Key]] = defaultdict(list)
    by_split: dict[Key, list[Key]] = defaultdict(list)
    within: dict[Key, list[Key]] = defaultdict(list)
    for key in keys:
        if key.geography != "NL":
            by_line[key._replace(geography="NL")].append(key)
        if key.attribute:
            by_split[key._replace(attribute="", category="")].append(key)
        if key.attribute in WITHIN:
            coarse = key.category.partition(":")[2]
            within[key._replace(attribute=WITHIN[key.attribute], category=coarse)].append(key)
    for groups in (by_line, by_split, within):
        for total, parts in groups.items():
            for attribute in {part.attribute for part in parts}:
                same = {part: Fraction(-1) for part in parts if part.attribute == attribute}
                found += [{total: Fraction(1)} | same]
    found += _balances(keys)
    found += _sums_over_time(keys)
    return found


def _balances(keys: set[Key]) -> list[Row]:
    rows = []
    ended: dict[Key, list[Key]] = defaultdict(list)
    for key in keys:
        if key.measure != "couplings_running":
            continue
        flow = key._replace(measure="couplings_ended")
        row = {key: Fraction(1), flow: Fraction(1), key._replace(measure="couplings_started"): Fraction(-1)}
        before = key._replace(start=_before(key))
        if before in keys:
            row[before] = Fraction(-1)
        rows.append(row)
        if key.geography != "NL":
            ended[flow._replace(geography="NL")].append(flow)
    rows += [{total: Fraction(1)} | {p: Fraction(-1) for p in parts} for total, parts in ended.items()]
    return rows


def _sums_over_time(keys: set[Key]) -> list[Row]:
    parts: dict[Key, list[Key]] = defaultdict(list)
    for key in keys:
        if key.measure in FLOWS and key.kind == "month":
            for kind, months in (("quarter", 3), ("year", 12)):
                start = date(key.start.year, (key.start.month - 1) // months * months + 1, 1)
                whole = key._replace(kind=type(key.kind)(kind), start=start)
                if whole in keys:
                    parts[whole].append(key)
    return [{whole: Fraction(1)} | {p: Fraction(-1) for p in group} for whole, group in parts.items()]


def _before(key: Key) -> date:
    months = {"month": 1, "quarter": 3, "year": 12}[key.kind.value]
    index = key.start.year * 12 + key.start.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _solve(equations: list[Row], known: dict[Key, int]) -> dict[Key, int]:
    """Gauss-Jordan over the unknowns; a row left with one unknown gives it away."""
    rows: list[tuple[Row, Fraction]] = []
    for equation in equations:
        left = {key: c for key, c in equation.items() if key not in known}
        right = -sum((c * known[key] for key, c in equation.items() if key in known), Fraction(0))
        if left:
            rows.append((left, right))
    done: list[tuple[Key, Row, Fraction]] = []
    while rows:
        row, right = rows.pop()
        for pivot, other, other_right in done:
            if pivot in row:
                factor = row[pivot]
                row = _minus(row, other, factor)
                right -= factor * other_right
        if not row:
            continue
        pivot = next(iter(row))
        scale = row[pivot]
        row, right = {k: c / scale for k, c in row.items()}, right / scale
        done = [
            (p, _minus(o, row, o[pivot]), r - o[pivot] * right) if pivot in o else (p, o, r)
            for p, o, r in done
        ]
        done.append((pivot, row, right))
    return {pivot: int(right) for pivot, row, right in done if len(row) == 1}


def _minus(row: Row, other: Row, factor: Fraction) -> Row:
    result = dict(row)
    for key, coefficient in other.items():
        left = result.get(key, Fraction(0)) - factor * coefficient
        if left:
            result[key] = left
        else:
            result.pop(key, None)
    return result
