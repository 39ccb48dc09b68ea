"""Who does something: a person with an account, or a system."""

from typing import Protocol
from uuid import UUID


class Somebody(Protocol):
    """What every service may know of its actor."""

    @property
    def id(self) -> UUID | None:
        """Return the account, if it is a person."""

    @property
    def full_name(self) -> str:
        """Return who it is."""
