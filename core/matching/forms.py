"""Forms of matching: only shape is judged here; the rules are in the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, LineField
from common.forms import NaoberForm
from common.vocabulary import AreaKind, ScorePart
from core.families.guard import GuardedForm
from core.families.models import SupportedChild
from core.matching.weighing import InForce
from core.matching.weights import TENTHS
from tenants.standards.weighing import ALL_POINTS


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
    """A proposal; with a reason when the family is chosen past the list that is shown first."""

    guarded = ("outside_reason",)

    outside_reason = LineField(
        label=_("Waarom kies je dit steungezin?"),
        help_text=_("Een zin is genoeg. Dit blijft bij het voorstel staan."),
        max_length=300,
        required=False,
    )

    # Shown only for a family that is not on that list, and there the service does ask for it.
    says_optional = False


class WeighingForm(NaoberForm):
    """What this municipality makes of the national weights."""

    area = ChoiceField(label=_("Soort gebied"), choices=AreaKind.choices)
    own = forms.BooleanField(
        label=_("Wij gebruiken eigen punten"),
        required=False,
        help_text=_("Zonder kruisje gelden de landelijke punten."),
    )
    reason = LineField(label=_("Waarom?"), max_length=300, help_text=_("Collega's lezen dit later terug."))

    def __init__(self, *args: Any, now: InForce, **kwargs: Any) -> None:
        """Ask for points within the bounds of the foundation."""
        super().__init__(*args, **kwargs)
        weighing, weights = now.weighing, now.weights
        self.fields["area"].initial = now.area
        self.fields["own"].initial = now.differs
        for part in ScorePart:
            self.fields[f"points_{part}"] = forms.IntegerField(
                label=_("Punten voor %(part)s") % {"part": part.label},
                help_text=_("%(least)d tot en met %(most)d, landelijk %(points)d")
                % {
                    "least": weighing.least[part],
                    "most": weighing.most[part],
                    "points": weighing.points[part],
                },
                min_value=0,
                max_value=ALL_POINTS,
                initial=weights.parts[part] // TENTHS,
                widget=forms.NumberInput(attrs={"class": "naober-short"}),
            )
        self.order_fields(["area", "own", *(f"points_{part}" for part in ScorePart), "reason"])

    @property
    def parts(self) -> list[Any]:
        """Return the fields of the points, for the page."""
        return [self[f"points_{part}"] for part in ScorePart]

    @property
    def points(self) -> dict[str, int] | None:
        """Return the points of this municipality; nothing when it uses those of the foundation."""
        if not self.cleaned_data["own"]:
            return None
        return {part.value: self.cleaned_data[f"points_{part}"] for part in ScorePart}


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
