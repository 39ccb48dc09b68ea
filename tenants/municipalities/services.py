"""Making the database, and a municipality in it. Only where the owner's login is: never in a web process."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils.translation import gettext as _
from psycopg import sql

from common.errors import Conflict, InvalidInput
from tenants.actors import Somebody
from tenants.context import owning_registry
from tenants.database import catalogue, names, roles
from tenants.database.migrate import create_schema, migrate, replay, working_in
from tenants.jobs import enqueue_by_name
from tenants.municipalities.models import Municipality, MunicipalityCode, Phase, SchemaScript, State
from tenants.municipalities.selectors import forget_hosts

_log = structlog.get_logger(__name__)
_SET_UP_LOCK = 7_233_019_001
_LOCK_TIMEOUT = "2s"
RESERVED_SLUGS = frozenset({"landelijk", "www", "api", "static", "mail"})


class CatalogueDiffers(Exception):
    """A schema made from the script is not what the migrations made of the template."""


def municipality_create(
    *,
    slug: str,
    name: str,
    codes: Sequence[tuple[str, date, date | None]],
    phase: Phase,
    contract_target_per_year: int,
    data_controller: str,
    started_on: date,
    actor: Somebody,
) -> Municipality:
    """Make a municipality with its schema, role and rights in one transaction: all of it or nothing."""
    row = Municipality(
        schema_name=f"m_{secrets.token_hex(6)}",
        slug=slug,
        name=name,
        phase=phase,
        contract_target_per_year=contract_target_per_year,
        data_controller=data_controller,
        started_on=started_on,
    )
    with owning_registry():
        _require_valid(row)
        row.save()
        for code, valid_from, valid_to in codes:
            MunicipalityCode.objects.create(
                municipality=row, code=code, valid_from=valid_from, valid_to=valid_to
            )
        create_schema(row.schema_name)
        roles.create_municipality_role(row.schema_name)
        _catch_up(row)
        row.state = State.LIVE
        row.save()
        for work in settings.JOBS_OF_A_NEW_MUNICIPALITY:
            enqueue_by_name(work, municipality=row)
    forget_hosts()
    _log.info("municipality_created", municipality_id=str(row.pk), actor_id=str(actor.id or ""))
    return row


def set_up_database() -> bool:
    """Make roles, schemas and tables, or bring them up to date; tell whether there was anything to do.

    Everything shared is one transaction, and each municipality is one of its own.
    """
    with _one_at_a_time():
        changed = _set_up_shared()
        digest = roles.digest_of_rights()
        rights_changed = digest != roles.given_digest()
        if changed or rights_changed:
            with owning_registry():
                roles.ensure_logins()
                roles.grant_shared()
                _describe_template()
        for municipality in _behind(everybody=rights_changed):
            with owning_registry():
                _catch_up(municipality)
                municipality.save()
            changed = True
        # Last, so that whoever is killed on the way begins again.
        if rights_changed:
            roles.remember_digest(digest)
    forget_hosts()
    return changed or rights_changed


def _set_up_shared() -> bool:
    with owning_registry():
        if not _has_registry():
            roles.ensure_logins()
        changed = bool(migrate(names.PUBLIC, "registry"))
        for schema in (names.FOUNDATION, names.VAULT, names.RELEASES, names.TEMPLATE):
            create_schema(schema)
        for schema in (names.FOUNDATION, names.VAULT, names.RELEASES):
            changed = bool(migrate(schema, schema)) or changed
        return _record_template() or changed


def _record_template() -> bool:
    """Migrate the template and write down what that took, as the script for every municipality."""
    recorded = migrate(names.TEMPLATE, "municipality")
    version = SchemaScript.objects.count()
    for step in recorded:
        version += 1
        SchemaScript.objects.create(
            version=version, app=step.app, migration=step.migration, statements=step.statements
        )
    return bool(recorded)


def _describe_template() -> None:
    """Give the template the rights of a municipality and note what it looks like then."""
    roles.create_municipality_role(names.TEMPLATE, for_web=False)
    roles.grant_municipality(names.TEMPLATE)
    SchemaScript.objects.update(fingerprint=catalogue.fingerprint(names.TEMPLATE))


def _catch_up(municipality: Municipality) -> None:
    """Do in one schema what the template has had since, and compare; the caller saves the row."""
    schema = municipality.schema_name
    script = list(SchemaScript.objects.all())
    with working_in(schema, "municipality"):
        _limit_locks()
        replay([text for step in script[municipality.schema_version :] for text in step.statements])
    roles.grant_municipality(schema)
    municipality.schema_version = len(script)
    if catalogue.fingerprint(schema) != script[-1].fingerprint:
        message = f"The schema {schema} is not what the migrations made of the template."
        raise CatalogueDiffers(message)


def _behind(*, everybody: bool) -> list[Municipality]:
    """Return the municipalities that miss a migration, or all of them when they miss a right."""
    with owning_registry():
        there = Municipality.objects.exclude(state=State.ERASED)
        return list(there if everybody else there.filter(schema_version__lt=SchemaScript.objects.count()))


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


def _limit_locks() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL lock_timeout TO {}").format(_LOCK_TIMEOUT).as_string())


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
