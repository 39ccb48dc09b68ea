"""The product's own settings; a worker of `bench_tenancy` may ask for another way of tenancy to compare with."""

import os

from config.settings import *  # noqa: F403  (everything but the lines below is the real thing)

VARIANT = os.environ.get("BENCH_VARIANT", "naober")
_OURS = "tenants.middleware.TenantMiddleware"

if VARIANT != "naober":
    # Every other way works as the owner, who may read every schema, and asks nobody for a scope.
    _connection = DATABASES["owner"]  # noqa: F405
    DATABASES["default"] = {  # noqa: F405
        **_connection,
        "ENGINE": "django_tenants.postgresql_backend"
        if VARIANT == "django_tenants"
        else "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": VARIANT == "plain_atomic",
        "OPTIONS": {
            **_connection["OPTIONS"],
            "options": ""
            if VARIANT == "django_tenants"
            else f"-c search_path={os.environ['BENCH_SCHEMA']},public",
        },
    }
    DATABASE_ROUTERS = []
    MIDDLEWARE = [
        f"tests.benchmarks.variants.{'DjangoTenants' if VARIANT == 'django_tenants' else 'OneSchema'}Middleware"
        if name == _OURS
        else name
        for name in MIDDLEWARE  # noqa: F405
    ]
    TENANT_DB_ALIAS = "default"
