"""Words to find couplings by: out of the talks about them."""

from importlib import import_module

from django.db import migrations

_search = import_module("core.families.migrations.0002_search")

TABLES = ("guidance_contactmoment", "guidance_evaluation")
VECTOR = f"to_tsvector('dutch', {_search.plain('note')})"
FORWARDS = [
    statement
    for table in TABLES
    for statement in (
        f"ALTER TABLE {table} ADD COLUMN search tsvector GENERATED ALWAYS AS ({VECTOR}) STORED",
        f"CREATE INDEX {table}_search ON {table} USING gin (search)",
    )
]
BACKWARDS = [f"ALTER TABLE {table} DROP COLUMN search" for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("guidance", "0001_initial"), ("families", "0002_search")]

    # A municipality has thousands of talks at most: writing the tables anew takes less than a second.
    rewrites = TABLES

    operations = [migrations.RunSQL(";\n".join(FORWARDS), ";\n".join(BACKWARDS))]
