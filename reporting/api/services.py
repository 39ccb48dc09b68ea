"""Making and withdrawing tokens, in the releasing scope: no web process has the right to."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import InvalidInput, NotAllowed
from reporting.api.models import ApiToken
from tenants.accounts.models import Actor
from tenants.context import atomic
from tenants.municipalities.models import Municipality

PREFIX = "naober_"
LONGEST_DAYS = 400
LONGEST_LABEL = 80

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made: the only moment at which its secret is known."""

    token_id: UUID
    secret: str


def token_digest(secret: str) -> str:
    """Return what is kept of a token. A fast hash is enough: the secret is random and cannot be guessed."""
    return sha256(secret.encode()).hexdigest()


@atomic()
def api_token_create(*, municipality: Municipality, label: str, days: int, actor: Actor) -> NewToken:
    """Make a token for one municipality; the secret is in the answer and nowhere else."""
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(fields={"days": _("Kies een aantal dagen van 1 tot en met %d.") % LONGEST_DAYS})
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise InvalidInput(fields={"label": _("Zeg in ten hoogste %d tekens waarvoor.") % LONGEST_LABEL})
    if municipality.is_practice:
        raise InvalidInput(fields={"municipality": _("Van een oefengemeente zijn er geen cijfers.")})
    secret = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = ApiToken.objects.create(
        municipality=municipality.pk,
        label=label,
        digest=token_digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    _log.info(
        "api_token_created", token=str(token.pk), municipality=str(municipality.pk), actor=actor.full_name
    )
    return NewToken(token.pk, secret)


@atomic()
def api_token_revoke(*, token_id: UUID, actor: Actor) -> None:
    """Withdraw a token at once."""
    if not ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=timezone.now()):
        raise NotAllowed
    _log.info("api_token_revoked", token=str(token_id), actor=actor.full_name)
