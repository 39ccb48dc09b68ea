"""A board that was too large to work out while somebody waits for the page. It holds ids, and is thrown away soon."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.classification import Columns
from tenants.models import ScopedModel

# People and places change: an older draft is not shown, and thrown away when the next one is asked.
KEPT = timedelta(hours=12)
# A worker that has not finished by then was stopped; somebody may ask again.
PATIENCE = timedelta(minutes=10)


class BoardDraft(ScopedModel):
    """What came of the board for one choice."""

    # One draft per choice: asking twice waits for the same.
    digest = models.CharField(max_length=64, unique=True)
    choice = models.TextField(_("keuze"), max_length=4000)
    asked_by = models.CharField(_("door"), max_length=120)
    asked_at = models.DateTimeField(_("gevraagd op"))
    ready_at = models.DateTimeField(_("klaar op"), null=True, blank=True)
    pairs = models.JSONField(default=list, help_text="pairs of ids")
    one_by_one = models.JSONField(default=list, help_text="pairs of ids")

    columns = Columns(
        plain="digest", personal="choice asked_by asked_at ready_at pairs one_by_one", export=False
    )
