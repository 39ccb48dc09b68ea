"""What makes drafts on somebody's device readable: the drafts themselves never come here."""

from secrets import token_hex

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.classification import Columns
from tenants.models import ScopedModel


def new_salt() -> str:
    """Return a salt that nobody can guess."""
    return token_hex(32)


class DraftSalt(ScopedModel):
    """Half of the key of somebody's drafts, until they sign out. The other half is the secret key of the product."""

    user_id = models.UUIDField(_("van wie"), unique=True)
    salt = models.CharField(_("zout"), max_length=64, default=new_salt, editable=False)

    columns = Columns(personal="user_id", sealed="salt", export=False)
