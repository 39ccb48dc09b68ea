"""Forms to tie the accounts of one person."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import NaoberForm
from tenants.accounts.forms import PasswordField
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality


class PlaceForm(NaoberForm):
    """Which other municipality."""

    place = forms.ModelChoiceField(
        label=_("In welke gemeente werk je nog meer?"),
        queryset=Municipality.objects.none(),
        to_field_name="slug",
    )

    def __init__(self, *args: Any, municipalities: Any, **kwargs: Any) -> None:
        """Offer the others."""
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = municipalities


class TieForm(NaoberForm):
    """The password here: whoever sits at an open screen is not let through."""

    password = PasswordField(label=_("Je wachtwoord in deze gemeente"), autocomplete="current-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Know whose password it must be."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuse when somebody else sits at this screen."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("Dit is niet je wachtwoord in deze gemeente."), code="password")
        return password
