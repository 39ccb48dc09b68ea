"""Forms of matching: only shape is judged here; the rules are in the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import LineField
from common.forms import NaoberForm
from core.families.guard import GuardedForm
from core.families.models import SupportedChild


class ChildrenForm(NaoberForm):
    """For which children of the family a support family is sought."""

    children = forms.MultipleChoiceField(
        label=_("Voor wie zoek je?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Kies voor welk kind of welke kinderen je zoekt."),
            "invalid_choice": _("Kies kinderen uit de lijst."),
        },
    )

    def __init__(self, *args: Any, offered: Sequence[SupportedChild], **kwargs: Any) -> None:
        """Offer the children of this family."""
        super().__init__(*args, **kwargs)
        self.offered = {str(child.pk): child for child in offered}
        field = self.fields["children"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(key, child_label(child)) for key, child in self.offered.items()]

    @property
    def chosen(self) -> list[SupportedChild]:
        """Return the chosen children."""
        return [self.offered[key] for key in self.cleaned_data["children"]]


class ProposeForm(GuardedForm, ChildrenForm):
    """A proposal; with a reason when the family is chosen although something stands in the way."""

    guarded = ("outside_reason",)

    outside_reason = LineField(
        label=_("Waarom kies je toch voor dit steungezin?"),
        help_text=_("Een zin is genoeg. Dit blijft bij het voorstel staan."),
        max_length=300,
        required=False,
    )

    # Shown only where something stands in the way, and there the service does ask for it.
    says_optional = False


class ReasonForm(GuardedForm):
    """Why not."""

    guarded = ("reason",)

    reason = LineField(label=_("Reden"), max_length=300, help_text=_("Een zin is genoeg."))


def child_label(child: SupportedChild) -> str:
    """Return how a child is called in a choice: "Sem (4 jaar)"."""
    age = child.age
    if age is None:
        return str(child)
    return str(_("%(name)s (%(age)d jaar)") % {"name": child, "age": age})
