"""The description of the API, made from the code; the committed copy is in platform/docs/openapi.json."""

import json
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

from reporting.api.conventions import API_VERSION, RATE_LIMIT

_PROBLEMS = {
    "400": "Een parameter klopt niet; `invalidParams` zegt welke.",
    "401": "Het token ontbreekt, is verlopen of ingetrokken.",
    "404": "Bestaat niet, of niet voor uw gemeente.",
    "405": "Alleen lezen: gebruik GET.",
    "406": "Alleen JSON wordt geleverd.",
    "429": "Te veel verzoeken; wacht het aantal seconden van `Retry-After`.",
    "500": "Er ging iets mis bij ons.",
}
_RATE_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the package types no bases
    """How the token is described."""

    target_class = "reporting.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """Return the scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Een token van uw gemeente. Vraag het aan bij de stichting; het verloopt.",
        }


def build_schema() -> dict[str, Any]:
    """Make the description from the code, in a form that is the same in every process."""
    generator = SchemaGenerator(urlconf="reporting.api.urls")  # type: ignore[no-untyped-call]  # the package has none
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # idem
    plain: dict[str, Any] = json.loads(json.dumps(schema, default=str))
    return plain


@cache
def schema_text() -> str:
    """Return the description as it is served and committed."""
    return json.dumps(build_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def add_conventions(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Add what holds for every operation: headers, and the errors in one shape (post-processing hook)."""
    components = result.setdefault("components", {})
    components["headers"] = _headers()
    components.setdefault("schemas", {})["Probleem"] = _problem_schema()
    components["responses"] = {
        f"Probleem{status}": {
            "description": text,
            "headers": _references(status),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Probleem"}}},
        }
        for status, text in _PROBLEMS.items()
    }
    for path in result.get("paths", {}).values():
        for operation in path.values():
            is_open = {} in operation.get("security", [{}])
            for status, response in operation["responses"].items():
                response["headers"] = _references(status, rated=not is_open)
            for status in _PROBLEMS:
                if is_open and status in {"401", "429"}:
                    continue
                operation["responses"].setdefault(
                    status, {"$ref": f"#/components/responses/Probleem{status}"}
                )
    return result


def _headers() -> dict[str, Any]:
    whole = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 100_000}
    return {
        "API-Version": {
            "description": "Volledig versienummer van de API.",
            "schema": {"type": "string", "maxLength": 20, "example": API_VERSION},
        },
        "RateLimit-Limit": {
            "description": "Aantal verzoeken per minuut.",
            "schema": {**whole, "example": RATE_LIMIT},
        },
        "RateLimit-Remaining": {"description": "Verzoeken die nog mogen.", "schema": whole},
        "RateLimit-Reset": {"description": "Seconden tot de telling opnieuw begint.", "schema": whole},
        "Retry-After": {"description": "Seconden om te wachten.", "schema": whole},
    }


def _references(status: str, *, rated: bool = True) -> dict[str, Any]:
    names = ["API-Version"]
    if rated and status in {"200", "400", "404", "406", "429"}:
        names += _RATE_HEADERS
    if status == "429":
        names.append("Retry-After")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string", "maxLength": 1000}
    return {
        "type": "object",
        "description": "Een fout volgens RFC 9457.",
        "required": ["type", "status", "title", "detail"],
        "properties": {
            "type": {"type": "string", "maxLength": 200},
            "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599},
            "title": text,
            "detail": text,
            "instance": {"type": "string", "maxLength": 2000},
            "code": {"type": "string", "maxLength": 60},
            "invalidParams": {
                "type": "array",
                "maxItems": 100,
                "items": {
                    "type": "object",
                    "required": ["name", "reason", "code"],
                    "properties": {"name": text, "reason": text, "code": text},
                },
            },
        },
    }
