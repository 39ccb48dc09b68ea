"""The fingerprint of a schema: all that PostgreSQL knows of its objects, without the names of schema and role."""

import hashlib
import json
from typing import Any

from django.db import connections

from tenants.database import names
from tenants.database.roles import role

# Each query lists one sort of thing of the schema `%(schema)s`, as text and in a fixed order. By the numbers of the
# objects, for which PostgreSQL has indexes: by the schema it would read the catalogue of all municipalities each time.
_QUERIES = {
    "relations": """
        SELECT c.relname, c.relkind::text, c.relpersistence::text, c.relrowsecurity, c.relforcerowsecurity,
               c.reloptions::text, c.relreplident::text, obj_description(c.oid)
        FROM pg_class c WHERE c.oid = ANY(%(relations)s::oid[]) ORDER BY 1""",
    "columns": """
        SELECT c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
               format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid),
               a.attcollation::regcollation::text,
               a.attstattarget, a.attstorage::text, col_description(c.oid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = ANY(%(relations)s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2""",
    "constraints": """
        SELECT c.relname, k.conname, k.contype::text, pg_get_constraintdef(k.oid), k.condeferrable, k.condeferred,
               k.convalidated
        FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid
        WHERE (k.conrelid = ANY(%(relations)s::oid[]) OR k.conrelid = 0 AND k.contypid = ANY(%(types)s::oid[]))
              AND k.contype <> 'n' ORDER BY 1, 2""",
    "indexes": """
        SELECT c.relname, i.relname, pg_get_indexdef(x.indexrelid), x.indisvalid
        FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indrelid = ANY(%(relations)s::oid[]) ORDER BY 1, 2""",
    "triggers": """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE t.tgrelid = ANY(%(relations)s::oid[]) AND NOT t.tgisinternal ORDER BY 1, 2""",
    "functions": """
        SELECT p.proname, pg_get_function_identity_arguments(p.oid), pg_get_functiondef(p.oid), p.prosecdef
        FROM pg_proc p WHERE p.oid = ANY(%(functions)s::oid[]) AND p.prokind IN ('f', 'p') ORDER BY 1, 2""",
    "views": """
        SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c
        WHERE c.oid = ANY(%(relations)s::oid[]) AND c.relkind IN ('v', 'm') ORDER BY 1""",
    "sequences": """
        SELECT c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        WHERE s.seqrelid = ANY(%(relations)s::oid[]) ORDER BY 1""",
    "types": """
        SELECT t.typname, t.typtype::text, (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
               FROM pg_enum e WHERE e.enumtypid = t.oid)
        FROM pg_type t WHERE t.oid = ANY(%(types)s::oid[]) AND t.typtype IN ('e', 'd', 'r') ORDER BY 1""",
    "policies": """
        SELECT c.relname, p.polname, p.polcmd::text, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
               pg_get_expr(p.polwithcheck, p.polrelid)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polrelid = ANY(%(relations)s::oid[]) ORDER BY 1, 2""",
    "grants": """
        SELECT 'relation', c.relname, coalesce(g.rolname, 'PUBLIC')::text, a.privilege_type, a.is_grantable
        FROM pg_class c, aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
        WHERE c.oid = ANY(%(relations)s::oid[])
        UNION ALL
        SELECT 'schema', '', coalesce(g.rolname, 'PUBLIC')::text, a.privilege_type, a.is_grantable
        FROM pg_namespace n, aclexplode(n.nspacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
        WHERE n.oid = %(schema)s::regnamespace
        UNION ALL
        SELECT 'function', p.proname, coalesce(g.rolname, 'PUBLIC')::text, a.privilege_type, a.is_grantable
        FROM pg_proc p, aclexplode(p.proacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
        WHERE p.oid = ANY(%(functions)s::oid[])
        ORDER BY 1, 2, 3, 4""",
}
# The journal of Django's own migrations stands in the template only.
_NOT_COMPARED = "django_migrations"


def describe(schema: str, alias: str = "owner", *, practice: bool = False) -> dict[str, list[list[Any]]]:
    """Return everything about the schema, so that two of the same kind are equal. Every login may ask.

    With ``practice`` the rights that a practice municipality has more and less are left out (`roles.set_apart`).
    """
    found: dict[str, list[list[Any]]] = {}
    with connections[alias].cursor() as cursor:
        aliases = _aliases(schema, _value(cursor, _OWNER, schema))
        # PostgreSQL leaves out the names of schemas in the path, so that has to be the same for all.
        path = _value(cursor, "SELECT current_setting('search_path')")
        _value(cursor, "SELECT set_config('search_path', %s, true)", names.PUBLIC)
        objects = _objects(cursor, schema)
        for sort, query in _QUERIES.items():
            cursor.execute(query, objects)
            rows = [[_general(value, schema, aliases) for value in row] for row in cursor.fetchall()]
            kept = [row for row in rows if not any(_NOT_COMPARED in str(value) for value in row)]
            if practice and sort == "grants":
                kept = [row for row in kept if not _is_of_practice(row)]
            # The names of roles sort differently from schema to schema.
            found[sort] = sorted(kept, key=repr)
        _value(cursor, "SELECT set_config('search_path', %s, true)", path)
    return found


def _is_of_practice(grant: list[Any]) -> bool:
    _sort, _name, grantee, right, _grantable = grant
    return grantee == "<aggregator>" or (grantee, right) == ("<role>", "DELETE")


def fingerprint(schema: str, alias: str = "owner", *, practice: bool = False) -> str:
    """Return one short text that differs as soon as two schemas do."""
    text = json.dumps(describe(schema, alias, practice=practice), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(
    schema: str, other: str, alias: str = "owner", *, practice: bool = False
) -> list[tuple[str, str, str]]:
    """Return what of a schema is not as in another: the sort of thing, its name, and `extra`, `missing` or `other`."""
    here, there = (describe(one, alias, practice=practice) for one in (schema, other))
    found = []
    for sort, columns in _NAMED_BY.items():
        # The place of a column moves with those before it, and says nothing of this one.
        left_out = 1 if sort == "columns" else None
        ours, theirs = (_by_name(rows[sort], columns, left_out) for rows in (here, there))
        for name in sorted({*ours, *theirs}):
            if ours.get(name) != theirs.get(name):
                how = "missing" if name not in ours else "extra" if name not in theirs else "other"
                found.append((sort, name, how))
    return found


# Which columns of each query are the name of the thing.
_NAMED_BY: dict[str, tuple[int, ...]] = {
    "relations": (0,),
    "columns": (0, 2),
    "constraints": (0, 1),
    "indexes": (1,),
    "triggers": (0, 1),
    "functions": (0, 1),
    "views": (0,),
    "sequences": (0,),
    "types": (0,),
    "policies": (0, 1),
    "grants": (1, 2, 3),
}
_OWNER = "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = %s"


def _by_name(
    rows: list[list[Any]], columns: tuple[int, ...], left_out: int | None
) -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = {}
    for row in rows:
        name = ".".join(str(row[column]) for column in columns if row[column])
        found.setdefault(name, []).append([value for place, value in enumerate(row) if place != left_out])
    return found


def _value(cursor: Any, query: str, *values: str) -> str:
    cursor.execute(query, values)
    row = cursor.fetchone()
    return str(row[0]) if row else ""


def _objects(cursor: Any, schema: str) -> dict[str, Any]:
    """Return the numbers of everything in a schema: what hangs on it, and the indexes, which hang on their tables."""
    cursor.execute(
        "SELECT classid::regclass::text, array_agg(objid::bigint) FROM pg_depend"
        " WHERE refclassid = 'pg_namespace'::regclass AND refobjid = %s::regnamespace GROUP BY 1",
        [schema],
    )
    found = dict(cursor.fetchall())
    relations = found.get("pg_class", [])
    cursor.execute(
        "SELECT indexrelid::bigint FROM pg_index WHERE indrelid = ANY(%s::oid[])",
        [relations],
    )
    return {
        "schema": schema,
        "relations": [*relations, *(row[0] for row in cursor.fetchall())],
        "functions": found.get("pg_proc", []),
        "types": found.get("pg_type", []),
    }


def _aliases(schema: str, owner: str) -> dict[str, str]:
    """Return what stands for the names of roles, which differ from one database or municipality to the next."""
    logins = {role(login): f"<{login}>" for login in (*names.LOGINS, "owner")}
    return {owner: "<owner>", **logins, role(schema): "<role>"}


def _general(value: Any, schema: str, aliases: dict[str, str]) -> Any:
    """Leave out what differs between two schemas by right: their names and their roles' names."""
    if not isinstance(value, str):
        return value
    return aliases.get(value) or value.replace(schema, "<schema>")
