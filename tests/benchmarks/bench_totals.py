"""Counting and showing the country: 342 municipalities next to 5, each country in a database of its own.

T8: reading the national figures must not depend on the number of municipalities. T9: it must be at least 500 times
quicker than a loop that counts the same figures in every municipality. And the figures must be the same.
"""

import os
from contextlib import ExitStack
from functools import partial
from urllib.parse import urlsplit

from tests.benchmarks import frame
from tests.benchmarks.frame import Bench, Process

READ = {
    "by_release": "the five figures of this year, from the release",
    "country_part": "every national figure, from the release",
    "national_page": "the whole national page, a row per municipality in it",
}


def main(*, quick: bool) -> int:
    """Measure and print."""
    bench = Bench("totals", quick)
    bench.say(frame.machine())
    few, many = bench.number(5, 2), bench.number(342, 4)
    with ExitStack() as stack:
        countries = {}
        for count in (few, many):
            url = urlsplit(os.environ["DATABASE_URL"])
            countries[count] = Process(
                "tests.benchmarks.country_worker",
                DATABASE_URL=url._replace(path=f"{url.path}_{count}").geturl(),
            )
            stack.callback(countries[count].stop)
        _fill(bench, countries)
        _count(bench, countries)
        _read(bench, countries)
    return bench.finish()


def _fill(bench: Bench, countries: dict[int, Process]) -> None:
    rows = []
    for count, country in countries.items():
        bench.step(f"writing the ledgers of {count} municipalities")
        made = country.ask("fill", count=count, scale=0.2 if bench.quick else 1.0)
        rows.append([count, made["couplings"], made["ledger"]])
    bench.table("The countries", ("municipalities", "couplings", "rows in the ledgers"), rows)


def _count(bench: Bench, countries: dict[int, Process]) -> None:
    """Count three times: first into an empty vault, then twice what is there, when nothing may differ."""
    rows, again, differences = [], {}, 0
    for count, country in countries.items():
        bench.step(f"counting {count} municipalities")
        first = country.ask("recount")["seconds"]
        repeats = [country.ask("recount") for _ in range(2)]
        again[count] = frame.median([found["seconds"] for found in repeats]) / count
        differences += sum(found["differences"] for found in repeats)
        bench.step(f"publishing {count} municipalities")
        release = country.ask("publish")
        rows.append(
            [
                count,
                country.ask("facts"),
                frame.duration(first),
                frame.duration(again[count] * count),
                frame.duration(again[count]),
                f"{release['cells']} cells in {frame.duration(release['seconds'])}",
            ]
        )
    bench.table(
        "Counting everything from the ledgers",
        ("municipalities", "facts", "first time", "recount", "per municipality", "release"),
        rows,
    )
    few, many = again
    bench.at_most("recount-differences", differences, 0)
    bench.at_most("recount-per-municipality-flat", again[many] / again[few], 1.5)


def _read(bench: Bench, countries: dict[int, Process]) -> None:
    few, many = countries
    rounds = bench.number(15, 2)
    rows, ratios = [], {}
    for what, title in READ.items():
        bench.step(f"reading: {title}")
        times = bench.number(30, 2)
        for country in countries.values():
            country.ask("time", what=what, times=2)
        taken = frame.take_turns(
            {
                str(count): partial(country.ask, "time", what=what, times=times)
                for count, country in countries.items()
            },
            rounds=rounds,
        )
        ratios[what] = frame.ratio(taken[str(many)], taken[str(few)])
        rows.append(
            [
                title,
                *(frame.duration(frame.median(taken[str(count)])) for count in countries),
                frame.spread(taken[str(many)], taken[str(few)]),
            ]
        )
    bench.table(
        "Reading the country", ("what", f"{few} municipalities", f"{many} municipalities", "ratio"), rows
    )
    _loop(bench, countries[many], many)
    bench.at_most("T8-national-figures-flat", ratios["country_part"], 1.5)


def _loop(bench: Bench, country: Process, many: int) -> None:
    """Compare with a loop over the municipalities, which must find the same."""
    bench.step("looping over the municipalities")
    times = bench.number(20, 2)
    taken = frame.take_turns(
        {
            "loop": lambda: country.ask("time", what="by_loop", times=1),
            "release": lambda: country.ask("time", what="by_release", times=times),
        },
        rounds=bench.number(5, 1),
    )
    one = taken["release"]
    looped, released = (country.ask("figures", what=what) for what in ("by_loop", "by_release"))
    bench.table(
        f"The same five figures of {many} municipalities",
        ("way", "time", "ratio"),
        [
            ["one release row each", frame.duration(frame.median(one)), "1"],
            [
                "ORM, one municipality after the other",
                frame.duration(frame.median(taken["loop"])),
                f"{frame.ratio(taken['loop'], one):.0f}",
            ],
        ],
    )
    bench.at_most(
        "figures-that-differ-from-the-loop", sum(looped[name] != released.get(name) for name in looped), 0
    )
    bench.at_least("T9-loop-over-release", frame.ratio(taken["loop"], one), 500)
