"""Adding a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import LineField
from common.forms import NaoberForm

ACCEPTED = ".pdf,.docx,.xlsx,.odt,.ods,.txt"


class UploadForm(NaoberForm):
    """A file with a few words about it."""

    file = forms.FileField(
        label=_("Bestand"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=_(
            "PDF, Word, Excel, OpenDocument of platte tekst. Geen foto’s, geen VOG, geen paspoort of ander "
            "identiteitsbewijs: die mogen wij niet bewaren."
        ),
        error_messages={"required": _("Kies een bestand.")},
    )
    note = LineField(label=_("Wat is het?"), required=False)
    sure = forms.BooleanField(
        label=_(
            "Ik heb gekeken: het is geen VOG of identiteitsbewijs, en er staat geen foto van een kind in"
        ),
        required=False,
    )

    def __init__(self, *args: Any, most: int, too_large: bool = False, **kwargs: Any) -> None:
        """``most`` is the limit in megabytes; the tick box is only for who has to be sure."""
        super().__init__(*args, **kwargs)
        self.too_large, self.most = too_large, most
        if not self.is_bound:
            del self.fields["sure"]

    def clean(self) -> dict[str, Any]:
        """Say that it was too large when the server stopped reading."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.too_large:
            self.errors.pop("file", None)
            self.add_error(
                "file", _("Dit bestand is te groot: niet meer dan %(most)s MB.") % {"most": self.most}
            )
        return cleaned
