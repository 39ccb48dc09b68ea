"""The language of a person: Dutch until they choose another, remembered, and never that of what others read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.utils.translation import get_language, override

from common.errors import InvalidInput
from common.language import written
from core.families.workflow import RequestingStatus
from tenants import context
from tenants.accounts.models import User
from tenants.accounts.services import language_choose
from tenants.audit.models import AuditEntry
from tenants.jobs import enqueue, job
from tenants.municipalities.models import Municipality
from tests.conftest import PASSWORD

Maker = Callable[..., Client]


def choose(client: Client, language: str, **more: str) -> Any:
    return client.post("/taal", {"language": language, **more})


def text_of(client: Client, path: str) -> str:
    text: str = client.get(path).content.decode()
    return text


def test_the_product_is_dutch_for_who_chose_nothing_whatever_the_browser_prefers(client_for: Maker) -> None:
    page = client_for("purmerend").get("/inloggen", headers={"accept-language": "en-GB,en;q=0.9"})
    assert '<html lang="nl"' in page.content.decode()
    assert "Wachtwoord" in page.content.decode()
    assert "Cookie" in page.headers["Vary"]


def test_a_visitor_chooses_english_goes_on_where_she_was_and_is_remembered(client_for: Maker) -> None:
    client = client_for("purmerend")
    assert '<button type="submit" lang="en">' in text_of(client, "/aanmelden/vraaggezin")
    answer = choose(client, "en", next="/aanmelden/vraaggezin")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/aanmelden/vraaggezin")
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["samesite"], bool(cookie["httponly"]), cookie["path"]) == ("Lax", True, "/")
    page = text_of(client, "/aanmelden/vraaggezin")
    assert '<html lang="en"' in page
    assert "Ask for support" in page
    assert '<button type="submit" lang="nl">' in page
    choose(client, "nl")
    assert '<html lang="nl"' in text_of(client, "/aanmelden/vraaggezin")


def test_a_coordinator_has_her_language_on_every_device(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    choose(client_for(purmerend, coordinator), "en")
    page = text_of(client_for(purmerend, coordinator), "/")
    assert '<html lang="en"' in page
    assert "Requesting families" in page
    with context.municipality(purmerend):
        assert User.objects.get(pk=coordinator.pk).language == "en"
        (entry,) = AuditEntry.objects.filter(action="language_chosen")
    assert (entry.actor_id, entry.purpose) == (coordinator.pk, "en")


def test_what_she_chose_goes_before_what_a_borrowed_browser_remembers(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    with context.municipality(purmerend):
        language_choose(user=coordinator, language="nl", actor=coordinator)
    client = client_for(purmerend, coordinator)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert '<html lang="nl"' in text_of(client, "/")


def test_choosing_before_signing_in_holds_after_it(client_for: Maker, coordinator: User) -> None:
    client = client_for("purmerend")
    choose(client, "en")
    client.post("/inloggen", {"email": coordinator.email, "password": PASSWORD})
    assert "Sign out" in text_of(client, "/wachtwoord")


def test_choosing_the_same_language_again_leaves_no_trace(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    client = client_for(purmerend, coordinator)
    for _ in range(2):
        assert choose(client, "en").status_code == 302
    with context.municipality(purmerend):
        assert AuditEntry.objects.filter(action="language_chosen").count() == 1


@pytest.mark.parametrize("language", ["de", "", "EN", "en\x00", "../en"])
def test_a_language_that_is_not_there_is_refused(client_for: Maker, language: str) -> None:
    client = client_for("purmerend")
    answer = choose(client, language)
    assert answer.status_code == 400
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_a_cookie_that_somebody_made_up_changes_nothing(client_for: Maker) -> None:
    client = client_for("purmerend")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../etc"
    assert '<html lang="nl"' in text_of(client, "/inloggen")


def test_one_does_not_leave_the_host_by_choosing_a_language(client_for: Maker) -> None:
    answer = choose(client_for("purmerend"), "en", next="https://elders.example/")
    assert answer.headers["Location"] == "/"


def test_the_service_and_the_form_of_an_account_know_no_other_language(
    in_purmerend: Municipality, coordinator: User
) -> None:
    del in_purmerend
    with pytest.raises(InvalidInput):
        language_choose(user=coordinator, language="xx", actor=coordinator)
    coordinator.language = "xx"
    with pytest.raises(ValidationError):
        coordinator.full_clean()


def test_the_database_knows_no_other_language(purmerend: Municipality, coordinator: User) -> None:
    with pytest.raises(IntegrityError, match="user_language_known"), context.municipality(purmerend):
        User.objects.filter(pk=coordinator.pk).update(language="xx")


def test_the_foundation_has_the_choice_too(client_for: Maker, foundation_user: User) -> None:
    client = client_for("landelijk", foundation_user)
    choose(client, "en")
    page = text_of(client, "/")
    assert '<html lang="en"' in page
    assert "Municipalities" in page


def test_the_api_is_dutch_for_everybody(client_for: Maker) -> None:
    client = client_for("")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "niet opgegeven" in text_of(client, "/api/v1/rapporten")


seen: list[str | None] = []


@job(scope="municipality")
def note_language() -> None:
    """Note in which language a job works."""
    seen.append(get_language())


def test_a_job_works_in_dutch_whoever_left_it_behind(
    purmerend: Municipality, run_outbox: Callable[[], int]
) -> None:
    seen.clear()
    with override("en"):
        with context.municipality(purmerend):
            enqueue(note_language)
        run_outbox()
    assert seen == ["nl"]


def test_what_is_kept_in_a_file_is_dutch_whoever_writes_it() -> None:
    with override("en"):
        label = RequestingStatus.REGISTERED.label
        assert written(label) == "aangemeld"
        assert str(label) == "registered"
