"""Publishing as a job, with the releaser's login: the only one that reads the vault."""

from reporting.disclosure.services import release_make
from tenants.jobs import job


@job(scope="releasing")
def release() -> None:
    """Publish what was counted, unless nothing changed since the latest release."""
    release_make()
