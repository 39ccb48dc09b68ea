"""What tenancy costs a request, next to plain Django with one schema and to django-tenants as it comes.

T1: a page of one query against plain Django. T2: a page of the product with five queries against plain Django with
ATOMIC_REQUESTS. T3: that page against its own SQL, sent by hand. T15: the memory of a database connection that has
met every municipality against one that has met ten.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from django.conf import settings
from django.db import connections

from config.synthesis import filling
from config.synthesis.municipalities import profiles
from core.couplings.models import Coupling
from core.families.models import RequestingFamily, SupportAdult, SupportFamily
from core.ledger.models import LedgerEntry
from core.matching.models import MatchProposal
from core.tasks.models import Task
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Domain, Municipality
from tests.benchmarks import frame
from tests.benchmarks.frame import Bench, Process
from tests.benchmarks.page_worker import BARE

VARIANTS = ("plain", "plain_atomic", "django_tenants", "naober")
FIVE = "/voorstellen"
BATCH = 0.25  # seconds of one way in one round
PAGES = {
    BARE: "bare page, tenancy middleware only",
    "/vraaggezinnen/nieuw": "form of a new family",
    FIVE: "list of proposals",
    "/vraaggezinnen": "list of families",
    "/": "start page of a coordinator",
}
TOUCHED = (
    RequestingFamily,
    SupportFamily,
    SupportAdult,
    Coupling,
    MatchProposal,
    Task,
    LedgerEntry,
    AuditEntry,
    User,
)


def main(*, quick: bool) -> int:
    """Measure and print."""
    bench = Bench("tenancy", quick)
    with frame.database():
        bench.say(frame.machine())
        municipality = _fill(bench)
        with _processes(municipality) as processes:
            _requests(bench, processes)
            _page_against_sql(bench, processes["naober"])
        _memory(bench)
    return bench.finish()


def _fill(bench: Bench) -> Municipality:
    """Fill one municipality as the generator of the demo does."""
    bench.step("filling one municipality")
    order = frame.order(2, 0.1 if bench.quick else 1.0)
    _areas, volumes = filling.plan_order(order)
    area = profiles(2)[1]
    filled = filling.fill_area(area, volumes.days[area.slug], order, frame.hashed())
    with context.owning_registry():
        municipality = Municipality.objects.get(slug=area.slug)
        Domain.objects.create(municipality=municipality, host=f"{area.slug}.naober.test")
    bench.say(f"one municipality with {filled.couplings} couplings, {filled.rows} rows")
    frame.owner_execute("ANALYZE")
    return municipality


@contextmanager
def _processes(municipality: Municipality) -> Iterator[dict[str, Process]]:
    with ExitStack() as stack:
        processes = {}
        for variant in VARIANTS:
            processes[variant] = Process(
                "tests.benchmarks.page_worker",
                BENCH_VARIANT=variant,
                BENCH_SLUG=municipality.slug,
                BENCH_SCHEMA=municipality.schema_name,
                DATABASE_LOGINS="web" if variant == "naober" else "owner",
            )
            stack.callback(processes[variant].stop)
        cookie = processes["naober"].ask("cookie")
        for variant in VARIANTS:
            processes[variant].ask("cookie", key=cookie)
        yield processes


def _requests(bench: Bench, processes: dict[str, Process]) -> None:
    """Let the four ways take turns, page after page."""
    rounds = bench.number(21, 2)
    seconds: dict[str, dict[str, list[float]]] = {}
    rows = []
    for page, title in PAGES.items():
        sizes = {variant: processes[variant].ask("size", address=page) for variant in VARIANTS}
        if max(sizes.values()) - min(sizes.values()) > 200:  # forms carry tokens; everything else is equal
            message = f"{page} is not the same page everywhere: {sizes}"
            raise RuntimeError(message)
        warm = [processes[variant].ask("time", address=page, times=10) for variant in VARIANTS]
        times = bench.number(max(3, round(BATCH / warm[0])), 2)
        bench.step(f"{title}: {rounds} rounds of {times} requests, {len(VARIANTS)} ways")
        taken = seconds[page] = frame.take_turns(
            {
                variant: partial(processes[variant].ask, "time", address=page, times=times)
                for variant in VARIANTS
            },
            rounds=rounds,
        )
        queries = processes["naober"].ask("queries", address=page)
        rows.append(
            [
                title,
                queries,
                frame.duration(frame.median(taken["plain"])),
                *(frame.spread(taken[variant], taken["plain"]) for variant in VARIANTS[1:]),
                frame.spread(taken["naober"], taken["plain_atomic"]),
            ]
        )
    bench.table(
        "One request, in terms of plain Django with one schema (median, and quartiles of the rounds)",
        (
            "page",
            "queries",
            "plain",
            "plain + ATOMIC_REQUESTS",
            "django-tenants default",
            "Naober",
            "Naober / ATOMIC_REQUESTS",
        ),
        rows,
    )
    bench.at_most("T1-one-query", frame.ratio(seconds[BARE]["naober"], seconds[BARE]["plain"]), 1.5)
    bench.at_most("T2-page", frame.ratio(seconds[FIVE]["naober"], seconds[FIVE]["plain_atomic"]), 1.1)


def _page_against_sql(bench: Bench, process: Process) -> None:
    rows = []
    for page, title in PAGES.items():
        pairs = process.ask("raw", address=page, rounds=bench.number(15, 2), times=bench.number(10, 2))
        pages, by_hand = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        rows.append(
            [
                title,
                process.ask("queries", address=page),
                frame.duration(frame.median(pages)),
                frame.duration(frame.median(by_hand)),
                frame.spread(pages, by_hand),
            ]
        )
        if page == FIVE:
            bench.at_most("T3-page-over-its-sql", frame.ratio(pages, by_hand), 3)
    bench.table("A page and its SQL by hand", ("page", "queries", "page", "its SQL", "ratio"), rows)


# ------------------------------------------------------------------------------------------------------------- memory


def _memory(bench: Bench) -> None:
    """Visit every municipality over the connection of the product, and over one that is never renewed."""
    few, many = 10, bench.number(342, 20)
    bench.step(f"making {many} municipalities")
    made = list(frame.municipalities(1, many))
    found = {}
    for name, recycle in (("Naober", True), ("a connection that is kept", False)):
        found[name] = _visit(made, few, recycle=recycle)
    bench.table(
        f"Memory of a database connection that visits {many} municipalities, {len(TOUCHED)} tables each",
        ("way", f"after {few}", f"most until {many}", "ratio"),
        [
            [name, f"{after_few:.1f} MB", f"{most:.1f} MB", f"{most / after_few:.1f}"]
            for name, (after_few, most) in found.items()
        ],
    )
    after_few, most = found["Naober"]
    bench.at_most("T15-memory", most / after_few, 5)


def _visit(made: Sequence[Municipality], few: int, *, recycle: bool) -> tuple[float, float]:
    if not recycle:
        settings.DATABASE_MUNICIPALITIES_PER_CONNECTION = 0
    connections["default"].close()
    after_few, most = 0.0, 0.0
    for number, municipality in enumerate(made, start=1):
        with context.municipality(municipality):
            for model in TOUCHED:
                model._default_manager.first()
            memory = frame.process_memory(connections["default"].connection.info.backend_pid)
        most = max(most, memory)
        if number == few:
            after_few = memory
    return after_few, most
