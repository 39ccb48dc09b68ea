"""Reading in a list: the file, what its columns are, taking the rows over all at once, and taking that back."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Conflict, InvalidInput, NaoberError
from core.families.models import (
    AnyFamily,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.registration import RequestingRegistration, SupportRegistration
from core.families.services import requesting_families_write, support_families_write
from core.families.workflow import RequestingStatus, SupportStatus
from core.files.models import StoredFile
from core.imports.columns import COLUMNS, Kind, guess, plain_header
from core.imports.judging import Judged, Registration, judge
from core.imports.models import ColumnMemory, ImportedFamily, ImportRun
from core.imports.reading import read
from core.imports.selectors import progress_note, remembered
from core.imports.twins import resemblances
from core.imports.workflow import ALLOWED, ImportStatus
from core.ledger.services import entries_undo
from core.letters.models import Letter
from core.tasks.models import Task
from tenants.accounts.models import Actor, SystemActor
from tenants.audit.history import history_erase
from tenants.audit.models import FieldChange
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic
from tenants.jobs import enqueue_by_name

TAKE_OVER = "core.imports.jobs.take_over"
# After so many rows the page hears how far it is.
_STEP = 250
_NEEDED = ("postcode", "place")


@atomic()
def import_read(*, kind: str, file_name: str, content: bytes, actor: Actor) -> ImportRun:
    """Read a file, guess what its columns are and judge every row. Nothing of it is a family yet."""
    sheet = read(content)
    run = ImportRun.objects.create(
        kind=kind,
        file_name=file_name[-120:],
        header=sheet.header,
        rows=sheet.rows,
        mapping=guess(kind, sheet.header, remembered(kind)),
        total=len(sheet.rows),
        started_by=actor.full_name,
    )
    _judge_all(run)
    audit_log(action="import_read", subject=run, actor=actor)
    return run


@atomic()
def import_map(*, run: ImportRun, mapping: Sequence[str], actor: Actor) -> ImportRun:
    """Say what each column is, and remember it for the next file."""
    _check_mapping(run, mapping)
    run = _locked(run, ImportStatus.READ)
    run.mapping = list(mapping)
    _judge_all(run)
    ColumnMemory.objects.bulk_create(
        [
            ColumnMemory(kind=run.kind, header=header[:80], target=target)
            for header, target in {
                plain_header(name): target for name, target in zip(run.header, mapping, strict=True)
            }.items()
            if header
        ],
        update_conflicts=True,
        unique_fields=["kind", "header"],
        update_fields=["target"],
    )
    audit_log(action="import_mapped", subject=run, actor=actor)
    return run


@atomic()
def import_start(*, run: ImportRun, leave_out: bool, twins_too: bool, actor: Actor) -> ImportRun:
    """Let a worker take the rows over: all that are right, in one transaction."""
    run = _locked(run, ImportStatus.READ)
    wrong = sum(1 for verdict in run.verdicts if verdict["problems"])
    if wrong and not leave_out:
        raise InvalidInput(
            fields={
                "leave_out": _(
                    "Er zijn regels met fouten. Verbeter ze in het bestand, of zet het vinkje: dan laten wij ze weg."
                )
            }
        )
    if wrong == run.total:
        raise InvalidInput(_("Geen enkele regel kan worden overgenomen. Kijk eerst of de kolommen kloppen."))
    progress_note(run.pk, 0)
    run.started_by = actor.full_name
    run.save(update_fields=["started_by"])
    change_state(run, ImportStatus.RUNNING, allowed=ALLOWED, actor=actor)
    enqueue_by_name(TAKE_OVER, run_id=str(run.pk), twins_too="yes" if twins_too else "")
    return run


def import_take_over(*, run_id: UUID, twins_too: bool) -> None:
    """Write the families of an import: every row that was right, or none at all."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.status != ImportStatus.RUNNING:
        return
    actor = SystemActor(run.started_by)
    try:
        _write(run, actor, twins_too=twins_too)
    except NaoberError as refusal:
        reasons = [str(text) for text in refusal.fields.values()] or [str(refusal.message)]
        run.failure = " ".join(reasons)[:300]
        run.save(update_fields=["failure"])
        change_state(run, ImportStatus.READ, allowed=ALLOWED, actor=actor, reason=run.failure)


@atomic()
def import_drop(*, run: ImportRun, actor: Actor) -> ImportRun:
    """Throw a file away of which nothing was taken over."""
    run = _locked(run, ImportStatus.READ)
    _forget_rows(run)
    change_state(run, ImportStatus.DROPPED, allowed=ALLOWED, actor=actor)
    return run


@atomic()
def import_undo(*, run: ImportRun, actor: Actor) -> ImportRun:
    """Take an import back within its term: its families go as if they had never come, except from the audit log."""
    run = _locked(run, ImportStatus.DONE)
    if not run.may_be_undone:
        raise Conflict(gettext_lazy("Dit kan niet meer: het is langer dan 30 dagen geleden."))
    _refuse_what_moved_on(run)
    asking = list(RequestingFamily.objects.filter(imported__run=run))
    offering = list(SupportFamily.objects.filter(imported__run=run))
    entries_undo(families=asking, asking=True, actor=actor)
    entries_undo(families=offering, asking=False, actor=actor)
    history_erase(about_ids=[family.pk for family in [*asking, *offering]])
    try:
        ImportedFamily.objects.filter(run=run).delete()
        for people in (RequestingParent, SupportedChild):
            people.objects.filter(family__in=[family.pk for family in asking]).delete()
        SupportAdult.objects.filter(family__in=[family.pk for family in offering]).delete()
        RequestingFamily.objects.filter(pk__in=[family.pk for family in asking]).delete()
        SupportFamily.objects.filter(pk__in=[family.pk for family in offering]).delete()
    except ProtectedError as error:
        names = {str(getattr(row, "family", "")) for row in error.protected_objects}
        raise Conflict(_moved_on(sorted(filter(None, names)))) from error
    change_state(run, ImportStatus.UNDONE, allowed=ALLOWED, actor=actor)
    return run


# ------------------------------------------------------------------------------------------------------------ judging


def _judged(run: ImportRun) -> Iterator[Judged]:
    today = timezone.localdate(run.created_at)
    for number, cells in run.rows:
        yield judge(run.kind, run.mapping, number, cells, key=run.pk, today=today)


def _judge_all(run: ImportRun) -> None:
    judged = list(_judged(run))
    twins = resemblances(run.kind, judged)
    run.verdicts = [
        {"number": row.number, "name": row.name, "problems": row.problems, "twin": twins.get(row.number, "")}
        for row in judged
        if row.problems or row.number in twins
    ]
    run.failure = ""
    run.save(update_fields=["mapping", "verdicts", "failure"])


def _check_mapping(run: ImportRun, mapping: Sequence[str]) -> None:
    columns = {column.name: column for column in COLUMNS[run.kind]}
    if len(mapping) != len(run.header) or not set(mapping) <= {"", *columns}:
        raise InvalidInput(_("Deze kolommen horen niet bij dit bestand."))
    for name, column in columns.items():
        if not column.repeats and list(mapping).count(name) > 1:
            raise InvalidInput(
                _("Twee kolommen zijn allebei “%(label)s”. Kies er één.") % {"label": column.label}
            )
    missing = [columns[name].label for name in _NEEDED if name not in mapping]
    if "last_name" not in mapping and "full_name" not in mapping:
        missing.insert(0, _("Achternaam"))
    if missing:
        raise InvalidInput(
            _("Wijs nog een kolom aan voor: %(names)s.") % {"names": ", ".join(map(str, missing))}
        )


# -------------------------------------------------------------------------------------------------------- taking over


@atomic()
def _write(run: ImportRun, actor: Actor, *, twins_too: bool) -> None:
    left_out = {verdict["number"] for verdict in run.verdicts if verdict["twin"] and not twins_too}
    good = [row for row in _judged(run) if row.registration is not None and row.number not in left_out]
    for begin in range(0, len(good), _STEP):
        _write_some(run, good[begin : begin + _STEP], actor)
        progress_note(run.pk, begin + _STEP)
    run.taken, run.done_on = len(good), timezone.localdate()
    run.save(update_fields=["taken", "done_on"])
    _forget_rows(run)
    change_state(run, ImportStatus.DONE, allowed=ALLOWED, actor=actor)


def _write_some(run: ImportRun, rows: Sequence[Judged], actor: Actor) -> None:
    registrations: list[Registration] = [row.registration for row in rows if row.registration is not None]
    asking = [each for each in registrations if isinstance(each, RequestingRegistration)]
    offering = [each for each in registrations if isinstance(each, SupportRegistration)]
    if run.kind == Kind.ASKING:
        families = requesting_families_write(asking, actor=actor)
        made = [ImportedFamily(run=run, requesting_family=family) for family in families]
    else:
        made = [
            ImportedFamily(run=run, support_family=family)
            for family in support_families_write(offering, actor=actor)
        ]
    for entry, row in zip(made, rows, strict=True):
        entry.row_number = row.number
    ImportedFamily.objects.bulk_create(made)


def _forget_rows(run: ImportRun) -> None:
    run.rows, run.verdicts, run.header = [], [], []
    run.save(update_fields=["rows", "verdicts", "header"])


# --------------------------------------------------------------------------------------------------------- taking back


def _refuse_what_moved_on(run: ImportRun) -> None:
    """Refuse when something happened with a family since: a call, a change, an intake. It is no mistake then."""
    families: list[AnyFamily] = [
        *RequestingFamily.objects.filter(imported__run=run),
        *SupportFamily.objects.filter(imported__run=run),
    ]
    ids = [family.pk for family in families]
    touched = {
        *FieldChange.objects.filter(about_id__in=ids).values_list("about_id", flat=True),
        *Task.objects.filter(subject_id__in=ids).values_list("subject_id", flat=True),
        *StoredFile.objects.filter(subject_id__in=ids).values_list("subject_id", flat=True),
        *Letter.objects.filter(family_id__in=ids).values_list("family_id", flat=True),
    }
    first = {RequestingStatus.REGISTERED, SupportStatus.REGISTERED}
    moved = [str(family) for family in families if family.status not in first or family.pk in touched]
    if moved:
        raise Conflict(_moved_on(moved))


def _moved_on(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5]) + (_(" en andere") if len(names) > len(names[:5]) else "")
    return _(
        "Dit kan niet meer: er is sindsdien iets gedaan met %(names)s. Sluit de dossiers die niet kloppen zelf af."
    ) % {"names": shown or _("een van deze gezinnen")}


def _locked(run: ImportRun, expected: str) -> ImportRun:
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.status != expected:
        raise Conflict(
            _("Dit kan nu niet: dit bestand is “%(status)s”.") % {"status": locked.get_status_display()}
        )
    return locked
