"""Signed words that one municipality's pages say to another's about one person: short-lived, for one place, once.

No name and no address stands in them, since they travel in the address bar: ids, and a keyed digest of the e-mail
address, so that only accounts with the same address can be tied.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from tenants.accounts.models import User
from tenants.context import current_scope


class Purpose(StrEnum):
    """What a proof is for, and how many seconds it is good for."""

    TIE = "tie"
    TIED = "tied"
    HAND_OVER = "hand-over"

    @property
    def seconds(self) -> int:
        """Return how long the proof lives: long enough to sign in, or only to pass a door."""
        return 60 if self is Purpose.HAND_OVER else 600


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody who has signed in at ``place`` goes to ``to``."""

    place: str
    user: str
    to: str
    nonce: str
    email: str = ""
    other_user: str = ""
    path: str = "/"

    @classmethod
    def of(cls, user: User, to: UUID, *, other_user: UUID | None = None, path: str = "/") -> Self:
        """Make a proof about a person of the present municipality."""
        return cls(
            place=str(current_scope().tenant_id),
            user=str(user.pk),
            to=str(to),
            nonce=str(uuid4()),
            email=_digest(user),
            other_user=str(other_user) if other_user else "",
            path=path,
        )

    def signed(self, purpose: Purpose) -> str:
        """Return the words for the address bar."""
        return signing.dumps(asdict(self), salt=_salt(purpose), compress=True)

    def same_email(self, user: User) -> bool:
        """Tell whether a person here has the e-mail address of the person there."""
        return constant_time_compare(self.email, _digest(user))


def proof_in(text: str, purpose: Purpose) -> Proof | None:
    """Return the proof when it is ours, for this purpose, in time and for the present municipality."""
    try:
        found = Proof(**signing.loads(text, salt=_salt(purpose), max_age=purpose.seconds))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return found if found.to == str(current_scope().tenant_id) else None


def _salt(purpose: Purpose) -> str:
    return f"tenants.accounts.proofs.{purpose}"


def _digest(user: User) -> str:
    return salted_hmac("tenants.accounts.proofs", user.email.strip().lower(), algorithm="sha256").hexdigest()
