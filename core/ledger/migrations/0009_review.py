from django.db import migrations, models

# CREATE OR REPLACE keeps the rights that the aggregator has on the view; new columns come last.
_COLUMNS = """
CREATE OR REPLACE VIEW report_totals AS
SELECT event, month, municipality_code, family, support_family, coupling, children, age_bands,
       support_form, referral_source, channel, ending_reason, close_reason, days, satisfaction, goal_scores,
       household, interpreter,
       COALESCE((SELECT area FROM matching_localweights ORDER BY version DESC LIMIT 1), '') AS area,
       review, review_side
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
_REVIEWS = [
    ("trial_evaluation", "aan het eind van de proefperiode"),
    ("month_6", "na een half jaar"),
    ("month_12", "na een jaar"),
    ("month_18", "na anderhalf jaar"),
    ("month_24", "na twee jaar"),
]
_SIDES = [("family", "vraaggezin"), ("support", "steungezin")]


class Migration(migrations.Migration):
    """Let the ledger tell of an evaluation which one it is and with whom, so that a start can be told from an outcome."""

    # The view reads the kind of area from matching, since 0004 over there.
    dependencies = [("ledger", "0008_search_ended"), ("matching", "0004_area_in_totals")]

    operations = [
        migrations.AddField(
            model_name="ledgerentry",
            name="review",
            field=models.CharField(blank=True, choices=_REVIEWS, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="review_side",
            field=models.CharField(blank=True, choices=_SIDES, db_default="", default="", max_length=8),
        ),
        migrations.RunSQL(_COLUMNS + _WITHOUT_MISTAKES, migrations.RunSQL.noop),
    ]
