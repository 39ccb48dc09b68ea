"""Jobs of the generator of invented data, which stands above all apps."""

from uuid import UUID

from config.synthesis.practice import practice_write
from core.learning.services import practice_reset_do
from tenants.jobs import job


@job(scope="municipality")
def practice_refill(*, reset_id: str) -> None:
    """Empty a practice municipality and fill it again, in one transaction."""
    practice_reset_do(reset_id=UUID(reset_id), write=lambda done: practice_write(done=done))
