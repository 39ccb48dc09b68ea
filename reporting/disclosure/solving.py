"""Which hidden figures can be computed from the shown ones by adding and subtracting: linear algebra, no bounds.

A hidden figure is determined when it has the same value in every solution of the relations. Instead of all solutions
one generic solution of the homogeneous system is made, over a large prime field: what is zero in it is determined.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from hashlib import blake2b
from heapq import heapify, heappop, heappush
from typing import Final, TypeVar

PRIME: Final = 2**61 - 1

K = TypeVar("K", bound=Hashable)


def determined(equations: Iterable[Iterable[tuple[K, int]]], unknown: Collection[K]) -> set[K]:
    """Return the unknowns that the equations fix, when everything else in them is known."""
    wanted = set(unknown)
    rows: list[dict[K, int]] = []
    for equation in equations:
        row: dict[K, int] = defaultdict(int)
        for key, coefficient in equation:
            if key in wanted:
                row[key] = (row[key] + coefficient) % PRIME
        row = {key: coefficient for key, coefficient in row.items() if coefficient}
        if row:
            rows.append(row)
    involved = {key for row in rows for key in row}
    return _zeros(_eliminate(rows), involved)


def _eliminate(rows: list[dict[K, int]]) -> list[tuple[K, dict[K, int]]]:
    """Bring the rows into echelon form, shortest row first; return the pivot and the rest of each row."""
    holders: dict[K, set[int]] = defaultdict(set)
    for index, row in enumerate(rows):
        for key in row:
            holders[key].add(index)
    live = dict(enumerate(rows))
    queue = [(len(row), index) for index, row in live.items()]
    heapify(queue)
    pivots = []
    while queue:
        length, index = heappop(queue)
        if index not in live or len(live[index]) != length:
            continue
        row = live.pop(index)
        pivot = min(row, key=lambda key: len(holders[key]))
        for key in row:
            holders[key].discard(index)
        inverse = pow(row[pivot], -1, PRIME)
        rest = {key: value * inverse % PRIME for key, value in row.items() if key != pivot}
        pivots.append((pivot, rest))
        for other in list(holders[pivot]):
            _subtract(live[other], other, pivot, rest, holders)
            if live[other]:
                heappush(queue, (len(live[other]), other))
            else:
                del live[other]
    return pivots


def _subtract(
    row: dict[K, int], index: int, pivot: K, rest: dict[K, int], holders: dict[K, set[int]]
) -> None:
    factor = row.pop(pivot)
    holders[pivot].discard(index)
    for key, value in rest.items():
        result = (row.get(key, 0) - factor * value) % PRIME
        if result:
            row[key] = result
            holders[key].add(index)
        else:
            row.pop(key, None)
            holders[key].discard(index)


def _zeros(pivots: list[tuple[K, dict[K, int]]], involved: set[K]) -> set[K]:
    fixed = {pivot for pivot, _ in pivots}
    solution = {
        key: _generic(number) for number, key in enumerate(sorted(involved - fixed, key=repr), start=1)
    }
    for pivot, rest in reversed(pivots):
        solution[pivot] = -sum(value * solution[key] for key, value in rest.items()) % PRIME
    return {key for key, value in solution.items() if not value}


def _generic(number: int) -> int:
    return int.from_bytes(blake2b(str(number).encode(), digest_size=8).digest()) % (PRIME - 1) + 1
