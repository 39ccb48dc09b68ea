"""Disclosure control: from true counts to cells that may be shown. Pure, deterministic and closed when in doubt.

`primary` says which figures tell too much by themselves, `protecting` what has to be hidden beside them, so that
nobody can calculate them back or get close. `protect` is the whole interface.
"""

from collections.abc import Iterable
from dataclasses import replace

from reporting.dictionary.measures import MEASURES, Nature
from reporting.disclosure.cells import NOTHING, Facts, Key, Observation, Protected, ProtectedCell
from reporting.disclosure.derived import derived_cells
from reporting.disclosure.models import Audience, Status
from reporting.disclosure.plan import NL, Plan
from reporting.disclosure.primary import primary_keys
from reporting.disclosure.protecting import hide
from reporting.disclosure.relations import World, keys_of
from reporting.disclosure.system import system_of


def protect(facts: Facts, *, plan: Plan, world: World) -> Protected:
    """Return every cell of the plan: shown, hidden, not applicable or missing."""
    world = replace(world, plan=plan)
    truth = with_country(facts, world)
    primary = primary_keys(truth, world)
    system = system_of(world, truth)
    targets = [column for column, key in enumerate(system.keys) if key in primary]
    outcome = hide(system, targets, width=plan.width, insiders=plan.insiders)
    hidden = primary | {system.keys[column] for column in outcome.hidden}
    cells: list[ProtectedCell] = []
    for table in plan.tables:
        if MEASURES[table.measure].nature is Nature.DERIVED:
            cells.extend(derived_cells(table, facts, world))
            continue
        for key in keys_of(world, table):
            status = world.presence(key)
            if table.audience is Audience.OWN and status is Status.NOT_APPLICABLE:
                continue
            if status is Status.FREE and table.audience is not Audience.OWN and key in hidden:
                status = Status.CONFIDENTIAL
            value = truth.get(key, NOTHING).value if status is Status.FREE else None
            cells.append(ProtectedCell(key, table.audience, value, status))
    return Protected(
        tuple(cells),
        alarms=_lines(system.keys[column] for column in outcome.failed),
        alone=_lines(system.keys[column] for column in outcome.alone),
    )


def with_country(facts: Facts, world: World) -> dict[Key, Observation]:
    """Return what was delivered with the national figures: the exact sums over the municipalities that delivered."""
    truth = {key: seen for key, seen in facts.items() if key.start.year in world.delivered(key.geography)}
    sums: dict[Key, list[int]] = {}
    for key, seen in truth.items():
        total = sums.setdefault(key._replace(geography=NL), [0, 0, 0])
        total[0] += seen.value
        total[1] += seen.asking
        total[2] += seen.support
    return truth | {key: Observation(*total) for key, total in sums.items()}


def _lines(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(sorted({f"{key.measure} {key.period.code} {key.attribute}".strip() for key in keys}))
