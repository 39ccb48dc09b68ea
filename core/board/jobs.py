"""Working out a large board: too long for a page, so a worker does it."""

from uuid import UUID

from core.board.services import draft_work_out
from tenants.jobs import job


@job(scope="municipality")
def work_out_draft(*, draft_id: str) -> None:
    """Work out the board of a draft."""
    draft_work_out(draft_id=UUID(draft_id))
