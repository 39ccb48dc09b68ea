"""All settings, from the environment alone and closed by default. `config.checks` refuses dangerous combinations."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

from common.headers import CONTENT_SECURITY_POLICY as POLICY
from config import environment, servers
from reporting.api import conventions
from tenants.database.names import ALIAS_OF_LOGIN, LOGINS, role_name

# ------------------------------------------------------------------------------------------------------------- core

DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = list(environment.listing("SECRET_KEY_FALLBACKS"))
# One host per municipality under this domain; the foundation is `landelijk.` and the API is the domain itself.
BASE_DOMAIN = environment.text("BASE_DOMAIN", "localhost").lower()
FOUNDATION_HOST = f"landelijk.{BASE_DOMAIN}"
HTTPS = environment.flag("HTTPS", default=True)
# How the outside reaches us, for the links in mails and at the end of the set-up.
PUBLIC_PORT = environment.number("PUBLIC_PORT", 443 if HTTPS else 80)
# Hosts of municipalities outside the base domain are in the registry, and have to be named here too.
ALLOWED_HOSTS = [BASE_DOMAIN, f".{BASE_DOMAIN}", *environment.listing("EXTRA_HOSTS")]
DEMO = environment.flag("DEMO")
# Of every invented account; the sign-in page of a demo shows it. Outside a demo nobody has it.
DEMO_PASSWORD = "samen sterk in de buurt" if DEMO else ""
VAR = servers.var_folder()
BASE_FOLDER: Final = Path(__file__).resolve().parent.parent
ROOT_URLCONF = "config.urls_api"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# W003 misses Django's own protection against forgery: ours derives from it and stands in its place.
SILENCED_SYSTEM_CHECKS = ["security.W003", *environment.listing("SILENCED_SYSTEM_CHECKS")]

# --------------------------------------------------------------------------------- apps, by the schema of their tables

SCHEMA_APPS: dict[str, list[str]] = {
    "registry": [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "tenants.municipalities",
        "tenants.standards",
        "tenants.crossing",
    ],
    "municipality": [
        "django.contrib.sessions",
        "tenants.accounts",
        "tenants.audit",
        "tenants.drafts",
        "core.ledger",
        "core.lists",
        "core.tasks",
        "core.desk",
        "core.files",
        "core.letters",
        "core.families",
        "core.intake",
        "core.vog",
        "core.matching",
        "core.border",
        "core.board",
        "core.couplings",
        "core.agreements",
        "core.guidance",
        "core.safeguarding",
        "core.handover",
        "core.imports",
        "core.learning",
        "core.home",
    ],
    "foundation": [
        "django.contrib.sessions",
        "tenants.accounts",
        "tenants.audit",
        "tenants.drafts",
        "tenants.proofs",
    ],
    "vault": ["reporting.facts"],
    "releases": ["reporting.disclosure", "reporting.api", "reporting.nationwide"],
}
# Apps without tables.
_LIBRARIES = [
    "common",  # before Django's own, whose templates it replaces
    "config",
    "django.forms",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "reporting.extract",
    "reporting.dashboards",
]
INSTALLED_APPS = list(dict.fromkeys(app for apps in (_LIBRARIES, *SCHEMA_APPS.values()) for app in apps))
SCHEMAS_OF_APP: Mapping[str, frozenset[str]] = {
    app: frozenset(kind for kind, apps in SCHEMA_APPS.items() if app in apps) for app in INSTALLED_APPS
}

# ------------------------------------------------------------------------------------------------------------ tenancy

# django-tenants gives the tenant model, the router of migrations and the backend ours derives from. It is not in
# INSTALLED_APPS: its commands switch tenants on the connection and migrate without a time limit on locks.
TENANT_MODEL = "municipalities.Municipality"
TENANT_DOMAIN_MODEL = "municipalities.Domain"
TENANT_DB_ALIAS = "owner"
TENANT_SYNC_ROUTER = "tenants.database.router.ScopeRouter"
PUBLIC_SCHEMA_NAME = "public"
HAS_MULTI_TYPE_TENANTS = True
MULTI_TYPE_DATABASE_FIELD = "type"
TENANT_TYPES = {
    {"registry": "public"}.get(kind, kind): {"APPS": apps, "URLCONF": "config.urls_api"}
    for kind, apps in SCHEMA_APPS.items()
}

# ----------------------------------------------------------------------------------------------------------- database

_DATABASE = urlsplit(servers.postgres_url())
DATABASE_NAME = unquote(_DATABASE.path.lstrip("/"))
DATABASE_LOGINS = environment.listing("DATABASE_LOGINS", ("web",))
if unknown := set(DATABASE_LOGINS) - ALIAS_OF_LOGIN.keys():
    message = (
        f"DATABASE_LOGINS: unknown {', '.join(sorted(unknown))}; choose from {', '.join(ALIAS_OF_LOGIN)}."
    )
    raise ImproperlyConfigured(message)

# Empty for the embedded server: it lets everybody in who may enter the folder of its socket.
DATABASE_PASSWORDS = {login: environment.secret(f"DATABASE_PASSWORD_{login.upper()}") for login in LOGINS}


def _connection(login: str) -> dict[str, Any]:
    query = {name: values[0] for name, values in parse_qs(_DATABASE.query).items()}
    owner = login == "owner"
    return {
        "ENGINE": "tenants.database.owning" if owner else "tenants.database.scoped",
        "NAME": DATABASE_NAME,
        "HOST": unquote(_DATABASE.hostname or query.pop("host", "")),
        "PORT": str(_DATABASE.port or query.pop("port", "")),
        "USER": unquote(_DATABASE.username or "") if owner else role_name(DATABASE_NAME, login),
        "PASSWORD": unquote(_DATABASE.password or "") if owner else DATABASE_PASSWORDS[login],
        "CONN_MAX_AGE": 600,
        "OPTIONS": {**query, "server_side_binding": True, "application_name": f"naober {login}"},
        "TEST": {"NAME": DATABASE_NAME},
    }


DATABASES: dict[str, dict[str, Any]] = {
    ALIAS_OF_LOGIN[login]: _connection(login) for login in DATABASE_LOGINS
}
# Django insists on a default; without the login it is one that refuses everything.
DATABASES.setdefault("default", {"ENGINE": "django.db.backends.dummy"})
DATABASE_ROUTERS = [TENANT_SYNC_ROUTER]
# Seconds, per alias. Pages have to answer; counting and publishing may take longer.
DATABASE_STATEMENT_TIMEOUTS = {"default": 15, "national": 15, "aggregator": 120, "releaser": 300}
# A backend of PostgreSQL keeps what it learned of a schema: a connection that met so many begins anew (0: never).
DATABASE_MUNICIPALITIES_PER_CONNECTION = environment.number("DATABASE_MUNICIPALITIES_PER_CONNECTION", 50)
# Counted at each commit, and refused above it, where it is not 0: in development and in tests.
DATABASE_MUNICIPALITIES_PER_TRANSACTION = environment.number(
    "DATABASE_MUNICIPALITIES_PER_TRANSACTION", 50 if DEBUG else 0
)

# ------------------------------------------------------------------------------------------------------- broker, cache

CELERY_BROKER_URL = servers.broker_url()
# A worker has the queues of its logins, so a message never reaches a process that may not do its work.
# An exchange for each: queues that share one would all get the same messages.
CELERY_TASK_QUEUES = tuple(
    Queue(name, Exchange(name), routing_key=name)
    for name in (f"{DATABASE_NAME}.{login}" for login in DATABASE_LOGINS if login != "owner")
)
CELERY_TASK_DEFAULT_QUEUE = f"{DATABASE_NAME}.aggregator"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than the longest job: a message is not given to a second worker while the first one works.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
# Left in the outbox together with a new municipality: the national figures count it from its first day.
JOBS_OF_A_NEW_MUNICIPALITY = ["reporting.extract.jobs.recount"]
CELERY_TIMEZONE = "Europe/Amsterdam"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": servers.cache_url(),
        "KEY_PREFIX": DATABASE_NAME,
        "KEY_FUNCTION": "tenants.cache.key_of_scope",
        "TIMEOUT": 300,
    }
}

# ---------------------------------------------------------------------------------------------------------- requests

MIDDLEWARE = [
    "reporting.api.middleware.ApiHeadersMiddleware",
    "common.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.OriginMiddleware",
    "tenants.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tenants.accounts.once.OnceMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tenants.forgery.ScopedCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.accounts.language.LanguageMiddleware",
    "tenants.audit.middleware.RefusalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["common.templatetags.naober", "common.templatetags.naober_forms"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.page_context",
            ],
        },
    }
]
FORM_RENDERER = "common.renderer.NaoberRenderer"
CSRF_FAILURE_VIEW = "common.problem.csrf_failure"
SECURITY_CONTACT = environment.text("SECURITY_CONTACT", f"mailto:security@{BASE_DOMAIN}")
CONTENT_SECURITY_POLICY = POLICY
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^gezondheid"]
BEHIND_PROXY = environment.flag("BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Networks whose X-Forwarded-For is believed, for the counting of wrong passwords. Nobody's, unless named.
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# The first one stops what is too large while it comes in.
FILE_UPLOAD_HANDLERS = [
    "core.files.uploads.LimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# The socket of a ClamAV daemon ("/run/clamav/clamd.ctl" or "tcp://host:3310"); without one nothing is scanned.
CLAMD = environment.text("CLAMD")

# ----------------------------------------------------------------------------------------------- people and sessions

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["tenants.accounts.backends.ScopedBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "tenants.accounts.sessions"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
# The prefix makes browsers refuse the cookie when it is not for this very host over https.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ------------------------------------------------------------------------------------------------- language and time

LANGUAGE_CODE = "nl"
# What the product can be read in, each by its own name. The catalogue of a further one is kept by the command `texts`.
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_FOLDER / "config" / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["common.locale_formats"]

# ------------------------------------------------------------------------------------------------- static files, mail

STATIC_URL = "/static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "common.vendor.VendorFinder",
]
NODE_MODULES = Path(environment.text("NODE_MODULES", str(BASE_FOLDER.parent / "node_modules")))
# A production image has them collected here; a checkout serves them from where they are.
STATIC_ROOT = Path(environment.text("STATIC_ROOT")) if environment.text("STATIC_ROOT") else None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", f"niet-beantwoorden@{BASE_DOMAIN}")
# Where mails come back that nobody could deliver; each with a token of its own: retour+<token>@…
MAIL_RETURN_ADDRESS = environment.text("MAIL_RETURN_ADDRESS", f"retour@{BASE_DOMAIN}")
EMAIL_BACKEND = environment.text("EMAIL_BACKEND", "config.post.EmailBackend")
EMAIL_FILE_PATH = VAR / "mail"
# A demo that keeps its mail in files shows them on a page.
DEMO_POST = DEMO and EMAIL_BACKEND == "config.demo_post.EmailBackend"
EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
EMAIL_PORT = environment.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10

# --------------------------------------------------------------------------------------------------------------- API

REST_FRAMEWORK = conventions.REST_FRAMEWORK
SPECTACULAR_SETTINGS = conventions.SPECTACULAR_SETTINGS

# -------------------------------------------------------------------------------------------------------------- logs

LOGGING_CONFIG = "common.logging.configure"
LOGGING: dict[str, Any] = {"level": environment.text("LOG_LEVEL", "INFO"), "as_json": not DEBUG}
