"""Registration forms, public and of the coordinator, and the lists of families."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import InvalidInput, Text
from common.forms import NaoberForm, RepeatingForms
from common.pages import attempt, page, public_page, show
from common.pagination import Page, paginate
from common.permissions import Permission
from core.desk.models import FormKind
from core.desk.selectors import closure_of, closures
from core.families.action_pages import actor_of, family_url
from core.families.duplicates import keys_of, possible_duplicates, typed_in
from core.families.forms import SearchForm
from core.families.models import AnyFamily, Registrant, RequestingFamily, SupportFamily
from core.families.presentation import RegistrationLine
from core.families.registration_forms import (
    AdultForms,
    ChildForms,
    CoordinatorRequestingForm,
    CoordinatorSupportForm,
    ParentForms,
    PublicReferralForm,
    PublicRequestingForm,
    PublicSupportForm,
    place_refusal,
)
from core.families.selectors import registration_ids, registration_rows
from core.families.services import requesting_family_register, support_family_register
from core.families.workflow import RequestingStatus
from tenants.accounts.models import PUBLIC_FORM

BY_REFERRER = "verwijzer"


@dataclass
class Sheet:
    """A registration page: the form with its repeating blocks."""

    form: Any
    blocks: dict[str, RepeatingForms] = field(default_factory=dict)

    @property
    def all_forms(self) -> list[Any]:
        """Return the form and its blocks, top to bottom."""
        return [self.form, *self.blocks.values()]

    @property
    def button_pressed(self) -> bool:
        """Tell whether the person only asked for one block more or less."""
        return any(blocks.button_pressed for blocks in self.blocks.values())

    def is_valid(self) -> bool:
        """Judge everything, so that every mistake is shown at once."""
        if self.button_pressed:
            self.form.show_typed()
            for blocks in self.blocks.values():
                for block in blocks.forms:
                    block.show_typed()
            return False
        return all([part.is_valid() for part in self.all_forms])  # noqa: C419  (a list: no part is skipped)

    def seems_known(self, kind: type[AnyFamily] | None) -> bool:
        """Tell whether a family that a coordinator writes down seems to be known; the form then asks."""
        if kind is None:
            return False
        self.form.look_for_duplicates(typed_in(self.form.data, kind), kind)
        return bool(self.form.errors)

    def add_refusal(self, refusal: InvalidInput) -> None:
        """Put the errors of a service beside their fields."""
        place_refusal(refusal, self.form, *self.blocks.values())


def _sheet(
    request: HttpRequest,
    form_class: type[NaoberForm],
    blocks: dict[str, type[RepeatingForms]],
    **options: Any,
) -> Sheet:
    data = request.POST if request.method == "POST" else None
    return Sheet(
        form=form_class(data, **options),
        blocks={name: kind(data, prefix=name) for name, kind in blocks.items()},
    )


def _answer(
    request: HttpRequest,
    sheet: Sheet,
    template: str,
    action: Callable[[], str],
    *,
    done: str = "",
    **context: Any,
) -> HttpResponse:
    if request.method == "POST" and sheet.is_valid() and not sheet.seems_known(context.get("kind")):
        response = attempt(request, sheet, action, done=done)
        if response:
            return response
    if sheet.button_pressed:
        return show(request, template, {"form": sheet.form, **sheet.blocks, **context})
    return show(request, template, {"form": sheet.form, **sheet.blocks, **context}, *sheet.all_forms)


# ------------------------------------------------------------------------------------------------------ public pages


@public_page(methods=("GET",))
def register_choice(request: HttpRequest) -> HttpResponse:
    """Show the ways to register."""
    return show(request, "families/register_choice.html", {"closed": closures(timezone.localdate())})


@public_page()
def register_requesting(request: HttpRequest) -> HttpResponse:
    """Let a family, or a professional with the permission of the parents, ask for support."""
    closure = closure_of(FormKind.REQUESTING, timezone.localdate())
    if closure and request.method != "POST":
        return show(request, "desk/closed.html", {"closure": closure})
    referral = request.GET.get("door") == BY_REFERRER
    sheet = _sheet(
        request,
        PublicReferralForm if referral else PublicRequestingForm,
        {"parents": ParentForms, "children": ChildForms},
        guard_scope=request.get_host(),
    )

    def register() -> str:
        registered_by = Registrant.REFERRER if referral else Registrant.SELF
        data = sheet.form.registration(
            **sheet.blocks, registered_by=registered_by, registered_on=timezone.localdate()
        )
        requesting_family_register(data=data, actor=PUBLIC_FORM)
        return f"{reverse('families:register_thanks')}?voor={BY_REFERRER if referral else 'vraaggezin'}"

    return _answer(request, sheet, "families/register_requesting.html", register, referral=referral)


@public_page()
def register_support(request: HttpRequest) -> HttpResponse:
    """Let people offer themselves as a support family."""
    closure = closure_of(FormKind.SUPPORT, timezone.localdate())
    if closure and request.method != "POST":
        return show(request, "desk/closed.html", {"closure": closure})
    sheet = _sheet(request, PublicSupportForm, {"adults": AdultForms}, guard_scope=request.get_host())

    def register() -> str:
        data = sheet.form.registration(
            **sheet.blocks, registered_by=Registrant.SELF, registered_on=timezone.localdate()
        )
        support_family_register(data=data, actor=PUBLIC_FORM)
        return f"{reverse('families:register_thanks')}?voor=steungezin"

    return _answer(request, sheet, "families/register_support.html", register)


@public_page(methods=("GET",))
def register_thanks(request: HttpRequest) -> HttpResponse:
    """Say thank you and what happens next. The address says for whom, not who."""
    return show(request, "families/register_thanks.html", {"who": request.GET.get("voor", "")})


# ---------------------------------------------------------------------------------------- registrations by coordinators


@page(Permission.EDIT_CASES)
def requesting_new(request: HttpRequest) -> HttpResponse:
    """Write down an asking family that called or was brought in."""
    sheet = _sheet(request, CoordinatorRequestingForm, {"parents": ParentForms, "children": ChildForms})

    def register() -> str:
        clean = sheet.form.cleaned_data
        data = sheet.form.registration(
            **sheet.blocks, registered_by=clean["registered_by"], registered_on=clean["registered_on"]
        )
        family = requesting_family_register(data=data, actor=actor_of(request))
        return reverse("families:requesting_detail", args=[family.pk])

    return _answer(
        request,
        sheet,
        "families/requesting_new.html",
        register,
        done=_("Het gezin is aangemeld."),
        kind=RequestingFamily,
    )


@page(Permission.EDIT_CASES)
def support_new(request: HttpRequest) -> HttpResponse:
    """Write down a support family that called or was met."""
    sheet = _sheet(request, CoordinatorSupportForm, {"adults": AdultForms})

    def register() -> str:
        registered_on: date = sheet.form.cleaned_data["registered_on"]
        data = sheet.form.registration(
            **sheet.blocks, registered_by=Registrant.COORDINATOR, registered_on=registered_on
        )
        family = support_family_register(data=data, actor=actor_of(request))
        return reverse("families:support_detail", args=[family.pk])

    return _answer(
        request,
        sheet,
        "families/support_new.html",
        register,
        done=_("Het steungezin is aangemeld."),
        kind=SupportFamily,
    )


@page(Permission.EDIT_CASES, methods=("POST",))
def requesting_alike(request: HttpRequest) -> HttpResponse:
    """Say while typing whether an asking family seems to be known."""
    return _alike(request, RequestingFamily)


@page(Permission.EDIT_CASES, methods=("POST",))
def support_alike(request: HttpRequest) -> HttpResponse:
    """Say while typing whether a support family seems to be known."""
    return _alike(request, SupportFamily)


def _alike(request: HttpRequest, kind: type[AnyFamily]) -> HttpResponse:
    found = possible_duplicates(keys_of(typed_in(request.POST, kind)), kind)
    return show(
        request, "families/parts/alike.html", {"alike": [(one, family_url(one.family)) for one in found]}
    )


# ------------------------------------------------------------------------------------------------------------- lists

REGISTRATION_STATUSES: Sequence[tuple[str, Text]] = (
    ("", gettext_lazy("te bellen en gebeld")),
    (RequestingStatus.REGISTERED, gettext_lazy("te bellen")),
    (RequestingStatus.CONTACTED, gettext_lazy("gebeld, nog geen huisbezoek")),
)


@page(Permission.VIEW_CASES, methods=("GET",))
def registrations(request: HttpRequest) -> HttpResponse:
    """List families of both kinds that registered and wait for the first steps."""
    form = SearchForm(request.GET, statuses=REGISTRATION_STATUSES)
    search, status = form.wanted
    ids: Page[tuple[UUID, str, date, str]] = paginate(
        request,
        registration_ids(search=search, statuses=[status] if status else [], reader=actor_of(request)),
    )
    return show(
        request,
        "families/registrations.html",
        {
            "form": form,
            "lines": [RegistrationLine(row) for row in registration_rows(ids.items)],
            "page": ids,
            "closed": closures(timezone.localdate()),
            "searched": bool(search or status),
            "may_edit": actor_of(request).may(Permission.EDIT_CASES),
        },
    )
