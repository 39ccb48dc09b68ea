"""Who may do what in PostgreSQL. The owner makes roles and grants; everybody else owns nothing.

Works for an owner that is no superuser (CREATEROLE is enough) on PostgreSQL 15 and later. In 16 memberships got the
options INHERIT and SET; before, the login's own NOINHERIT does the same.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models import Model
from psycopg import sql

from tenants.database import crossing, names

_MEMBERSHIP_OPTIONS_SINCE = 160000
_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
_APPEND = ("SELECT", "INSERT")
_APPEND_AND_ERASE = ("SELECT", "INSERT", "DELETE")
_READ = ("SELECT",)
_FINISH_WORK = ("SELECT", "INSERT", "DELETE", "UPDATE (last_error)")
_RELAY = ("SELECT", "INSERT", "DELETE", "UPDATE (sent_at, attempts, last_error)")
_OUTBOX = "municipalities_outboxentry"
# What a municipality sees of the registry: its own row, by row level security.
_OWN_REGISTRY = ("municipalities_municipality", "municipalities_municipalitycode")
TOTALS_VIEW = "report_totals"
# What the logins read of how migrations go; the aggregator also notes what a nightly comparison found.
_SCRIPT = "municipalities_schemascript"
_PROGRESS = ("municipalities_schemajournal", "municipalities_schemacheck")
_NOTE = ("SELECT", "INSERT", "UPDATE")

# Two who give rights on the same table at once get "tuple concurrently updated"; until the end of the transaction.
_IN_TURN = sql.SQL("SELECT pg_advisory_xact_lock(7233019002)")

Relations = Callable[[str], Container[str]]
"""Tells which tables and views there are in a schema."""


def role(suffix: str) -> str:
    """Return the name of a role of this database."""
    return names.role_name(settings.DATABASE_NAME, suffix)


def ensure_logins() -> None:
    """Make the login roles, or bring them to what they should be; close the database to everybody else."""
    passwords: dict[str, str] = settings.DATABASE_PASSWORDS
    for login in names.LOGINS:
        verb = sql.SQL("ALTER" if _exists(role(login)) else "CREATE")
        password = sql.SQL(" PASSWORD {}").format(passwords[login]) if passwords[login] else sql.SQL("")
        _run(
            sql.SQL("{} ROLE {} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE{}").format(
                verb, sql.Identifier(role(login)), password
            )
        )
    everybody = sql.SQL(", ").join(sql.Identifier(role(login)) for login in names.LOGINS)
    database = sql.Identifier(settings.DATABASE_NAME)
    _run(
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, everybody),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(everybody),
    )


def create_municipality_role(schema: str, *, for_web: bool = True) -> None:
    """Make the role of one municipality and let the municipal pages become it, without having its rights at rest."""
    name = sql.Identifier(role(schema))
    if not _exists(role(schema)):
        _run(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(name))
    if for_web:
        new = connections["owner"].pg_version >= _MEMBERSHIP_OPTIONS_SINCE  # type: ignore[attr-defined]
        options = sql.SQL(" WITH INHERIT FALSE, SET TRUE" if new else "")
        _run(sql.SQL("GRANT {} TO {}{}").format(name, sql.Identifier(role("web")), options))


def grant_municipality(schema: str) -> None:
    """Give a municipality's role its own schema and its part of the registry; the aggregator gets the totals."""
    _run(_IN_TURN, *_municipality_rights(schema, _relations))


def set_apart(schema: str) -> None:
    """Let the role of a practice municipality empty its own tables, and let nobody count them.

    Its people are invented, so what is append-only elsewhere may go there; no other role and no login gets anything.
    """
    aggregator = sql.Identifier(role("aggregator"))
    there = _relations(schema)
    emptied = [
        sql.SQL("GRANT DELETE ON {} TO {}").format(
            sql.Identifier(schema, model._meta.db_table),  # noqa: SLF001
            sql.Identifier(role(schema)),
        )
        for model in _models("municipality")
        if getattr(model, "append_only", False) and model._meta.db_table in there  # noqa: SLF001
    ]
    _run(
        _IN_TURN,
        *emptied,
        sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(schema, TOTALS_VIEW), aggregator),
        sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(sql.Identifier(schema), aggregator),
    )


def grant_shared() -> None:
    """Give the logins their parts of the registry, the outbox and the shared schemas."""
    _run(_IN_TURN, *_registry_rights(_relations), *_registry_policies(), *_shared_rights(_relations))


def digest_of_rights() -> str:
    """Return a short text that differs when the rights this code gives are others than before. Asks no database."""
    shared = (*_registry_rights(_everything), *_registry_policies(), *_shared_rights(_everything))
    return _digest((*shared, *_municipality_rights(names.TEMPLATE, _everything)))


def digest_of_municipality() -> str:
    """Return the same for what the role of a municipality gets."""
    return _digest(_municipality_rights(names.TEMPLATE, _everything))


def _digest(statements: Iterable[sql.Composable]) -> str:
    return hashlib.sha256(_text(statements).encode()).hexdigest()[:16]


def given_digest() -> str:
    """Return the digest of the rights that were given last."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [names.VAULT])
        return str(cursor.fetchone()[0] or "")


def remember_digest(digest: str) -> None:
    """Note which rights were given, where the next set-up finds it."""
    _run(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(names.VAULT), sql.Literal(digest)))


def _municipality_rights(schema: str, relations: Relations) -> list[sql.Composable]:
    name, backup, aggregator = role(schema), role("backup"), role("aggregator")
    there = relations(schema)
    statements: list[sql.Composable] = [
        _schema(schema, name),
        _schema(schema, backup),
        _schema(names.PUBLIC, name),
        *(_table(_READ, names.PUBLIC, table, name) for table in _OWN_REGISTRY),
        *(_table(_READ, names.PUBLIC, model._meta.db_table, name) for model in _read_by_all(relations)),  # noqa: SLF001
        *(
            _table(model.municipal_rights, names.PUBLIC, model._meta.db_table, name)  # noqa: SLF001
            for model in _between_municipalities(relations)
        ),
        _table(_FINISH_WORK, names.PUBLIC, _OUTBOX, name),
    ]
    for model in _models("municipality"):
        table = model._meta.db_table  # noqa: SLF001
        if table in there and table != TOTALS_VIEW:
            statements.append(_table(_rights_of(model), schema, table, name))
            statements.append(_table(_READ, schema, table, backup))
    if TOTALS_VIEW in there:
        statements.append(_schema(schema, aggregator))
        statements.extend(_table(_READ, schema, TOTALS_VIEW, reader) for reader in (aggregator, name, backup))
    return statements


def _registry_rights(relations: Relations) -> list[sql.Composable]:
    """Let the logins read the registry and leave work in the outbox; row level security says which rows."""
    there = relations(names.PUBLIC)
    statements: list[sql.Composable] = [
        _table(_READ, names.PUBLIC, model._meta.db_table, role("backup"))  # noqa: SLF001
        for model in _models("registry")
        if model._meta.db_table in there  # noqa: SLF001
    ]
    statements += [
        _table(_READ, names.PUBLIC, table, role(login))
        for table in (*_OWN_REGISTRY, "municipalities_domain", _SCRIPT)
        for login in ("web", "shared_web", "aggregator", "releaser")
    ]
    statements += [_table(_READ, names.PUBLIC, table, role("shared_web")) for table in _PROGRESS]
    statements.append(_table(_NOTE, names.PUBLIC, _PROGRESS[-1], role("aggregator")))
    for model in _read_by_all(relations):
        table = model._meta.db_table  # noqa: SLF001
        statements.append(_table(_READ, names.PUBLIC, table, role("web")))
        statements.append(
            _table(getattr(model, "shared_web_rights", _READ), names.PUBLIC, table, role("shared_web"))
        )
    statements += [
        _table(_FINISH_WORK, names.PUBLIC, _OUTBOX, role(login)) for login in ("shared_web", "releaser")
    ]
    statements.append(_table(_RELAY, names.PUBLIC, _OUTBOX, role("aggregator")))
    return statements


def _shared_rights(relations: Relations) -> list[sql.Composable]:
    """Give the shared schemas to the logins that work in them."""
    shared_web, aggregator, releaser, backup = (
        role(login) for login in ("shared_web", "aggregator", "releaser", "backup")
    )
    statements: list[sql.Composable] = []
    for schema, writer, reader in (
        (names.FOUNDATION, shared_web, None),
        (names.VAULT, aggregator, releaser),
        (names.RELEASES, releaser, shared_web),
    ):
        there = relations(schema)
        statements += [_schema(schema, grantee) for grantee in (writer, backup, reader) if grantee]
        for model in _models(schema):
            table = model._meta.db_table  # noqa: SLF001
            if table not in there:
                continue
            statements += [
                _table(_rights_of(model), schema, table, writer),
                _table(_READ, schema, table, backup),
            ]
            if reader:
                # Only tables of the releases may say that the pages and the API write them (a token's last use).
                rights = getattr(model, "shared_web_rights", _READ) if reader == shared_web else _READ
                statements.append(_table(rights, schema, table, reader))
    return statements


def _registry_policies() -> Iterator[sql.Composable]:
    """Row level security: a municipality sees its own row of the registry and leaves work in its own name only."""
    to = {login: sql.Identifier(role(login)) for login in names.LOGINS}
    # The role of a municipality ends with the name of its schema.
    own = "right(current_user::text, length(schema_name) + 1) = '_' || schema_name"
    everybody = sql.SQL(", ").join(to.values())
    for table, condition in (
        ("municipalities_municipality", own),
        # The inner query is under the policy of the outer table itself.
        (
            "municipalities_municipalitycode",
            "municipality_id IN (SELECT id FROM municipalities_municipality)",
        ),
    ):
        yield from _policies(
            table,
            logins_read=("SELECT", everybody, "true", None),
            own_row=("SELECT", sql.SQL("PUBLIC"), condition, None),
        )
    public = sql.SQL("PUBLIC")
    in_own_name = "role_name = current_user"
    # The clock leaves work for the pages' login too, in the schema but not in the name of a municipality.
    mine = f"{own} AND ({in_own_name} OR login = 'web')"
    yield from _policies(
        _OUTBOX,
        municipality_reads=("SELECT", public, mine, None),
        municipality_leaves=("INSERT", public, None, f"{own} AND {in_own_name}"),
        municipality_notes=("UPDATE", public, mine, mine),
        municipality_finishes=("DELETE", public, mine, None),
        backup_reads=("SELECT", to["backup"], "true", None),
        # The relay and the clock work with the aggregator's login.
        aggregator_reads=("SELECT", to["aggregator"], "true", None),
        aggregator_sends=("UPDATE", to["aggregator"], "true", "true"),
        aggregator_leaves=("INSERT", to["aggregator"], None, in_own_name),
        aggregator_finishes=("DELETE", to["aggregator"], "login = 'aggregator'", None),
    )
    for table, rules in crossing.POLICIES.items():
        yield from _policies(
            table,
            backup_reads=("SELECT", to["backup"], "true", None),
            **{name: (command, public, using, check) for name, (command, using, check) in rules.items()},
        )
    for login in ("shared_web", "releaser"):
        work = f"login = '{login}'"
        yield from _policies(
            _OUTBOX,
            **{
                f"{login}_reads": ("SELECT", to[login], f"{work} OR {in_own_name}", None),
                # Nobody outside a municipality may have code run in it, the clock excepted.
                f"{login}_leaves": ("INSERT", to[login], None, f"{in_own_name} AND login <> 'web'"),
                f"{login}_notes": ("UPDATE", to[login], work, work),
                f"{login}_finishes": ("DELETE", to[login], work, None),
            },
        )


def _policies(
    table: str, **policies: tuple[str, sql.Composable, str | None, str | None]
) -> Iterator[sql.Composable]:
    name = sql.Identifier(names.PUBLIC, table)
    yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name)
    for policy, (command, grantee, using, check) in policies.items():
        yield sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(sql.Identifier(policy), name)
        yield sql.SQL("CREATE POLICY {} ON {} FOR {} TO {}{}{}").format(
            sql.Identifier(policy),
            name,
            sql.SQL(command),
            grantee,
            sql.SQL(f" USING ({using})" if using else ""),
            sql.SQL(f" WITH CHECK ({check})" if check else ""),
        )


def _models(kind: str) -> Iterator[type[Model]]:
    for app in apps.get_app_configs():
        if app.name in settings.SCHEMA_APPS[kind]:
            yield from (
                model
                for model in app.get_models(include_auto_created=True)
                if not model._meta.swapped and not model._meta.proxy  # noqa: SLF001
            )


def _read_by_all(relations: Relations) -> list[type[Model]]:
    """Return the tables of the registry that every municipality reads and the foundation may write."""
    there = relations(names.PUBLIC)
    return [
        model
        for model in _models("registry")
        if getattr(model, "read_by_all", False) and model._meta.db_table in there  # noqa: SLF001
    ]


def _between_municipalities(relations: Relations) -> list[Any]:
    """Return the tables of the registry in which two municipalities meet; no login reads or writes them."""
    there = relations(names.PUBLIC)
    return [
        model
        for model in _models("registry")
        if getattr(model, "municipal_rights", ()) and model._meta.db_table in there  # noqa: SLF001
    ]


def _rights_of(model: type[Model]) -> tuple[str, ...]:
    if getattr(model, "append_only", False):
        return _APPEND_AND_ERASE if getattr(model, "erasable", False) else _APPEND
    return _ALL


def _schema(schema: str, grantee: str) -> sql.Composed:
    return sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), sql.Identifier(grantee))


def _table(rights: Iterable[str], schema: str, table: str, grantee: str) -> sql.Composed:
    return sql.SQL("REVOKE ALL ON {table} FROM {to}; GRANT {rights} ON {table} TO {to}").format(
        rights=sql.SQL(", ".join(rights)),
        table=sql.Identifier(schema, table),
        to=sql.Identifier(grantee),
    )


class _Everything:
    """Holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


def _everything(schema: str) -> Container[str]:
    """Take every table for there: what the rights will be once all migrations have run."""
    del schema
    return _Everything()


def _relations(schema: str) -> frozenset[str]:
    """Return the tables and views of a schema."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            # By what hangs on the schema, for which there is an index: not by reading the catalogue of everybody.
            "SELECT c.relname FROM pg_depend d JOIN pg_class c ON c.oid = d.objid"
            " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_namespace'::regclass"
            " AND d.refobjid = to_regnamespace(%s) AND c.relkind IN ('r', 'v', 'm', 'p')",
            [schema],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def _exists(name: str) -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None


def _run(*statements: sql.Composable) -> None:
    """Send the statements as one message."""
    text = _text(statements)
    with connections["owner"].cursor() as cursor:
        cursor.execute(text)


def _text(statements: Iterable[sql.Composable]) -> str:
    connection = connections["owner"]
    connection.ensure_connection()
    return sql.SQL(";\n").join(statements).as_string(connection.connection)
