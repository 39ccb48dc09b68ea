"""Who asked for a page that their role does not have: written down, though the page is as absent as any other."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenants.audit.services import audit_refusal
from tenants.context import SchemaKind, current_scope


class RefusalMiddleware:
    """Writes the refusals of `common.pages` in the audit log; stands after the one that knows the person."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the transaction of a refusal: nothing but its line in the log is in it."""
        response = self.get_response(request)
        permission = getattr(response, "refused_permission", None)
        scope = current_scope().kind
        if permission is not None and scope in {SchemaKind.MUNICIPALITY, SchemaKind.FOUNDATION}:
            match = request.resolver_match
            page = match.view_name if match else ""
            person: Any = request.user
            audit_refusal(
                action=f"page {page}"[:60], subject=None, actor=person, purpose=str(permission.value)
            )
            response.keep_transaction = True  # type: ignore[attr-defined]
        return response
