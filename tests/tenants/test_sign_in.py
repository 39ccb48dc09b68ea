"""Signing in: one answer for every mistake, a limit on guessing, a new session, and nothing outside this host."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from common.permissions import Role
from tenants import context
from tenants.accounts.models import User
from tenants.accounts.services import user_create, user_deactivate
from tenants.accounts.throttle import ATTEMPTS
from tenants.audit.models import AuditEntry, Result
from tenants.municipalities.models import Municipality

PASSWORD = "een lang wachtwoord voor de proef"
Maker = Callable[..., Client]


def try_in(client: Client, email: str, password: str, **more: str) -> object:
    return client.post("/inloggen", {"email": email, "password": password, **more})


def test_a_coordinator_signs_in_and_goes_where_she_was_going(client_for: Maker, coordinator: User) -> None:
    client = client_for("purmerend")
    response = client.post(
        "/inloggen", {"email": coordinator.email, "password": PASSWORD, "next": "/wachtwoord"}
    )
    assert response.status_code == 302
    assert response.headers["Location"] == "/wachtwoord"
    page = client.get("/wachtwoord")
    assert page.status_code == 200
    assert coordinator.full_name in page.content.decode()


def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(
    client_for: Maker, coordinator: User
) -> None:
    client = client_for("purmerend")
    answers = []
    for email in (coordinator.email, "niemand@purmerend.example"):
        response = client.post("/inloggen", {"email": email, "password": "verkeerd"})
        assert response.status_code == 400
        answers.append(
            response.content.decode().replace(email, "…").split("<main")[1].split("csrfmiddlewaretoken")[0]
        )
    assert answers[0] == answers[1]
    assert "klopt niet" in answers[0]


def test_an_account_of_another_municipality_does_not_exist_here(
    client_for: Maker, other_coordinator: User
) -> None:
    response = client_for("purmerend").post(
        "/inloggen", {"email": other_coordinator.email, "password": PASSWORD}
    )
    assert response.status_code == 400


def test_after_five_wrong_passwords_the_right_one_has_to_wait(client_for: Maker, coordinator: User) -> None:
    client = client_for("purmerend")
    for _ in range(ATTEMPTS):
        assert client.post("/inloggen", {"email": coordinator.email, "password": "fout"}).status_code == 400
    response = client.post("/inloggen", {"email": coordinator.email.upper(), "password": PASSWORD})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "300"
    assert "Wacht vijf minuten" in response.content.decode()


def test_without_that_many_mistakes_the_right_one_is_let_in(client_for: Maker, coordinator: User) -> None:
    client = client_for("purmerend")
    for _ in range(ATTEMPTS - 1):
        client.post("/inloggen", {"email": coordinator.email, "password": "fout"})
    assert client.post("/inloggen", {"email": coordinator.email, "password": PASSWORD}).status_code == 302


def test_an_unknown_account_is_locked_like_a_known_one(client_for: Maker) -> None:
    client = client_for("purmerend")
    for _ in range(ATTEMPTS):
        client.post("/inloggen", {"email": "niemand@purmerend.example", "password": "fout"})
    response = client.post("/inloggen", {"email": "niemand@purmerend.example", "password": "fout"})
    assert response.status_code == 429


def test_guessing_in_one_municipality_locks_nobody_in_another(
    client_for: Maker, coordinator: User, zaanstad: Municipality
) -> None:
    for _ in range(ATTEMPTS + 1):
        client_for("purmerend").post(
            "/inloggen", {"email": "coordinator@zaanstad.example", "password": "fout"}
        )
    response = client_for(zaanstad).post(
        "/inloggen", {"email": "coordinator@zaanstad.example", "password": PASSWORD}
    )
    assert response.status_code == 302


def test_the_session_gets_another_key_when_somebody_signs_in(client_for: Maker, coordinator: User) -> None:
    client = client_for("purmerend", coordinator)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/uitloggen")
    client.post("/inloggen", {"email": coordinator.email, "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_signing_out_ends_the_session_and_needs_a_button(client_for: Maker, coordinator: User) -> None:
    client = client_for("purmerend", coordinator)
    assert client.get("/uitloggen").status_code == 405
    assert client.get("/wachtwoord").status_code == 200
    assert client.post("/uitloggen").status_code == 302
    assert client.get("/wachtwoord").status_code == 302


def test_a_visitor_is_sent_to_sign_in_first(client_for: Maker) -> None:
    response = client_for("purmerend").get("/wachtwoord?a=1")
    assert response.status_code == 302
    assert response.headers["Location"] == "/inloggen?next=%2Fwachtwoord%3Fa%3D1"


@pytest.mark.parametrize(
    "target", ["https://elders.example/", "//elders.example", "javascript:alert(1)", "\\\\elders", "/\x00"]
)
def test_nobody_is_sent_to_another_host(client_for: Maker, coordinator: User, target: str) -> None:
    response = client_for("purmerend").post(
        "/inloggen", {"email": coordinator.email, "password": PASSWORD, "next": target}
    )
    assert response.status_code == 302
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"email": "\x00", "password": "\x00"},
        {"email": "x" * 5000, "password": "y" * 5000},
        {"email": ["a", "b"], "password": "x"},
        {"email": "a\udcffb", "password": "x"},
    ],
)
def test_bad_input_gets_a_clear_answer(client_for: Maker, data: dict[str, object]) -> None:
    clean = {
        key: value.encode("utf-8", "replace") if isinstance(value, str) else value
        for key, value in data.items()
    }
    assert client_for("purmerend").post("/inloggen", clean).status_code == 400


def test_without_the_proof_against_forgery_nothing_happens(client_for: Maker, coordinator: User) -> None:
    client = client_for("purmerend")
    client.handler.enforce_csrf_checks = True
    response = client.post("/inloggen", {"email": coordinator.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "verlopen" in response.content.decode()


def test_a_new_password_works_and_the_old_one_does_not(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    client, new = client_for(purmerend, coordinator), "nog veel langer dan het vorige"
    try:
        response = client.post("/wachtwoord", {"current": PASSWORD, "new": new, "again": new})
        assert response.status_code == 302
        assert client.get("/wachtwoord").status_code == 200, "one's own session goes on"
        assert (
            client_for("purmerend")
            .post("/inloggen", {"email": coordinator.email, "password": PASSWORD})
            .status_code
            == 400
        )
        assert (
            client_for("purmerend")
            .post("/inloggen", {"email": coordinator.email, "password": new})
            .status_code
            == 302
        )
    finally:
        with context.municipality(purmerend):
            user = User.objects.get(pk=coordinator.pk)
            user.set_password(PASSWORD)
            user.save()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            {"current": "fout", "new": "een heel nieuw wachtwoord", "again": "een heel nieuw wachtwoord"},
            "van nu",
        ),
        ({"current": PASSWORD, "new": "kort", "again": "kort"}, "12"),
        (
            {"current": PASSWORD, "new": "een heel nieuw wachtwoord", "again": "iets anders dan dat"},
            "niet gelijk",
        ),
        ({}, "vul dit in"),
    ],
)
def test_a_bad_new_password_is_refused(
    client_for: Maker, coordinator: User, data: dict[str, str], words: str
) -> None:
    response = client_for("purmerend", coordinator).post("/wachtwoord", data)
    assert response.status_code == 400
    assert words in response.content.decode()


def test_accounts_of_the_demo_are_shown_in_a_demo_only(
    client_for: Maker, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for("purmerend")
    assert coordinator.email not in client.get("/inloggen").content.decode()
    monkeypatch.setattr(settings, "DEMO", True)
    monkeypatch.setattr(settings, "DEMO_PASSWORD", "samen sterk")
    page = client.get("/inloggen").content.decode()
    assert coordinator.email in page
    assert "samen sterk" in page
    assert "Alle gegevens in deze omgeving zijn verzonnen" in page


# ------------------------------------------------------------------------------------------------- what is written down


def written(place: Municipality) -> list[tuple[str, str, object, str]]:
    with context.municipality(place):
        return list(
            AuditEntry.objects.order_by("at").values_list("action", "result", "object_id", "actor_name")
        )


def test_signing_in_another_password_and_signing_out_are_in_the_audit_log(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    client = client_for("purmerend")
    client.post("/inloggen", {"email": coordinator.email, "password": PASSWORD})
    other = "een ander lang geheim voor de proef"
    client.post("/wachtwoord", {"current": PASSWORD, "new": other, "again": other})
    client.post("/uitloggen")
    expected = ["signed_in", "password_changed", "signed_out"]
    assert written(purmerend) == [
        (action, Result.DONE, coordinator.pk, coordinator.full_name) for action in expected
    ]


def test_a_refusal_to_sign_in_is_in_the_audit_log_without_what_was_typed(
    client_for: Maker, purmerend: Municipality, coordinator: User
) -> None:
    client = client_for("purmerend")
    for email in (coordinator.email.upper(), "niemand@voorbeeld.example"):
        client.post("/inloggen", {"email": email, "password": "een verkeerd wachtwoord"})
    client.post("/inloggen", {"email": "geen adres", "password": ""})
    assert [(action, result, account) for action, result, account, _actor in written(purmerend)] == [
        ("sign_in", Result.REFUSED, coordinator.pk),
        ("sign_in", Result.REFUSED, None),
    ]
    with context.municipality(purmerend):
        assert "niemand" not in str(list(AuditEntry.objects.values()))


def test_signing_out_without_having_signed_in_writes_nothing(
    client_for: Maker, purmerend: Municipality
) -> None:
    client_for("purmerend").post("/uitloggen")
    assert written(purmerend) == []


def test_making_and_closing_an_account_is_in_the_audit_log(
    purmerend: Municipality, coordinator: User
) -> None:
    with context.municipality(purmerend):
        user = user_create(
            email="nieuw@purmerend.example",
            full_name="Nieuw Iemand",
            role=Role.DEPUTY,
            password=PASSWORD,
            actor=coordinator,
        )
        user_deactivate(user=user, actor=coordinator)
    assert [(action, subject) for action, _result, subject, _actor in written(purmerend)] == [
        ("account_made", user.pk),
        ("account_closed", user.pk),
    ]


def test_a_page_that_a_role_does_not_have_is_refused_and_written_down(
    client_for: Maker, purmerend: Municipality, safeguarding_officer: User
) -> None:
    client = client_for("purmerend", safeguarding_officer)
    refused, absent = client.get("/vraaggezinnen/nieuw"), client.get("/bestaat-niet")
    assert refused.status_code == absent.status_code == 404
    assert refused.content == absent.content
    assert written(purmerend) == [
        ("page families:requesting_new", Result.REFUSED, None, safeguarding_officer.full_name)
    ]
