"""Forms to tie the accounts of one person."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.fields import LineField
from common.forms import NaoberForm
from tenants.accounts.forms import PasswordField
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality


class PlaceForm(NaoberForm):
    """Which other municipality."""

    place = LineField(
        label=_("In welke gemeente werk je nog meer?"),
        max_length=80,
        help_text=_("De naam zoals die in het webadres van die gemeente staat, bijvoorbeeld zaanstad."),
    )

    def __init__(self, *args: Any, municipalities: Collection[Municipality], **kwargs: Any) -> None:
        """Know the others. They are not offered: nobody needs a list of where else the programme runs."""
        super().__init__(*args, **kwargs)
        self.municipalities = municipalities

    def clean_place(self) -> Municipality:
        """Return the municipality."""
        typed = self.cleaned_data["place"].casefold()
        for municipality in self.municipalities:
            if typed in {municipality.slug, municipality.name.casefold()}:
                return municipality
        raise ValidationError(_("Deze gemeente kennen wij niet, of ze staat al op je lijst."), code="place")


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
