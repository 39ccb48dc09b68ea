"""Making a release: vault in, protected cells out, in one transaction. The only door from counts to readers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4

import structlog
from django.db import connections
from django.utils import timezone

from reporting.dictionary.measures import COUPLINGS_TOTAL, SUPPORT_FAMILIES
from reporting.dictionary.periods import PeriodKind, first_of_month
from reporting.disclosure.auditing import Audit, audit
from reporting.disclosure.averages import averages
from reporting.disclosure.cells import Facts, Key, Observation, Place, ProtectedCell
from reporting.disclosure.models import Audience, Block, Cell, Release, ReleaseBlock, Status
from reporting.disclosure.plan import PLAN, Plan
from reporting.disclosure.relations import World
from reporting.disclosure.rules import protect
from reporting.facts.selectors import Delivery, deliveries, fact_rows, vault_digest
from tenants.context import atomic, current_scope
from tenants.municipalities.models import Kind, Municipality
from tenants.municipalities.selectors import counted_municipalities

_log = structlog.get_logger(__name__)
_LOCK = 0x4E414F43  # one release at a time
_TURN = timedelta(hours=1)
_BATCH = 2000  # rows per statement: the protocol takes 65,535 parameters
MUNICIPALITIES = "municipalities"
# What stays when nothing happens any more: no sign of life.
LASTING = frozenset({COUPLINGS_TOTAL.name, SUPPORT_FAMILIES.name})
_COLUMNS = (
    "id",
    "block_id",
    "measure",
    "geography",
    "period_kind",
    "period_start",
    "attribute",
    "category",
    "value",
    "status",
)


class BlockAddress(NamedTuple):
    """Whose cells a block holds."""

    audience: Audience
    area: str
    year: int


class ReleaseRefused(Exception):
    """The audit could not prove that every figure about few families stays uncertain: nothing is published."""


@atomic()
def release_make(*, plan: Plan = PLAN) -> Release | None:
    """Publish the vault under the plan; return None when the latest release already says the same.

    Raise ReleaseRefused when the audit fails. The work then stays in the outbox with that word as its last error.
    """
    _lock()
    latest = Release.objects.order_by("number").last()
    facts_digest = vault_digest()
    if latest and (latest.facts_digest, latest.config_hash) == (facts_digest, plan.config_hash):
        return None
    counted = {delivery.municipality: delivery for delivery in deliveries()}
    if not counted or _is_turning(counted.values()):
        return None
    facts = _facts()
    world = _world(plan, facts, counted)
    protected = protect(facts, plan=plan, world=world)
    cells = (*protected.cells, *averages(facts, world=world))
    blocks = _blocks(cells)
    digests = {address: _digest(address, cells) for address, cells in blocks.items()}
    if latest and _digests_of(latest) == set(digests.values()) and latest.config_hash == plan.config_hash:
        return None
    audited = _audited(protected.cells, facts, world)
    made = Release.objects.create(
        number=latest.number + 1 if latest else 1,
        published_at=timezone.now(),
        counted_until=world.until,
        plan_version=plan.version,
        config_hash=plan.config_hash,
        facts_digest=facts_digest,
        cells=len(cells),
        hidden=sum(cell.status is Status.CONFIDENTIAL for cell in cells),
        alarms=[*protected.alarms, *(f"{line}: the national total tells" for line in protected.alone)],
        audit=audited.summary(),
    )
    _store(made, blocks, digests)
    if protected.alarms:
        _log.warning("release_could_not_protect", number=made.number, lines=len(protected.alarms))
    _log.info(
        "release_made", number=made.number, cells=made.cells, hidden=made.hidden, alone=len(protected.alone)
    )
    return made


def _audited(cells: Sequence[ProtectedCell], facts: Facts, world: World) -> Audit:
    """Return the audit of the cells; without a pass nothing is released, and the log says so without figures."""
    audited = audit(cells, facts=facts, world=world)
    if not audited.passed:
        _log.error(
            "release_refused",
            quantities=audited.quantities,
            faults=dict(audited.faults),
            checked=audited.checked,
            seconds=round(audited.seconds, 2),
        )
        raise ReleaseRefused(", ".join(sorted(audited.faults)) or "the certificate does not hold")
    return audited


def _lock() -> None:
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])


def _facts() -> dict[Key, Observation]:
    kinds = {kind.value: kind for kind in PeriodKind}
    return {
        Key(measure, str(municipality), kinds[kind], start, attribute, category): Observation(
            value, asking, support
        )
        for municipality, measure, kind, start, attribute, category, value, asking, support in fact_rows()
    }


def _is_turning(counted: Iterable[Delivery]) -> bool:
    """Tell whether a new month has begun for some municipalities and not yet for others, less than an hour ago."""
    live = {municipality.pk for municipality in counted_municipalities()}
    present = [delivery for delivery in counted if delivery.municipality in live]
    if not present:
        return False
    until = max(delivery.last_month for delivery in present)
    begun = min(delivery.counted_at for delivery in present if delivery.last_month == until)
    return any(delivery.last_month < until for delivery in present) and timezone.now() - begun < _TURN


def _world(plan: Plan, facts: Facts, counted: dict[UUID, Delivery]) -> World:
    """Describe the places and the time; a municipality that was not counted is there too, as missing."""
    until = max(delivery.last_month for delivery in counted.values())
    last_seen = _last_months(facts)
    places = [
        _place(municipality, counted.get(municipality.pk), last_seen.get(str(municipality.pk)), until)
        for municipality in Municipality.objects.filter(kind=Kind.REGULAR).order_by("pk")
        if municipality.pk in counted or municipality.started_on <= until
    ]
    known = {place.id for place in places}
    # Erased from the registry, but its totals stay.
    places += [
        Place(
            str(delivery.municipality),
            delivery.first_month,
            last_seen.get(str(delivery.municipality)),
            delivery.years,
        )
        for delivery in counted.values()
        if str(delivery.municipality) not in known
    ]
    return World(plan, places, min(place.first_month for place in places), until)


def _place(
    municipality: Municipality, delivery: Delivery | None, last_seen: date | None, until: date
) -> Place:
    last = None
    if municipality.ended_on:
        last = max(first_of_month(municipality.ended_on), last_seen or date.min)
    if delivery is None:
        return Place(str(municipality.pk), first_of_month(municipality.started_on), last, frozenset())
    late = delivery.last_month < until and (last is None or last > delivery.last_month)
    years = delivery.years - {until.year} if late else delivery.years
    return Place(str(municipality.pk), delivery.first_month, last, years)


def _last_months(facts: Facts) -> dict[str, date]:
    """Return the last month in which anything happened or ran, per municipality."""
    last: dict[str, date] = {}
    for key in facts:
        if key.kind is PeriodKind.MONTH and key.measure not in LASTING:
            last[key.geography] = max(key.start, last.get(key.geography, date.min))
    return last


def _blocks(cells: Iterable[ProtectedCell]) -> dict[BlockAddress, list[ProtectedCell]]:
    blocks: dict[BlockAddress, list[ProtectedCell]] = defaultdict(list)
    for cell in cells:
        area = MUNICIPALITIES if cell.audience is Audience.FOUNDATION else cell.key.geography
        blocks[BlockAddress(cell.audience, area, cell.key.start.year)].append(cell)
    return {address: sorted(group) for address, group in blocks.items()}


def _digest(address: BlockAddress, cells: Sequence[ProtectedCell]) -> str:
    mark = sha256(repr(tuple(map(str, address))).encode())
    for cell in cells:
        mark.update(f"{tuple(map(str, cell.key))}{cell.value}{cell.status.value}".encode())
    return mark.hexdigest()


def _digests_of(release: Release) -> set[str]:
    return set(Block.objects.filter(releases=release).values_list("digest", flat=True))


def _store(
    release: Release, blocks: dict[BlockAddress, list[ProtectedCell]], digests: dict[BlockAddress, str]
) -> None:
    """Write the blocks that are new, and tie all of them to the release."""
    known = dict(Block.objects.filter(digest__in=digests.values()).values_list("digest", "pk"))
    fresh = {
        address: Block(
            audience=address.audience,
            area=address.area,
            year=address.year,
            digest=digest,
            size=len(blocks[address]),
        )
        for address, digest in digests.items()
        if digest not in known
    }
    Block.objects.bulk_create(fresh.values(), batch_size=_BATCH)
    _copy((block.pk, cell) for address, block in fresh.items() for cell in blocks[address])
    ids = [*known.values(), *(block.pk for block in fresh.values())]
    ReleaseBlock.objects.bulk_create(
        (ReleaseBlock(release=release, block_id=pk) for pk in ids), batch_size=_BATCH
    )


def _copy(cells: Iterable[tuple[UUID, ProtectedCell]]) -> None:
    statement = f"COPY {Cell._meta.db_table} ({', '.join(_COLUMNS)}) FROM STDIN"  # noqa: SLF001 (its public name)
    with connections[current_scope().alias].cursor() as cursor, cursor.copy(statement) as copy:
        for block, cell in cells:
            key = cell.key
            copy.write_row(
                (
                    uuid4(),
                    block,
                    key.measure,
                    key.geography,
                    key.kind.value,
                    key.start,
                    key.attribute,
                    key.category,
                    cell.value,
                    cell.status.value,
                )
            )
