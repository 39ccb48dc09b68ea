"""Accounts: making and closing them, signing in and out, another password. All of it is in the audit log."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.errors import Conflict, InvalidInput
from common.language import known
from common.permissions import FOUNDATION_ROLES, MUNICIPAL_ROLES, Role
from tenants.accounts.models import Actor, SystemActor, User
from tenants.audit.services import audit_log, audit_refusal
from tenants.context import SchemaKind, atomic, current_scope

_SIGN_IN_PAGE = SystemActor("inlogpagina")
_ROLES = {SchemaKind.MUNICIPALITY: MUNICIPAL_ROLES, SchemaKind.FOUNDATION: FOUNDATION_ROLES}


@atomic()
def user_create(*, email: str, full_name: str, role: Role, password: str, actor: Actor) -> User:
    """Make an account in the current municipality, or at the foundation."""
    scope = current_scope()
    if role not in _ROLES.get(scope.kind, frozenset()):
        raise InvalidInput(
            _("Deze rol bestaat hier niet."), fields={"role": _("Deze rol bestaat hier niet.")}
        )
    user = User(email=email.strip().lower(), full_name=full_name.strip(), role=role)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(fields={"password": " ".join(error.messages)}) from error
    user.set_password(password)
    try:
        user.full_clean(exclude={"last_login"})
    except ValidationError as error:
        if User.objects.filter(email=user.email).exists():
            raise Conflict(_("Er is al een account met dit e-mailadres.")) from error
        raise InvalidInput(fields={name: texts[0] for name, texts in error.message_dict.items()}) from error
    user.save()
    audit_log(action="account_made", subject=user, actor=actor, purpose=str(role))
    return user


@atomic()
def user_deactivate(*, user: User, actor: Actor) -> None:
    """Close an account; what the person did keeps their name."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit_log(action="account_closed", subject=user, actor=actor)


@atomic()
def password_change(*, user: User, password: str, actor: Actor) -> None:
    """Give a person another password; the form has applied the rules."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit_log(action="password_changed", subject=user, actor=actor)


@atomic()
def language_choose(*, user: User, language: str, actor: Actor) -> None:
    """Remember in which language a person reads the product; nothing happens when it is that one already."""
    if not known(language):
        raise InvalidInput(_("Deze taal is er niet."))
    if user.language == language:
        return
    user.language = language
    user.save(update_fields=["language"])
    audit_log(action="language_chosen", subject=user, actor=actor, purpose=language)


def signed_in(*, user: User) -> None:
    """Write that a person signed in."""
    audit_log(action="signed_in", subject=user, actor=user)


def signed_out(*, user: User) -> None:
    """Write that a person signed out."""
    audit_log(action="signed_out", subject=user, actor=user)


def sign_in_refused(*, email: str) -> None:
    """Write that somebody tried to sign in and may not: the account if there is one, never what was typed.

    An unknown address takes as much work as a known one.
    """
    user = User.objects.filter(email__iexact=email).first()
    audit_refusal(action="sign_in", subject=user, actor=_SIGN_IN_PAGE)
