from django.db import migrations, models

# CREATE OR REPLACE keeps the rights that the aggregator has on the view; its columns stay as they are.
_COLUMNS = """
CREATE OR REPLACE VIEW report_totals AS
SELECT event, month, municipality_code, family, support_family, coupling, children, age_bands,
       support_form, referral_source, channel, ending_reason, close_reason, days, satisfaction, goal_scores
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
# The view of 0005, which knows of no taking back.
_BEFORE = """
WHERE event <> 'entry_undone'
  AND (family IS NULL OR family NOT IN (
        SELECT family FROM ledger_ledgerentry WHERE event = 'entry_undone' AND family IS NOT NULL))
  AND (support_family IS NULL OR support_family NOT IN (
        SELECT support_family FROM ledger_ledgerentry WHERE event = 'entry_undone' AND support_family IS NOT NULL))
"""
_EVENTS = [
    "family_registered", "family_contacted", "intake_done", "waiting_started", "waiting_ended", "family_closed",
    "support_registered", "support_approved", "support_left", "proposal_made", "proposal_declined", "introduction",
    "trial_started", "trial_stopped", "coupling_started", "coupling_ended", "coupling_reopened", "evaluation_done",
    "out_of_area", "concern_raised", "entry_undone", "entry_restored",
]  # fmt: skip


class Migration(migrations.Migration):
    """Let the ledger take back that a family was a mistake (two files that were no double after all)."""

    dependencies = [("ledger", "0006_out_of_area")]

    operations = [
        migrations.RemoveConstraint(model_name="ledgerentry", name="ledger_event_known"),
        migrations.AlterField(
            model_name="ledgerentry",
            name="event",
            field=models.CharField(
                choices=[(event, event.replace("_", " ").title()) for event in _EVENTS], max_length=20
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("event__in", _EVENTS)), name="ledger_event_known"
            ),
        ),
        migrations.RunSQL(_COLUMNS + _WITHOUT_MISTAKES, _COLUMNS + _BEFORE),
    ]
