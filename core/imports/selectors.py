"""Reading imports: the file of an address, its verdicts, how far it is."""

from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache

from common.errors import NotAllowed
from common.permissions import Permission
from core.imports.models import ColumnMemory, ImportRun
from tenants.accounts.models import User

_PROGRESS = "import"
_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a row: problems, or whom it resembles."""

    number: int
    name: str
    problems: list[str]
    twin: str


def import_for(actor: User, public_id: UUID) -> ImportRun:
    """Return an import that this person may work with; absent and forbidden look alike."""
    found = ImportRun.objects.filter(pk=public_id).first() if actor.may(Permission.EDIT_CASES) else None
    if found is None:
        raise NotAllowed
    return found


def imports() -> list[ImportRun]:
    """Return the latest imports, without their rows."""
    return list(ImportRun.objects.defer("rows", "verdicts", "header")[:50])


def verdicts_of(run: ImportRun) -> list[Verdict]:
    """Return what is to be said, in the order of the file."""
    return [Verdict(**verdict) for verdict in run.verdicts]


def remembered(kind: str) -> dict[str, str]:
    """Return what columns were the last time, by their plain names."""
    return dict(ColumnMemory.objects.filter(kind=kind).values_list("header", "target"))


def progress_note(run_id: UUID, done: int) -> None:
    """Let the page know how many rows are written; outside the transaction, so that it is seen at once."""
    cache.set(f"{_PROGRESS}:{run_id}", done, _AN_HOUR)


def progress_of(run_id: UUID) -> int:
    """Return how many rows were written the last time somebody said so."""
    return int(cache.get(f"{_PROGRESS}:{run_id}", 0))
