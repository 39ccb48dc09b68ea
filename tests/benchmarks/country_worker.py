"""A country of so many municipalities for `bench_totals`, in a database of its own: filled, counted and read."""

import sys
from datetime import date
from pathlib import Path

import django
from django.db import connections
from django.db.models import Q
from django.urls import set_urlconf

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "platform"))
django.setup()

from config.synthesis import filling  # noqa: E402  (after django.setup)
from config.synthesis.chronicle import Chronicle  # noqa: E402
from config.synthesis.copying import copy_in  # noqa: E402
from config.synthesis.planner import plan_area  # noqa: E402
from config.synthesis.staff import team_of  # noqa: E402
from core.ledger.models import Event, LedgerEntry  # noqa: E402
from reporting.dashboards import selectors as dashboards  # noqa: E402
from reporting.dictionary.measures import (  # noqa: E402
    COUPLINGS_ENDED,
    COUPLINGS_STARTED,
    COUPLINGS_TOTAL,
    REGISTRATIONS_ASKING,
    TRIALS_STARTED,
)
from reporting.dictionary.periods import Period, PeriodKind  # noqa: E402
from reporting.disclosure.selectors import country_figures, latest_release  # noqa: E402
from reporting.disclosure.services import release_make  # noqa: E402
from reporting.extract.services import municipality_recount  # noqa: E402
from tenants import context  # noqa: E402
from tenants.municipalities.selectors import live_municipalities  # noqa: E402
from tests.benchmarks import frame  # noqa: E402

# Figures that a loop over the ledgers can count with one query each: what comes, goes and is there since the start.
COUNTED = {
    REGISTRATIONS_ASKING: Event.FAMILY_REGISTERED,
    TRIALS_STARTED: Event.TRIAL_STARTED,
    COUPLINGS_STARTED: Event.COUPLING_STARTED,
    COUPLINGS_ENDED: Event.COUPLING_ENDED,
}
Figures = dict[str, int]


def fill(count: int, scale: float) -> dict[str, float]:
    """Make the municipalities and write their ledgers, as the generator of the demo does; nothing but the ledgers."""
    frame.make_database()
    order = frame.order(count, scale)
    areas, volumes = filling.plan_order(order)
    rows = couplings = 0
    for area in areas:
        municipality = filling.provision(area, order.until)
        script = plan_area(
            area, seed=order.seed, days=volumes.days[area.slug], horizon=filling.horizon_of(order.until)
        )
        written = Chronicle(
            script, team=team_of(area, order.seed), codes=filling.codes_of(municipality), until=order.until
        ).write()
        with context.municipality(municipality):
            copy_in(written[LedgerEntry])
        rows += len(written[LedgerEntry].rows)
        couplings += sum(day <= order.until for day in volumes.days[area.slug])
    frame.owner_execute("ANALYZE")
    return {"municipalities": len(areas), "ledger": rows, "couplings": couplings}


def recount() -> dict[str, float]:
    """Count every municipality from its ledger, each in a transaction; return the seconds and the differences."""
    with context.dispatching():
        live = live_municipalities()
    differences = 0

    def count_all() -> None:
        nonlocal differences
        differences = 0
        for municipality in live:
            with context.aggregation(municipality):
                differences += municipality_recount()

    return {"seconds": frame.timed(count_all), "differences": differences, "municipalities": len(live)}


def publish() -> dict[str, float]:
    """Make a release; return the seconds and its size."""

    def make() -> None:
        with context.releasing():
            release_make()

    seconds = frame.timed(make)
    frame.owner_execute("ANALYZE")
    with context.releases():
        release = latest_release()
        return {"seconds": seconds, "cells": release.cells if release else 0}


def facts() -> int:
    """Count the rows of the vault."""
    with context.releasing():
        return int(frame.rows_of("releaser", "SELECT count(*) FROM facts_fact")[0][0])


def by_loop() -> Figures:
    """Count the figures of this year in every municipality, one after the other, with the ORM."""
    with context.dispatching():
        live = live_municipalities()
    first, last = date(frame.UNTIL.year, 1, 1), date(frame.UNTIL.year, 12, 31)
    found = dict.fromkeys([*(measure.name for measure in COUNTED), COUPLINGS_TOTAL.name], 0)
    for municipality in live:
        with context.municipality(municipality):
            this_year = LedgerEntry.objects.filter(Q(month__gte=first), Q(month__lte=last))
            for measure, event in COUNTED.items():
                found[measure.name] += this_year.filter(event=event).count()
            found[COUPLINGS_TOTAL.name] += LedgerEntry.objects.filter(event=Event.COUPLING_STARTED).count()
    return found


def by_release() -> Figures:
    """Read the same figures from the current release."""
    year = Period(date(frame.UNTIL.year, 1, 1), PeriodKind.YEAR)
    with context.releases():
        release = latest_release()
        figures = (
            country_figures(
                release, kinds=[year.kind], years=[year.start.year], measures=[*COUNTED, COUPLINGS_TOTAL]
            )
            if release
            else []
        )
        return {figure.measure.name: figure.value or 0 for figure in figures if not figure.attribute}


def country_part() -> int:
    """Read every national figure of the current release: what the national page is made of."""
    with context.releases():
        release = latest_release()
        return len(country_figures(release)) if release else 0


def national_page() -> int:
    """Make the whole national page, with its table of municipalities."""
    set_urlconf("config.urls_foundation")  # as the middleware does for a request to the foundation
    with context.foundation():
        national = dashboards.national()
        return len(national.table.rows) if national else 0


TIMED = {
    "by_loop": by_loop,
    "by_release": by_release,
    "country_part": country_part,
    "national_page": national_page,
}


def main() -> None:
    """Do what is asked."""
    frame.obey(
        {
            "fill": fill,
            "recount": recount,
            "publish": publish,
            "facts": facts,
            "time": lambda what, times: frame.timed(TIMED[what], times),
            "figures": lambda what: TIMED[what](),
        }
    )
    connections.close_all()
    frame.drop_database()


if __name__ == "__main__":
    main()
