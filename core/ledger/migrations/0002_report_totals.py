"""The view through which totals leave the municipality: the ledger without keys, and nothing else.

It runs with the rights of its owner, so the login of the extraction needs a right on the view only.
"""

from django.db import migrations

FORWARDS = """
CREATE VIEW report_totals AS
SELECT event, month, municipality_code, family, support_family, coupling, children, age_bands,
       support_form, referral_source, channel, ending_reason, close_reason, days, satisfaction, goal_scores
FROM ledger_ledgerentry
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, "DROP VIEW report_totals")]
