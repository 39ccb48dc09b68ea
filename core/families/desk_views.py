"""The pages of *past niet: doorverwijzen* of the registration desk."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.fields import ChoiceField, LineField
from common.gemeenten import GEMEENTEN
from common.pages import page
from common.permissions import Permission
from core.families.action_pages import ActionPage, action_page, actor_of, asking, offering, sent
from core.families.desk_services import NoFit, family_refer
from core.families.forms import DayForm
from core.families.models import AnyFamily


class ReferForm(DayForm):
    """Why it does not fit, and where the family was pointed to."""

    why = ChoiceField(
        label=gettext_lazy("Waarom past het niet?"),
        choices=[
            (NoFit.OUTSIDE.value, gettext_lazy("woont buiten ons gebied")),
            (NoFit.OTHER_HELP.value, gettext_lazy("andere hulp past beter")),
            (NoFit.NOT_SUITABLE.value, gettext_lazy("past niet bij deze vorm van steun")),
        ],
    )
    lives_in = forms.ChoiceField(
        label=gettext_lazy("In welke gemeente woont het gezin?"),
        help_text=gettext_lazy(
            "Alleen bij “buiten ons gebied”. De stichting krijgt alleen te horen dat er één meer is."
        ),
        choices=[("", gettext_lazy("Kies een gemeente")), *sorted(GEMEENTEN.items(), key=lambda one: one[1])],
        required=False,
    )
    note = LineField(label=gettext_lazy("Waarheen heb je verwezen?"), max_length=200, required=False)

    meanings = ("referred_on", "closed_on", "left_on")
    field_order = ("why", "lives_in", "note", "day")


@page(Permission.EDIT_CASES)
def requesting_refer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Point an asking family elsewhere."""
    return _refer(request, asking(request, public_id))


@page(Permission.EDIT_CASES)
def support_refer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Point a family that offered support elsewhere."""
    return _refer(request, offering(request, public_id))


def _refer(request: HttpRequest, family: AnyFamily) -> HttpResponse:
    form = ReferForm(sent(request), label=_("Doorverwezen op"))

    def run() -> None:
        clean = form.cleaned_data
        family_refer(
            family=family,
            why=clean["why"],
            referred_on=clean["day"],
            lives_in=clean["lives_in"],
            note=clean["note"],
            actor=actor_of(request),
        )

    words = ActionPage(
        title=_("Past niet: doorverwijzen"),
        lead=_("%(family)s: bel of mail het gezin eerst zelf. Daarna sluit je hier de aanmelding.")
        % {"family": capfirst(str(family))},
        submit=_("Doorverwezen"),
        done=_("Vastgelegd dat dit gezin is doorverwezen."),
        back_url=reverse("families:registrations"),
        back_label=_("Aanmeldingen"),
    )
    return action_page(request, words, form, run)
