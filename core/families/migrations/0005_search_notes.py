"""Words to find families by, also out of the notes about them: see ``0002_search``.

Who may not read a note does not find a family by it either; ``core.lists.search`` asks for that, not this column.
"""

from importlib import import_module

from django.db import migrations

_search = import_module("core.families.migrations.0002_search")

VECTOR = f"to_tsvector('dutch', {_search.plain('text')})"
FORWARDS = [
    f"ALTER TABLE families_contactnote ADD COLUMN search tsvector GENERATED ALWAYS AS ({VECTOR}) STORED",
    "CREATE INDEX families_contactnote_search ON families_contactnote USING gin (search)",
]


class Migration(migrations.Migration):
    dependencies = [("families", "0004_not_the_same")]

    # A municipality has thousands of notes at most: writing the table anew takes less than a second.
    rewrites = ("families_contactnote",)

    operations = [
        migrations.RunSQL(";\n".join(FORWARDS), "ALTER TABLE families_contactnote DROP COLUMN search"),
    ]
