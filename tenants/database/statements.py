"""What a recorded statement does to the people at work: which forms are refused, and in which order the rest is done.

Reading a table is never blocked for longer than the runner's time limit. So a statement on a table that is in use may
not read or write the whole table while it holds the table for itself: a rule is added unchecked and checked afterwards,
an index on a large table is built beside the work, data are filled in by a job. Tables that the same migration makes
are in nobody's way.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

JOB_MARK: Final = "-- job: "
"""Stands before the name of a job that a migration leaves behind in every municipality."""

_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ | --[^\n]* | /\*.*?\*/ | . """,
    re.DOTALL | re.VERBOSE,
)
_NAME = r'(?:"(?P<{0}_quoted>[^"]+)"|(?P<{0}_plain>[\w.]+))'
_TABLE = _NAME.format("table")
_INDEX = _NAME.format("index")
_RULE = _NAME.format("rule")


def _form(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)


_CREATE_TABLE = _form(rf"create table (?:if not exists )?{_TABLE}")
_CREATE_INDEX = _form(
    rf"create (?:unique )?index (?:concurrently )?(?:if not exists )?{_INDEX} on (?:only )?{_TABLE}"
)
_ALTER_TABLE = _form(rf"alter table (?:if exists )?(?:only )?{_TABLE} ")
_ADD_RULE = _form(rf"add constraint {_RULE} (?P<sort>check|foreign key|unique|primary key|exclude)")
# What may stand in a migration, besides the forms above.
_ALLOWED = [
    _form(head)
    for head in (
        "create (?:or replace )?view",
        "drop view",
        "create (?:or replace )?function",
        "drop function",
        "create (?:or replace )?(?:constraint )?trigger",
        "drop trigger",
        "drop index",
        r"alter index \S+ rename to",
        "comment on",
        "set constraints",
    )
]
# What may be done to a table in use. `alter column … type` is judged by whether the table is written anew.
_ALLOWED_ON_TABLE = [
    _form(action)
    for action in (
        "add column",
        "add constraint",
        "validate constraint",
        "drop constraint",
        "rename constraint",
        r"alter column \S+ (?:set|drop) default",
        r"alter column \S+ drop not null",
        r"alter column \S+ (?:set data )?type",
        r"alter column \S+ set statistics",
    )
]
_SET_NOT_NULL = _form(r"alter column (?P<column>\S+) set not null")
_TAKES_AWAY = _form(r"(?:drop column|rename (?!constraint))|drop (?:table|materialized view)")
_DATA = _form(r"(?:insert|update|delete|truncate|copy|merge|with|select)\b")


class CannotBeReplayed(Exception):
    """A migration holds something that cannot be done in every municipality while people work; says what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the statements of one migration are done in a schema that is in use."""

    main: tuple[str, ...]
    """In one transaction."""
    later: tuple[str, ...]
    """Afterwards, each in a transaction of its own: checks of rules. Doing them twice is harmless."""
    indexes: tuple["Index", ...]
    """In the transaction when the table is small there, and beside the work when it is large."""
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """An index on a table in use."""

    name: str
    table: str
    statement: str

    @property
    def concurrently(self) -> str:
        """Return the statement that builds it beside the work."""
        return re.sub(r"(?i)\bindex\s+", "INDEX CONCURRENTLY ", self.statement, count=1)


@dataclass(slots=True)
class _Found:
    main: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)


def split(text: str) -> list[str]:
    """Return the statements of a text one by one, without comments; a job's mark is a statement."""
    if text.startswith(JOB_MARK):
        return [text]
    found, current = [], ""
    for token in _TOKEN.finditer(text):
        part = token[0]
        if part == ";":
            found.append(current)
            current = ""
        elif part.startswith(("--", "/*")):
            current += " "
        else:
            current += part
    return [statement.strip() for statement in (*found, current) if statement.strip()]


def plan(texts: Iterable[str]) -> Plan:
    """Return how recorded statements are done where people work."""
    found, made = _Found(), set[str]()
    for statement in (one for text in texts for one in split(text)):
        if table := _CREATE_TABLE.match(statement):
            made.add(_named(table, "table"))
        _place(statement, made, found)
    return Plan(tuple(found.main), tuple(found.later), tuple(found.indexes), tuple(found.jobs))


def jobs(texts: Iterable[str]) -> list[str]:
    """Return the names of the jobs that recorded statements leave behind."""
    return [text.removeprefix(JOB_MARK) for text in texts if text.startswith(JOB_MARK)]


def require_replayable(
    migration: str,
    texts: Iterable[str],
    *,
    rewritten: Collection[str],
    may_rewrite: Collection[str],
    may_take_away: bool,
    schemas: Collection[str],
) -> None:
    """Raise `CannotBeReplayed` when a migration would hold people up, or would not do the same everywhere."""
    statements = [one for text in texts for one in split(text)]
    made = {_named(found, "table") for one in statements if (found := _CREATE_TABLE.match(one))}
    objections = [
        objection
        for one in statements
        if not one.startswith(JOB_MARK)
        and (objection := _objection(one, made, may_take_away=may_take_away, schemas=schemas))
    ]
    if anew := sorted(set(rewritten) - made - set(may_rewrite)):
        objections.append(
            f"it writes {' and '.join(anew)} anew while nobody can read it. Add a column that may be empty and fill it"
            f" with a job; or, for a table that stays small everywhere, say so: `rewrites = {tuple(anew)!r}`"
        )
    if objections:
        raise CannotBeReplayed(
            f"{migration} cannot be replayed in every municipality: {'; '.join(objections)}."
        )


def _place(statement: str, made: set[str], found: _Found) -> None:
    if statement.startswith(JOB_MARK):
        found.jobs.append(statement.removeprefix(JOB_MARK))
        return
    index = _CREATE_INDEX.match(statement)
    if index and _named(index, "table") not in made:
        found.indexes.append(Index(_named(index, "index"), _named(index, "table"), statement))
        return
    altered = _ALTER_TABLE.match(statement)
    rule = _ADD_RULE.match(statement, altered.end()) if altered else None
    if (
        altered
        and rule
        and _named(altered, "table") not in made
        and rule["sort"].lower() in {"check", "foreign key"}
    ):
        found.main.append(f"{statement} NOT VALID")
        found.later.append(f"{altered[0]} VALIDATE CONSTRAINT {_quoted(_named(rule, 'rule'))}")
        return
    found.main.append(statement)


def _objection(
    statement: str, made: set[str], *, may_take_away: bool, schemas: Collection[str]
) -> str | None:
    shown = f"`{' '.join(statement.split())[:60]}`"
    named = [schema for schema in schemas if re.search(rf'(?<![\w"])"?{schema}"?\.', statement)]
    altered = _ALTER_TABLE.match(statement)
    takes_away = _TAKES_AWAY.match(statement)
    reason: str | None = (
        f"{shown} is not on the list of what a migration may do (tenants/database/statements.py)"
    )
    if named:
        reason = f"{shown} names the schema {named[0]}. Name tables without one"
    elif altered:
        actions = "" if _named(altered, "table") in made else statement[altered.end() :]
        reason = _objection_to_actions(shown, actions, may_take_away=may_take_away) if actions else None
    elif _DATA.match(statement):
        reason = (
            f"{shown} reads or writes data. Leave a job behind instead: tenants.database.operations.RunJob"
        )
    elif takes_away:
        reason = None if may_take_away else _CONTRACT.format(shown)
    elif any(form.match(statement) for form in (_CREATE_TABLE, _CREATE_INDEX, *_ALLOWED)):
        reason = None
    return reason


_CONTRACT: Final = (
    "{} takes away what the version that still runs uses. First let a version go out that does without it, and name"
    " that migration here: `contracts = '…'`"
)


def _objection_to_actions(shown: str, actions: str, *, may_take_away: bool) -> str | None:
    for action in _by_comma(actions):
        if found := _SET_NOT_NULL.match(action):
            return (
                f"{shown} reads the whole table while nobody can use it. Add a check that {found['column']} is not null"
                " instead: it is checked beside the work"
            )
        if _TAKES_AWAY.match(action):
            if not may_take_away:
                return _CONTRACT.format(shown)
        elif not any(form.match(action) for form in _ALLOWED_ON_TABLE):
            return f"{shown} is not on the list of what may be done to a table in use (tenants/database/statements.py)"
    return None


def _by_comma(text: str) -> Iterator[str]:
    """Cut at the commas outside brackets and quotes."""
    depth, current = 0, ""
    for token in _TOKEN.finditer(text):
        part = token[0]
        depth += (part == "(") - (part == ")")
        if part == "," and depth == 0:
            yield current.strip()
            current = ""
        else:
            current += part
    yield current.strip()


def _named(found: "re.Match[str]", group: str) -> str:
    return str(found[f"{group}_quoted"] or found[f"{group}_plain"])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
