import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let a concern remember the file it came from, when that turned out to be the same family as another."""

    dependencies = [("safeguarding", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="concern",
            name="moved_from",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), blank=True, editable=False, null=True, size=None
            ),
        ),
    ]
