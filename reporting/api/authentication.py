"""Bearer tokens: each opens the figures of one municipality, until it expires or is withdrawn."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from reporting.api.models import ApiToken
from reporting.api.services import token_digest

_WORDS = 2


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a system of one municipality."""

    token_id: UUID
    municipality: UUID

    @property
    def is_authenticated(self) -> bool:
        """Always true: without a valid token there is no caller."""
        return True


class TokenAuthentication(BaseAuthentication):
    """Reads `Authorization: Bearer …`; a token in the address would end up in logs and is not looked at."""

    def authenticate(self, request: Request) -> tuple[Caller, ApiToken] | None:
        """Return the caller, None without the header, or refuse. Every refusal reads the same."""
        words = get_authorization_header(request).split()
        if not words:
            return None
        if len(words) != _WORDS or words[0].lower() != b"bearer":
            raise _refusal()
        now = timezone.now()
        token = ApiToken.objects.filter(
            digest=token_digest(words[1].decode("latin-1")), expires_at__gt=now, revoked_at=None
        ).first()
        if token is None:
            raise _refusal()
        today = timezone.localdate()
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        return Caller(token.pk, token.municipality), token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002  (the framework's signature)
        """Tell how to sign in; makes a refusal 401 and not 403."""
        return 'Bearer realm="naober"'


class HasToken(BasePermission):
    """Only callers with a token."""

    message = _("Stuur een geldig token mee in de header Authorization.")

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002  (the framework's signature)
        """Tell whether there is a caller."""
        return isinstance(request.user, Caller)


def _refusal() -> AuthenticationFailed:
    return AuthenticationFailed(_("Dit token is niet (meer) geldig."))
