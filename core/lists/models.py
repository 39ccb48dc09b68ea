"""Views of lists that somebody keeps: filters, columns and order; not what was searched for, which may be a name."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tenants.classification import Columns
from tenants.models import ScopedModel

LONGEST_QUERY = 600


class ListName(models.TextChoices):
    """The lists there are, as their addresses name them."""

    WAITING = "wachtend", _("Wachtend")
    REQUESTING = "vraaggezinnen", _("Vraaggezinnen")
    SUPPORT = "steungezinnen", _("Steungezinnen")
    COUPLINGS = "koppelingen", _("Koppelingen")
    VOG = "vog", _("VOG")
    PROPOSALS = "voorstellen", _("Voorstellen")


class SavedView(ScopedModel):
    """A named view of a list, of one person."""

    owner_id = models.UUIDField(editable=False)
    list_name = models.CharField(max_length=20, choices=ListName)
    name = models.CharField(_("naam"), max_length=40)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    columns = Columns(plain="list_name created_at", personal="owner_id name query")

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint("owner_id", "list_name", Lower("name"), name="saved_view_name_once"),
            models.CheckConstraint(
                name="saved_view_list_known", condition=models.Q(list_name__in=ListName.values)
            ),
        )

    def __str__(self) -> str:
        """Return the name its owner gave it."""
        return self.name
