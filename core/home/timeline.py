"""Everything that happened in a dossier, in one line of time: steps, talks, edits, consents, matches, files, tasks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.formats import as_date, listing, relative_day, week_date
from core.couplings.models import Coupling
from core.families.models import AnyFamily, Consent, ContactNote
from core.files.models import StoredFile
from core.home.field_words import FieldLine, field_line
from core.matching.models import MatchProposal
from core.tasks.models import Task
from core.tasks.workflow import TaskStatus
from core.vog.models import ConductCertificateCheck
from tenants.audit.models import AuditEntry, FieldChange, Transition
from tenants.models import ScopedModel

SHOWN = 8
DAYS_SHOWN = 4
DAYS_MOST = 60
# What one press of a button writes is written within this time, each line with a moment of its own.
ONE_BUTTON = timedelta(seconds=2)


class Sort(StrEnum):
    """What a line is about; the words of the filter stand in the address."""

    STEP = "stappen"
    TALK = "gesprekken"
    CHANGE = "wijzigingen"
    LETTER = "brieven"
    THING = "bestanden-en-taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the timeline."""

    at: date | datetime
    sort: Sort
    title: str
    who: str = ""
    text: str = ""
    url: str = ""
    lines: Sequence[FieldLine] = field(default=())

    @property
    def key(self) -> tuple[date, time]:
        """Return where it stands in time; what has no hour stands at the end of its day."""
        if isinstance(self.at, datetime):
            local = timezone.localtime(self.at)
            return local.date(), local.time()
        return self.at, time.max


@dataclass(frozen=True, slots=True)
class LookDay:
    """Who looked in a file on one day."""

    day: date
    names: list[str]

    @property
    def text(self) -> str:
        """Return the day as people say it."""
        return relative_day(self.day) if (timezone.localdate() - self.day).days < 2 else week_date(self.day)  # noqa: PLR2004


class InTime:
    """What every dossier shows of its time: the newest lines, and who looked."""

    __slots__ = ()
    timeline: list[Entry]
    looked: list[LookDay]

    @property
    def newest(self) -> list[Entry]:
        """Return the lines of the timeline that fit on the dossier itself."""
        return self.timeline[:SHOWN]

    @property
    def looked_first(self) -> list[LookDay]:
        """Return the last days on which somebody looked."""
        return self.looked[:DAYS_SHOWN]

    @property
    def looked_before(self) -> list[LookDay]:
        """Return the days before those."""
        return self.looked[DAYS_SHOWN:]


def in_order(*parts: Iterable[Entry]) -> list[Entry]:
    """Return all lines, the latest first."""
    return sorted((entry for part in parts for entry in part), key=lambda entry: entry.key, reverse=True)


def steps_and_changes(
    transitions: Sequence[Transition], labels: dict[str, str], changes: Sequence[FieldChange]
) -> list[Entry]:
    """Return changes of state with the fields that changed along, and other edits by who made them and when."""
    of_step: dict[Any, list[FieldLine]] = {}
    edits: list[Entry] = []
    ordered = sorted(changes, key=lambda change: (change.at, change.actor_name))
    for (at, who), group in groupby(ordered, key=lambda change: (change.at, change.actor_name)):
        lines = [field_line(change) for change in group]
        step = _step_with(at, who, transitions)
        if step is not None:
            of_step.setdefault(step.pk, []).extend(lines)
        else:
            names = listing(dict.fromkeys(line.label.lower() for line in lines))
            edits.append(
                Entry(
                    at=at,
                    sort=Sort.CHANGE,
                    title=_("Gewijzigd: %(fields)s") % {"fields": names},
                    who=who,
                    lines=lines,
                )
            )
    steps = [
        Entry(
            at=step.at,
            sort=Sort.STEP,
            title=capfirst(labels.get(step.to_state, step.to_state)),
            who=step.actor_name,
            text=step.reason,
            lines=of_step.get(step.pk, ()),
        )
        for step in transitions
    ]
    return [*steps, *edits]


def _step_with(at: datetime, who: str, transitions: Sequence[Transition]) -> Transition | None:
    """Return the step that a change belongs to: of the same person in the same moment, which is one button."""
    near = [step for step in transitions if step.actor_name == who and abs(step.at - at) <= ONE_BUTTON]
    return min(near, key=lambda step: abs(step.at - at), default=None)


def note_entries(notes: Iterable[ContactNote]) -> list[Entry]:
    """Return the notes."""
    return [
        Entry(
            at=note.happened_on,
            sort=Sort.TALK,
            title=capfirst(note.get_kind_display()),
            who=note.author_name,
            text=note.text,
        )
        for note in notes
    ]


def consent_entries(consents: Iterable[Consent]) -> list[Entry]:
    """Return consents, given and withdrawn."""
    found = []
    for consent in consents:
        group = consent.get_group_display()
        found.append(
            Entry(
                at=consent.given_on,
                sort=Sort.STEP,
                title=_("Toestemming gegeven: %(group)s") % {"group": group},
                who=consent.recorded_by,
            )
        )
        if consent.withdrawn_on:
            title = _("Toestemming ingetrokken: %(group)s") % {"group": group}
            found.append(Entry(at=consent.withdrawn_on, sort=Sort.STEP, title=title))
    return found


def vog_entries(checks: Iterable[tuple[str, ConductCertificateCheck]]) -> list[Entry]:
    """Return what happened with the VOG of each adult, given with the name."""
    found = []
    for name, check in checks:
        moments = (
            (check.requested_on, _("VOG aangevraagd: %(name)s"), ""),
            (check.received_on, _("VOG ontvangen: %(name)s"), ""),
            (check.seen_on, _("VOG gezien: %(name)s"), check.seen_by),
        )
        found += [
            Entry(at=day, sort=Sort.STEP, title=title % {"name": name}, who=who)
            for day, title, who in moments
            if day
        ]
    return found


def match_entries(
    proposals: Iterable[MatchProposal], couplings: Iterable[Coupling], *, asking: bool
) -> list[Entry]:
    """Return proposals and what became of the couplings."""
    found = []
    for proposal in proposals:
        other = proposal.support_family if asking else proposal.family
        found.append(
            Entry(
                at=proposal.proposed_on,
                sort=Sort.STEP,
                title=_("Voorstel met %(family)s") % {"family": other},
                url=reverse("matching:proposal_detail", args=[proposal.pk]),
            )
        )
    for coupling in couplings:
        name = str(coupling.support_family if asking else coupling.family)
        url = reverse("couplings:coupling_detail", args=[coupling.pk])
        moments = (
            (coupling.introduced_on, _("Kennismaking met %(family)s")),
            (coupling.trial_started_on, _("Proefperiode met %(family)s")),
            (coupling.coupled_on, _("Gekoppeld met %(family)s")),
            (coupling.ended_on, _("Einde van de koppeling met %(family)s")),
        )
        found += [
            Entry(at=day, sort=Sort.STEP, title=title % {"family": name}, url=url)
            for day, title in moments
            if day
        ]
    return found


def file_entries(files: Iterable[StoredFile]) -> list[Entry]:
    """Return the files that were added."""
    return [
        Entry(
            at=file.added_at,
            sort=Sort.THING,
            title=_("Bestand toegevoegd: %(name)s") % {"name": file.name},
            who=file.added_by,
            text=file.note,
        )
        for file in files
    ]


def done_entries(subject: ScopedModel) -> list[Entry]:
    """Return the tasks that were done."""
    done = Task.objects.filter(subject_id=subject.pk, status=TaskStatus.DONE, done_on__isnull=False)
    return [
        Entry(at=as_date(task.done_on), sort=Sort.THING, title=_("Gedaan: %(task)s") % {"task": task.title})
        for task in done
        if task.done_on
    ]


def changes_about(subject: ScopedModel, *also: Any, limit: int = 500) -> list[FieldChange]:
    """Return the changed fields in a file (and in those merged into it), latest first."""
    return list(FieldChange.objects.filter(about_id__in=[subject.pk, *also])[:limit])


def looked(subject: ScopedModel, action: str) -> list[LookDay]:
    """Return who opened a file, per day and each once, the latest day first."""
    rows = (
        AuditEntry.objects.filter(object_id=subject.pk, action=action)
        .annotate(day=TruncDate("at"))
        .order_by("-day", "actor_name")
        .values("day", "actor_name")
        .annotate(times=Count("pk"))
        .values_list("day", "actor_name", "times")
    )
    found: list[LookDay] = []
    for day, per_day in groupby(rows[: DAYS_MOST * 4], key=lambda row: row[0]):
        names = [
            _("%(name)s (%(times)s keer)") % {"name": name, "times": times} if times > 1 else name
            for _day, name, times in per_day
        ]
        found.append(LookDay(day, names))
    return found[:DAYS_MOST]


def family_labels(family: AnyFamily) -> dict[str, str]:
    """Return the states of a family in words."""
    return {str(code): str(label) for code, label in family._meta.get_field("status").flatchoices}  # noqa: SLF001
