from django.db import migrations, models

# CREATE OR REPLACE keeps the rights that the aggregator has on the view; new columns come last.
_COLUMNS = """
CREATE OR REPLACE VIEW report_totals AS
SELECT event, month, municipality_code, family, support_family, coupling, children, age_bands,
       support_form, referral_source, channel, ending_reason, close_reason, days, satisfaction, goal_scores,
       household, interpreter
FROM ledger_ledgerentry
"""
_UNDONE = """
SELECT {0} FROM ledger_ledgerentry WHERE event IN ('entry_undone', 'entry_restored') AND {0} IS NOT NULL
GROUP BY {0} HAVING sum(CASE event WHEN 'entry_undone' THEN 1 ELSE -1 END) > 0
"""
_WITHOUT_MISTAKES = f"""
WHERE event NOT IN ('entry_undone', 'entry_restored')
  AND (family IS NULL OR family NOT IN ({_UNDONE.format("family")}))
  AND (support_family IS NULL OR support_family NOT IN ({_UNDONE.format("support_family")}))
"""
_HOUSEHOLDS = [
    ("single_parent", "een ouder"),
    ("two_parents", "twee ouders"),
    ("co_parenting", "co-ouderschap"),
    ("other", "anders"),
]
_INTERPRETERS = [("needed", "tolk nodig"), ("not_needed", "geen tolk nodig")]


class Migration(migrations.Migration):
    """Let the ledger tell of an ended search how the family is made up and whether it needs an interpreter."""

    dependencies = [("ledger", "0007_entry_restored")]

    operations = [
        migrations.AddField(
            model_name="ledgerentry",
            name="household",
            field=models.CharField(blank=True, choices=_HOUSEHOLDS, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="interpreter",
            field=models.CharField(
                blank=True, choices=_INTERPRETERS, db_default="", default="", max_length=12
            ),
        ),
        migrations.RunSQL(_COLUMNS + _WITHOUT_MISTAKES, migrations.RunSQL.noop),
    ]
