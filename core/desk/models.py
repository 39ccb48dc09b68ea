"""Whether the public forms are open. A municipality may close one for a while, with a text for who comes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.classification import Columns
from tenants.models import ScopedModel


class FormKind(models.TextChoices):
    """The two public forms."""

    REQUESTING = "requesting", _("steun vragen")
    SUPPORT = "support", _("steungezin worden")


# How a form is called in an address.
FORM_WORDS: dict[FormKind, str] = {FormKind.REQUESTING: "vraaggezin", FormKind.SUPPORT: "steungezin"}


class FormClosure(ScopedModel):
    """A form that is closed, until it is opened or its day has come."""

    kind = models.CharField(_("formulier"), max_length=12, choices=FormKind, unique=True)
    text = models.TextField(_("tekst voor wie zich wil aanmelden"), max_length=1000)
    closed_on = models.DateField(_("gesloten sinds"))
    open_again_on = models.DateField(_("vanzelf weer open op"), null=True, blank=True)
    closed_by = models.CharField(max_length=120, editable=False)
    columns = Columns(plain="kind text closed_on open_again_on", personal="closed_by")

    class Meta:
        constraints = (
            models.CheckConstraint(name="form_kind_known", condition=models.Q(kind__in=FormKind.values)),
            models.CheckConstraint(
                name="form_opens_after_it_closed",
                condition=models.Q(open_again_on__isnull=True)
                | models.Q(open_again_on__gt=models.F("closed_on")),
            ),
        )
