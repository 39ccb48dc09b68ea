"""System checks: combinations of settings that must not go live, each with an id, a hint and a test."""

from collections.abc import Sequence
from typing import Any, Final

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  (Django's name)
from django.core.exceptions import ImproperlyConfigured

from core.letters.addresses import LONGEST_MAILBOX
from tenants import classification
from tenants.models import ScopedModel, ScopedQuery

_SECRET_LENGTH: Final = 50
_KEY_FUNCTION: Final = "tenants.cache.key_of_scope"
_SESSIONS: Final = "tenants.accounts.sessions"
_WEB_LOGINS: Final = frozenset({"web", "shared_web"})


def _on_this_machine(domain: str) -> bool:
    """Tell whether a domain can only be reached from this machine (RFC 6761), or is reserved for tests."""
    return domain in {"localhost", "127.0.0.1"} or domain.endswith((".localhost", ".test"))


@register(Tags.security)
def check_debug(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """Debug pages show settings and data."""
    del app_configs
    if settings.DEBUG and not _on_this_machine(settings.BASE_DOMAIN):
        return [
            Error(
                "DEBUG is on while the pages can be reached from elsewhere.",
                hint="Leave DEBUG unset, or use BASE_DOMAIN=localhost.",
                id="naober.E001",
            )
        ]
    return []


@register(Tags.security)
def check_secret_key(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """Whoever knows the key can make sessions and links."""
    del app_configs
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if not key or (len(key) < _SECRET_LENGTH and not _on_this_machine(settings.BASE_DOMAIN)):
        return [
            Error(
                "SECRET_KEY is missing or short.",
                hint="Set SECRET_KEY or SECRET_KEY_FILE to at least 50 random characters.",
                id="naober.E002",
            )
        ]
    return []


@register(Tags.security)
def check_cookies(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """A cookie that travels in the clear can be read."""
    del app_configs
    secure = settings.HTTPS and settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
    if not secure and not _on_this_machine(settings.BASE_DOMAIN):
        return [
            Error(
                "Cookies would travel without encryption.",
                hint="Leave HTTPS on; only localhost can do without.",
                id="naober.E003",
            )
        ]
    return []


@register(Tags.caches)
def check_caches(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """A key without the schema shows one municipality what another put there."""
    del app_configs
    return [
        Error(
            f"Cache {alias!r} does not keep municipalities apart.",
            hint=f"Give it KEY_FUNCTION = {_KEY_FUNCTION!r}.",
            id="naober.E004",
        )
        for alias, options in settings.CACHES.items()
        if options.get("KEY_FUNCTION") != _KEY_FUNCTION
    ]


@register(Tags.security)
def check_sessions(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """A session outside the schema could be carried to another host."""
    del app_configs
    if settings.SESSION_ENGINE != _SESSIONS or settings.SESSION_COOKIE_DOMAIN or settings.CSRF_COOKIE_DOMAIN:
        return [
            Error(
                "Sessions are not bound to one host and its schema.",
                hint=f"SESSION_ENGINE = {_SESSIONS!r}, and no domain on the cookies.",
                id="naober.E005",
            )
        ]
    return []


@register(Tags.security)
def check_mail(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """Mail that is printed ends up in log files."""
    del app_configs
    thrown_away = settings.EMAIL_BACKEND.rpartition(".")[0].rpartition(".")[2] in {
        "console",
        "dummy",
        "filebased",
        "demo_post",
    }
    if thrown_away and not _on_this_machine(settings.BASE_DOMAIN):
        return [
            Error(
                "Mail is not sent but printed or kept.",
                hint="Set EMAIL_HOST, not EMAIL_BACKEND.",
                id="naober.E006",
            )
        ]
    return []


@register(Tags.security)
def check_return_address(
    app_configs: Sequence[AppConfig] | None = None, **_options: Any
) -> list[CheckMessage]:
    """An address that cannot hold the token of a mail loses every mail that comes back."""
    del app_configs
    mailbox, _at, host = settings.MAIL_RETURN_ADDRESS.rpartition("@")
    if mailbox and host and "+" not in mailbox and len(mailbox) <= LONGEST_MAILBOX:
        return []
    return [
        Error(
            "Mails that nobody could deliver cannot come back.",
            hint=f"MAIL_RETURN_ADDRESS is mailbox@domain, with at most {LONGEST_MAILBOX} characters before the @.",
            id="naober.E013",
        )
    ]


@register(Tags.security)
def check_logins(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """A process that can do everything makes every other guard weaker."""
    del app_configs
    logins = set(settings.DATABASE_LOGINS)
    if _on_this_machine(settings.BASE_DOMAIN):
        return []
    found: list[CheckMessage] = []
    if "owner" in logins and logins & _WEB_LOGINS:
        found.append(
            Error(
                "A process with pages has the owner's login.",
                hint="Run setup_database and municipality_create apart, with DATABASE_LOGINS=owner.",
                id="naober.E007",
            )
        )
    if logins >= _WEB_LOGINS and "aggregator" not in logins:
        found.append(
            Warning(
                "One process serves the pages of municipalities and those of the foundation.",
                hint="Run two web processes, with DATABASE_LOGINS=web and DATABASE_LOGINS=shared_web.",
                id="naober.W001",
            )
        )
    return found


@register(Tags.security)
def check_demo(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """The demo shows its passwords."""
    del app_configs
    if settings.DEMO and not _on_this_machine(settings.BASE_DOMAIN):
        return [
            Error(
                "The demo can be reached from elsewhere.", hint="Use BASE_DOMAIN=localhost.", id="naober.E008"
            )
        ]
    return []


@register(Tags.security)
def check_proxies(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """Without the visitor's own address one visitor's wrong passwords count for all."""
    del app_configs
    if settings.BEHIND_PROXY and not settings.TRUSTED_PROXIES and not _on_this_machine(settings.BASE_DOMAIN):
        return [
            Warning(
                "All visitors look like one: the address of the proxy.",
                hint="Set TRUSTED_PROXIES to the addresses or networks of your proxies.",
                id="naober.W002",
            )
        ]
    return []


@register(Tags.database)
def check_bindings(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """Binding on the server refuses a second statement that was smuggled into a value."""
    del app_configs
    return [
        Error(
            f"Database {alias!r} binds values in the client.",
            hint="OPTIONS = {'server_side_binding': True}.",
            id="naober.E009",
        )
        for alias, options in settings.DATABASES.items()
        if not options["ENGINE"].endswith(".dummy")
        and options.get("OPTIONS", {}).get("server_side_binding") is not True
    ]


@register(Tags.models)
def check_models(app_configs: Sequence[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:
    """A table in a schema of its own needs rows and querysets that know their scope."""
    del app_configs
    found: list[CheckMessage] = []
    for app in apps.get_app_configs():
        kinds = settings.SCHEMAS_OF_APP.get(app.name, frozenset())
        if not app.name.startswith(("core.", "tenants.", "reporting.")) or not kinds - {"registry"}:
            continue
        for model in app.get_models():
            if not issubclass(model, ScopedModel):
                found.append(Error("The model is not a ScopedModel.", obj=model, id="naober.E010"))
                continue
            found.extend(
                Error(
                    f"The manager {manager.name!r} makes querysets without a scope.",
                    obj=model,
                    id="naober.E011",
                )
                for manager in (*model._meta.managers, model._base_manager)  # noqa: SLF001
                if not isinstance(manager.all().query, ScopedQuery)
            )
    return found


@register(Tags.models)
def check_classification(
    app_configs: Sequence[AppConfig] | None = None, **_options: Any
) -> list[CheckMessage]:
    """What nobody classified would be forgotten when a municipality is exported or erased."""
    del app_configs
    return [Error(gap.text, obj=gap.model, id="naober.E012") for gap in classification.gaps()]
