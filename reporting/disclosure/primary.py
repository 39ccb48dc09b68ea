"""Which figures have to be hidden for what they say by themselves, before any sum is looked at."""

from collections import defaultdict
from collections.abc import Iterator

from reporting.dictionary.measures import BETWEEN, MEASURES, Crossed, Nature, Side
from reporting.disclosure.cells import NOTHING, Facts, Key, Observation
from reporting.disclosure.models import Status
from reporting.disclosure.plan import Plan, Table, attribute_of
from reporting.disclosure.relations import World, implied_tables, keys_of, shared_tables


def primary_keys(truth: Facts, world: World) -> set[Key]:
    """Return the figures that must be protected, also of tables that are not published but follow from others."""
    found: set[Key] = set()
    for table in (*shared_tables(world.plan), *implied_tables(world.plan)):
        if MEASURES[table.measure].nature is Nature.DERIVED:
            continue
        keys = [key for key in keys_of(world, table) if world.presence(key) is Status.FREE]
        found.update(key for key in keys if is_small(table, truth.get(key, NOTHING)))
        if table.attribute and attribute_of(table).sensitive:
            for group in _groups(table, keys):
                found.update(telling(group, truth, world.plan))
    return found


def is_small(table: Table, seen: Observation) -> bool:
    """Tell whether too few families stand behind a count; of the two sides the smaller number decides."""
    if not table.threshold or not seen.value:
        return False
    sides = MEASURES[table.measure].sides
    behind = [n for side, n in ((Side.ASKING, seen.asking), (Side.SUPPORT, seen.support)) if side in sides]
    return min(behind) < table.threshold


def telling(group: list[Key], truth: Facts, plan: Plan) -> Iterator[Key]:
    """Yield the figures by which a group tells of each of its families: all but `group_k` are in one category.

    Then that category is protected, and so are the zeros beside it (Lupp and Langsrud): whoever knows that a family is
    in the group would know the category too.
    """
    values = {key: truth.get(key, NOTHING).value for key in group}
    margin = sum(values.values())
    if margin and max(values.values()) >= margin - plan.group_k:
        yield from (key for key, value in values.items() if not value or value >= margin - plan.group_k)


def _groups(table: Table, keys: list[Key]) -> Iterator[list[Key]]:
    """Yield the figures that split one group: of a split of a split, the outcomes of one kind of family."""
    crossed = isinstance(attribute_of(table), Crossed)
    groups: dict[Key, list[Key]] = defaultdict(list)
    for key in keys:
        groups[key._replace(category=key.category.partition(BETWEEN)[0] if crossed else "")].append(key)
    yield from groups.values()
