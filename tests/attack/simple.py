"""Ways of hiding that do not work: if the attacker gets nothing out of these, the attacker is broken.

And one that always works: everything is withheld but the national totals.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from reporting.disclosure.cells import Key, Observation, ProtectedCell
from reporting.disclosure.models import Audience, Status
from reporting.disclosure.plan import PLAN
from reporting.disclosure.relations import World
from reporting.disclosure.rules import protect
from tests.attack.words import NATION, NOBODY, Facts, laid_bare, nationwide, puzzle_of, secrets, shared
from tests.reporting.worlds import Shape, random_world

Cells = tuple[ProtectedCell, ...]


@dataclass(frozen=True)
class Scene:
    """A world, its true figures with the national sums, and what was released of it."""

    facts: dict[Key, Observation]
    world: World
    truth: Facts
    cells: Cells

    @property
    def secrets(self) -> set[Key]:
        return secrets(self.truth, self.cells)

    def shown_by(self, way: Callable[[Facts, Cells], Cells]) -> "Scene":
        return Scene(self.facts, self.world, self.truth, way(self.truth, self.cells))

    def told_anyway(self, insider: str = "") -> set[Key]:
        """Return the secrets that are narrow for whoever sees the national totals and nothing else."""
        return set(puzzle_of(laid_bare(self.cells), self.truth, insider=insider).narrow(self.secrets))


def scene(seed: int, *, places: int, years: int = 3, per_year: float = 9.0) -> Scene:
    """Make an invented country of so many places and years, and let the product protect it."""
    facts, world = random_world(seed, Shape(places=places, per_year=per_year, first=date(2026 - years, 1, 1)))
    cells = protect(facts, plan=PLAN, world=world).cells
    return Scene(facts, world, nationwide(facts, world.places), cells)


def primary_only(truth: Facts, cells: Cells) -> Cells:
    """Hide what is about few families and nothing else."""
    return _hiding(truth, cells, secrets(truth, cells))


def one_more_per_line(truth: Facts, cells: Cells) -> Cells:
    """Hide the smallest other figure too wherever a line hides exactly one."""
    hidden = secrets(truth, cells)
    for row in puzzle_of(cells, truth).zero:
        parts = [key for key in list(row)[1:] if truth.get(key, NOBODY).value > 0]
        national = next(iter(row))
        single = [key for key in parts if key in hidden]
        others = [key for key in parts if key not in hidden]
        if national.geography == NATION and len(single) == 1 and others:
            hidden.add(min(others, key=lambda key: (truth[key].value, key)))
    return _hiding(truth, cells, hidden)


def nothing_but_totals(_truth: Facts, cells: Cells) -> Cells:
    """Withhold everything that policy does not show anyhow."""
    return tuple(laid_bare(cells))


def _hiding(truth: Facts, cells: Iterable[ProtectedCell], hidden: set[Key]) -> Cells:
    shared_cells = {cell.key for cell in shared(cells)}
    return tuple(
        cell
        if cell.audience is Audience.OWN
        or cell.key not in shared_cells
        or cell.status in (Status.NOT_APPLICABLE, Status.MISSING)
        or cell.key.measure.startswith("lead_time")
        else cell._replace(value=None, status=Status.CONFIDENTIAL)
        if cell.key in hidden
        else cell._replace(value=truth.get(cell.key, NOBODY).value, status=Status.FREE)
        for cell in cells
    )
