from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import checks as django_checks
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config import checks, demo_post, urls_municipality
from tenants import context
from tenants.municipalities.models import Municipality

BACKEND = "config.demo_post.EmailBackend"


@pytest.fixture(autouse=True)
def _kept_in_files(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = BACKEND
    settings.EMAIL_FILE_PATH = tmp_path


def send(subject: str) -> None:
    EmailMessage(subject, f"Dag,\n\nDit gaat over {subject}.\n", to=["ouder@example.org"]).send()


def shown(municipality: Municipality) -> str:
    request = RequestFactory().get("/demo/post")
    request.urlconf = "config.urls_municipality"  # type: ignore[attr-defined]
    request.municipality = municipality  # type: ignore[attr-defined]
    with context.municipality(municipality):
        response = demo_post.post(request)
    assert isinstance(response, HttpResponse)
    return response.content.decode()


@pytest.mark.urls("config.urls_municipality")
def test_a_municipality_reads_its_own_mail_and_no_other(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with context.municipality(purmerend):
        send("Één van Purmerend")
    with context.municipality(zaanstad):
        send("<b>Zaanstad</b>")
        send("Nog een van Zaanstad")
    assert "Dit gaat over Één van Purmerend." in shown(purmerend)
    assert "Zaanstad<" not in shown(purmerend)
    assert "Nog een van Zaanstad" in shown(zaanstad)
    assert "&lt;b&gt;Zaanstad" in shown(zaanstad)
    assert "Één" not in shown(zaanstad)


def test_the_newest_comes_first_and_knows_its_receiver(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        send("eerst")
        send("daarna")
        newest, oldest = demo_post.mails()
    assert (newest.subject, oldest.subject) == ("daarna", "eerst")
    assert newest.to == "ouder@example.org"
    assert newest.sent_at is not None


@pytest.mark.usefixtures("_kept_in_files")
def test_without_a_scope_no_mail_is_kept() -> None:
    with pytest.raises(context.NoScope):
        send("van niemand")


def test_outside_a_demo_there_is_no_such_page(
    client_for: Callable[..., Client], purmerend: Municipality
) -> None:
    assert not [pattern for pattern in urls_municipality.urlpatterns if "demo" in str(pattern)]
    assert client_for(purmerend).get("/demo/post").status_code == 404


def test_a_server_that_others_can_reach_may_not_keep_mail_in_files(settings: Any) -> None:
    settings.BASE_DOMAIN = "naober.example"
    found: list[django_checks.CheckMessage] = checks.check_mail()
    assert [message.id for message in found] == ["naober.E006"]
