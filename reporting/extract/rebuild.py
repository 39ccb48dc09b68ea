"""Counting everything at once, outside the worker: after filling a demo, after a restore, when in doubt."""

from collections.abc import Callable
from dataclasses import dataclass

from reporting.disclosure.services import release_make
from reporting.extract.services import municipality_recount
from tenants.context import aggregation, dispatching, releasing
from tenants.municipalities.selectors import counted_municipalities


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found and did."""

    municipalities: int
    differences: int
    release: int | None


def rebuild_totals(*, progress: Callable[[], object] = lambda: None) -> Rebuilt:
    """Count every municipality in its own transaction, then publish. Needs the aggregator's and releaser's logins."""
    with dispatching():
        municipalities = counted_municipalities()
    differences = 0
    for municipality in municipalities:
        with aggregation(municipality):
            differences += municipality_recount()
        progress()
    with releasing():
        made = release_make()
        number = made.number if made else None
    return Rebuilt(len(municipalities), differences, number)
