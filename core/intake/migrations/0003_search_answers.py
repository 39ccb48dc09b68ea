"""Words to find families by out of their intake: the four questions, the household, and every extra answer in words.

What stands on a consent (health, belief) is not among them: that is looked up in the file, and never by searching.
"""

from importlib import import_module

from django.db import migrations

_search = import_module("core.families.migrations.0002_search")

# Every text in the answers, whatever the question; JSON writes the end of a line as two characters.
ANSWERS = (
    """regexp_replace(jsonb_path_query_array(answers, 'strict $.** ? (@.type() == "string")')::text,"""
    r" '\\[nrt]', ' ', 'g')"
)
TABLES = {
    "intake_supportneed": (
        "question_support",
        "question_upbringing",
        "question_expectation",
        "question_reciprocity",
        ANSWERS,
    ),
    "intake_supportoffer": ("household", "references_reason", ANSWERS),
}
VECTORS = {
    table: f"to_tsvector('dutch', {_search.plain(_search.words(*texts))})" for table, texts in TABLES.items()
}
FORWARDS = [
    statement
    for table, vector in VECTORS.items()
    for statement in (
        f"ALTER TABLE {table} ADD COLUMN search tsvector GENERATED ALWAYS AS ({vector}) STORED",
        f"CREATE INDEX {table}_search ON {table} USING gin (search)",
    )
]
BACKWARDS = [f"ALTER TABLE {table} DROP COLUMN search" for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_questions_with_versions"), ("families", "0002_search")]

    # One row per family, and a municipality has hundreds of families.
    rewrites = tuple(TABLES)

    operations = [migrations.RunSQL(";\n".join(FORWARDS), ";\n".join(BACKWARDS))]
