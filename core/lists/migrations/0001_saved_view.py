import uuid

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("owner_id", models.UUIDField(editable=False)),
                (
                    "list_name",
                    models.CharField(
                        choices=[
                            ("wachtend", "Wachtend"),
                            ("vraaggezinnen", "Vraaggezinnen"),
                            ("steungezinnen", "Steungezinnen"),
                            ("koppelingen", "Koppelingen"),
                            ("vog", "VOG"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="naam")),
                ("query", models.CharField(blank=True, max_length=600)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("owner_id"),
                        models.F("list_name"),
                        django.db.models.functions.text.Lower("name"),
                        name="saved_view_name_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "list_name__in",
                                ["wachtend", "vraaggezinnen", "steungezinnen", "koppelingen", "vog"],
                            )
                        ),
                        name="saved_view_list_known",
                    ),
                ],
            },
        ),
    ]
