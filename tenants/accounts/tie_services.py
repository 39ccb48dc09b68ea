"""Tying the accounts of one person in two municipalities, and passing the door between them."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import Conflict, NotAllowed
from common.permissions import Permission
from tenants.accounts.models import AccountTie, UsedProof, User
from tenants.accounts.proofs import Proof
from tenants.audit.services import audit_log
from tenants.context import atomic, current_scope

REMEMBERED = timedelta(days=1)  # far longer than any proof lives


def ties_of(user: User) -> list[AccountTie]:
    """Return the other municipalities where this person works."""
    return list(AccountTie.objects.filter(user_id=user.pk))


def tie_for(user: User, public_id: UUID) -> AccountTie:
    """Return a tie of this person; absent and somebody else's look alike."""
    found = AccountTie.objects.filter(pk=public_id, user_id=user.pk).first()
    if found is None:
        raise NotAllowed
    return found


def person_from(place_id: UUID, user_id: UUID) -> User:
    """Return who somebody from another municipality is here; nobody without a tie and an open account that may look."""
    tie = AccountTie.objects.filter(place_id=place_id, other_user_id=user_id).first()
    user: User | None = User.objects.filter(pk=tie.user_id, is_active=True).first() if tie else None
    if user is None or not user.may(Permission.VIEW_CASES):
        raise NotAllowed
    return user


@atomic()
def tie_make(*, proof: Proof, user: User, actor: User) -> AccountTie:
    """Believe that the person of the proof is this person; a proof is believed once."""
    _use(proof)
    place_id, other = UUID(proof.place), UUID(proof.user)
    if not proof.same_email(user) or place_id == current_scope().tenant_id:
        raise NotAllowed
    AccountTie.objects.filter(user_id=user.pk, place_id=place_id).delete()
    try:
        with atomic():
            tie = AccountTie.objects.create(user_id=user.pk, place_id=place_id, other_user_id=other)
    except IntegrityError as error:
        raise Conflict(_("Dit account is al met iemand anders verbonden.")) from error
    audit_log(action="account_tied", subject=tie, actor=actor)
    return tie


@atomic()
def tie_cut(*, tie: AccountTie, actor: User) -> None:
    """Let the two accounts be strangers again; from this side that is enough."""
    audit_log(action="account_untied", subject=tie, actor=actor)
    tie.delete()


@atomic()
def proof_use(*, proof: Proof) -> User:
    """Let the person of a hand-over in, once."""
    user = person_from(UUID(proof.place), UUID(proof.user))
    _use(proof)
    audit_log(action="signed_in_from_elsewhere", subject=user, actor=user)
    return user


def used(proof: Proof) -> bool:
    """Tell whether a proof was used before."""
    return UsedProof.objects.filter(nonce=proof.nonce).exists()


def _use(proof: Proof) -> None:
    UsedProof.objects.filter(used_at__lt=timezone.now() - REMEMBERED).delete()
    try:
        with atomic():
            UsedProof.objects.create(nonce=UUID(proof.nonce))
    except IntegrityError as error:
        raise NotAllowed from error
