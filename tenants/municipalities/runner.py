"""Brings every municipality up to what the migrations made of the template, while people work.

Each migration is one transaction in each municipality, with a limit to how long anybody waits for it. What cannot be
done now is put off and tried again; what fails is written down; both leave the municipality as it was. A few
municipalities go first, and when they fail nobody else is touched. Whoever is killed on the way begins where it ended:
the version of a municipality is part of the same transaction.
"""

import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.db.models import F, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from psycopg import sql

from tenants.context import owning_registry
from tenants.database import catalogue, names, roles, statements
from tenants.database.migrate import working_in
from tenants.database.statements import Index, Plan
from tenants.jobs import enqueue_by_name
from tenants.municipalities.models import Municipality, Phase, Progress, SchemaJournal, SchemaScript, State

_log = structlog.get_logger(__name__)
LOCK_TIMEOUT: Final = 1.0
"""Seconds that a migration waits for tables in use; whoever wants to read them meanwhile waits behind it."""
WORK_TIMEOUT: Final = 0.2
"""Seconds that it may hold them after that."""
_CHECK_TIMEOUT: Final = 600.0
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 15.0
_CANARIES: Final = 3
_FAILURES_ALLOWED: Final = 0.02
LARGE_TABLE: Final = 32_000_000
"""Bytes from which an index is built beside the work."""
# Of a statement that may be tried again: locks, deadlocks, time limits, a full disk, a server that restarts.
_PASSING: Final = ("40", "53", "55", "57", "58", "08")


class CatalogueDiffers(Exception):
    """A schema made from the script is not what the migrations made of the template."""


@dataclass(slots=True)
class Outcome:
    """How it went: how many are done, and the slugs of who is left behind."""

    done: int = 0
    put_off: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    stopped: bool = False
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Tell whether nobody is left behind."""
        return not (self.put_off or self.failed or self.stopped)


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded migration."""

    version: int
    plan: Plan
    last: bool


def migrate_municipalities(
    *, only: Collection[str] = (), patience: float = 60.0, lock_timeout: float = LOCK_TIMEOUT
) -> Outcome:
    """Bring everybody (or the slugs named) up to date; keep trying what was put off for so many seconds."""
    started = time.monotonic()
    outcome = Outcome()
    # Again at the end: a municipality may have been made meanwhile from the script of before.
    while outcome.complete and (behind := municipalities_behind(only=only)):
        _Run(outcome, lock_timeout, started + patience).go(behind)
    outcome.seconds = time.monotonic() - started
    if outcome.done or not outcome.complete:
        _log.info(
            "municipalities_migrated",
            done=outcome.done,
            put_off=len(outcome.put_off),
            failed=len(outcome.failed),
            stopped=outcome.stopped,
        )
    return outcome


def municipalities_behind(*, only: Collection[str] = ()) -> list[Municipality]:
    """Return who misses a migration or a right, the canaries first. One query."""
    digest = roles.digest_of_municipality()
    latest = SchemaScript.objects.order_by("-version").values("version")[:1]
    with owning_registry():
        found = Municipality.objects.exclude(state=State.ERASED).exclude(
            schema_version__gte=Subquery(latest), rights_digest=digest
        )
        if only:
            found = found.filter(slug__in=only)
        # Municipalities that try the programme out are small and know that things change.
        return sorted(found, key=lambda row: (row.phase != Phase.PILOT, row.name))


def compare_with_template(schema: str, fingerprint: str, *, practice: bool = False) -> None:
    """Raise `CatalogueDiffers` when a schema has not the fingerprint of the template."""
    if practice:  # which has other rights: those are left out on both sides
        fingerprint = catalogue.fingerprint(names.TEMPLATE, practice=True)
    if catalogue.fingerprint(schema, practice=practice) != fingerprint:
        raise CatalogueDiffers(f"The schema {schema} is not what the migrations made of the template.")


class _Run:
    """One run: the script, the list of who was put off, and how many failed."""

    def __init__(self, outcome: Outcome, lock_timeout: float, until: float) -> None:
        self._outcome = outcome
        self._lock_timeout = lock_timeout
        self._until = until
        self._rights = roles.digest_of_municipality()
        with owning_registry():
            script = list(SchemaScript.objects.all())
            self._total = Municipality.objects.exclude(state=State.ERASED).count()
        self._fingerprint = script[-1].fingerprint
        self._steps = [
            Step(row.version, statements.plan(row.statements), last=row is script[-1]) for row in script
        ]

    def go(self, behind: list[Municipality]) -> None:
        """Do the canaries, then everybody, then again whoever was put off."""
        canaries, others = behind[:_CANARIES], behind[_CANARIES:]
        waiting = deque(row for row in canaries if not self._try(row, canary=True))
        if self._outcome.failed:
            self._stop([*waiting, *others])
            return
        for number, row in enumerate(others, start=1):
            if not self._try(row):
                waiting.append(row)
            if self._too_many_failures():
                self._stop([*waiting, *others[number:]])
                return
        self._try_again(waiting)

    def _try_again(self, waiting: deque[Municipality]) -> None:
        """Go through the put-off list until it is empty or patience is over, with growing pauses."""
        pause = _FIRST_WAIT
        while waiting and time.monotonic() + pause < self._until and not self._too_many_failures():
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_WAIT)
            waiting = deque(row for row in waiting if not self._try(row))
        self._outcome.put_off += [row.slug for row in waiting]

    def _stop(self, untouched: list[Municipality]) -> None:
        self._outcome.stopped = True
        self._outcome.put_off += [row.slug for row in untouched]
        _log.error("migration_stopped", failed=len(self._outcome.failed))

    def _too_many_failures(self) -> bool:
        return len(self._outcome.failed) > max(1, int(self._total * _FAILURES_ALLOWED))

    # ------------------------------------------------------------------------------------------ one municipality

    def _try(self, row: Municipality, *, canary: bool = False) -> bool:
        """Bring one municipality up to date; tell whether there is nothing left to try."""
        version, started = row.schema_version, time.monotonic()
        try:
            for step in self._steps[row.schema_version :]:
                version, started = step.version, time.monotonic()
                self._do(row, step, started)
            if row.rights_digest != self._rights:
                with owning_registry():
                    self._give_rights(row)
            if canary:
                with owning_registry():
                    compare_with_template(row.schema_name, self._fingerprint, practice=row.is_practice)
        except (DatabaseError, InterfaceError, CatalogueDiffers) as error:
            self._note(row, version, started, error)
            if passes(error):
                return False
            self._outcome.failed.append(row.slug)
        else:
            self._outcome.done += 1
        return True

    def _do(self, row: Municipality, step: Step, started: float) -> None:
        """Do one migration in one municipality: a transaction, and what has to come after it."""
        done = False
        if not self._is_half(row, step):
            with owning_registry(), working_in(row.schema_name, "municipality"):
                large = self._send(row.schema_name, step.plan)
                if step.last and row.rights_digest != self._rights:
                    self._give_rights(row)
                done = not (step.plan.later or large)
                if done:
                    self._finish(row, step, started)
                else:
                    self._write(row, step.version, Progress.HALF, started)
        if not done:
            for statement in step.plan.later:
                with owning_registry(), working_in(row.schema_name, "municipality"):
                    _execute(statement, self._lock_timeout, _CHECK_TIMEOUT)
            for index in step.plan.indexes:
                _build_beside(row.schema_name, index, self._lock_timeout)
            with owning_registry():
                self._finish(row, step, started)
        row.schema_version = step.version
        if step.last:
            row.rights_digest = self._rights

    def _is_half(self, row: Municipality, step: Step) -> bool:
        """Tell whether an earlier try did the transaction and ended during what comes after it."""
        if not (step.plan.later or step.plan.indexes):
            return False
        with owning_registry():
            rows = SchemaJournal.objects.filter(municipality=row, version=step.version)
            return rows.filter(state=Progress.HALF).exists()

    def _send(self, schema: str, plan: Plan) -> bool:
        """Send the statements of one transaction within one limit; tell whether an index has to be built beside it.

        The first lock is held while the next one is waited for, so all of them share the time.
        """
        large = [index for index in plan.indexes if _size(schema, index.table) > LARGE_TABLE]
        small = [index.statement for index in plan.indexes if index not in large]
        until = time.monotonic() + self._lock_timeout
        for statement in (*plan.main, *small):
            left = max(0.05, until - time.monotonic())
            _execute(statement, left, left + WORK_TIMEOUT)
        return bool(large)

    def _give_rights(self, row: Municipality) -> None:
        roles.grant_municipality(row.schema_name)
        if row.is_practice:
            roles.set_apart(row.schema_name)
        Municipality.objects.filter(pk=row.pk).update(rights_digest=self._rights)

    def _finish(self, row: Municipality, step: Step, started: float) -> None:
        """Write down that a migration is done, and leave its jobs behind."""
        for name in step.plan.jobs:
            enqueue_by_name(name, municipality=row)
        Municipality.objects.filter(pk=row.pk).update(schema_version=step.version)
        self._write(row, step.version, Progress.DONE, started)

    def _write(self, row: Municipality, version: int, state: Progress, started: float) -> None:
        SchemaJournal.objects.bulk_create(
            [
                SchemaJournal(
                    municipality=row, version=version, state=state, milliseconds=_milliseconds(started)
                )
            ],
            update_conflicts=True,
            unique_fields=["municipality", "version"],
            update_fields=["state", "error", "milliseconds", "at"],
        )

    def _note(self, row: Municipality, version: int, started: float, error: Exception) -> None:
        """Write down why it was put off or failed. What was half done stays so."""
        said, took = sentence_for(error), _milliseconds(started)
        _log.warning("migration_not_done", municipality_id=str(row.pk), version=version, code=_code(error))
        with owning_registry():
            rows = SchemaJournal.objects.filter(municipality=row, version=version)
            state = Progress.PUT_OFF if passes(error) else Progress.FAILED
            if rows.filter(state=Progress.HALF).exists():
                state = Progress.HALF
            told = {"state": state, "error": said, "milliseconds": took}
            if not rows.update(**told, attempts=F("attempts") + 1, at=Now()):
                SchemaJournal.objects.create(municipality=row, version=version, **told)


# ---------------------------------------------------------------------------------------------------- statements


def _execute(statement: str, lock_timeout: float, work_timeout: float) -> None:
    """Send a statement with its limits, in the transaction and schema that are open."""
    limits = sql.SQL("SET LOCAL lock_timeout TO {}; SET LOCAL statement_timeout TO {}; ").format(
        sql.Literal(f"{round(lock_timeout * 1000)}ms"), sql.Literal(f"{round(work_timeout * 1000)}ms")
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute(limits.as_string() + statement)


def _build_beside(schema: str, index: Index, lock_timeout: float) -> None:
    """Build an index without holding anybody up; one that was left unfinished is taken away first."""
    # A connection of its own: what is set here is set for the session.
    connection = connections["owner"].copy()
    connection.connect()
    try:
        _build(connection.connection, schema, index, lock_timeout)
    except psycopg.Error as error:
        raise OperationalError(_code(error)) from error
    finally:
        connection.close()


def _build(connection: psycopg.Connection[Any], schema: str, index: Index, lock_timeout: float) -> None:
    name = sql.Identifier(schema, index.name)
    found = connection.execute(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name.as_string()]
    ).fetchone()
    if found == (True,):
        return
    limits = sql.SQL("SET search_path TO {}; SET lock_timeout TO {}; SET statement_timeout TO 0").format(
        sql.Identifier(schema), sql.Literal(f"{round(lock_timeout * 1000)}ms")
    )
    connection.execute(limits)
    if found:
        connection.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(name))
    connection.execute(index.concurrently.encode())


def _size(schema: str, table: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(pg_relation_size(to_regclass(%s)), 0)",
            [sql.Identifier(schema, table).as_string()],
        )
        return int(cursor.fetchone()[0])


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


# -------------------------------------------------------------------------------------------------------- errors


def passes(error: BaseException) -> bool:
    """Tell whether it may go well another time: somebody was in the way, or something was full or down."""
    code = _code(error)
    return code.startswith(_PASSING) or (not code and isinstance(error, (OperationalError, InterfaceError)))


def sentence_for(error: BaseException) -> str:
    """Say what happened and what to do, without the words of PostgreSQL: those may quote a row."""
    code, rule = _code(error), _diagnosis(error, "constraint_name")
    if isinstance(error, CatalogueDiffers) or code[:2] == "42":
        return _(
            "Het schema is niet zoals het sjabloon: het is met de hand veranderd. Zoek met municipalities_compare op"
            " wat er anders is, maak dat ongedaan en voer municipalities_migrate opnieuw uit. (%(code)s)"
        ) % {"code": code or "-"}
    if code[:2] == "23":
        return _(
            "Er staan gegevens in die niet voldoen aan de nieuwe regel %(rule)s. Laat de gemeente die verbeteren en"
            " voer daarna municipalities_migrate opnieuw uit."
        ) % {"rule": rule}
    texts = {
        "55P03": _("Een tabel was te lang in gebruik. Wordt vanzelf opnieuw geprobeerd."),
        "57014": _(
            "Het duurde te lang. Wordt opnieuw geprobeerd; lukt het steeds niet, doe het dan op een rustig moment met"
            " --lock-timeout 10."
        ),
        "53100": _(
            "De schijf van de database is vol. Maak ruimte en voer municipalities_migrate opnieuw uit."
        ),
        "40P01": _("Iemand anders had dezelfde tabellen in gebruik. Wordt vanzelf opnieuw geprobeerd."),
    }
    if code in texts:
        return texts[code]
    if passes(error):
        return _(
            "De database was even niet bereikbaar of te druk (%(code)s). Wordt vanzelf opnieuw geprobeerd."
        ) % {"code": code or "-"}
    return _("Onverwachte fout %(code)s. Kijk in het logboek van de database.") % {"code": code or "-"}


def _code(error: BaseException) -> str:
    """Return the code of PostgreSQL, of the error itself or of what it came from."""
    found = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return str(found or "")


def _diagnosis(error: BaseException, what: str) -> str:
    return str(getattr(getattr(error.__cause__, "diag", None), what, None) or "-")
