"""Who does something: a person with an account, or a system."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from common.permissions import Permission


class Somebody(Protocol):
    """What every service may know of its actor."""

    @property
    def id(self) -> UUID | None:
        """Return the account, if it is a person."""

    @property
    def full_name(self) -> str:
        """Return who it is."""


@dataclass(frozen=True, slots=True)
class SystemActor:
    """An actor that is no person: the public form, a job, the generator. Its name says which."""

    name: str
    id: UUID | None = None

    @property
    def full_name(self) -> str:
        """Return the name, as for a person."""
        return self.name

    def may(self, permission: Permission) -> bool:
        """Refuse everything: what a system does is decided by the service it calls."""
        del permission
        return False
