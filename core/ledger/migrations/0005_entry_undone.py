from django.db import migrations, models

# CREATE OR REPLACE keeps the rights that the aggregator has on the view; its columns stay as they are.
_COLUMNS = """
CREATE OR REPLACE VIEW report_totals AS
SELECT event, month, municipality_code, family, support_family, coupling, children, age_bands,
       support_form, referral_source, channel, ending_reason, close_reason, days, satisfaction, goal_scores
FROM ledger_ledgerentry
"""
_WITHOUT_MISTAKES = """
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
    "concern_raised", "entry_undone",
]  # fmt: skip


class Migration(migrations.Migration):
    """Let the ledger say that what it said of a family was a mistake (an import that was taken back)."""

    dependencies = [("ledger", "0004_coupling_reopened")]

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
        migrations.RunSQL(_COLUMNS + _WITHOUT_MISTAKES, _COLUMNS),
    ]
