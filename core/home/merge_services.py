"""Two files that turn out to be one family: what stands in the way, what would happen, doing it and undoing it.

The file that stays takes over what it lacks; the other one is set aside, with everything that cannot move still in it.
Only the top of the case work knows everything that hangs on a file.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Conflict, Text
from core.couplings.selectors import couplings_of
from core.families.duplicates import duplicate_keys_write
from core.families.models import AnyFamily, Consent, FamilyMerge, NotTheSame, RequestingFamily
from core.families.sound import sound
from core.families.workflow import (
    REQUESTING_ALLOWED,
    SUPPORT_ALLOWED,
    RequestingStatus,
    SupportStatus,
)
from core.files.models import StoredFile
from core.home.file_services import UNFINISHED
from core.intake.models import SupportNeed, SupportOffer
from core.ledger.services import entries_restore, entries_undo
from core.matching.selectors import proposals_of
from core.safeguarding.services import concerns_move, concerns_move_back
from core.tasks.models import Task
from core.tasks.workflow import TaskStatus
from tenants.accounts.models import Actor
from tenants.audit.history import change_fields, plain
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic

MERGEABLE: Final = frozenset(
    {
        *(RequestingStatus.REGISTERED, RequestingStatus.CONTACTED, RequestingStatus.INTAKE),
        *(RequestingStatus.CLOSED, SupportStatus.SCREENING, SupportStatus.LEFT),
    }
)
_SHARED: Final = ("name", "street", "postcode", "place", "secret_address", "remarks")
FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "requesting": (*_SHARED, "household", "safe_contact", "interpreter_language"),
    "support": (*_SHARED, "channel", "motivation"),
}
# What a merge remembers beside the rows of each table: who was first to call, and that the ledger left a file out.
CONTACT: Final = "contact"
UNCOUNTED: Final = "uncounted"
MERGED_ALREADY: Final[Text] = gettext_lazy("Een van deze dossiers is al samengevoegd.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field in which the two files differ."""

    name: str
    label: str
    kept: Any
    gone: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What merging would do. With blockers nothing happens."""

    kept: AnyFamily
    gone: AnyFamily
    blockers: list[str]
    differences: list[Difference]
    people: list[Any]
    children: list[Any]
    references: list[Any]
    consents: list[Consent]
    tasks: list[Task]
    files: list[StoredFile]
    # A file that was closed before the other began was a registration of its own; otherwise it is counted twice.
    counted_twice: bool
    same_people: list[Any] = field(default_factory=list)

    @property
    def moving(self) -> dict[str, list[Any]]:
        """Return the rows that move, per table."""
        parts = (self.people, self.children, self.references, self.consents, self.tasks, self.files)
        return {rows[0]._meta.label_lower: rows for rows in parts if rows}  # noqa: SLF001


def kind_of(family: AnyFamily) -> str:
    """Return which kind of family it is, as the addresses say it."""
    return "requesting" if isinstance(family, RequestingFamily) else "support"


def merge_plan(kept: AnyFamily, gone: AnyFamily) -> Plan:
    """Return what merging two files would do; nothing is written."""
    people, same = _people(kept, gone)
    asking = isinstance(kept, RequestingFamily)
    live = set(kept.consents.filter(withdrawn_on=None).values_list("group", flat=True))
    return Plan(
        kept=kept,
        gone=gone,
        blockers=_blockers(kept, gone),
        differences=[
            Difference(
                name=name,
                label=str(_column(kept, name).verbose_name),
                kept=getattr(kept, name),
                gone=getattr(gone, name),
            )
            for name in FIELDS[kind_of(kept)]
            if getattr(gone, name) not in {"", None} and getattr(gone, name) != getattr(kept, name)
        ],
        people=people,
        same_people=same,
        children=_other_children(kept, gone) if asking else [],
        references=[] if asking else _references(gone),
        consents=list(gone.consents.filter(withdrawn_on=None).exclude(group__in=live)),
        tasks=list(Task.objects.filter(subject_id=gone.pk, status=TaskStatus.OPEN)),
        files=list(StoredFile.objects.filter(subject_id=gone.pk)),
        counted_twice=gone.closed_on is None or gone.closed_on > kept.registered_on,
    )


@atomic()
def families_merge(*, kept: AnyFamily, gone: AnyFamily, take: Collection[str], actor: Actor) -> FamilyMerge:
    """Merge one file into another; ``take`` names the fields of which the value of the other one is used."""
    _lock(kept, gone)
    plan = merge_plan(kept, gone)
    if plan.blockers:
        raise Conflict(" ".join(plan.blockers))
    values = {one.name: one.gone for one in plan.differences if one.name in take}
    taken = {name: [plain(getattr(kept, name)), plain(value)] for name, value in values.items()}
    moved = {label: [str(row.pk) for row in rows] for label, rows in plan.moving.items()}
    contact = [str(person.pk) for person in plan.people if person.is_contact]
    for rows in plan.moving.values():
        for row in rows:
            _move(row, kept, actor)
    change_fields(kept, values, about=kept, actor=actor)
    concerns_move(gone=gone, kept=kept, actor=actor)
    if plan.counted_twice:
        entries_undo(families=[gone], asking=isinstance(gone, RequestingFamily), actor=actor)
    merge = FamilyMerge.objects.create(
        kept_id=kept.pk,
        gone_id=gone.pk,
        kind=kind_of(kept),
        state_before=gone.status,
        moved=moved | {CONTACT: contact, UNCOUNTED: [str(gone.pk)] if plan.counted_twice else []},
        taken=taken,
        merged_by=actor.full_name,
    )
    change_fields(gone, {"merged_into": kept}, about=gone, actor=actor)
    change_state(gone, RequestingStatus.MERGED, allowed=_allowed(gone), actor=actor, reason=str(kept))
    duplicate_keys_write(kept)
    duplicate_keys_write(gone)
    audit_log(action="family_merged", subject=kept, actor=actor, purpose=str(gone.pk))
    return merge


@atomic()
def merge_undo(*, merge: FamilyMerge, kept: AnyFamily, gone: AnyFamily, actor: Actor) -> FamilyMerge:
    """Put everything back where it was; what was changed since stays changed."""
    _lock(kept, gone)
    row = FamilyMerge.objects.select_for_update().get(pk=merge.pk)
    if row.undone_at is not None:
        raise Conflict(_("Dit was al ongedaan gemaakt."))
    if kept.status == RequestingStatus.MERGED:
        raise Conflict(_("Het dossier dat bleef, is zelf weer samengevoegd. Maak dat eerst ongedaan."))
    for label, ids in row.moved.items():
        if label not in {CONTACT, UNCOUNTED}:
            for found in _rows(label, ids, kept):
                _move(found, gone, actor, contact=str(found.pk) in row.moved.get(CONTACT, ()))
    concerns_move_back(gone=gone, kept=kept, actor=actor)
    if row.moved.get(UNCOUNTED):
        entries_restore(families=[gone], asking=isinstance(gone, RequestingFamily), actor=actor)
    back = {
        name: _column(kept, name).to_python(old)
        for name, (old, new) in row.taken.items()
        if plain(getattr(kept, name)) == new
    }
    change_fields(kept, back, about=kept, actor=actor)
    change_fields(gone, {"merged_into": None}, about=gone, actor=actor)
    change_state(gone, row.state_before, allowed=_allowed(gone), actor=actor)
    row.undone_at, row.undone_by = timezone.now(), actor.full_name
    row.save(update_fields=["undone_at", "undone_by"])
    duplicate_keys_write(kept)
    duplicate_keys_write(gone)
    audit_log(action="family_merge_undone", subject=kept, actor=actor, purpose=str(gone.pk))
    return row


@atomic()
def families_tell_apart(*, one: AnyFamily, other: AnyFamily, actor: Actor) -> None:
    """Say that two files that look alike are two families; the warning does not come back."""
    if one.pk == other.pk:
        raise Conflict(_("Dit is hetzelfde dossier."))
    first, second = sorted((one.pk, other.pk))
    _row, made = NotTheSame.objects.get_or_create(
        one_id=first, other_id=second, defaults={"said_by": actor.full_name}
    )
    if made:
        audit_log(action="families_told_apart", subject=one, actor=actor, purpose=str(other.pk))


# ------------------------------------------------------------------------------------------------------------ the parts


def _blockers(kept: AnyFamily, gone: AnyFamily) -> list[str]:
    if kept.pk == gone.pk:
        return [_("Dit is hetzelfde dossier.")]
    if RequestingStatus.MERGED in {kept.status, gone.status}:
        return [str(MERGED_ALREADY)]
    found = []
    if gone.status not in MERGEABLE:
        found.append(
            _("%(family)s is al verder: dat dossier moet blijven. Wissel de twee om.") % {"family": gone}
        )
    side: Any = {"family": gone} if isinstance(gone, RequestingFamily) else {"support_family": gone}
    if couplings_of(**side):
        found.append(_("Het dossier met een koppeling moet blijven. Wissel de twee om."))
    if any(proposal.status in UNFINISHED for proposal in proposals_of(**side)):
        found.append(_("Er staat nog een voorstel open. Trek dat eerst in."))
    if _has_intake(gone) and not _has_intake(kept):
        found.append(_("Het dossier met een intake moet blijven. Wissel de twee om."))
    return found


def _references(gone: Any) -> list[Any]:
    return list(gone.references.all())


def _column(family: AnyFamily, name: str) -> Any:
    return family._meta.get_field(name)  # noqa: SLF001


def _has_intake(family: AnyFamily) -> bool:
    if isinstance(family, RequestingFamily):
        return SupportNeed.objects.filter(family=family).exists()
    return SupportOffer.objects.filter(family=family).exists()


def _people(kept: AnyFamily, gone: AnyFamily) -> tuple[list[Any], list[Any]]:
    """Return who only the other file has, and who is in both."""
    of: Callable[[AnyFamily], Any] = lambda family: (  # noqa: E731
        family.parents.all() if isinstance(family, RequestingFamily) else family.adults.all()
    )
    known = {(sound(person.first_name), sound(person.last_name)) for person in of(kept)}
    numbers = {person.phone for person in of(kept) if person.phone}
    new: list[Any] = []
    same: list[Any] = []
    for person in of(gone):
        twin = (sound(person.first_name), sound(person.last_name)) in known or person.phone in numbers
        (same if twin else new).append(person)
    return new, same


def _other_children(kept: Any, gone: Any) -> list[Any]:
    def mark(child: Any) -> tuple[Any, ...]:
        return sound(child.first_name), child.birth_year, child.birth_month, child.due_on

    known = {mark(child) for child in kept.children.all()}
    return [child for child in gone.children.all() if mark(child) not in known]


def _move(row: Any, to: AnyFamily, actor: Actor, *, contact: bool = False) -> None:
    """Let a row belong to another file; a contact person becomes an ordinary one, and again one on the way back."""
    if isinstance(row, Task | StoredFile):
        change_fields(row, {"subject_id": to.pk}, about=to, actor=actor)
        return
    if isinstance(row, Consent):
        column = "requesting_family" if isinstance(to, RequestingFamily) else "support_family"
        change_fields(row, {column: to}, about=to, actor=actor)
        return
    values: dict[str, object] = {"family": to}
    if hasattr(row, "is_contact"):
        values["is_contact"] = contact
    change_fields(row, values, about=to, actor=actor)


def _rows(label: str, ids: Sequence[str], kept: AnyFamily) -> list[Any]:
    """Return the rows that moved and still belong to the file that stayed."""
    models: dict[str, type[Model]] = {
        model._meta.label_lower: model  # noqa: SLF001
        for model in (Task, StoredFile, Consent, *(relation.related_model for relation in _relations(kept)))
    }
    objects: Any = models[label]._default_manager  # noqa: SLF001
    owner = {
        "tasks.task": "subject_id",
        "files.storedfile": "subject_id",
        "families.consent": f"{kind_of(kept)}_family_id",
    }.get(label, "family_id")
    return list(objects.filter(pk__in=[UUID(pk) for pk in ids], **{owner: kept.pk}))


def _relations(family: AnyFamily) -> list[Any]:
    names = ("parents", "children") if isinstance(family, RequestingFamily) else ("adults", "references")
    return [family._meta.get_field(name) for name in names]  # noqa: SLF001


def _lock(*families: AnyFamily) -> None:
    for family in sorted(families, key=lambda one: str(one.pk)):
        objects: Any = type(family)._default_manager  # noqa: SLF001
        objects.select_for_update(of=("self",)).get(pk=family.pk)
        family.refresh_from_db()


def _allowed(family: AnyFamily) -> Any:
    return REQUESTING_ALLOWED if isinstance(family, RequestingFamily) else SUPPORT_ALLOWED
