"""Tokens with which a municipality's system may pull that municipality's figures. Only a hash is kept."""

from typing import ClassVar

from django.db import models

from tenants.classification import Columns
from tenants.models import ScopedModel


class ApiToken(ScopedModel):
    """A key to the figures of one municipality, until a day."""

    # Made and withdrawn with the releaser's login; the API only reads, and notes the last use.
    shared_web_rights: ClassVar[tuple[str, ...]] = ("SELECT", "UPDATE (last_used_on)")

    municipality = models.UUIDField(help_text="id in the registry")
    label = models.CharField(max_length=80, help_text="which system uses it")
    digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the token, which is 256 random bits"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    columns = Columns(
        plain="municipality label created_at expires_at revoked_at last_used_on",
        sealed="digest",
        export=False,
        erase=True,
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="token_expires_after_start", condition=models.Q(expires_at__gt=models.F("created_at"))
            ),
        )
