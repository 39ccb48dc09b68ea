"""What the API promises everywhere: version, limits, and the settings of the framework that follow from them.

Plain values: the settings read this before any app is loaded.
"""

from typing import Any, Final

API_VERSION: Final = "1.0.0"
PREFIX: Final = "/api/v1"
# Requests per token and minute.
RATE_LIMIT: Final = 120
RATE_WINDOW_SECONDS: Final = 60
SECURITY_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    # Closed: a view that does not derive from `ApiView` lets nobody in.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.problem.api_exception_handler",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    # A format is asked for in Accept; an unknown query parameter is an error.
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Naober: kerncijfers voor gemeenten",
    "DESCRIPTION": (
        "Kerncijfers en rapporten van uw eigen gemeente, met de landelijke cijfers ernaast. Alleen lezen. "
        "Cijfers zijn beschermd: waar een getal een gezin zou kunnen verraden, is `waarde` leeg (`null`) en zegt "
        "`status` waarom. Een leeg getal is nooit nul."
    ),
    "VERSION": API_VERSION,
    "OAS_VERSION": "3.0.3",
    "CONTACT": {
        "name": "Beheer van Naober",
        "url": "https://naober.example/contact",
        "email": "api@naober.example",
    },
    "LICENSE": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/nl/"},
    "SERVERS": [{"url": PREFIX, "description": "deze omgeving"}],
    "SCHEMA_PATH_PREFIX": PREFIX,
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "PeriodeSoort": "reporting.api.serializers.KINDS",
        "RapportSoort": "reporting.api.serializers.REPORT_KINDS",
        "RapportStand": "reporting.api.serializers.REPORT_STATES",
    },
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "reporting.api.schema.add_conventions",
    ],
}
