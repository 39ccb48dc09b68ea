"""The form of handing work over."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.fields import DateField, TextField
from core.families.guard import GuardedForm
from core.handover.selectors import colleagues
from tenants.accounts.models import User


class HandoverForm(GuardedForm):
    """Who takes over from whom, and until when."""

    from_user = forms.ChoiceField(label=_("Wiens werk?"))
    to_user = forms.ChoiceField(label=_("Wie neemt het over?"))
    starts_on = DateField(label=_("Vanaf"), initial=timezone.localdate)
    until = DateField(
        label=_("Tot en met"),
        required=False,
        help_text=_("Op deze dag eindigen de rechten vanzelf. Leeg? Dan draag je definitief over."),
    )
    note = TextField(
        label=_("Wat moet je collega weten?"),
        max_length=2000,
        required=False,
        help_text=_("De open afspraken, laatste gesprekken en volgende data staan al in het pakket."),
    )
    with_concerns = forms.BooleanField(
        label=_("Draag ook mijn zorgen over"),
        required=False,
        help_text=_("Alleen bij definitief. Anders zien de aandachtsfunctionaris en de vervanger ze al."),
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        """Offer the people who may sign in here."""
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in colleagues()}
        names = [(key, f"{person.full_name} ({person.role_label})") for key, person in self.people.items()]
        for name in ("from_user", "to_user"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = names if name == "from_user" else [("", str(_("Kies een collega"))), *names]
        self.fields["from_user"].initial = str(actor.pk)

    def handed(self) -> dict[str, Any]:
        """Return what was filled in, people as people."""
        clean = dict(self.cleaned_data)
        return clean | {name: self.people[clean[name]] for name in ("from_user", "to_user")}
