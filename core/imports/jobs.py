"""Taking over the rows of a file: too long for a page, so a worker does it."""

from uuid import UUID

from core.imports.services import import_take_over
from tenants.jobs import job


@job(scope="municipality")
def take_over(*, run_id: str, twins_too: str) -> None:
    """Write the families of an import, in one transaction."""
    import_take_over(run_id=UUID(run_id), twins_too=bool(twins_too))
