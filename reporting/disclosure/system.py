"""The figures that may be hidden and the sums between them, as arrays: what the search for companions works on.

National totals, and figures that do not exist, are known for good. They are constants of the sums and do not appear.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import log
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import block_array, csc_array
from scipy.sparse.csgraph import connected_components

from reporting.disclosure.cells import NOTHING, Facts, Key
from reporting.disclosure.models import Status
from reporting.disclosure.plan import NL
from reporting.disclosure.relations import World, implied_tables, keys_of, relations

Whole: TypeAlias = npt.NDArray[np.int64]
Reals: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

NOWHERE: Final = -1
# What the loss of a figure costs its readers: a total of a municipality, or a split of the country.
COST_TOTAL, COST_SPLIT, COST_COUNTRY_SPLIT = 6.0, 1.0, 300.0
_JITTER = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Figures, one per column, and the sums that hold between them, one per row.

    Arrays have one entry per figure: the `truth` in its own unit, the `least` value that a reader holds possible once
    it is hidden, what hiding it `cost`s, the number of its `place` (NOWHERE for the country) and its `component`:
    figures of different components share no sum. `unseen` figures are never shown, but can follow from others.
    `parts` tells of figures of the country how much of them each place knows to be its own.
    """

    keys: Sequence[Key]
    truth: Whole
    least: Whole
    cost: Reals
    place: Whole
    unseen: Flags
    sums: csc_array
    component: Whole
    parts: Mapping[int, Mapping[int, int]]
    places: int

    @classmethod
    def of(
        cls,
        keys: Sequence[Key],
        *,
        truth: Sequence[int],
        cost: Sequence[float],
        sums: Sequence[Mapping[int, int]],
        place: Sequence[int] | None = None,
        unseen: Collection[int] = (),
        parts: Mapping[int, Mapping[int, int]] | None = None,
    ) -> "System":
        """Build the arrays; a sum has a coefficient per figure, numbered as `keys`, and is constant."""
        rows = [number for number, terms in enumerate(sums) for _ in terms]
        columns = [column for terms in sums for column in terms]
        entries = [float(coefficient) for terms in sums for coefficient in terms.values()]
        matrix = csc_array((entries, (rows, columns)), shape=(len(sums), len(keys)))
        # A graph of figures and sums: figures first, so that theirs are the first numbers.
        _count, component = connected_components(
            block_array([[None, matrix.T], [matrix, None]]), directed=False
        )
        values = np.array(truth, dtype=np.int64)
        hides_itself = np.isin(np.arange(len(keys)), list(unseen))
        places = np.full(len(keys), NOWHERE) if place is None else np.array(place, dtype=np.int64)
        return cls(
            keys=keys,
            truth=values,
            # Zeros are shown, so that a hidden figure is one or more, unless no figure of its table is shown at all.
            least=np.where(hides_itself | (values == 0), 0, 1),
            cost=np.array(cost, dtype=np.float64),
            place=places,
            unseen=hides_itself,
            sums=matrix,
            component=component[: len(keys)].astype(np.int64),
            parts=parts or {},
            places=int(places.max(initial=NOWHERE)) + 1,
        )


def system_of(world: World, truth: Facts) -> System:
    """Arrange the figures of the shared tables, and those that follow from them."""
    lines = relations(world)
    keys = sorted({key for line in lines for key, _ in line.terms if _may_hide(world, key)})
    column = {key: number for number, key in enumerate(keys)}
    numbers = {place: number for number, place in enumerate(sorted(world.by_id))}
    unseen = {
        column[key] for table in implied_tables(world.plan) for key in keys_of(world, table) if key in column
    }
    values = [truth.get(key, NOTHING).value for key in keys]
    sums = [{column[key]: entry for key, entry in line.terms if key in column} for line in lines]
    return System.of(
        keys,
        truth=values,
        cost=[_cost(key, value, world.plan.jitter_key) for key, value in zip(keys, values, strict=True)],
        sums=[terms for terms in sums if terms],
        place=[numbers.get(key.geography, NOWHERE) for key in keys],
        unseen=unseen,
        parts={
            number: {
                numbers[place]: truth[own].value
                for place in numbers
                if (own := key._replace(geography=place)) in truth
            }
            for number, key in enumerate(keys)
            if key.geography == NL
        },
    )


def _may_hide(world: World, key: Key) -> bool:
    total_of_country = key.geography == NL and not key.attribute
    return not total_of_country and world.presence(key) is Status.FREE


def _cost(key: Key, value: int, jitter_key: str) -> float:
    """Return what hiding a figure costs; large figures more, and equal ones in an order that tells nothing."""
    base = COST_COUNTRY_SPLIT if key.geography == NL else COST_SPLIT if key.attribute else COST_TOTAL
    mark = blake2b(repr(tuple(map(str, key))).encode(), key=jitter_key.encode(), digest_size=8).digest()
    return base * (1 + 0.15 * log(1 + value)) * (1 + _JITTER * int.from_bytes(mark) / 2**64)
