"""Every combination of settings that must not go live is refused, and only those."""

from typing import Any

import pytest
from django.conf import settings as live
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.test.utils import isolate_apps

from config import checks, environment
from tenants.models import ScopedModel

# What a real server has.
GOOD: dict[str, Any] = {
    "BASE_DOMAIN": "naober.example",
    "DEBUG": False,
    "DEMO": False,
    "HTTPS": True,
    "SECRET_KEY": "k" * 50,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DATABASE_LOGINS": ("web",),
}
CHECKS = (
    checks.check_debug,
    checks.check_secret_key,
    checks.check_cookies,
    checks.check_caches,
    checks.check_sessions,
    checks.check_mail,
    checks.check_return_address,
    checks.check_logins,
    checks.check_demo,
    checks.check_bindings,
    checks.check_proxies,
)
DATABASE = {"ENGINE": "tenants.database.scoped"}
SHARED_CACHE = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}


def found(settings: Any, **changes: Any) -> list[str]:
    for name, value in (GOOD | changes).items():
        setattr(settings, name, value)
    return [str(message.id) for check in CHECKS for message in check()]


def test_a_real_server_passes(settings: Any) -> None:
    assert found(settings) == []
    assert found(settings, DATABASE_LOGINS=("shared_web",)) == []
    assert found(settings, DATABASE_LOGINS=("owner",)) == []
    assert found(settings, DATABASE_LOGINS=("web", "shared_web", "aggregator", "releaser")) == []


def test_a_demo_on_this_machine_passes(settings: Any) -> None:
    unsafe = {
        "HTTPS": False,
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "DEMO": True,
        "DEBUG": True,
    }
    mail = "django.core.mail.backends.filebased.EmailBackend"
    logins = ("owner", "web", "shared_web", "aggregator", "releaser")
    assert (
        found(settings, BASE_DOMAIN="localhost", EMAIL_BACKEND=mail, DATABASE_LOGINS=logins, **unsafe) == []
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"DEBUG": True}, "naober.E001"),
        ({"SECRET_KEY": "short"}, "naober.E002"),
        ({"HTTPS": False}, "naober.E003"),
        ({"SESSION_COOKIE_SECURE": False}, "naober.E003"),
        ({"CSRF_COOKIE_SECURE": False}, "naober.E003"),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}, "naober.E005"),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.db"}, "naober.E005"),
        ({"SESSION_COOKIE_DOMAIN": ".naober.example"}, "naober.E005"),
        ({"CSRF_COOKIE_DOMAIN": ".naober.example"}, "naober.E005"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "naober.E006"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, "naober.E006"),
        ({"MAIL_RETURN_ADDRESS": "retour"}, "naober.E013"),
        ({"MAIL_RETURN_ADDRESS": "re+tour@naober.example"}, "naober.E013"),
        ({"MAIL_RETURN_ADDRESS": "teruggestuurd1@naober.example"}, "naober.E013"),
        ({"DATABASE_LOGINS": ("web", "owner")}, "naober.E007"),
        ({"DATABASE_LOGINS": ("shared_web", "owner")}, "naober.E007"),
        ({"DATABASE_LOGINS": ("web", "shared_web")}, "naober.W001"),
        ({"DEMO": True}, "naober.E008"),
        ({"BEHIND_PROXY": True, "TRUSTED_PROXIES": ()}, "naober.W002"),
    ],
)
def test_a_dangerous_combination_is_refused(settings: Any, changes: dict[str, Any], expected: str) -> None:
    assert found(settings, **changes) == [expected]


def test_a_cache_that_does_not_keep_municipalities_apart_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CACHES", SHARED_CACHE)
    assert [message.id for message in checks.check_caches()] == ["naober.E004"]


def test_a_connection_that_binds_in_the_client_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        live, "DATABASES", {"default": DATABASE, "other": {"ENGINE": "django.db.backends.dummy"}}
    )
    assert [message.id for message in checks.check_bindings()] == ["naober.E009"]


@isolate_apps("tenants.audit")
def test_a_table_of_a_municipality_without_scope_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(models.Model):
        class Meta:
            app_label = "audit"

    class Loose(ScopedModel):
        loose = models.Manager["Loose"]()

        class Meta:
            app_label = "audit"

    monkeypatch.setattr(checks, "apps", Plain._meta.apps)
    assert {(message.obj, message.id) for message in checks.check_models()} == {
        (Plain, "naober.E010"),
        (Loose, "naober.E011"),
    }


def test_the_product_itself_passes() -> None:
    assert run_checks() == []


# -------------------------------------------------------------------------------------------------------- environment


def test_an_unknown_yes_or_no_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, expected in (("yes", True), ("0", False), ("", False), ("TRUE", True)):
        monkeypatch.setenv("X", value)
        assert environment.flag("X") is expected
    monkeypatch.setenv("X", "maybe")
    with pytest.raises(ImproperlyConfigured):
        environment.flag("X")
    monkeypatch.delenv("X")
    assert environment.flag("X") is False


def test_a_number_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "12")
    assert environment.number("X", 1) == 12
    monkeypatch.setenv("X", "twelve")
    with pytest.raises(ImproperlyConfigured):
        environment.number("X", 1)


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("X", "from the environment")
    assert environment.secret("X") == "from the environment"
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))
    assert environment.secret("X") == "from the file"


def test_a_list_has_no_empty_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", " a, ,b,")
    assert environment.listing("X") == ("a", "b")
    monkeypatch.delenv("X")
    assert environment.listing("X", ("c",)) == ("c",)


def test_an_address_of_a_proxy_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "10.0.0.5, 10.1.0.0/16,fd00::/8")
    assert [str(network) for network in environment.networks("X")] == [
        "10.0.0.5/32",
        "10.1.0.0/16",
        "fd00::/8",
    ]
    monkeypatch.delenv("X")
    assert environment.networks("X") == ()
    for wrong in ("proxy", "10.1.0.1/16", "0.0.0.0/99"):
        monkeypatch.setenv("X", wrong)
        with pytest.raises(ImproperlyConfigured):
            environment.networks("X")
