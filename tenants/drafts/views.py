"""What the script of the drafts asks: the key, which is also how it sees whether saving would work now."""

from django.http import HttpRequest, JsonResponse

from common.pages import signed_in_page
from tenants.accounts.models import User
from tenants.drafts.services import draft_key


@signed_in_page(methods=("GET",))
def key(request: HttpRequest) -> JsonResponse:
    """Give somebody the key of their own drafts."""
    actor: User = request.user  # type: ignore[assignment]
    found = draft_key(actor=actor)
    return JsonResponse({"key": found.key, "account": found.account})
