"""How a concern looks on its page and in the list: words and marks, no rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.formats import relative_day
from core.couplings.models import Coupling
from core.families.action_pages import family_url
from core.safeguarding.models import (
    Concern,
    ConcernEntry,
    Consulted,
    Decision,
    EntryKind,
    NoticedBy,
)
from core.safeguarding.selectors import StepState, next_step, steps_of, subject_name, subject_of
from core.safeguarding.workflow import ConcernStatus

# The word of a step in its address.
STEP_WORDS: dict[EntryKind, str] = {
    EntryKind.SIGNALS: "signalen",
    EntryKind.CONSULT: "overleg",
    EntryKind.TALK: "gesprek",
    EntryKind.WEIGH: "wegen",
    EntryKind.DECIDE: "besluit",
}
# What to do today at each step, in the words of the reporting code.
STEP_ADVICE = {
    EntryKind.SIGNALS: gettext_lazy("Schrijf op wat je ziet en hoort, met datum. Feiten en mening apart."),
    EntryKind.CONSULT: gettext_lazy(
        "Overleg vandaag met de aandachtsfunctionaris of bel Veilig Thuis. Dat mag zonder namen."
    ),
    EntryKind.TALK: gettext_lazy(
        "Praat met de ouders, en met het kind. Is dat niet veilig? Bel dan eerst Veilig Thuis."
    ),
    EntryKind.WEIGH: gettext_lazy("Weeg hoe ernstig het is, samen met wie meekijkt."),
    EntryKind.DECIDE: gettext_lazy(
        "Beantwoord twee vragen: moet dit worden gemeld, en kunnen wij zelf hulp regelen?"
    ),
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One of the five steps on the page."""

    url: str
    number: int
    title: str
    state: str
    done_on: date | None
    advice: str
    entries: "list[EntryLine]"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """Something that was written down."""

    happened_on: date
    title: str
    who: str
    text: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ConcernLine:
    """A concern in the list."""

    url: str
    title: str
    step: str
    meta: str
    kind: str
    deadline: str
    acute: bool

    @classmethod
    def of(cls, concern: Concern, today: date) -> "ConcernLine":
        """Return the line of a concern."""
        entries = list(concern.entries.all())
        upcoming = next_step(entries)
        is_open = concern.status == ConcernStatus.OPEN
        due = concern.next_on if is_open else None
        last = entries[-1] if entries else None
        parts = [_("gemeld %(day)s") % {"day": relative_day(concern.raised_on, today)}]
        if last is not None:
            parts.append(_("laatste stap %(day)s") % {"day": relative_day(last.happened_on, today)})
        parts.append(_("behandelaar: %(name)s") % {"name": concern.coordinator.full_name})
        return cls(
            url=reverse("safeguarding:concern_detail", args=[concern.pk]),
            title=subject_name(subject_of(concern)),
            step=_step_text(upcoming) if is_open else str(ConcernStatus.CLOSED.label),
            meta=" · ".join(parts),
            kind="late" if due and due < today else "today" if due == today else "soon" if due else "",
            deadline=_("kijk weer %(day)s") % {"day": relative_day(due, today)} if due else "",
            acute=concern.acute and is_open,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFile:
    """The page of a concern."""

    concern: Concern
    title: str
    subject_url: str
    is_open: bool
    status_label: str
    noticed_by: str
    steps: list[StepLine]
    other: list[EntryLine]
    next: StepLine | None
    may_close: bool
    late: bool


def concern_file(concern: Concern, today: date) -> ConcernFile:
    """Gather the page of a concern."""
    entries = list(concern.entries.all())
    upcoming = next_step(entries)
    steps = [_step(concern, step, current=upcoming) for step in steps_of(entries)]
    decided = any(entry.kind == EntryKind.DECIDE for entry in entries)
    subject = subject_of(concern)
    is_open = concern.status == ConcernStatus.OPEN
    url = (
        reverse("couplings:coupling_detail", args=[subject.pk])
        if isinstance(subject, Coupling)
        else family_url(subject)
    )
    return ConcernFile(
        concern=concern,
        title=subject_name(subject),
        subject_url=url,
        is_open=is_open,
        status_label=str(ConcernStatus(concern.status).label),
        noticed_by=str(NoticedBy(concern.noticed_by).label),
        steps=steps,
        other=[_entry(entry) for entry in reversed(entries) if entry.kind not in STEP_WORDS],
        next=next((line for line in steps if upcoming and line.number == upcoming.number), None),
        may_close=is_open and decided,
        late=is_open and concern.next_on is not None and concern.next_on < today,
    )


def _step(concern: Concern, step: StepState, *, current: StepState | None) -> StepLine:
    state = "done" if step.entries else "current" if current and step.number == current.number else "todo"
    return StepLine(
        url=reverse("safeguarding:step", args=[concern.pk, STEP_WORDS[step.kind]]),
        number=step.number,
        title=capfirst(str(step.kind.label)),
        state=state,
        done_on=step.done_on,
        advice=str(STEP_ADVICE[step.kind]),
        entries=_entries(step.entries),
    )


def _entries(entries: Sequence[ConcernEntry]) -> list[EntryLine]:
    return [_entry(entry) for entry in entries]


def _entry(entry: ConcernEntry) -> EntryLine:
    facts = [
        (_("Overlegd met"), _consulted(entry)),
        (_("Besluit"), str(Decision(entry.decision).label) if entry.decision else ""),
        (_("Nummer van Veilig Thuis"), entry.veilig_thuis_number),
    ]
    return EntryLine(
        happened_on=entry.happened_on,
        title=capfirst(str(EntryKind(entry.kind).label)),
        who=entry.author_name,
        text=entry.text,
        facts=[(label, value) for label, value in facts if value],
    )


def _consulted(entry: ConcernEntry) -> str:
    if not entry.consulted:
        return ""
    label = str(Consulted(entry.consulted).label)
    return f"{label}, {entry.consulted_who}" if entry.consulted_who else label


def _step_text(step: StepState | None) -> str:
    if step is None:
        return _("alle stappen gezet, nog niet afgesloten")
    return _("stap %(number)s: %(step)s") % {"number": step.number, "step": step.kind.label}
