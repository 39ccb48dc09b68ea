"""What an asking family likes to do in return, and what a support family would enjoy: wishes of both sides count."""

import django.contrib.postgres.fields
from django.db import migrations, models

RETURNS = [
    ("cooking", "iets lekkers koken of bakken"),
    ("chores", "helpen met klussen of de tuin"),
    ("company", "samen koffie of thee drinken"),
    ("outings", "samen iets leuks doen"),
    ("neighbourhood", "iets doen voor de buurt of de school"),
]


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_more_kinds_of_texts")]

    operations = [
        migrations.AddField(
            model_name="supportneed",
            name="gives",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=RETURNS, max_length=24),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="wat het gezin graag terugdoet",
            ),
        ),
        migrations.AddField(
            model_name="supportoffer",
            name="hopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=RETURNS, max_length=24),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="wat u fijn zou vinden",
            ),
        ),
    ]
