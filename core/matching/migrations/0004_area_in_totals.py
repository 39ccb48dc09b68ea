from django.db import migrations

# What kind of area this is, as the municipality says itself; nothing while it has not said so. New columns come last.
_COLUMNS = """
CREATE OR REPLACE VIEW report_totals AS
SELECT event, month, municipality_code, family, support_family, coupling, children, age_bands,
       support_form, referral_source, channel, ending_reason, close_reason, days, satisfaction, goal_scores,
       household, interpreter,
       COALESCE((SELECT area FROM matching_localweights ORDER BY version DESC LIMIT 1), '') AS area
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


class Migration(migrations.Migration):
    """Let the totals tell in what kind of area something happened: whether town and country fare alike."""

    dependencies = [("matching", "0003_weights_and_places"), ("ledger", "0008_search_ended")]

    operations = [migrations.RunSQL(_COLUMNS + _WITHOUT_MISTAKES, migrations.RunSQL.noop)]
