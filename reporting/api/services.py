"""Making and withdrawing tokens. Runs in the releasing scope: no web process may do it."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.utils import timezone

from common.errors import InvalidInput
from reporting.api.models import ApiToken
from tenants.accounts.models import Actor
from tenants.context import atomic
from tenants.municipalities.models import Municipality

PREFIX = "naober_"
LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made: the only moment at which its secret is known."""

    secret: str
    token: ApiToken


def token_digest(secret: str) -> str:
    """Return what is stored of a token. A fast hash is enough: the secret is random and cannot be guessed."""
    return sha256(secret.encode()).hexdigest()


@atomic()
def api_token_create(
    *, municipality: Municipality, label: str, days: int, actor: Actor
) -> NewToken:  # noqa: RET503
    """Make a token for one municipality; the secret is in the answer and nowhere else."""
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(fields={"days": f"1-{LONGEST_DAYS}"})
    secret = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = ApiToken.objects.create(
        municipality=municipality.pk,
        label=label,
        digest=token_digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return NewToken(secret, token)


@atomic()
def api_token_revoke(*, token: ApiToken, actor: Actor) -> None:
    """Withdraw a token at once."""
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
