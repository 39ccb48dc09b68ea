"""The key of somebody's drafts: the same in every session until they sign out, and then gone for good."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from tenants.accounts.models import User
from tenants.context import atomic, current_scope
from tenants.drafts.models import DraftSalt


@dataclass(frozen=True, slots=True)
class DraftKey:
    """A key of 256 bits, and whose drafts it opens: a name without a meaning."""

    key: str
    account: str


@atomic()
def draft_key(*, actor: User) -> DraftKey:
    """Return the key of the drafts of somebody who is signed in."""
    row, _made = DraftSalt.objects.get_or_create(user_id=actor.pk)
    about = f"{current_scope().schema}:{actor.pk}:{row.salt}"
    key = salted_hmac("tenants.drafts.key", about, algorithm="sha256").digest()
    account = salted_hmac("tenants.drafts.account", about, algorithm="sha256").hexdigest()[:16]
    return DraftKey(b64encode(key).decode(), account)


def forget_on_sign_out(*, user: User | None, **_signal: Any) -> None:
    """Throw the salt away: whatever is left on a device can never be read again."""
    if isinstance(user, User):
        DraftSalt.objects.filter(user_id=user.pk).delete()
