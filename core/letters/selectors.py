"""Reading letters, their mails and the small deeds."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from common.errors import NotAllowed
from common.permissions import Permission
from core.letters.models import DeedDone, Letter
from tenants.accounts.models import User

MOST = 200


def letter_for(actor: User, public_id: UUID, permission: Permission = Permission.VIEW_CASES) -> Letter:
    """Return a letter that this person may read; absent and forbidden look alike."""
    found = (
        Letter.objects.filter(_readable_by(actor), pk=public_id).select_related("delivery").first()
        if actor.may(permission)
        else None
    )
    if found is None:
        raise NotAllowed
    return found


def letters_about(ids: Collection[UUID], actor: User) -> list[Letter]:
    """Return the letters in a file that this person may read, latest first: those to the family, or of the coupling."""
    return list(
        Letter.objects.filter(
            _readable_by(actor), Q(subject_id__in=ids) | Q(family_id__in=ids)
        ).select_related("delivery")[:MOST]
    )


def deeds_of(family_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return which small deeds were done for each family, the earliest first."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    done = DeedDone.objects.filter(family_id__in=family_ids).order_by("done_on", "pk")
    for family_id, code in done.values_list("family_id", "code"):
        found[family_id].append(code)
    return found


def _readable_by(actor: User) -> Q:
    """Return which letters somebody may read: those for everybody, for the own role, and what they wrote themselves."""
    return Q(confidential_to__in=["", actor.role]) | Q(written_by_id=actor.pk)
