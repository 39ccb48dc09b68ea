"""What the two file pages show, gathered from every app of the case work: templates run no queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.formats import duration, listing, long_date, relative_day
from common.permissions import Permission
from common.vocabulary import AgeBand, HouseTrait, Return, SupportForm, Veto, Wish
from common.widgets import PARTS, WEEKDAYS
from core.couplings.models import Coupling
from core.couplings.selectors import couplings_of
from core.couplings.workflow import RUNNING, CouplingStatus
from core.families.action_pages import family_url
from core.families.duplicates import Possible, duplicates_of
from core.families.models import (
    AnyFamily,
    Consent,
    ContactNote,
    FamilyMerge,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.presentation import STATUS_KINDS, children_text
from core.families.selectors import VIEWED, consents_of, notes_of
from core.families.workflow import RequestingStatus, SupportStatus
from core.files.models import StoredFile
from core.files.selectors import files_about
from core.home.coupling_panel import STATUS_KINDS as COUPLING_STATUS_KINDS
from core.home.file_services import UNFINISHED
from core.home.letters import LetterLine, letter_entries, letter_line
from core.home.next_steps import (
    Choice,
    StepLine,
    requesting_choices,
    requesting_steps,
    support_choices,
    support_steps,
)
from core.home.timeline import (
    Entry,
    InTime,
    LookDay,
    Sort,
    changes_about,
    consent_entries,
    done_entries,
    family_labels,
    file_entries,
    in_order,
    looked,
    match_entries,
    note_entries,
    steps_and_changes,
    vog_entries,
)
from core.intake.models import Reference, SupportNeed, SupportOffer
from core.intake.selectors import need_of, offer_of, references_of
from core.intake.services import missing_for_approval
from core.letters.models import Letter
from core.letters.selectors import letters_about
from core.matching.models import MatchProposal
from core.matching.selectors import proposals_of, taken_places
from core.matching.workflow import ProposalStatus
from core.tasks.models import Task
from core.tasks.selectors import tasks_about
from core.vog.models import ConductCertificateCheck
from core.vog.selectors import AdultVog, RuleState, vog_of
from core.vog.workflow import VogStatus
from tenants.accounts.models import User
from tenants.audit.selectors import transitions_of
from tenants.crossing.selectors import neighbours

RENEW_AHEAD = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Alike:
    """A family that may be the same one, with what can be done about it."""

    name: str
    url: str
    reasons: list[str]
    merge_url: str
    apart_url: str

    @classmethod
    def of(cls, family: AnyFamily, possible: Possible) -> "Alike":
        """Return it with its addresses."""
        kind = "requesting" if isinstance(family, RequestingFamily) else "support"
        pair = [family.pk, possible.family.pk]
        return cls(
            name=capfirst(str(possible.family)),
            url=family_url(possible.family),
            reasons=possible.reasons,
            merge_url=reverse(f"families:{kind}_merge", args=pair),
            apart_url=reverse(f"families:{kind}_apart", args=pair),
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A proposal or coupling in a file."""

    title: str
    url: str
    meta: str
    status: str
    kind: str
    icon: str


@dataclass(frozen=True, slots=True)
class AdultLine:
    """An adult of the household with what the register says, in words."""

    vog: AdultVog

    @property
    def adult(self) -> SupportAdult:
        """Return the person."""
        return self.vog.adult

    @property
    def valid(self) -> bool:
        """Tell whether there is a VOG that counts."""
        return self.vog.valid

    @property
    def open(self) -> ConductCertificateCheck | None:
        """Return the cycle under way."""
        return self.vog.open

    @property
    def may_request(self) -> bool:
        """Tell whether it is time to ask: there is none, or it runs out soon."""
        return self.vog.can_request and (not self.vog.valid or self.due_soon)

    @property
    def required(self) -> bool:
        """Tell whether this person needs a VOG here."""
        return self.vog.required

    @property
    def rules(self) -> tuple[RuleState, ...]:
        """Return the documents that count now, and when this person agreed to them."""
        return self.vog.rules

    @property
    def rules_open(self) -> bool:
        """Tell whether a document waits for agreement."""
        return self.vog.rules_open

    @property
    def due_soon(self) -> bool:
        """Tell whether the VOG that counts must be renewed within some months."""
        due = self.latest_due
        return due is not None and due <= timezone.localdate() + RENEW_AHEAD

    @property
    def latest_due(self) -> date | None:
        """Return the last day of review of the certificates that were seen."""
        return max((check.review_due for check in self.vog.checks if check.review_due), default=None)

    @property
    def text(self) -> str:
        """Return the newest cycle in a sentence."""
        check = self.vog.latest
        if check is None:
            return ""
        if check.seen_on and check.review_due:
            return _("Gezien op %(seen)s door %(who)s. Opnieuw vragen voor %(due)s.") % {
                "seen": long_date(check.seen_on),
                "who": check.seen_by,
                "due": long_date(check.review_due),
            }
        if check.status == VogStatus.NOT_PRESENTED:
            return _("Aangevraagd op %(day)s, niet getoond.") % {"day": long_date(check.requested_on)}
        if check.received_on:
            return _("Ontvangen door het gezin op %(day)s, nog niet gezien.") % {
                "day": long_date(check.received_on)
            }
        return _("Aangevraagd op %(day)s.") % {"day": long_date(check.requested_on)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage(InTime):
    """What both file pages show."""

    family: AnyFamily
    status_label: str
    status_kind: str
    choices: list[Choice]
    steps: list[StepLine]
    notes: list[ContactNote]
    consents: list[Consent]
    matches: list[Match]
    tasks: list[Task]
    files: list[StoredFile]
    letters: list[LetterLine]
    timeline: list[Entry]
    looked: list[LookDay]
    may_edit: bool
    url: str
    note_url: str
    consent_url: str
    reminder_url: str
    file_url: str
    letter_url: str
    timeline_url: str
    alike: list[Alike]
    merged_into: AnyFamily | None
    merge: FamilyMerge | None

    @property
    def name(self) -> str:
        """Return the family's name for a heading."""
        return capfirst(str(self.family))

    @property
    def address(self) -> str:
        """Return the address in one line."""
        return ", ".join(
            part for part in (self.family.street, f"{self.family.postcode} {self.family.place}") if part
        )

    @property
    def merged_url(self) -> str:
        """Return where the file is that this one went into."""
        return family_url(self.merged_into) if self.merged_into else ""

    @property
    def pinned(self) -> list[ContactNote]:
        """Return the notes on top of the file."""
        return [note for note in self.notes if hasattr(note, "pin")]

    @property
    def last_contact(self) -> str:
        """Return when somebody last spoke with the family, in words."""
        talks = [note for note in self.notes if note.kind != ContactNote.Kind.NOTE]
        if not talks:
            return _("Nog geen contact vastgelegd.")
        latest = max(talks, key=lambda note: note.happened_on)
        return _("Laatste contact %(when)s (%(kind)s).") % {
            "when": relative_day(latest.happened_on),
            "kind": latest.get_kind_display(),
        }

    @property
    def next_task(self) -> str:
        """Return what is to be done first, in words."""
        if not self.tasks:
            return ""
        task = self.tasks[0]
        return _("Eerstvolgende: %(task)s, %(when)s.") % {
            "task": task.title.rstrip("."),
            "when": relative_day(task.due_on),
        }

    @property
    def live_consents(self) -> list[Consent]:
        """Return what the family lets us keep now."""
        return [consent for consent in self.consents if consent.withdrawn_on is None]

    @property
    def old_consents(self) -> list[Consent]:
        """Return what was withdrawn."""
        return [consent for consent in self.consents if consent.withdrawn_on is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestingFile(FilePage):
    """The file of an asking family."""

    family: RequestingFamily
    parents: list[RequestingParent]
    children: list[SupportedChild]
    need: SupportNeed | None

    @property
    def summary(self) -> str:
        """Return in a few sentences where it stands."""
        parts = [f"{children_text(self.children)}."] if self.children else []
        if self.family.status == RequestingStatus.WAITING and self.family.waiting_days is not None:
            parts.append(_("Wacht %(time)s.") % {"time": duration(self.family.waiting_days)})
        return " ".join([*parts, self.last_contact, self.next_task]).strip()

    @property
    def need_aside(self) -> str:
        """Return when the visit was."""
        return _visited(self.need) if self.need else ""

    @property
    def need_children(self) -> str:
        """Return for whom support is asked."""
        return children_text(self.need.children.all()) if self.need else ""

    @property
    def need_labels(self) -> dict[str, list[str]]:
        """Return the chosen codes of the intake in words."""
        if self.need is None:
            return {}
        return {
            "forms": labels(SupportForm, self.need.forms),
            "day_parts": day_part_lines(self.need.day_parts),
            "vetoes": labels(Veto, self.need.vetoes),
            "wishes": labels(Wish, self.need.wishes),
            "traits": labels(HouseTrait, self.need.traits),
            "gives": labels(Return, self.need.gives),
        }

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Return the four questions that were answered."""
        if self.need is None:
            return []
        asked = (
            (_("Welke steun is nodig?"), self.need.question_support),
            (_("Wat is belangrijk in de opvoeding?"), self.need.question_upbringing),
            (_("Wat verwacht het gezin van een steungezin?"), self.need.question_expectation),
            (_("Wat kan het gezin zelf doen?"), self.need.question_reciprocity),
        )
        return [(question, answer) for question, answer in asked if answer]

    @property
    def parents_to_ask(self) -> list[str]:
        """Return the parents with custody who have not agreed yet."""
        return [
            parent.first_name for parent in self.parents if parent.has_custody and parent.agreed_on is None
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportFile(FilePage):
    """The file of a support family."""

    family: SupportFamily
    adults: list[AdultLine]
    offer: SupportOffer | None
    references: list[Reference]
    missing: list[str] = field(default_factory=list)
    taken: int = 0

    @property
    def summary(self) -> str:
        """Return in a few sentences where it stands."""
        parts = [_("Plaats voor %(places)s.") % {"places": self.places}] if self.offer else []
        return " ".join([*parts, self.last_contact, self.next_task]).strip()

    @property
    def offer_aside(self) -> str:
        """Return when the visit was."""
        return _visited(self.offer) if self.offer else ""

    @property
    def offer_labels(self) -> dict[str, list[str]]:
        """Return the chosen codes of the intake in words."""
        if self.offer is None:
            return {}
        return {
            "forms": labels(SupportForm, self.offer.forms),
            "day_parts": day_part_lines(self.offer.day_parts),
            "ages": labels(AgeBand, self.offer.age_bands),
            "own": labels(AgeBand, self.offer.own_children_age_bands),
            "traits": labels(HouseTrait, self.offer.traits),
            "vetoes": labels(Veto, self.offer.vetoes),
            "strengths": labels(Wish, self.offer.strengths),
            "hopes": labels(Return, self.offer.hopes),
        }

    @property
    def places(self) -> str:
        """Return how many children there is room for, and how many places are taken."""
        if self.offer is None:
            return ""
        free = max(0, self.offer.capacity - self.taken)
        return (
            _("%(capacity)s kinderen, nu %(free)s vrij") % {"capacity": self.offer.capacity, "free": free}
            if (self.offer.capacity > 1)
            else _("%(capacity)s kind, nu %(free)s vrij") % {"capacity": self.offer.capacity, "free": free}
        )


def requesting_file(family: RequestingFamily, actor: User) -> RequestingFile:
    """Gather the file of an asking family."""
    couplings = couplings_of(family=family)
    proposals = proposals_of(family=family)
    notes, consents, files = notes_of(family, actor), consents_of(family), files_about([family.pk])
    may_edit = actor.may(Permission.EDIT_CASES)
    merged = list(family.merged_from.values_list("pk", flat=True))
    letters = letters_about([family.pk, *merged], actor)
    return RequestingFile(
        family=family,
        parents=list(family.parents.all()),
        children=list(family.children.all()),
        need=need_of(family),
        status_label=str(RequestingStatus(family.status).label),
        status_kind=STATUS_KINDS[RequestingStatus(family.status)],
        choices=requesting_choices(
            family, couplings, busy=_busy(proposals, couplings), over_border=bool(neighbours().open)
        )
        if may_edit
        else [],
        steps=requesting_steps(family),
        notes=notes,
        consents=consents,
        matches=_matches(proposals, couplings, asking=True),
        tasks=tasks_about([family.pk]),
        files=files,
        timeline=in_order(
            _happened(family, merged, notes, consents, files, letters),
            match_entries(proposals, couplings, asking=True),
        ),
        looked=looked(family, VIEWED),
        may_edit=may_edit,
        url=reverse("families:requesting_detail", args=[family.pk]),
        note_url=reverse("families:requesting_note", args=[family.pk]),
        consent_url=reverse("families:requesting_consent", args=[family.pk]),
        reminder_url=reverse("families:requesting_reminder", args=[family.pk]),
        file_url=reverse("families:requesting_file", args=[family.pk]),
        letters=[letter_line(letter) for letter in letters],
        letter_url=reverse("families:requesting_letters", args=[family.pk]),
        timeline_url=reverse("families:requesting_timeline", args=[family.pk]),
        **_same(family, may_edit=may_edit),
    )


def support_file(family: SupportFamily, actor: User) -> SupportFile:
    """Gather the file of a support family."""
    today = timezone.localdate()
    may_edit = actor.may(Permission.EDIT_CASES)
    offer = offer_of(family)
    screening = family.status == SupportStatus.SCREENING
    missing = missing_for_approval(family, today) if screening else []
    adults = vog_of(family, today)
    proposals, couplings = proposals_of(support_family=family), couplings_of(support_family=family)
    notes, consents, files = notes_of(family, actor), consents_of(family), files_about([family.pk])
    merged = list(family.merged_from.values_list("pk", flat=True))
    letters = letters_about([family.pk, *merged], actor)
    return SupportFile(
        family=family,
        adults=[AdultLine(row) for row in adults],
        offer=offer,
        references=references_of(family),
        missing=missing,
        taken=taken_places([family.pk]).get(family.pk, 0),
        status_label=str(SupportStatus(family.status).label),
        status_kind=STATUS_KINDS[SupportStatus(family.status)],
        choices=support_choices(
            family, missing, held=bool(offer and offer.completed_on), busy=_busy(proposals, couplings)
        )
        if may_edit
        else [],
        steps=support_steps(family),
        notes=notes,
        consents=consents,
        matches=_matches(proposals, couplings, asking=False),
        tasks=tasks_about([family.pk]),
        files=files,
        timeline=in_order(
            _happened(family, merged, notes, consents, files, letters),
            match_entries(proposals, couplings, asking=False),
            vog_entries((row.adult.first_name, check) for row in adults for check in row.checks),
        ),
        looked=looked(family, VIEWED),
        may_edit=may_edit,
        url=reverse("families:support_detail", args=[family.pk]),
        note_url=reverse("families:support_note", args=[family.pk]),
        consent_url=reverse("families:support_consent", args=[family.pk]),
        reminder_url=reverse("families:support_reminder", args=[family.pk]),
        file_url=reverse("families:support_file", args=[family.pk]),
        letters=[letter_line(letter) for letter in letters],
        letter_url=reverse("families:support_letters", args=[family.pk]),
        timeline_url=reverse("families:support_timeline", args=[family.pk]),
        **_same(family, may_edit=may_edit),
    )


def _busy(proposals: Iterable[MatchProposal], couplings: Iterable[Coupling]) -> bool:
    """Tell whether something runs that has to end before a file can be closed."""
    return any(one.status in RUNNING for one in couplings) or any(
        one.status in UNFINISHED for one in proposals
    )


def _same(family: AnyFamily, *, may_edit: bool) -> dict[str, Any]:
    """Return the families that may be the same one, and what this one went into."""
    into = family.merged_into
    merge = FamilyMerge.objects.filter(gone_id=family.pk, undone_at=None).first() if into else None
    found = duplicates_of(family) if may_edit and into is None else []
    return {
        "alike": [Alike.of(family, possible) for possible in found if possible.certain],
        "merged_into": into,
        "merge": merge,
    }


def _happened(
    family: AnyFamily,
    merged: list[UUID],
    notes: list[ContactNote],
    consents: list[Consent],
    files: list[StoredFile],
    letters: list[Letter],
) -> list[Entry]:
    """Return what happened in the file itself, and in those that were merged into it."""
    registered = Entry(at=family.registered_on, sort=Sort.STEP, title=_("Aangemeld"))
    return [
        registered,
        *steps_and_changes(transitions_of(family), family_labels(family), changes_about(family, *merged)),
        *note_entries(notes),
        *consent_entries(consents),
        *file_entries(files),
        *letter_entries(letters),
        *done_entries(family),
    ]


# ------------------------------------------------------------------------------------------------------------- words


def labels(choices: type[TextChoices], codes: Iterable[str]) -> list[str]:
    """Return codes of a closed list in words."""
    known: dict[str, str] = {str(code): str(label) for code, label in choices.choices}
    return [known.get(code, code) for code in codes]


def day_part_lines(codes: Iterable[str]) -> list[str]:
    """Return day-parts in the order of the week, "maandag ochtend en middag" as one."""
    wanted = set(codes)
    lines: list[str] = []
    for code_of_day, day, _short in WEEKDAYS:
        parts = [str(part) for code, part in PARTS if f"{code_of_day}-{code}" in wanted]
        if parts:
            lines.append(f"{day} {listing(parts)}")
    return lines


def _matches(
    proposals: Iterable[MatchProposal], couplings: Iterable[Coupling], *, asking: bool
) -> list[Match]:
    """Return couplings first, then the proposals that did not become one."""
    found = [
        Match(
            title=capfirst(str(coupling.support_family if asking else coupling.family)),
            url=reverse("couplings:coupling_detail", args=[coupling.pk]),
            meta=_("koppeling · %(children)s") % {"children": children_text(coupling.children.all())},
            status=str(CouplingStatus(coupling.status).label),
            kind=COUPLING_STATUS_KINDS[CouplingStatus(coupling.status)],
            icon="link",
        )
        for coupling in couplings
    ]
    return found + [
        Match(
            title=capfirst(str(proposal.support_family if asking else proposal.family)),
            url=reverse("matching:proposal_detail", args=[proposal.pk]),
            meta=_("voorstel van %(day)s") % {"day": long_date(proposal.proposed_on)},
            status=str(ProposalStatus(proposal.status).label),
            kind="info" if proposal.status in UNFINISHED else "neutral",
            icon="bulb",
        )
        for proposal in proposals
        if proposal.status != ProposalStatus.INTRODUCED
    ]


def _visited(visit: SupportNeed | SupportOffer) -> str:
    if visit.completed_on is None:
        return _("nog niet afgerond")
    return _("huisbezoek %(day)s") % {"day": long_date(visit.held_on)}
