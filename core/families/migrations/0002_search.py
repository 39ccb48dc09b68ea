"""Words to find families by, made by the database from the columns themselves, so that no service can forget them.

The columns are generated: Django's models do not know them, and no page reads them along. ``core.lists.search`` asks
them. Names are kept as written, without accents; free text also by its Dutch word stems. ``sort_name`` leaves out what
stands before a name, as a Dutch telephone book does: "van den Berg" stands at the b.
"""

from django.db import migrations

MARKS = "".join(chr(code) for code in range(0x0300, 0x0370))
LETTERS = ("-'’./øłđıðþ", "     oldidt")
BEFORE_A_NAME = (
    r"^((van|von|de|den|der|het|t|s|ter|ten|te|op|in|aan|bij|uit|la|le|el|al|ben|du|des|da|di|dos|d|l|y) +)+"
)


def plain(text: str) -> str:
    """Return SQL for a text in small letters without accents: the twin of ``core.lists.search.plain``."""
    find, give = LETTERS
    find, give = find.replace("'", "''"), give.replace("'", "''")
    return f"translate(lower(normalize({text}, NFKD)), '{find}{MARKS}', '{give}')"


def words(*columns: str) -> str:
    """Return SQL for several columns after each other."""
    return " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)


def searchable(table: str, names: tuple[str, ...], texts: tuple[str, ...] = ()) -> list[str]:
    """Return the statements that add the words of a table, and take them away again."""
    vector = f"to_tsvector('simple', {plain(words(*names))})"
    if texts:
        vector += f" || to_tsvector('dutch', {plain(words(*texts))})"
    return [
        f"ALTER TABLE {table} ADD COLUMN search tsvector GENERATED ALWAYS AS ({vector}) STORED",
        f"CREATE INDEX {table}_search ON {table} USING gin (search)",
    ]


FAMILY = ("name", "street", "place", "postcode", "replace(postcode, ' ', '')")
TABLES = (
    ("families_requestingfamily", (*FAMILY, "referrer_name"), ("remarks",)),
    ("families_supportfamily", FAMILY, ("remarks", "motivation")),
    ("families_requestingparent", ("first_name", "name_prefix", "last_name"), ()),
    ("families_supportadult", ("first_name", "name_prefix", "last_name"), ()),
    ("families_supportedchild", ("first_name",), ()),
)
FAMILIES = ("families_requestingfamily", "families_supportfamily")
FORWARDS = [
    *(statement for table in TABLES for statement in searchable(*table)),
    *(
        f"ALTER TABLE {table} ADD COLUMN sort_name text"
        f" GENERATED ALWAYS AS (regexp_replace({plain('name')}, '{BEFORE_A_NAME}', '')) STORED"
        for table in FAMILIES
    ),
    # The last contact with each family, without reading its notes.
    "CREATE INDEX families_note_requesting_day ON families_contactnote (requesting_family_id, happened_on)",
    "CREATE INDEX families_note_support_day ON families_contactnote (support_family_id, happened_on)",
]
BACKWARDS = [
    "DROP INDEX families_note_requesting_day",
    "DROP INDEX families_note_support_day",
    *(f"ALTER TABLE {table} DROP COLUMN sort_name" for table in FAMILIES),
    *(f"ALTER TABLE {table} DROP COLUMN search" for table, _names, _texts in TABLES),
]


class Migration(migrations.Migration):
    dependencies = [("families", "0001_initial")]

    # A municipality has hundreds of families, so writing these tables anew takes milliseconds.
    rewrites = tuple(table for table, _names, _texts in TABLES)

    operations = [migrations.RunSQL(";\n".join(FORWARDS), ";\n".join(BACKWARDS))]
