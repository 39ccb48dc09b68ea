"""Reading the views that people keep."""

from uuid import UUID

from common.errors import NotAllowed
from core.lists.models import SavedView
from tenants.accounts.models import User


def views_of(actor: User, list_name: str) -> list[SavedView]:
    """Return the views of a list that this person keeps."""
    return list(SavedView.objects.filter(owner_id=actor.pk, list_name=list_name))


def view_for(actor: User, public_id: UUID) -> SavedView:
    """Return a view of this person; absent and somebody else's look alike."""
    found = SavedView.objects.filter(pk=public_id, owner_id=actor.pk).first()
    if found is None:
        raise NotAllowed
    return found
