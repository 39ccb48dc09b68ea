"""How far the municipalities are with their migrations: for the page of the foundation and for the operator."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from common.errors import InvalidInput
from tenants.context import owning_registry
from tenants.municipalities.models import (
    Likeness,
    Municipality,
    Progress,
    SchemaCheck,
    SchemaJournal,
    SchemaScript,
    State,
)

_COLUMNS = 4
UP_TO_DATE = _lazy("bijgewerkt")
WAITING = _lazy("wacht op bijwerken")


@dataclass(frozen=True, slots=True)
class Mark:
    """One municipality at one version."""

    version: int
    state: str
    label: str
    milliseconds: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Line:
    """One municipality: its version, how its last migration went, and how its schema compares with the template."""

    name: str
    slug: str
    version: int
    latest: int
    state: str
    state_label: str
    error: str
    milliseconds: int | None
    attempts: int
    at: datetime | None
    marks: tuple[Mark, ...]
    likeness: str
    likeness_label: str
    differences: tuple[str, ...]
    checked_at: datetime | None

    @property
    def tone(self) -> str:
        """Return how the row is marked."""
        return "attention" if self.needs_attention else ""

    @property
    def state_tone(self) -> str:
        """Return the colour of the state."""
        return {Progress.DONE.value: "good", Progress.FAILED.value: "danger"}.get(self.state, "attention")

    @property
    def likeness_tone(self) -> str:
        """Return the colour of the comparison."""
        tones = {Likeness.EQUAL.value: "good", Likeness.DIFFERS.value: "danger"}
        return tones.get(self.likeness, "neutral")

    @property
    def needs_attention(self) -> bool:
        """Tell whether an operator has something to do here."""
        return bool(self.error) or self.version < self.latest or self.likeness == Likeness.DIFFERS


@dataclass(frozen=True, slots=True)
class Matrix:
    """Municipalities against the latest versions."""

    versions: tuple[tuple[int, str], ...]
    lines: tuple[Line, ...]
    latest: int

    @property
    def heads(self) -> tuple[str, ...]:
        """Return the latest versions as heads of columns."""
        return tuple(str(version) for version, _name in self.versions)

    @property
    def behind(self) -> int:
        """Return how many municipalities are not up to date."""
        return sum(line.version < line.latest for line in self.lines)

    @property
    def differing(self) -> int:
        """Return how many schemas are not what the template is."""
        return sum(line.likeness == Likeness.DIFFERS for line in self.lines)

    @property
    def unchecked(self) -> int:
        """Return how many schemas were never compared."""
        return sum(not line.likeness for line in self.lines)


def matrix(only: Collection[str] = ()) -> Matrix:
    """Return how far everybody is, those with something to do first. Needs a scope that reads the registry."""
    script = list(SchemaScript.objects.values_list("version", "app", "migration"))
    latest = script[-1][0] if script else 0
    shown = script[-_COLUMNS:]
    there = Municipality.objects.exclude(state=State.ERASED)
    rows = list(there.filter(slug__in=only) if only else there)
    journal: dict[Any, dict[int, SchemaJournal]] = {}
    versions = [version for version, _app, _name in shown]
    entries = SchemaJournal.objects.filter(municipality__in=rows)
    for entry in entries.filter(Q(version__in=versions) | ~Q(state=Progress.DONE)):
        journal.setdefault(entry.municipality_id, {})[entry.version] = entry
    checks = {check.pk: check for check in SchemaCheck.objects.filter(municipality__in=rows)}
    lines = [_line(row, latest, versions, journal.get(row.pk, {}), checks.get(row.pk)) for row in rows]
    return Matrix(
        versions=tuple((version, f"{app}.{name}") for version, app, name in shown),
        lines=tuple(sorted(lines, key=lambda line: (not line.needs_attention, line.name))),
        latest=latest,
    )


def municipality_lines(only: Collection[str] = ()) -> Sequence[Line]:
    """Return one line for each municipality; opens its own scope."""
    with owning_registry():
        return matrix(only).lines


def waiting_steps(only: Collection[str] = ()) -> list[tuple[str, list[str]]]:
    """Return for every municipality that is behind which migrations it waits for; opens its own scope."""
    with owning_registry():
        script = list(SchemaScript.objects.values_list("version", "app", "migration"))
        there = Municipality.objects.exclude(state=State.ERASED).filter(schema_version__lt=len(script))
        return [
            (row.slug, [f"{app}.{name}" for version, app, name in script if version > row.schema_version])
            for row in (there.filter(slug__in=only) if only else there)
        ]


def require_slugs(slugs: Sequence[str]) -> list[str]:
    """Return the slugs when each is of a municipality with a schema; say what is wrong with the first that is not."""
    with owning_registry():
        states = dict(Municipality.objects.filter(slug__in=slugs).values_list("slug", "state"))
    for slug in slugs:
        if slug not in states:
            raise InvalidInput(
                _("Er is geen gemeente %(slug)s. Kijk met municipalities_migrate --status hoe ze heten.")
                % {"slug": slug}
            )
        if states[slug] == State.ERASED:
            raise InvalidInput(
                _("De gemeente %(slug)s is gewist en heeft geen schema meer. Laat haar weg.") % {"slug": slug}
            )
    return list(slugs)


def _line(
    row: Municipality,
    latest: int,
    shown: Sequence[int],
    journal: dict[int, SchemaJournal],
    check: SchemaCheck | None,
) -> Line:
    last = journal[max(journal)] if journal else None
    # A municipality that was made later, or has done everything: nothing of the journal concerns it any more.
    open_entry = last if last is not None and last.state != Progress.DONE else None
    if open_entry is not None:
        state, label = str(open_entry.state), str(open_entry.get_state_display())
    elif row.schema_version < latest:
        state, label = "waiting", str(WAITING)
    else:
        state, label = Progress.DONE.value, str(UP_TO_DATE)
    return Line(
        name=row.name,
        slug=row.slug,
        version=row.schema_version,
        latest=latest,
        state=state,
        state_label=label,
        error=open_entry.error if open_entry is not None else "",
        milliseconds=last.milliseconds if last is not None else None,
        attempts=last.attempts if last is not None else 0,
        at=last.at if last is not None else None,
        marks=tuple(_mark(version, row.schema_version, journal.get(version)) for version in shown),
        likeness=check.state if check is not None else "",
        likeness_label=str(check.get_state_display()) if check is not None else _("nog niet vergeleken"),
        differences=tuple(map(str, check.differences)) if check is not None else (),
        checked_at=check.checked_at if check is not None else None,
    )


def _mark(version: int, reached: int, entry: SchemaJournal | None) -> Mark:
    if entry is not None:
        label = str(entry.get_state_display())
        return Mark(version, str(entry.state), label, entry.milliseconds, entry.error)
    if version <= reached:
        return Mark(version, "made_with", _("bij de inrichting"), None, "")
    return Mark(version, "waiting", str(WAITING), None, "")
