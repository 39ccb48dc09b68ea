"""Forms of the start page and the lists: only shape is judged here; the rules are in the services."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, DateField, TextField
from core.families.forms import with_empty
from core.families.guard import GuardedForm
from core.families.models import ContactNote
from core.files.forms import UploadForm
from core.home.letters import Person
from core.letters.models import LetterReader, Topic, Way
from tenants.standards.wording import BLANK, LONGEST


class WarmForm(GuardedForm):
    """What was done to keep a support family warm."""

    kind = ChoiceField(label=_("Wat heb je gedaan?"), choices=ContactNote.Kind.choices)
    happened_on = DateField(label=_("Wanneer"), initial=timezone.localdate)
    # What stands in a file is Dutch, and so is the suggestion in it.
    text = TextField(label=_("In een paar woorden"), widget=forms.Textarea(attrs={"rows": 3, "lang": "nl"}))


class AttachForm(GuardedForm, UploadForm):
    """A file, with the guard on what is said of it."""

    guarded = ("note",)


class LetterTextField(TextField):
    """The text of a letter; a browser's line ends are ours."""

    def to_python(self, value: Any) -> Any:
        """Return the text with plain line ends."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class LetterForm(GuardedForm):
    """A letter to one person."""

    to = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    way = ChoiceField(label=_("Hoe gaat het?"), choices=Way.choices)
    topic = forms.ChoiceField(
        label=_("Onderwerp"),
        choices=Topic.choices,
        help_text=_("Een vaste lijst: anderen kunnen het onderwerp van een mail zien."),
    )
    text = LetterTextField(
        label=_("Tekst"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 18, "lang": "nl"}),
        help_text=_("Een mail is geen envelop. Noem geen ander gezin en niets over gezondheid of zorgen."),
    )
    confidential_to = forms.ChoiceField(
        label=_("Wie mag dit teruglezen?"),
        choices=with_empty(LetterReader.choices, _("iedereen die dit dossier mag zien")),
        required=False,
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        """Offer mail only to who has an address."""
        super().__init__(*args, **kwargs)
        self.person = person
        if not person.email:
            field: Any = self.fields["way"]
            field.choices = [(Way.PAPER.value, Way.PAPER.label)]
            field.help_text = _("Van deze persoon hebben wij geen e-mailadres.")

    def clean(self) -> dict[str, Any]:
        """Refuse a letter to somebody who is not there any more: it may not go to another."""
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("to") != str(self.person.key):
            self.add_error(
                None, str(_("Deze persoon staat niet meer in het dossier. Kies opnieuw aan wie je schrijft."))
            )
        return cleaned

    def clean_text(self) -> str:
        """Refuse a word that still has to be filled in."""
        text: str = self.cleaned_data["text"]
        if left := BLANK.findall(text):
            raise forms.ValidationError(
                _("Er staat nog {%(blank)s} in de tekst. Vul het in of haal het weg."),
                params={"blank": left[0][:40]},
            )
        return text
