"""The fingerprint of a schema: all that PostgreSQL knows of its objects, without the names of schema and role."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import connections

from tenants.database import names
from tenants.database.roles import role

# Each query lists one sort of thing of the schema `%(schema)s`, as text and in a fixed order.
_QUERIES = {
    "relations": """
        SELECT c.relname, c.relkind::text, c.relpersistence::text, c.relrowsecurity, c.relforcerowsecurity,
               c.reloptions::text, c.relreplident::text, obj_description(c.oid)
        FROM pg_class c WHERE c.relnamespace = %(schema)s::regnamespace ORDER BY 1""",
    "columns": """
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid),
               a.attcollation::regcollation::text,
               a.attstattarget, a.attstorage::text, col_description(c.oid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = %(schema)s::regnamespace AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2""",
    "constraints": """
        SELECT c.relname, k.conname, k.contype::text, pg_get_constraintdef(k.oid), k.condeferrable, k.condeferred,
               k.convalidated
        FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.connamespace = %(schema)s::regnamespace AND k.contype <> 'n' ORDER BY 1, 2""",
    "indexes": """
        SELECT c.relname, i.relname, pg_get_indexdef(x.indexrelid), x.indisvalid
        FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE c.relnamespace = %(schema)s::regnamespace ORDER BY 1, 2""",
    "triggers": """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal ORDER BY 1, 2""",
    "functions": """
        SELECT p.proname, pg_get_function_identity_arguments(p.oid), pg_get_functiondef(p.oid), p.prosecdef
        FROM pg_proc p WHERE p.pronamespace = %(schema)s::regnamespace AND p.prokind IN ('f', 'p') ORDER BY 1, 2""",
    "views": """
        SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c
        WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('v', 'm') ORDER BY 1""",
    "sequences": """
        SELECT c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        WHERE c.relnamespace = %(schema)s::regnamespace ORDER BY 1""",
    "types": """
        SELECT t.typname, t.typtype::text, (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
               FROM pg_enum e WHERE e.enumtypid = t.oid)
        FROM pg_type t WHERE t.typnamespace = %(schema)s::regnamespace AND t.typtype IN ('e', 'd', 'r') ORDER BY 1""",
    "policies": """
        SELECT c.relname, p.polname, p.polcmd::text, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
               pg_get_expr(p.polwithcheck, p.polrelid)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE c.relnamespace = %(schema)s::regnamespace ORDER BY 1, 2""",
    "grants": """
        SELECT 'relation', c.relname, coalesce(g.rolname, 'PUBLIC')::text, a.privilege_type, a.is_grantable
        FROM pg_class c, aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
        WHERE c.relnamespace = %(schema)s::regnamespace
        UNION ALL
        SELECT 'schema', '', coalesce(g.rolname, 'PUBLIC')::text, a.privilege_type, a.is_grantable
        FROM pg_namespace n, aclexplode(n.nspacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
        WHERE n.oid = %(schema)s::regnamespace
        UNION ALL
        SELECT 'function', p.proname, coalesce(g.rolname, 'PUBLIC')::text, a.privilege_type, a.is_grantable
        FROM pg_proc p, aclexplode(p.proacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
        WHERE p.pronamespace = %(schema)s::regnamespace
        ORDER BY 1, 2, 3, 4""",
}
# The journal of Django's own migrations stands in the template only.
_NOT_COMPARED = "django_migrations"


def describe(schema: str) -> dict[str, list[list[Any]]]:
    """Return everything about the schema, so that two of the same kind are equal."""
    found: dict[str, list[list[Any]]] = {}
    with connections["owner"].cursor() as cursor:
        for sort, query in _QUERIES.items():
            cursor.execute(query.replace("%(schema)s", "%s"), [schema] * query.count("%(schema)s"))
            rows = [[_general(value, schema) for value in row] for row in cursor.fetchall()]
            kept = [row for row in rows if not any(_NOT_COMPARED in str(value) for value in row)]
            # The names of roles sort differently from schema to schema.
            found[sort] = sorted(kept, key=repr)
    return found


def fingerprint(schema: str) -> str:
    """Return one short text that differs as soon as two schemas do."""
    text = json.dumps(describe(schema), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _general(value: Any, schema: str) -> Any:
    """Leave out what differs between two schemas by right: their names and their roles' names."""
    if not isinstance(value, str):
        return value
    if value == role(schema):
        return "<role>"
    for login in (*names.LOGINS, "owner"):
        if value == role(login):
            return f"<{login}>"
    if value == settings.DATABASES["owner"]["USER"]:
        return "<owner>"
    return value.replace(schema, "<schema>")
