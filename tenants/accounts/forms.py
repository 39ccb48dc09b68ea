"""Forms to sign in and to change one's password."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common import fields
from common.forms import NaoberForm
from tenants.accounts.models import User

PASSWORD_LENGTH = 200


class PasswordField(forms.CharField):
    """A password: shown as dots, kept as typed, paste and password managers allowed."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        """``autocomplete`` tells password managers which one it is."""
        kwargs.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": autocomplete}))
        super().__init__(strip=False, max_length=PASSWORD_LENGTH, **kwargs)
        self.error_messages["max_length"] = _("Dit wachtwoord is te lang.")


class SignInForm(NaoberForm):
    """E-mail address and password."""

    email = fields.LineField(
        label=_("E-mailadres"),
        max_length=254,
        widget=forms.TextInput(
            attrs={
                "type": "email",
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    password = PasswordField(label=_("Wachtwoord"), autocomplete="current-password")


class PasswordForm(NaoberForm):
    """The password of now and twice the new one."""

    current = PasswordField(label=_("Wachtwoord van nu"), autocomplete="current-password")
    new = PasswordField(
        label=_("Nieuw wachtwoord"),
        autocomplete="new-password",
        help_text=_("Minstens 12 tekens. Een zin van een paar woorden is sterk en makkelijk te onthouden."),
    )
    again = PasswordField(label=_("Nieuw wachtwoord, nog een keer"), autocomplete="new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """The rules look at the person's name and address too."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        """Refuse when somebody else sits at this screen."""
        current: str = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise ValidationError(_("Dit is niet je wachtwoord van nu."), code="current")
        return current

    def clean_new(self) -> str:
        """Apply the rules for passwords."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("De twee nieuwe wachtwoorden zijn niet gelijk."))
        return cleaned
