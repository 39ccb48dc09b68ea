"""The form of the board: what counts most. It is sent as an address, so that the page can be kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import NaoberForm
from core.board.choice import PER_SUPPORT_FAMILY, Choice
from core.board.objectives import Objective


class BoardForm(NaoberForm):
    """What counts most, and how many families one support family may be asked for at a time."""

    doel = forms.ChoiceField(
        label=_("Wat telt het meest?"), choices=Objective.choices, widget=forms.RadioSelect, required=False
    )
    per = forms.ChoiceField(
        label=_("Hoeveel voorstellen tegelijk voor één steungezin?"),
        help_text=_("Wat nu loopt telt mee."),
        choices=[(str(number), str(number)) for number in PER_SUPPORT_FAMILY],
        required=False,
    )

    # Every field has a value from the start, so there is nothing to leave out.
    says_optional = False

    def __init__(self, *args: Any, choice: Choice, **kwargs: Any) -> None:
        """Begin with what stands in the address."""
        super().__init__(*args, initial={"doel": choice.objective.value, "per": str(choice.per)}, **kwargs)
