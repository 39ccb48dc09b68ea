"""No transaction goes through all municipalities.

PostgreSQL keeps a lock on every table a transaction touched until its end. One that visits hundreds of schemas fills
the table of locks, which all connections share, and then everybody gets "out of shared memory". With the handful of
municipalities of a test such code works; so where it is counted, it is refused at the commit.
"""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from psycopg import pq

from tenants.database import names

_VISITED = """
    SELECT count(DISTINCT n.nspname)
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND starts_with(n.nspname, %s)
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class TooManyMunicipalities(DatabaseError):
    """One transaction visited more municipalities than it may; nothing of it was kept."""


class LockWall:
    """A backend that counts, before it commits, how many municipalities the transaction holds locks in.

    Not in production, where it would cost a query per request: in development and in tests (see the setting).
    """

    connection: Any
    wrap_database_errors: Any

    def commit(self) -> None:
        """Commit, unless the transaction visited too many municipalities."""
        limit: int = settings.DATABASE_MUNICIPALITIES_PER_TRANSACTION
        if limit and (visited := self._visited()) > limit:
            self.rollback()
            message = (
                f"One transaction visited {visited} municipalities; {limit} is the limit. Leave a job behind for each"
                " (`enqueue(job, municipality=m)`), or read what was counted for all of them."
            )
            raise TooManyMunicipalities(message)
        super().commit()  # type: ignore[misc]  # of the backend beside this one

    def rollback(self) -> None:
        """Undo, as the backend beside this one does."""
        super().rollback()  # type: ignore[misc]

    def _visited(self) -> int:
        if self.connection is None or self.connection.info.transaction_status != pq.TransactionStatus.INTRANS:
            return 0
        # Past Django's cursors: what is counted for a test is not a query of the page under test.
        with self.wrap_database_errors:
            row = self.connection.execute(_VISITED, [names.MUNICIPALITY]).fetchone()
        return int(row[0])
