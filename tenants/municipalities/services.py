"""Making the database, and a municipality in it. Only where the owner's login is: never in a web process."""

import hashlib
import secrets
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, ProgrammingError, connections
from django.db.models import Min
from django.utils.translation import gettext as _
from psycopg import sql

from common.errors import Conflict, InvalidInput
from tenants.actors import Somebody
from tenants.context import owning_registry
from tenants.database import catalogue, names, roles
from tenants.database.migrate import create_schema, migrate, replay, working_in
from tenants.jobs import enqueue_by_name
from tenants.municipalities.models import Kind, Municipality, MunicipalityCode, Phase, SchemaScript, State
from tenants.municipalities.runner import (
    LOCK_TIMEOUT,
    Outcome,
    compare_with_template,
    migrate_municipalities,
    passes,
)
from tenants.municipalities.selectors import forget_hosts
from tenants.municipalities.versions import migrations_in_code

_log = structlog.get_logger(__name__)
_SET_UP_LOCK = 7_233_019_001
_LOCK_TIMEOUT = "2s"
_SHARED_TRIES = 8
_SHOWN = 10
RESERVED_SLUGS = frozenset({"landelijk", "www", "api", "static", "mail"})


class MunicipalitiesLeft(Conflict):
    """Some municipalities could not be brought up to date; the rest is, and works."""

    def __init__(self, outcome: Outcome) -> None:
        """Keep how it went."""
        super().__init__(left_behind(outcome))
        self.outcome = outcome

    def __str__(self) -> str:
        """Return the sentence."""
        return str(self.message)


def municipality_create(  # noqa: PLR0913  (one keyword per column that has to be known)
    *,
    slug: str,
    name: str,
    codes: Sequence[tuple[str, date, date | None]],
    phase: Phase,
    contract_target_per_year: int,
    data_controller: str,
    started_on: date,
    actor: Somebody,
    kind: Kind = Kind.REGULAR,
) -> Municipality:
    """Make a municipality with its schema, role and rights in one transaction: all of it or nothing."""
    row = Municipality(
        schema_name=f"m_{secrets.token_hex(6)}",
        slug=slug,
        name=name,
        kind=kind,
        phase=phase,
        contract_target_per_year=contract_target_per_year,
        data_controller=data_controller,
        started_on=started_on,
    )
    try:
        with owning_registry():
            _require_valid(row)
            row.save()
            for code, valid_from, valid_to in codes:
                MunicipalityCode.objects.create(
                    municipality=row, code=code, valid_from=valid_from, valid_to=valid_to
                )
            create_schema(row.schema_name)
            roles.create_municipality_role(row.schema_name)
            _make_schema(row)
            row.state = State.LIVE
            row.save()
            for work in () if row.is_practice else settings.JOBS_OF_A_NEW_MUNICIPALITY:
                enqueue_by_name(work, municipality=row)
    except IntegrityError as error:
        # Somebody made the same one at the same moment; nothing of this one is left.
        raise Conflict(
            _("Er is al een gemeente met deze naam in het adres, of met deze code. Kies een andere.")
        ) from error
    forget_hosts()
    _log.info("municipality_created", municipality_id=str(row.pk), actor_id=str(actor.id or ""))
    return row


def set_up_database(*, patience: float = 60.0, lock_timeout: float = LOCK_TIMEOUT) -> bool:
    """Make roles, schemas and tables, or bring them up to date; tell whether there was anything to do.

    Everything shared is one transaction, and each migration in each municipality is one. Raises `MunicipalitiesLeft`
    when municipalities stay behind; running it again goes on with those.
    """
    digest = _digest_of_code()
    if _is_done(digest):
        return False
    with _one_at_a_time():
        if roles.given_digest() != digest:
            _set_up_shared()
        outcome = migrate_municipalities(patience=patience, lock_timeout=lock_timeout)
        if not outcome.complete:
            raise MunicipalitiesLeft(outcome)
        # Last, so that whoever is killed on the way begins again.
        roles.remember_digest(digest)
    forget_hosts()
    return True


def municipalities_migrate(
    *, only: Collection[str] = (), patience: float = 60.0, lock_timeout: float = LOCK_TIMEOUT
) -> Outcome:
    """Go on with the municipalities that are behind; raise `MunicipalitiesLeft` when some still are."""
    with _one_at_a_time():
        outcome = migrate_municipalities(only=only, patience=patience, lock_timeout=lock_timeout)
    if not outcome.complete:
        raise MunicipalitiesLeft(outcome)
    forget_hosts()
    return outcome


def left_behind(outcome: Outcome) -> str:
    """Say who could not be brought up to date, and what to do."""
    parts = [
        _(
            "Niet alle gemeenten zijn bijgewerkt. Klaar: %(done)s, uitgesteld: %(put_off)s, mislukt: %(failed)s."
        )
        % {"done": outcome.done, "put_off": len(outcome.put_off), "failed": len(outcome.failed)}
    ]
    if outcome.failed:
        parts.append(_("Mislukt: %(names)s.") % {"names": _some(outcome.failed)})
    if outcome.put_off:
        parts.append(_("Uitgesteld: %(names)s.") % {"names": _some(outcome.put_off)})
    if outcome.stopped:
        parts.append(_("Het bijwerken is gestopt omdat het te vaak misging; de rest is niet aangeraakt."))
    parts.append(
        _(
            "Kijk met municipalities_migrate --status waarom, en voer municipalities_migrate daarna opnieuw uit."
        )
    )
    return " ".join(parts)


def _some(slugs: Sequence[str]) -> str:
    shown = ", ".join(slugs[:_SHOWN])
    return (
        shown
        if len(slugs) <= _SHOWN
        else _("%(names)s en nog %(count)s")
        % {
            "names": shown,
            "count": len(slugs) - _SHOWN,
        }
    )


def _digest_of_code() -> str:
    """Return a short text that differs when this code has other migrations or gives other rights."""
    text = "\n".join([roles.digest_of_rights(), *sorted(map(str, migrations_in_code()))])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_done(digest: str) -> bool:
    """Ask the database whether all of it was done before, everywhere: the one query of a start with nothing to do."""
    with connections["owner"].cursor() as cursor, suppress(ProgrammingError):
        cursor.execute(_EVERYTHING_DONE, [names.VAULT, digest, State.ERASED, roles.digest_of_municipality()])
        return bool(cursor.fetchone()[0])
    return False


_EVERYTHING_DONE = """
    SELECT obj_description(to_regnamespace(%s), 'pg_namespace') = %s AND NOT EXISTS (
        SELECT FROM municipalities_municipality WHERE state <> %s AND (rights_digest <> %s
        OR schema_version < (SELECT max(version) FROM municipalities_schemascript)))
"""


def _set_up_shared() -> None:
    """Make or migrate what is shared, record the template and give the rights: one transaction, tried a few times."""
    for attempt in range(_SHARED_TRIES):
        try:
            with owning_registry():
                _limit_locks()
                _migrate_shared()
        except OperationalError as error:
            if not passes(error) or attempt == _SHARED_TRIES - 1:
                raise
            time.sleep(min(0.5 * 2**attempt, 8.0))
        else:
            return


def _migrate_shared() -> None:
    if not _has_registry():
        roles.ensure_logins()
    migrate(names.PUBLIC, "registry")
    for schema in (names.FOUNDATION, names.VAULT, names.RELEASES, names.TEMPLATE):
        create_schema(schema)
    for schema in (names.FOUNDATION, names.VAULT, names.RELEASES):
        migrate(schema, schema)
    _record_template()
    roles.ensure_logins()
    roles.grant_shared()
    _describe_template()


def _record_template() -> None:
    """Migrate the template and write down what that took, as the script for every municipality."""
    script = {(row.app, row.migration): row.version for row in SchemaScript.objects.all()}
    there = Municipality.objects.exclude(state=State.ERASED)
    slowest = there.aggregate(version=Min("schema_version"))["version"]

    def gone_out(app: str, migration: str) -> bool:
        # Where there is no municipality no older version can be at work.
        return slowest is None or script.get((app, migration), slowest + 1) <= slowest

    for version, step in enumerate(migrate(names.TEMPLATE, "municipality", gone_out), start=len(script) + 1):
        SchemaScript.objects.create(
            version=version, app=step.app, migration=step.migration, statements=step.statements
        )


def _describe_template() -> None:
    """Give the template the rights of a municipality and note what it looks like then."""
    roles.create_municipality_role(names.TEMPLATE, for_web=False)
    roles.grant_municipality(names.TEMPLATE)
    SchemaScript.objects.update(fingerprint=catalogue.fingerprint(names.TEMPLATE))


def _make_schema(municipality: Municipality) -> None:
    """Do in a new schema what the template has had, and compare; the caller saves the row."""
    script = list(SchemaScript.objects.all())
    with working_in(municipality.schema_name, "municipality"):
        _limit_locks()
        replay([text for step in script for text in step.statements])
    # Others who make a municipality have their turn; nobody waits for what is locked here.
    _limit_locks("60s")
    roles.grant_municipality(municipality.schema_name)
    municipality.schema_version = len(script)
    municipality.rights_digest = roles.digest_of_municipality()
    compare_with_template(municipality.schema_name, script[-1].fingerprint)
    if municipality.is_practice:
        roles.set_apart(municipality.schema_name)


def _require_valid(row: Municipality) -> None:
    if row.slug in RESERVED_SLUGS:
        raise InvalidInput(fields={"slug": _("Deze naam is van het platform zelf.")})
    if Municipality.objects.filter(slug=row.slug).exists():
        raise Conflict(_("Er is al een gemeente met deze naam in het adres."))
    try:
        row.full_clean(exclude={"schema_name", "type"})
    except ValidationError as error:
        raise InvalidInput(fields={name: texts[0] for name, texts in error.message_dict.items()}) from error


def _has_registry() -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.municipalities_municipality')")
        return bool(cursor.fetchone() != (None,))


def _limit_locks(limit: str = _LOCK_TIMEOUT) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL lock_timeout TO {}").format(limit).as_string())


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock of the session, so that two starters do not set up the same database together."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_SET_UP_LOCK])
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_SET_UP_LOCK])
