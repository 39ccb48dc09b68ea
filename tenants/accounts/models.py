"""People who sign in, in the schema where they work; and the systems that act without a person."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.permissions import LENDABLE, MUNICIPAL_ROLES, ROLE_PERMISSIONS, Permission, Role
from tenants.accounts.loans import on_loan
from tenants.classification import Columns
from tenants.context import SchemaKind, scope_or_none
from tenants.models import ScopedModel, ScopedQuerySet

ROLE_LABELS = {
    Role.COORDINATOR: _("coördinator"),
    Role.DEPUTY: _("vervanger"),
    Role.SAFEGUARDING_OFFICER: _("aandachtsfunctionaris"),
    Role.FOUNDATION_STAFF: _("medewerker van de stichting"),
}


class UserManager(BaseUserManager["User"].from_queryset(ScopedQuerySet["User"])):  # type: ignore[misc]
    """Finds people by e-mail address, whatever the case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person with this address."""
        found: User = self.get(email__iexact=username)
        return found


class User(AbstractBaseUser, ScopedModel):
    """Somebody with an account in one municipality or at the foundation. No groups, no ties to content types."""

    email = models.EmailField(_("e-mailadres"), unique=True)
    full_name = models.CharField(_("naam"), max_length=120)
    role = models.CharField(
        _("rol"), max_length=24, choices=[(role.value, ROLE_LABELS[role]) for role in Role]
    )
    is_active = models.BooleanField(_("mag inloggen"), default=True)
    # Empty until the person chooses one: then it is Dutch, or what the browser was told before.
    language = models.CharField(
        _("taal"), max_length=8, choices=settings.LANGUAGES, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(auto_now_add=True)
    columns = Columns(
        personal="email full_name role is_active language created_at last_login", sealed="password"
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "role"]

    class Meta:
        ordering = ("full_name",)
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                name="user_role_known", condition=models.Q(role__in=[role.value for role in Role])
            ),
            models.CheckConstraint(
                name="user_language_known",
                condition=models.Q(language__in=["", *(code for code, _name in settings.LANGUAGES)]),
            ),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.full_name

    def may(self, permission: Permission) -> bool:
        """Tell whether this person has the permission: by role, or lent by a colleague who is away."""
        if not self.is_active:
            return False
        return permission in ROLE_PERMISSIONS[Role(self.role)] or (
            permission in LENDABLE and permission in self._on_loan
        )

    @cached_property
    def _on_loan(self) -> frozenset[Permission]:
        scope = scope_or_none()
        here = scope is not None and scope.kind == SchemaKind.MUNICIPALITY
        return on_loan(self.pk) if here and Role(self.role) in MUNICIPAL_ROLES else frozenset()

    @property
    def role_label(self) -> str:
        """Return the role as people call it."""
        return str(ROLE_LABELS[Role(self.role)])


class AccountTie(ScopedModel):
    """Says that a person here and a person in another municipality are one: proven by a password in both places.

    Both municipalities keep a row of their own. Without the row here nobody from there is let in or told anything.
    """

    user_id = models.UUIDField(editable=False)
    place_id = models.UUIDField(editable=False)
    other_user_id = models.UUIDField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    columns = Columns(plain="created_at", personal="user_id place_id other_user_id", export=False)

    class Meta:
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(fields=["user_id", "place_id"], name="one_tie_per_place"),
            models.UniqueConstraint(fields=["place_id", "other_user_id"], name="one_tie_per_other_account"),
        )


class UsedProof(ScopedModel):
    """A signed proof that was used here: a second time it is worth nothing."""

    nonce = models.UUIDField(unique=True, editable=False)
    used_at = models.DateTimeField(auto_now_add=True)
    columns = Columns(plain="nonce used_at", export=False)


@dataclass(frozen=True, slots=True)
class SystemActor:
    """An actor that is no person: the public form, a job, the generator. Its name says which."""

    name: str
    id: UUID | None = None

    @property
    def full_name(self) -> str:
        """Return the name, as for a person."""
        return self.name

    def may(self, permission: Permission) -> bool:
        """Refuse everything: what a system does is decided by the service it calls."""
        del permission
        return False


Actor = User | SystemActor

PUBLIC_FORM = SystemActor("openbaar formulier")
