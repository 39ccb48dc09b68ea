"""Matching with real rows: one ranking among 2,000 support families, the whole matrix, and the board.

The matrix is compared with the plain loop over the rules for one pair, which must say the same of every pair it looks
at; the board with handing out one by one, which it may never be worse than, and with what the solver proves.
"""

import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import import_module
from time import perf_counter
from typing import Any

from django.db import connections
from django.urls import set_urlconf
from django.utils import timezone
from django.utils.translation import override

from common.permissions import Role
from core.board.choice import Choice
from core.board.objectives import Objective
from core.board.panels import board_page
from core.board.selectors import Scene, scene
from core.board.working_out import Outcome, work_out
from core.families.models import RequestingFamily, SupportFamily
from core.matching.candidate_panels import candidates_page
from core.matching.candidates import candidates_for
from core.matching.matrix import GATE_BITS, Matrix, assess_all
from core.matching.rules import assess
from core.matching.selectors import children_sought
from tenants import context
from tenants.accounts.models import User
from tenants.accounts.services import user_create
from tests.benchmarks import frame, matching_rows
from tests.benchmarks.frame import Bench

# Seconds of our own time; the ratios are in terms of these.
RANKING, SMALL_BOARD, LARGE_BOARD = 0.1, 1.0, 30.0
PASSWORD = "alleen voor de meting, nergens anders"


def main(*, quick: bool) -> int:
    """Measure and print."""
    bench = Bench("matching", quick)
    set_urlconf("config.urls_municipality")  # as the middleware does for a request to a municipality
    asking, offering = bench.number(1_000, 20), bench.number(2_000, 40)
    with frame.database():
        bench.say(frame.machine())
        municipality = frame.make_municipality("matching", 1)
        with context.municipality(municipality):
            actor = user_create(
                email="coordinator@naober.test",
                full_name="Coordinator",
                role=Role.COORDINATOR,
                password=PASSWORD,
                actor=frame.BENCH,
            )
            bench.step(f"filling: {asking} families wait, {offering} are available")
            matching_rows.fill(asking, offering)
        frame.owner_execute(f"SET search_path TO {municipality.schema_name}; ANALYZE; RESET search_path")
        import_module("config.wsgi")  # from here on this process is as a web process is
        with context.municipality(municipality), override("nl"):
            _ranking(bench, actor)
            everybody = scene(timezone.localdate())
            _matrix(bench, everybody)
            _boards(bench, actor, everybody)
    return bench.finish()


# ------------------------------------------------------------------------------------------------------- one ranking


def _ranking(bench: Bench, actor: User) -> None:
    """Time what the page of candidates does for one family: reading, rules and panel; and waiting for PostgreSQL."""
    families = list(RequestingFamily.objects.order_by("pk")[: bench.number(12, 2)])
    taken: dict[str, list[float]] = {"selector and rules": [], "panel": [], "of which PostgreSQL": []}
    waited = [0.0]

    def note(execute: Callable[..., Any], *arguments: Any) -> Any:
        begun = perf_counter()
        try:
            return execute(*arguments)
        finally:
            waited[0] += perf_counter() - begun

    for family in families:
        waited[0] = 0
        found: dict[str, Any] = {}

        def read(family: RequestingFamily = family, found: dict[str, Any] = found) -> None:
            found["children"] = children_sought(family)
            found["candidates"] = candidates_for(family, actor, children=found["children"])

        def gather(family: RequestingFamily = family, found: dict[str, Any] = found) -> None:
            children = found["children"]
            found["view"] = candidates_page(
                family, children, children, found["candidates"], everything=False, actor=actor
            )

        with connections["default"].execute_wrapper(note):
            for name, work in (("selector and rules", read), ("panel", gather)):
                taken[name].append(frame.timed(work))
        taken["of which PostgreSQL"].append(waited[0])
    own = [one + other - waits for one, other, waits in zip(*taken.values(), strict=True)]
    count = SupportFamily.objects.count()
    bench.table(
        f"One family that asks among {count:,} support families",
        ("what", "p50", "slowest"),
        [
            [name, frame.duration(statistics.median(times)), frame.duration(max(times))]
            for name, times in taken.items()
        ],
    )
    bench.at_most("ranking-over-100ms", frame.median(own) / RANKING, 1)


# ------------------------------------------------------------------------------------------------------- the matrix


def _matrix(bench: Bench, everybody: Scene) -> None:
    """Compare with the plain loop: all support families for a sample of those who ask, scaled to all."""
    asked, offered, weights = everybody.asked, everybody.offered, everybody.weights
    sample = asked[:: max(1, len(asked) // bench.number(20, 5))]
    rounds = bench.number(3, 2)
    bench.step(f"the matrix of {len(asked)} by {len(offered)}, and the loop over {len(sample)} of the first")
    kept: dict[str, Any] = {}

    def whole() -> float:
        return frame.timed(lambda: kept.update(matrix=assess_all(asked, offered, weights)))

    def loop() -> float:
        return frame.timed(
            lambda: kept.update(loop=[[assess(one, other, weights) for other in offered] for one in sample])
        ) * (len(asked) / len(sample))

    taken = frame.take_turns({"matrix": whole, "loop": loop}, rounds=rounds)
    differences = _differences(assess_all(sample, offered, weights), kept["loop"])
    open_share = everybody.matrix.open.mean() if everybody.matrix.open.size else 0
    bench.table(
        f"Every pair of {len(asked):,} by {len(offered):,} families ({open_share:.0%} can be proposed)",
        ("way", "time", "ratio"),
        [
            ["the matrix", frame.duration(frame.median(taken["matrix"])), "1"],
            [
                f"a loop over `assess`, timed on {len(sample)} families that ask and scaled",
                frame.duration(frame.median(taken["loop"])),
                frame.spread(taken["loop"], taken["matrix"]),
            ],
        ],
    )
    bench.at_most("pairs-that-differ-from-the-loop", differences, 0)
    bench.at_least("loop-over-matrix", frame.ratio(taken["loop"], taken["matrix"]), 50)


def _differences(matrix: Matrix, loop: list[list[Any]]) -> int:
    wrong = 0
    for row, line in enumerate(loop):
        for column, rules in enumerate(line):
            bits = sum(GATE_BITS[gate] for gate in {closed.gate for closed in rules.gates})
            wrong += (matrix.gates[row, column], matrix.score[row, column]) != (bits, rules.score)
    return wrong


# --------------------------------------------------------------------------------------------------------- the board


def _boards(bench: Bench, actor: User, everybody: Scene) -> None:
    rows: list[list[object]] = []
    worse = unproven = 0
    slowest = {"small": 0.0, "three-each": 0.0, "large": 0.0}
    for size, (asking, offering) in {
        "small": (bench.number(200, 10), bench.number(400, 20)),
        "large": (len(everybody.asking), len(everybody.offering)),
    }.items():
        part = _part(everybody, asking, offering)
        # Three for each makes it a program with whole numbers in it; of a thousand families that is a job of minutes.
        for per in (1, 3) if size == "small" else (1,):
            for objective in Objective:
                bench.step(f"the board of {asking} by {offering}, {objective.value}, {per} for each")
                choice, kept = Choice(objective=objective, per=per), dict[str, Outcome]()
                taken = frame.timed(lambda: kept.update(found=work_out(part, choice)))  # noqa: B023
                found = kept["found"]
                taken += frame.timed(lambda: board_page(part, choice, found, actor)) if size == "small" else 0  # noqa: B023
                worse += found.best.value < found.one_by_one.value
                unproven += not found.best.proven
                kind = size if per == 1 else "three-each"
                slowest[kind] = max(slowest[kind], taken)
                rows.append(
                    [
                        f"{asking:,} x {offering:,}",
                        objective.value,
                        per,
                        frame.duration(taken),
                        found.one_by_one.helped,
                        found.best.helped,
                        *_figures(part, found),
                    ]
                )
    bench.table(
        "The board beside handing out one by one",
        (
            "families",
            "objective",
            "per support family",
            "time",
            "helped one by one",
            "helped",
            "score",
            "km",
            "gap",
        ),
        rows,
    )
    bench.at_most("boards-worse-than-one-by-one", worse, 0)
    bench.at_most("boards-not-proven-optimal", unproven, 0)
    reading = _reading(bench, everybody.on)
    bench.at_most("small-board-over-1s", (slowest["small"] + reading) / SMALL_BOARD, 1)
    bench.at_most("large-board-over-30s", slowest["large"] / LARGE_BOARD, 1)


def _figures(part: Scene, found: Outcome) -> list[str]:
    """Return average score and kilometres, one by one and on the board, and the gap that the solver leaves."""

    def score(pairs: Any) -> float:
        return sum(int(part.matrix.score[pair]) for pair in pairs) / max(1, len(pairs)) / 10

    def far(pairs: Any) -> float:
        return sum(int(part.hectometres[pair]) for pair in pairs) / 10

    both = (found.one_by_one.pairs, found.best.pairs)
    return [
        " / ".join(f"{score(pairs):.1f}" for pairs in both),
        " / ".join(f"{far(pairs):,.0f}" for pairs in both),
        "0" if found.best.proven else "not proven",
    ]


def _part(everybody: Scene, asking: int, offering: int) -> Scene:
    """Return the board of the first so many of both sides."""
    asked, offered = everybody.asked[:asking], everybody.offered[:offering]
    return replace(
        everybody,
        asking=everybody.asking[:asking],
        offering=everybody.offering[:offering],
        asked=asked,
        offered=offered,
        matrix=assess_all(asked, offered, everybody.weights),
    )


def _reading(bench: Bench, on: date) -> float:
    """Return what reading 200 by 400 families takes, with the matrix: by its share of reading everybody."""
    families = RequestingFamily.objects.count() + SupportFamily.objects.count()
    wanted = bench.number(200, 10) + bench.number(400, 20)
    whole = frame.timed(lambda: scene(on), bench.number(3, 1))
    bench.say()
    bench.say(f"Reading {families:,} families from the database, with the matrix: {frame.duration(whole)}.")
    return whole * wanted / families
