"""Every list and file page of a coordinator at 20, 2,000 and 20,000 files in one municipality, next to its bare SQL.

Half of the files ask for support and half offer it; each has its people, notes and intake, every second pair its
coupling with two talks. The bare SQL is what the page itself asks, sent by hand over the same connection, in turns
with the page. A page takes no more queries for 20,000 files than for 20.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from common.permissions import Role
from core.couplings.models import Coupling, CouplingChild
from core.families.models import (
    ContactNote,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.guidance.models import GuidanceMoment
from core.intake.models import SupportNeed, SupportOffer
from core.matching.models import MatchProposal, ProposalChild
from core.vog.models import ConductCertificateCheck
from tenants import context
from tenants.accounts.services import user_create
from tenants.municipalities.models import Municipality
from tests.benchmarks import frame
from tests.benchmarks.frame import Bench, Process

SIZES, QUICK_SIZES = (20, 2_000, 20_000), (20, 100)
LIMIT_MS = 150
PASSWORD = "alleen voor de meting, nergens anders"
NAMES = (
    "de Vries",
    "Jansen",
    "van den Berg",
    "Bakker",
    "van Dijk",
    "Visser",
    "Özdemir",
    "Núñez",
    "'t Hart",
    "Kok",
)
PLACES = ("Purmerend", "Middenbeemster", "Westbeemster")
LISTS = {
    "today": ("/", "Vandaag"),
    "waiting": ("/wachtend", "Wachtend"),
    "waiting-search": ("/wachtend?zoek=van+den+berg", "Wachtend, gezocht op naam"),
    "waiting-words": ("/wachtend?zoek=rust", "Wachtend, gezocht in wat iedereen antwoordde"),
    "waiting-filter": ("/wachtend?wacht=60&steun=weekly_half_day&voorstel=geen", "Wachtend, drie filters"),
    "requesting": ("/vraaggezinnen?sorteer=naam", "Vraaggezinnen, op naam"),
    "support": ("/steungezinnen", "Steungezinnen"),
    "support-quiet": ("/steungezinnen?stil=8&sorteer=-stil", "Steungezinnen, warm houden"),
    "couplings": ("/koppelingen", "Koppelingen"),
    "couplings-search": ("/koppelingen?zoek=visser", "Koppelingen, gezocht op naam"),
    "vog": ("/vog", "VOG"),
    "vog-ahead": ("/vog?vog=90", "VOG, 90 dagen vooruit"),
    "agenda": ("/agenda", "Mijn agenda"),
}


def main(*, quick: bool) -> int:
    """Measure and print."""
    bench = Bench("pages", quick)
    sizes = QUICK_SIZES if quick else SIZES
    queries: dict[str, list[int]] = {}
    with frame.database():
        bench.say(frame.machine())
        municipality = frame.make_municipality("paginas", 1)
        with context.municipality(municipality):
            user_create(
                email="coordinator@naober.test",
                full_name="Coordinator",
                role=Role.COORDINATOR,
                password=PASSWORD,
                actor=frame.BENCH,
            )
        for size in sizes:
            bench.step(f"filling up to {size} files")
            with context.municipality(municipality):
                _fill(size)
            _analyse(municipality)
            with _worker(municipality) as worker:
                _measure(bench, worker, municipality, size, queries, biggest=size == sizes[-1])
        growing = {name: counts for name, counts in queries.items() if max(counts) > counts[0]}
        bench.say()
        bench.say(f"Pages that take more queries for more files: {growing or 'none'}")
        bench.at_most("pages-with-growing-queries", len(growing), 0)
    return bench.finish()


def _measure(
    bench: Bench,
    worker: Process,
    municipality: Municipality,
    size: int,
    queries: dict[str, list[int]],
    *,
    biggest: bool,
) -> None:
    rows = []
    for name, (address, title) in (LISTS | _files(municipality)).items():
        bench.step(f"{size} files: {title}")
        found = worker.ask("compare", address=address, rounds=bench.number(40, 2))
        page, sql = found["page"], found["sql"]
        late = statistics.quantiles(page, n=20)[-1] if len(page) > 1 else page[0]
        queries.setdefault(name, []).append(found["queries"])
        rows.append(
            [
                title,
                found["queries"],
                frame.duration(frame.median(page)),
                frame.duration(late),
                frame.duration(frame.median(sql)),
                frame.spread(page, sql),
            ]
        )
        if biggest:
            # In terms of the limit, so that one verdict fits pages of any kind.
            bench.at_most(f"p95-of-{LIMIT_MS}ms-{name}", late * 1000 / LIMIT_MS, 1)
    bench.table(f"{size} files", ("page", "queries", "p50", "p95", "its SQL, p50", "page over SQL"), rows)


def _files(municipality: Municipality) -> dict[str, tuple[str, str]]:
    with context.municipality(municipality):
        asking = RequestingFamily.objects.filter(couplings__isnull=False).order_by("pk").first()
        offering = SupportFamily.objects.filter(couplings__isnull=False).order_by("pk").first()
        coupling = Coupling.objects.order_by("pk").first()
        if asking is None or offering is None or coupling is None:
            message = "the municipality is empty"
            raise RuntimeError(message)
        return {
            "requesting-file": (f"/vraaggezinnen/{asking.pk}", "dossier of an asking family"),
            "support-file": (f"/steungezinnen/{offering.pk}", "dossier of a support family"),
            "coupling-file": (f"/koppelingen/{coupling.pk}", "dossier of a coupling"),
        }


@contextmanager
def _worker(municipality: Municipality) -> Iterator[Process]:
    worker = Process("tests.benchmarks.pages_worker", BENCH_SLUG=municipality.slug, DATABASE_LOGINS="web")
    try:
        yield worker
    finally:
        worker.stop()


def _analyse(municipality: Municipality) -> None:
    """Let PostgreSQL know how many rows there are, as its own housekeeping does within a minute."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%I.%%I', schemaname, tablename), ', ') FROM pg_tables WHERE schemaname = %s",
            [municipality.schema_name],
        )
        cursor.execute(f"VACUUM ANALYZE {cursor.fetchone()[0]}")


def _fill(size: int) -> None:
    """Add files until there are so many: as many that ask as that offer."""
    first, last = RequestingFamily.objects.count(), size // 2
    today = timezone.localdate()
    asking, offering = [], []
    for number in range(first, last):
        shared = {
            "name": NAMES[number % len(NAMES)],
            "postcode": "1441 AB",
            "place": PLACES[number % len(PLACES)],
            "municipality_code": "GM0001",
            "registered_by": "self",
            "registered_on": today - timedelta(days=200 + number % 300),
            "first_contact_on": today - timedelta(days=190 + number % 190),
        }
        waits = number % 2 == 0
        asking.append(
            RequestingFamily(
                **shared,
                status="waiting" if waits else "supported",
                waiting_since=today - timedelta(days=number * 37 % 180) if waits else None,
            )
        )
        offering.append(SupportFamily(**shared, status="available", approved_on=today - timedelta(days=180)))
    RequestingFamily.objects.bulk_create(asking, batch_size=500)
    SupportFamily.objects.bulk_create(offering, batch_size=500)
    _people(asking, offering)
    _couple(asking[1::2], offering[1::2])


def _people(asking: list[RequestingFamily], offering: list[SupportFamily]) -> None:
    today = timezone.localdate()
    RequestingParent.objects.bulk_create(
        [
            RequestingParent(
                family=family, first_name="Mira", last_name=family.name, phone="+31600000001", is_contact=True
            )
            for family in asking
        ],
        batch_size=500,
    )
    SupportedChild.objects.bulk_create(
        [
            SupportedChild(
                family=family, first_name=f"Kind {number}", birth_year=today.year - 5, birth_month=number
            )
            for family in asking
            for number in (1, 2)
        ],
        batch_size=500,
    )
    SupportNeed.objects.bulk_create(
        [
            SupportNeed(
                family=family,
                held_on=today,
                question_support="Een vaste ochtend rust",
                forms=["weekly_half_day"],
                frequency="weekly",
                day_parts=["wo-middag"],
            )
            for family in asking
        ],
        batch_size=500,
    )
    SupportOffer.objects.bulk_create(
        [
            SupportOffer(
                family=family,
                held_on=today,
                household="Twee volwassenen en een kind",
                forms=["weekly_half_day"],
                frequency="weekly",
                day_parts=["wo-middag"],
                capacity=2,
                completed_on=today,
            )
            for family in offering
        ],
        batch_size=500,
    )
    adults = [
        SupportAdult(
            family=family, first_name="Kim", last_name=family.name, phone="+31600000002", is_contact=True
        )
        for family in offering
    ]
    SupportAdult.objects.bulk_create(adults, batch_size=500)
    ConductCertificateCheck.objects.bulk_create(
        [
            ConductCertificateCheck(
                adult=adult,
                status="seen",
                requested_on=today - timedelta(days=900),
                issued_on=today - timedelta(days=880),
                seen_on=today - timedelta(days=870),
                seen_by="Coordinator",
                profile="84",
                review_due=today + timedelta(days=1 + number % 700),
            )
            for number, adult in enumerate(adults)
        ],
        batch_size=500,
    )
    for families, owner in ((asking, "requesting_family"), (offering, "support_family")):
        ContactNote.objects.bulk_create(
            [
                ContactNote(
                    **{owner: family},
                    kind="call",
                    happened_on=today - timedelta(days=number * 37 % 120),
                    text="Gesproken over hoe het gaat.",
                    author_name="Coordinator",
                )
                for number, family in enumerate(families)
            ],
            batch_size=500,
        )


def _couple(asking: list[RequestingFamily], offering: list[SupportFamily]) -> None:
    today = timezone.localdate()
    pairs = list(zip(asking, offering, strict=True))
    proposals = [
        MatchProposal(
            family=family,
            support_family=support,
            status="introduced",
            proposed_on=today - timedelta(days=150),
            decided_on=today - timedelta(days=140),
            score=700,
        )
        for family, support in pairs
    ]
    MatchProposal.objects.bulk_create(proposals, batch_size=500)
    couplings = [
        Coupling(
            family=family,
            support_family=support,
            proposal=proposal,
            status="coupled",
            introduced_on=today - timedelta(days=130),
            trial_started_on=today - timedelta(days=125),
            trial_ends_on=today - timedelta(days=80),
            coupled_on=today - timedelta(days=80),
            guidance_until=today + timedelta(days=650),
        )
        for (family, support), proposal in zip(pairs, proposals, strict=True)
    ]
    Coupling.objects.bulk_create(couplings, batch_size=500)
    children = dict(
        SupportedChild.objects.filter(family__in=[family.pk for family in asking]).values_list("family", "pk")
    )
    CouplingChild.objects.bulk_create(
        [CouplingChild(coupling=coupling, child_id=children[coupling.family_id]) for coupling in couplings],
        batch_size=500,
    )
    ProposalChild.objects.bulk_create(
        [ProposalChild(proposal=proposal, child_id=children[proposal.family_id]) for proposal in proposals],
        batch_size=500,
    )
    GuidanceMoment.objects.bulk_create(
        [
            GuidanceMoment(coupling=coupling, kind=kind, due_on=today + timedelta(days=days + number % 90))
            for number, coupling in enumerate(couplings)
            for kind, days in (("month_3", 5), ("month_6", 95))
        ],
        batch_size=500,
    )
