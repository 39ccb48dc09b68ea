"""Operations of migrations that Django does not have."""

from typing import Any

from django.db.migrations.operations.base import Operation

from tenants.database.statements import JOB_MARK


class RunJob(Operation):
    """Leave a job behind in every municipality: how a migration fills in or repairs data.

    >>> operations = [RunJob("core.families.jobs.fill_sort_names")]

    The work is done after the migration, one municipality at a time, by a worker, and may come twice: the job has to be
    idempotent. A municipality that is made later has no data and gets no such job.
    """

    reversible = True
    reduces_to_sql = False

    def __init__(self, job: str) -> None:
        """Take the dotted name of a job."""
        self.job = job

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change no model."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Write down the job, as a comment that PostgreSQL passes over."""
        del app_label, from_state, to_state
        schema_editor.execute(f"{JOB_MARK}{self.job}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Leave the data as they are."""

    def describe(self) -> str:
        """Say what it does."""
        return f"Leave {self.job} behind in every municipality"
