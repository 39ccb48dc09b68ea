"""Writing the vault: a year of a municipality is replaced as a whole, or not at all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import connections
from django.utils import timezone

from reporting.facts.formulas import FORMULAS_VERSION, FactRow
from reporting.facts.models import Fact, Fill, FillState
from tenants.context import atomic, current_scope

_LOCK = 0x4E414F42  # of all advisory locks, those of the vault
_COLUMNS = (
    "id",
    "municipality",
    "municipality_code",
    "measure",
    "period_kind",
    "period_start",
    "attribute",
    "category",
    "value",
    "asking_families",
    "support_families",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that was counted for one municipality, from its first month to its last."""

    municipality: UUID
    code_of_year: dict[int, str]
    first_month: date
    last_month: date
    rows: Sequence[FactRow]


def vault_lock(municipality: UUID) -> None:
    """Let nobody else count this municipality until the transaction ends."""
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, str(municipality)])


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a count changed in the vault."""

    years: int
    new_month: bool


@atomic()
def facts_replace(counted: Counted, *, from_year: int, damaged: Collection[int] = ()) -> Replaced:
    """Replace the rows of every year from `from_year` on that was counted differently before, and of damaged years."""
    years = _by_year(counted.rows)
    fills = {fill.year: fill for fill in Fill.objects.filter(municipality=counted.municipality)}
    changed = 0
    for year in range(counted.first_month.year, counted.last_month.year + 1):
        rows = years.get(year, [])
        digest = _digest(rows, counted.code_of_year[year])
        fill = fills.get(year)
        last = min(counted.last_month, date(year, 12, 1))
        if year < from_year and fill is not None:
            continue
        same = (digest, FORMULAS_VERSION, counted.first_month, last)
        if (
            fill is not None
            and year not in damaged
            and same == (fill.digest, fill.measure_set, fill.first_month, fill.last_month)
        ):
            continue
        _replace_year(counted, year, rows, digest)
        changed += 1
    known_until = max((fill.last_month for fill in fills.values()), default=counted.last_month)
    return Replaced(years=changed, new_month=counted.last_month > known_until)


def facts_compare(counted: Counted) -> dict[int, int]:
    """Return per year how many rows of the vault differ from what was counted now, and note it in the fill state.

    A year that was never counted, or only up to an earlier month, is no difference.
    """
    fills = {
        fill.year: fill
        for fill in Fill.objects.filter(municipality=counted.municipality)
        if fill.last_month == min(counted.last_month, date(fill.year, 12, 1))
    }
    fresh = {
        (row.measure, row.period.kind.value, row.period.start, row.attribute, row.category): (
            row.value,
            row.asking_families,
            row.support_families,
        )
        for row in counted.rows
    }
    address = ("measure", "period_kind", "period_start", "attribute", "category")
    counts = ("value", "asking_families", "support_families")
    facts = Fact.objects.filter(municipality=counted.municipality).values_list(*address, *counts)
    kept = {tuple(row[:5]): tuple(row[5:]) for row in facts}
    differences: dict[int, int] = defaultdict(int)
    for key in fresh.keys() | kept.keys():
        if key[2].year in fills and fresh.get(key) != kept.get(key):
            differences[key[2].year] += 1
    checked_at = timezone.now()
    for fill in fills.values():
        fill.checked_at = checked_at
        fill.differences = differences.get(fill.year, 0)
        fill.save(update_fields=["checked_at", "differences"])
    return dict(differences)


def _replace_year(counted: Counted, year: int, rows: Sequence[FactRow], digest: str) -> None:
    where = {"municipality": counted.municipality, "period_start__year": year}
    code = counted.code_of_year[year]
    # Busy while its rows are half there. Nobody sees it, for all of this is one transaction; unless a later
    # version splits it, and then a reader can tell.
    fill, _ = Fill.objects.update_or_create(
        municipality=counted.municipality,
        year=year,
        defaults={
            "municipality_code": code,
            "measure_set": FORMULAS_VERSION,
            "first_month": counted.first_month,
            "last_month": min(counted.last_month, date(year, 12, 1)),
            "state": FillState.BUSY,
            "digest": digest,
            "rows": len(rows),
            "counted_at": timezone.now(),
        },
    )
    Fact.objects.filter(**where).delete()
    _copy(counted.municipality, code, rows)
    fill.state = FillState.DONE
    fill.save(update_fields=["state"])


def _copy(municipality: UUID, code: str, rows: Iterable[FactRow]) -> None:
    statement = f"COPY {Fact._meta.db_table} ({', '.join(_COLUMNS)}) FROM STDIN"  # noqa: SLF001 (its public name)
    with connections[current_scope().alias].cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                (
                    uuid4(),
                    municipality,
                    code,
                    row.measure,
                    row.period.kind.value,
                    row.period.start,
                    row.attribute,
                    row.category,
                    row.value,
                    row.asking_families,
                    row.support_families,
                )
            )


def _by_year(rows: Iterable[FactRow]) -> dict[int, list[FactRow]]:
    years: dict[int, list[FactRow]] = defaultdict(list)
    for row in rows:
        years[row.period.start.year].append(row)
    return years


def _digest(rows: Iterable[FactRow], code: str) -> str:
    mark = sha256(code.encode())
    for row in rows:
        mark.update(repr(row).encode())
    return mark.hexdigest()
