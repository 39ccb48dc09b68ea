"""Small pages that correct a file: people, address, who lives there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.pages import page
from common.permissions import Permission
from core.families.action_pages import (
    ActionPage,
    action_page,
    actor_of,
    asking,
    file_page,
    in_turn,
    offering,
    sent,
)
from core.families.models import AnyFamily
from core.families.record_forms import (
    AdultForm,
    ChildChangeForm,
    ParentForm,
    RequestingChangeForm,
    SupportChangeForm,
)
from core.families.record_services import (
    adult_add,
    adult_change,
    child_add,
    child_change,
    parent_add,
    parent_change,
    requesting_family_change,
    support_family_change,
)
from core.families.selectors import adult_for, child_for, parent_for
from tenants.context import atomic


@page(Permission.EDIT_CASES)
def requesting_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct what is known of an asking family."""
    family = asking(request, public_id)
    form = RequestingChangeForm(sent(request), family=family)

    def run() -> None:
        requesting_family_change(
            family=family, shared=form.family_data(), details=form.details(), actor=actor_of(request)
        )

    words = file_page(
        family,
        title=_("Gegevens wijzigen"),
        submit=_("Gegevens bewaren"),
        done=_("De gegevens zijn bewaard."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def support_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct what is known of a support family."""
    family = offering(request, public_id)
    form = SupportChangeForm(sent(request), family=family)

    def run() -> None:
        support_family_change(
            family=family, shared=form.family_data(), details=form.details(), actor=actor_of(request)
        )

    words = file_page(
        family,
        title=_("Gegevens wijzigen"),
        submit=_("Gegevens bewaren"),
        done=_("De gegevens zijn bewaard."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def parent_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a parent or guardian."""
    family = asking(request, public_id)
    form = ParentForm(sent(request))

    @atomic()
    def run() -> None:
        data = form.data_of()
        parent = parent_add(family=family, data=data, actor=actor_of(request))
        agreed_on = form.cleaned_data["agreed_on"]
        if agreed_on:
            parent_change(parent=parent, data=data, agreed_on=agreed_on, actor=actor_of(request))

    words = file_page(
        family,
        title=_("Ouder of verzorger toevoegen"),
        submit=_("Toevoegen"),
        done=_("De ouder of verzorger is toegevoegd."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def parent_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct a parent or guardian."""
    parent = parent_for(actor_of(request), public_id)
    in_turn(request, parent.family, parent)
    form = ParentForm(sent(request), parent=parent)

    def run() -> None:
        parent_change(
            parent=parent,
            data=form.data_of(),
            agreed_on=form.cleaned_data["agreed_on"],
            actor=actor_of(request),
        )

    return action_page(request, _person_page(parent.family, parent.full_name), form, run)


@page(Permission.EDIT_CASES)
def child_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a child."""
    family = asking(request, public_id)
    form = ChildChangeForm(sent(request))

    def run() -> None:
        child_add(family=family, data=form.data_of(), actor=actor_of(request))

    words = file_page(
        family, title=_("Kind toevoegen"), submit=_("Kind toevoegen"), done=_("Het kind is toegevoegd.")
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def child_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct a child."""
    child = child_for(actor_of(request), public_id)
    in_turn(request, child.family, child)
    form = ChildChangeForm(sent(request), child=child)

    def run() -> None:
        child_change(child=child, data=form.data_of(), actor=actor_of(request))

    return action_page(request, _person_page(child.family, str(child)), form, run)


@page(Permission.EDIT_CASES)
def adult_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add an adult to a support household."""
    family = offering(request, public_id)
    form = AdultForm(sent(request))

    def run() -> None:
        adult_add(
            family=family,
            data=form.data_of(),
            needs_vog=form.cleaned_data["needs_vog"],
            actor=actor_of(request),
        )

    words = file_page(
        family,
        title=_("Volwassene toevoegen"),
        submit=_("Volwassene toevoegen"),
        done=_("De volwassene is toegevoegd."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def adult_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct an adult of a support household."""
    adult = adult_for(actor_of(request), public_id)
    in_turn(request, adult.family, adult)
    form = AdultForm(sent(request), adult=adult)

    def run() -> None:
        adult_change(
            adult=adult,
            data=form.data_of(),
            needs_vog=form.cleaned_data["needs_vog"],
            left_household_on=form.cleaned_data["left_household_on"],
            actor=actor_of(request),
        )

    return action_page(request, _person_page(adult.family, adult.full_name), form, run)


def _person_page(family: AnyFamily, name: str) -> ActionPage:
    return file_page(family, title=name, submit=_("Gegevens bewaren"), done=_("De gegevens zijn bewaard."))
