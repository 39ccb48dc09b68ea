"""Free text with what does not belong there: a warning before saving, and never more than that."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

import core
from common.fields import TextField
from common.forms import NaoberForm
from core.families.guard import GuardedForm, other_names
from core.families.models import ContactNote
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.factories import chain

Make = Callable[..., Client]
# Public forms refuse a citizen service number instead: nobody is there to judge. The desk's text is for everybody.
UNGUARDED = {
    "PublicRequestingForm", "PublicReferralForm", "PublicSupportForm", "RequestingDetailsForm", "SupportDetailsForm",
    "RequestingRegistrationForm", "SupportRegistrationForm", "CloseFormForm",
}  # fmt: skip


@pytest.fixture
def family(purmerend: Municipality) -> UUID:
    with context.municipality(purmerend):
        chain.waiting_family("Haddad")
        chain.available_support("de Bakker")
        return chain.waiting_family("Jansen").pk


def note(client: Client, family: UUID, text: str, **more: str) -> Any:
    url = reverse("families:requesting_note", args=[family], urlconf="config.urls_municipality")
    sent = {"day": chain.day().isoformat(), "kind": "call", "text": text, "confidential_to": "", **more}
    return client.post(url, sent)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Haar nummer is 111222333.", "een burgerservicenummer"),
        ("Bel 06 12345678.", "een telefoonnummer"),
        ("Nu op Dorpsstraat 12.", "een adres"),
        ("Ook familie Haddad was er.", "de naam van een ander gezin"),
        ("Zij kent mevrouw Bakker goed.", "de naam van een ander gezin"),
    ],
)
def test_a_warning_comes_before_saving_and_a_tick_saves_it_as_it_is(
    purmerend: Municipality, coordinator: User, client_for: Make, family: UUID, text: str, what: str
) -> None:
    desk = client_for(purmerend, coordinator)
    answer = note(desk, family, text)
    body = answer.content.decode()
    assert answer.status_code == 400
    assert what in body
    assert text in body
    box = re.search(r'name="(toch-text)" value="(\w+)"', body)
    assert box is not None
    with context.municipality(purmerend):
        assert not ContactNote.objects.exists()
    assert note(desk, family, text, **{box[1]: box[2]}).status_code == 302
    with context.municipality(purmerend):
        assert ContactNote.objects.get().text == text


def test_a_tick_for_one_thing_is_worth_nothing_for_another(
    purmerend: Municipality, coordinator: User, client_for: Make, family: UUID
) -> None:
    desk = client_for(purmerend, coordinator)
    body = note(desk, family, "Bel 06 12345678.").content.decode()
    box = re.search(r'name="(toch-text)" value="(\w+)"', body)
    assert box is not None
    assert note(desk, family, "Haar bsn is 111222333.", **{box[1]: box[2]}).status_code == 400


@pytest.mark.parametrize(
    "text", ["Moeder Jansen was er ook.", "Wij gaan naar de bakker.", "Sem houdt van voetbal."]
)
def test_ordinary_words_and_the_own_name_pass(
    purmerend: Municipality, coordinator: User, client_for: Make, family: UUID, text: str
) -> None:
    assert note(client_for(purmerend, coordinator), family, text).status_code == 302


def test_names_of_another_municipality_are_not_known_here(
    purmerend: Municipality, zaanstad: Municipality, family: UUID
) -> None:
    with context.municipality(zaanstad):
        assert other_names(["Ook familie Haddad was er."], ()) == frozenset()
    with context.municipality(purmerend):
        assert "haddad" in other_names(["Ook familie Haddad was er."], ())


def forms_of_the_casework() -> Iterator[type[NaoberForm]]:
    for app in iter_modules(core.__path__, "core."):
        for module in iter_modules(import_module(app.name).__path__, f"{app.name}."):
            if module.name.endswith("forms"):
                for found in vars(import_module(module.name)).values():
                    if isinstance(found, type) and issubclass(found, NaoberForm):
                        yield found


def test_every_form_with_free_text_has_the_guard() -> None:
    without = {
        found.__name__
        for found in forms_of_the_casework()
        if any(isinstance(field, TextField) for field in getattr(found, "base_fields", {}).values())
        and not issubclass(found, GuardedForm)
    }
    assert without <= UNGUARDED
